//! What a teacher sees: own sections, those first who need somebody first.

use std::collections::BTreeMap;
use std::sync::Arc;

use homeroom_goals::Amount;
use homeroom_goals::figures::by_urgency;
use homeroom_goals::report_link::Subject;
use homeroom_goals::state::{Episode, Why};
use homeroom_model::{ClosedList, Kind, ObjectId};
use serde::Serialize;

use super::csv::Csv;
use super::group::{Counts, Tally};
use super::live::{Live, Years, live};
use super::shape::{Head, Paces, SetTargets, Source, StudentWeek, link, open_episode};
use super::{Ask, FigureError, Figures, compose};
use crate::book::{Book, FeedBook};

/// A teacher's sections.
#[derive(Clone, Serialize)]
pub struct TeacherFigure {
    /// For whom and as of when.
    #[serde(flatten)]
    pub head: Head,
    /// The teacher, by the person's id.
    pub teacher: ObjectId,
    /// What the teacher is called.
    pub name: String,
    /// App by app, ascending by the app's id.
    pub apps: Vec<TeacherApp>,
}

/// A teacher's sections in one app.
#[derive(Clone, Serialize)]
pub struct TeacherApp {
    /// The app.
    pub app: Source,
    /// All students of all sections, each once.
    pub total: Counts,
    /// The sections, ascending by id.
    pub sections: Vec<SectionRow>,
    /// The students as a teacher would act: stuck first, those who have not used it next, then the others.
    pub students: Vec<StudentRow>,
}

/// One section.
#[derive(Clone, Serialize)]
pub struct SectionRow {
    /// The section.
    pub id: ObjectId,
    /// What it is called.
    pub name: String,
    /// All of it together.
    pub total: Counts,
    /// The app's report of exactly this section.
    pub link: Option<String>,
}

/// One student.
#[derive(Clone, Serialize)]
pub struct StudentRow {
    /// The student.
    pub id: ObjectId,
    /// What the student is called.
    pub name: String,
    /// The grade, if it is known.
    pub grade: Option<&'static str>,
    /// In which of the teacher's sections.
    pub sections: Vec<ObjectId>,
    /// The state, as in integration-side D5.
    pub state: &'static str,
    /// Why, in one sentence.
    pub why: String,
    /// Whether minutes wait to be confirmed or dismissed, which is why nothing is said of the student.
    pub waits: bool,
    /// The time of being stuck, while it is known to last.
    pub stuck: Option<Episode>,
    /// Minutes of the school year; `null` while nothing was reported.
    pub minutes: Option<Amount>,
    /// Progress of the school year.
    pub progress: Option<Amount>,
    /// Against the targets to date.
    pub pace: Paces,
    /// The targets, and who set them.
    pub targets: SetTargets,
    /// The weeks of the school year of which it is known what was done in them, for a sparkline.
    pub weeks: Vec<StudentWeek>,
    /// The app's report of exactly this student.
    pub link: Option<String>,
}

/// A student's row and the teacher's sections it is in.
type InSections = BTreeMap<u32, Vec<u32>>;

impl Figures {
    /// A teacher's sections, or one of them; `None` if the district has published no such teacher, or the section is not
    /// the teacher's.
    pub async fn teacher(
        &self,
        ask: &Ask,
        teacher: ObjectId,
        section: Option<ObjectId>,
    ) -> Result<Option<TeacherFigure>, FigureError> {
        let book = Arc::new(self.book(ask).await?);
        let Some(row) = book.roster.teacher(&teacher) else {
            return Ok(None);
        };
        let mut sections: Vec<u32> = book.roster.taught_by(row).collect();
        if let Some(section) = section {
            sections.retain(|row| book.roster.id(Kind::Section, *row) == section);
            if sections.is_empty() {
                return Ok(None);
            }
        }
        let mut students = InSections::new();
        for section in &sections {
            for student in book.roster.students_of(*section) {
                students.entry(*student).or_default().push(*section);
            }
        }
        let rows: Vec<u32> = students.keys().copied().collect();
        let years = self.years_of(&book, &rows).await?;
        let figure = compose(move || {
            let class = Class {
                sections,
                students,
                rows,
            };
            of(&book, row, &class, &years)
        });
        figure.await.map(Some)
    }
}

/// Whom a teacher teaches.
struct Class {
    sections: Vec<u32>,
    students: InSections,
    /// The students, ascending.
    rows: Vec<u32>,
}

fn of(
    book: &Book,
    teacher: u32,
    class: &Class,
    years: &Years,
) -> Result<TeacherFigure, FigureError> {
    let mut apps = Vec::with_capacity(book.feeds.len());
    for (feed, years) in book.feeds.iter().zip(years) {
        let found = live(book, feed, &class.rows, years)?;
        apps.push(app(book, feed, class, found));
    }
    Ok(TeacherFigure {
        head: Head::new("teacher", book),
        teacher: book.roster.id(Kind::Employee, teacher),
        name: book.roster.teacher_name(teacher),
        apps,
    })
}

fn app(book: &Book, feed: &FeedBook, class: &Class, mut found: Vec<Live>) -> TeacherApp {
    let mut total = Tally::default();
    let mut by_section: BTreeMap<u32, Tally> = BTreeMap::new();
    for live in &found {
        // The verdict is that of the moment already: it tells a stale feed.
        let standing = live.standing();
        total.add(&standing, false);
        for section in class.students.get(&live.row).into_iter().flatten() {
            by_section
                .entry(*section)
                .or_default()
                .add(&standing, false);
        }
    }
    found.sort_by(|a, b| by_urgency((a.id, &a.verdict), (b.id, &b.verdict)));
    let sections = class.sections.iter().map(|section| {
        let id = book.roster.id(Kind::Section, *section);
        SectionRow {
            id,
            name: book.roster.section_name(*section),
            total: by_section.remove(section).unwrap_or_default().counts(),
            link: link(feed, Subject::Section, id),
        }
    });
    TeacherApp {
        app: Source::of(book, feed),
        total: total.counts(),
        sections: sections.collect(),
        students: found
            .into_iter()
            .map(|live| student(book, feed, class, live))
            .collect(),
    }
}

fn student(book: &Book, feed: &FeedBook, class: &Class, live: Live) -> StudentRow {
    let sections = class.students.get(&live.row).into_iter().flatten();
    let verdict = &live.verdict;
    StudentRow {
        id: live.id,
        name: book.roster.student_name(live.row),
        grade: book.roster.grade_of(live.row).map(ClosedList::text),
        sections: sections
            .map(|section| book.roster.id(Kind::Section, *section))
            .collect(),
        state: verdict.state.name(),
        why: verdict.why.sentence(feed.settings.progress_label()),
        waits: verdict.why == Why::SetAside,
        stuck: open_episode(verdict),
        minutes: live.minutes,
        progress: live.progress,
        pace: Paces::of(verdict),
        targets: live.targets,
        weeks: live.weeks,
        link: live.link,
    }
}

impl TeacherFigure {
    /// One row per app and student, in the order of the lists.
    pub fn csv(&self) -> String {
        let mut csv = Csv::new(&[
            "as_of",
            "app",
            "student",
            "name",
            "grade",
            "sections",
            "state",
            "why",
            "stuck_since",
            "stuck_minutes",
            "minutes",
            "progress",
            "met",
            "minutes_percent",
            "progress_percent",
            "target_minutes",
            "target_minutes_level",
            "target_progress",
            "target_progress_level",
            "last_received",
            "link",
        ]);
        for app in &self.apps {
            for row in &app.students {
                csv.plain(self.head.as_of.day).text(&app.app.name);
                csv.plain(row.id).text(&row.name).maybe(row.grade);
                let sections: Vec<String> = row.sections.iter().map(|id| id.to_hex()).collect();
                csv.plain(sections.join(" "))
                    .plain(row.state)
                    .text(&row.why);
                let stuck = row.stuck.as_ref();
                csv.maybe(stuck.map(|stuck| stuck.from));
                csv.maybe(stuck.map(|stuck| stuck.minutes));
                csv.maybe(row.minutes).maybe(row.progress);
                row.pace.cells(&mut csv);
                row.targets.cells(&mut csv);
                csv.maybe(app.app.last_received.map(homeroom_model::Timestamp::to_iso));
                csv.text(row.link.as_deref().unwrap_or_default());
                csv.end();
            }
        }
        csv.finish()
    }
}
