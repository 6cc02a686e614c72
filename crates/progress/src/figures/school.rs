//! What the leaders of a school see: counts by grade, teacher and app, without names of students.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use homeroom_goals::Amount;
use homeroom_goals::report_link::Subject;
use homeroom_goals::state::State;
use homeroom_model::{ClosedList, Grade, Kind, ObjectId};
use serde::Serialize;

use super::csv::Csv;
use super::group::{
    Candidate, Counts, GroupRow, GroupWeek, Tally, WEEK_COLUMNS, count_columns, overlapping,
    parts_of_whole, week_rows, weeks_of_whole, whole,
};
use super::shape::{Head, SetTargets, Source, link};
use super::{Ask, FigureError, Figures, compose};
use crate::book::{Book, FeedBook};
use crate::judging::{Judging, given};
use crate::standings::{Flags, Standing, Standings, merge};

/// A school.
#[derive(Clone, Serialize)]
pub struct SchoolFigure {
    /// For whom and as of when.
    #[serde(flatten)]
    pub head: Head,
    /// The school.
    pub school: ObjectId,
    /// What it is called.
    pub name: String,
    /// Groups of fewer students are hidden.
    pub small_group: u32,
    /// App by app, ascending by the app's id.
    pub apps: Vec<SchoolApp>,
}

/// A school in one app.
#[derive(Clone, Serialize)]
pub struct SchoolApp {
    /// The app.
    pub app: Source,
    /// All its students; `null` where there are too few.
    pub total: Option<Counts>,
    /// By grade, in the order of grades.
    pub by_grade: Vec<GroupRow>,
    /// By teacher, ascending by id; a student of several teachers counts with each.
    pub by_teacher: Vec<GroupRow>,
    /// Classes of which nobody used it in the last school days, as many as the window of "has not used it" has; ascending by
    /// id. `None` where that is not known: the app is stale, or began to report within those days.
    pub unused_classes: Option<Vec<UnusedClass>>,
    /// How many more classes were not used that are too small to be named.
    pub small_unused_classes: Option<u32>,
    /// Week by week against the target, as far as the weeks are known, and of enough students.
    pub weeks: Vec<GroupWeek>,
    /// The targets of a student of the school of whom nothing else is known, and who set them.
    pub targets: SetTargets,
    /// The app's report of the school.
    pub link: Option<String>,
}

/// A class that does not use an app.
#[derive(Clone, Serialize)]
pub struct UnusedClass {
    /// The section.
    pub id: ObjectId,
    /// What it is called.
    pub name: String,
    /// Its teachers, the primary teacher first.
    pub teachers: Vec<String>,
    /// How many of its students are in the feed.
    pub students: u32,
    /// The app's report of exactly this section.
    pub link: Option<String>,
}

impl Figures {
    /// A school; `None` if the district has published no such school.
    pub async fn school(
        &self,
        ask: &Ask,
        school: ObjectId,
    ) -> Result<Option<SchoolFigure>, FigureError> {
        let book = Arc::new(self.book(ask).await?);
        let Some(row) = book.roster.find(Kind::School, &school) else {
            return Ok(None);
        };
        let standings = self.all_standings(&book).await?;
        let figure = compose(move || Ok(of(&book, row, &standings)));
        figure.await.map(Some)
    }
}

fn of(book: &Book, school: u32, standings: &[Arc<Standings>]) -> SchoolFigure {
    let feeds = book.feeds.iter().zip(standings);
    SchoolFigure {
        head: Head::new("school", book),
        school: book.roster.id(Kind::School, school),
        name: book.roster.school_name(school),
        small_group: book.rules.small_group,
        apps: feeds
            .map(|(feed, standings)| app(book, feed, school, standings))
            .collect(),
    }
}

fn app(book: &Book, feed: &FeedBook, school: u32, standings: &Standings) -> SchoolApp {
    let stale = feed.is_stale(book.moment.at);
    let least = book.rules.small_group;
    let roster = &book.roster;
    let of = |row: &u32| standings.students.get(*row as usize);
    let mut total = Tally::default();
    let mut grades: BTreeMap<u8, Tally> = BTreeMap::new();
    for standing in roster.students_at(school).iter().filter_map(of) {
        if standing.state.is_some() {
            total.add(standing, stale);
            grades
                .entry(standing.grade)
                .or_default()
                .add(standing, stale);
        }
    }
    let judging = Judging::new(book, feed, book.moment.at);
    let mut weeks = judging.weeks();
    for cell in &standings.cells {
        if cell.school == Some(school) {
            merge(&mut weeks, &cell.weeks);
        }
    }
    let students = total.group.students;
    let classes = classes(book, school, standings);
    let (named, small) = unused(&judging, &classes)
        .map(|unused| -> (Vec<_>, Vec<_>) {
            let named = |class: &UnusedClass| class.students >= least;
            unused.into_iter().partition(named)
        })
        .unzip();
    SchoolApp {
        app: Source::of(book, feed),
        by_grade: parts_of_whole(grades.into_iter().map(grade).collect(), least),
        by_teacher: overlapping(by_teacher(book, &classes, stale), &total, least),
        total: whole(total, least),
        unused_classes: named,
        small_unused_classes: small.map(|small| u32::try_from(small.len()).unwrap_or(u32::MAX)),
        weeks: weeks_of_whole(&judging.known_weeks(weeks), students, least),
        targets: feed.usual_targets(book, Some(school)),
        link: link(feed, Subject::School, roster.id(Kind::School, school)),
    }
}

/// The group of a grade.
pub(super) fn grade((code, tally): (u8, Tally)) -> Candidate {
    let name = Grade::from_code(code).map_or("unknown", Grade::text);
    Candidate {
        id: None,
        name: name.to_owned(),
        link: None,
        tally,
    }
}

/// The sections of a school, each with its students who are in the feed.
type Classes<'s> = Vec<(u32, Vec<(u32, &'s Standing)>)>;

fn classes<'s>(book: &Book, school: u32, standings: &'s Standings) -> Classes<'s> {
    let sections = book.roster.sections_at(school).map(|section| {
        let students = book.roster.students_of(section).iter().filter_map(|row| {
            let standing = standings.students.get(*row as usize)?;
            standing.state.is_some().then_some((*row, standing))
        });
        (section, students.collect())
    });
    sections.collect()
}

/// The students of each teacher in sections of the school, each student once.
fn by_teacher(book: &Book, classes: &Classes<'_>, stale: bool) -> Vec<Candidate> {
    let mut taught: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    let mut standings: BTreeMap<u32, &Standing> = BTreeMap::new();
    for (section, students) in classes {
        standings.extend(students.iter().copied());
        for teacher in book.roster.teachers_of(*section) {
            let rows = students.iter().map(|(row, _)| *row);
            taught.entry(*teacher).or_default().extend(rows);
        }
    }
    let teachers = taught.into_iter().map(|(teacher, students)| {
        let mut tally = Tally::default();
        for standing in students.iter().filter_map(|row| standings.get(row)) {
            tally.add(standing, stale);
        }
        Candidate {
            id: Some(book.roster.id(Kind::Employee, teacher)),
            name: book.roster.teacher_name(teacher),
            link: None,
            tally,
        }
    });
    teachers.collect()
}

/// Classes with students of whom nobody worked a minute lately; `None` where the app did not tell of all those days.
fn unused(judging: &Judging<'_>, classes: &Classes<'_>) -> Option<Vec<UnusedClass>> {
    let (book, feed) = (judging.book, judging.feed);
    // Of a feed that began within the year it is not known on which days was done what its first delivery brought.
    let began = if feed.saw_year_begin {
        0
    } else {
        book.calendar.through(feed.began?)
    };
    let told = book.calendar.through(book.moment.day).saturating_sub(began);
    if told < usize::from(book.rules.states().inactive_days) || feed.is_stale(book.moment.at) {
        return None;
    }
    let idle = |students: &[(u32, &Standing)]| {
        let mut all = students.iter();
        !students.is_empty() && all.all(|(row, standing)| is_idle(book, *row, standing))
    };
    let idle = classes.iter().filter(|(_, students)| idle(students));
    let idle = idle.map(|(section, students)| {
        let id = book.roster.id(Kind::Section, *section);
        let teachers = book.roster.teachers_of(*section).iter();
        UnusedClass {
            id,
            name: book.roster.section_name(*section),
            teachers: teachers
                .map(|teacher| book.roster.teacher_name(*teacher))
                .collect(),
            students: u32::try_from(students.len()).unwrap_or(u32::MAX),
            link: link(feed, Subject::Section, id),
        }
    });
    Some(idle.collect())
}

/// Whether it is known of somebody that there was no work lately: not of whom the app broke off, nor of somebody new, nor of
/// minutes that wait to be confirmed.
fn is_idle(book: &Book, row: u32, standing: &Standing) -> bool {
    let known = match standing.state {
        Some(State::FeedStale) => false,
        Some(State::NoData) => !standing.flags.has(Flags::REPORTED) && !is_new(book, row),
        _ => true,
    };
    known && standing.recent < Amount::whole(1)
}

/// Whether the student of a row, of whom nothing was ever reported, is enrolled for too few school days for anything to be said.
fn is_new(book: &Book, row: u32) -> bool {
    let given = given(book.roster.id(Kind::Student, row));
    let since = book.rules.years.day_of(given);
    let enrolled = book.calendar.count(since, book.moment.day);
    enrolled < usize::from(book.rules.states().new_days)
}

impl SchoolFigure {
    /// One row per app and group, then one per app and week.
    pub fn csv(&self) -> String {
        let mut csv = Csv::new(&count_columns());
        let day = self.head.as_of.day;
        for app in &self.apps {
            let all = GroupRow::whole(
                self.school,
                &self.name,
                app.total.clone(),
                app.link.as_deref(),
            );
            all.cells(&mut csv, day, &app.app.name, "school");
            for row in &app.by_grade {
                row.cells(&mut csv, day, &app.app.name, "grade");
            }
            for row in &app.by_teacher {
                row.cells(&mut csv, day, &app.app.name, "teacher");
            }
            for class in app.unused_classes.iter().flatten() {
                csv.plain(day).text(&app.app.name).plain("unused_class");
                csv.plain(class.id)
                    .text(&class.name)
                    .plain(false)
                    .text(class.link.as_deref().unwrap_or_default())
                    .plain(class.students);
                csv.end();
            }
        }
        csv.finish()
    }

    /// One row per app and week.
    pub fn weeks_csv(&self) -> String {
        let mut csv = Csv::new(&WEEK_COLUMNS);
        for app in &self.apps {
            week_rows(&mut csv, &app.app.name, &app.weeks);
        }
        csv.finish()
    }
}
