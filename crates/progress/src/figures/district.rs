//! What the leaders of a district see: every app by school and grade, coverage, freshness and targets, without names of people.

use std::collections::BTreeMap;
use std::sync::Arc;

use homeroom_goals::district::Demographic;
use homeroom_goals::report_link::Subject;
use homeroom_model::{Kind, Timestamp};
use homeroom_segment::fields::{FieldInfo, student};
use serde::Serialize;

use super::app::Delivery;
use super::csv::Csv;
use super::group::{
    Candidate, Counts, GroupRow, GroupWeek, Tally, WEEK_COLUMNS, count_columns, parts_of_whole,
    week_rows, weeks_of_whole, whole,
};
use super::school::grade;
use super::shape::{Head, Source, link};
use super::{Ask, FigureError, Figures, compose};
use crate::book::{Book, FeedBook};
use crate::judging::Judging;
use crate::standings::{Standings, merge};
use crate::targets::{Adjusted, NamedTarget, adjusted, in_force};

/// A district.
#[derive(Clone, Serialize)]
pub struct DistrictFigure {
    /// For whom and as of when.
    #[serde(flatten)]
    pub head: Head,
    /// Groups of fewer students are hidden.
    pub small_group: u32,
    /// App by app, ascending by the app's id.
    pub apps: Vec<DistrictApp>,
}

/// A district in one app.
#[derive(Clone, Serialize)]
pub struct DistrictApp {
    /// The app.
    pub app: Source,
    /// Its newest request, whatever came of it.
    pub last_request: Option<Delivery>,
    /// All students; `null` where there are too few.
    pub total: Option<Counts>,
    /// By school, ascending by id.
    pub by_school: Vec<GroupRow>,
    /// By grade, in the order of grades.
    pub by_grade: Vec<GroupRow>,
    /// By the fields of students that the district's settings allow, in their order.
    pub demographics: Vec<Demographics>,
    /// Week by week against the target, as far as the weeks are known, and of enough students. Whoever left stays in the weeks.
    pub weeks: Vec<GroupWeek>,
    /// What the app recommends and the district set, as of the day.
    pub targets: Vec<NamedTarget>,
    /// How many schools, sections and students have targets of their own.
    pub adjusted: Adjusted,
    /// The app's report of the district.
    pub link: Option<String>,
}

/// Counts by one field of students.
#[derive(Clone, Serialize)]
pub struct Demographics {
    /// The field.
    pub field: &'static str,
    /// By its values, in the order of the published list, those without a value first.
    pub groups: Vec<GroupRow>,
}

impl Figures {
    /// A district.
    pub async fn district(&self, ask: &Ask) -> Result<DistrictFigure, FigureError> {
        let book = Arc::new(self.book(ask).await?);
        let standings = self.all_standings(&book).await?;
        let mut last = Vec::with_capacity(book.feeds.len());
        for feed in &book.feeds {
            let newest = self.store.goals_deliveries(feed.key, None, 1).await?;
            last.push(newest.first().map(Delivery::of));
        }
        compose(move || Ok(of(&book, &standings, last))).await
    }
}

fn of(book: &Book, standings: &[Arc<Standings>], last: Vec<Option<Delivery>>) -> DistrictFigure {
    let feeds = book.feeds.iter().zip(standings).zip(last);
    DistrictFigure {
        head: Head::new("district", book),
        small_group: book.rules.small_group,
        apps: feeds
            .map(|((feed, standings), last)| app(book, feed, standings, last))
            .collect(),
    }
}

fn app(
    book: &Book,
    feed: &FeedBook,
    standings: &Standings,
    last_request: Option<Delivery>,
) -> DistrictApp {
    let stale = feed.is_stale(book.moment.at);
    let least = book.rules.small_group;
    let mut schools = vec![Tally::default(); book.roster.schools() as usize + 1];
    let mut grades = vec![Tally::default(); usize::from(u8::MAX) + 1];
    let nowhere = book.roster.schools();
    for standing in &standings.students {
        let school = standing.school.unwrap_or(nowhere) as usize;
        for tally in schools
            .get_mut(school)
            .into_iter()
            .chain(grades.get_mut(usize::from(standing.grade)))
        {
            tally.add(standing, stale);
        }
    }
    let mut total = Tally::default();
    for tally in &schools {
        total.merge(tally);
    }
    let judging = Judging::new(book, feed, book.moment.at);
    let mut weeks = judging.weeks();
    for cell in &standings.cells {
        merge(&mut weeks, &cell.weeks);
    }
    let students = total.group.students;
    let targets = in_force(&feed.targets, book.moment.day);
    let common = targets.iter().filter(|named| named.target.id.is_none());
    let common = common.cloned().collect();
    let grades = (0..=u8::MAX).zip(grades);
    let grades = grades.filter(|(_, tally)| tally.group.students > 0);
    DistrictApp {
        app: Source::of(book, feed),
        last_request,
        by_school: parts_of_whole(by_school(book, feed, schools), least),
        by_grade: parts_of_whole(grades.map(grade).collect(), least),
        demographics: demographics(book, standings, stale),
        weeks: weeks_of_whole(&judging.known_weeks(weeks), students, least),
        adjusted: adjusted(&targets),
        targets: common,
        link: link(feed, Subject::District, book.district),
        total: whole(total, least),
    }
}

/// The groups of schools; one without students of the feed is left out.
fn by_school(book: &Book, feed: &FeedBook, schools: Vec<Tally>) -> Vec<Candidate> {
    let schools = (0..).zip(schools);
    let schools = schools.filter(|(_, tally)| tally.group.students > 0);
    let schools = schools.map(|(row, tally)| {
        let known = row < book.roster.schools();
        let id = known.then(|| book.roster.id(Kind::School, row));
        Candidate {
            id,
            name: if known {
                book.roster.school_name(row)
            } else {
                "unknown".to_owned()
            },
            link: id.and_then(|id| link(feed, Subject::School, id)),
            tally,
        }
    });
    schools.collect()
}

/// Where a field of students stands in their rows, and what it is called.
fn field(field: Demographic) -> Option<(usize, &'static FieldInfo)> {
    let number = match field {
        Demographic::Gender => student::GENDER,
        Demographic::Race => student::RACE,
        Demographic::HispanicEthnicity => student::HISPANIC,
        Demographic::EllStatus => student::ELL,
        Demographic::FrlStatus => student::FRL,
        Demographic::IepStatus => student::IEP,
        Demographic::Section504Status => student::SECTION_504,
        Demographic::GiftedStatus => student::GIFTED,
        Demographic::HomeLanguage => student::HOME_LANGUAGE,
    };
    Some((number, student::ALL.get(number)?))
}

fn demographics(book: &Book, standings: &Standings, stale: bool) -> Vec<Demographics> {
    let fields = book.rules.demographics.iter();
    let fields = fields.filter_map(|name| field(*name));
    let fields = fields.map(|(number, field)| {
        let mut values: BTreeMap<u8, Tally> = BTreeMap::new();
        for (row, standing) in (0..).zip(&standings.students) {
            if standing.state.is_some() {
                let value = book.roster.code_of(row, number);
                values.entry(value).or_default().add(standing, stale);
            }
        }
        let groups = values.into_iter().map(|(value, tally)| {
            let name = match value {
                0 => "unknown",
                value => (field.text_of)(value).unwrap_or("not on the list"),
            };
            Candidate {
                id: None,
                name: name.to_owned(),
                link: None,
                tally,
            }
        });
        Demographics {
            field: field.name,
            groups: parts_of_whole(groups.collect(), book.rules.small_group),
        }
    });
    fields.collect()
}

impl DistrictFigure {
    /// One row per app and group.
    pub fn csv(&self) -> String {
        let mut csv = Csv::new(&count_columns());
        let day = self.head.as_of.day;
        for app in &self.apps {
            let name = app.app.name.as_str();
            let all = GroupRow::whole(
                self.head.district,
                "",
                app.total.clone(),
                app.link.as_deref(),
            );
            all.cells(&mut csv, day, name, "district");
            for row in &app.by_school {
                row.cells(&mut csv, day, name, "school");
            }
            for row in &app.by_grade {
                row.cells(&mut csv, day, name, "grade");
            }
            for field in &app.demographics {
                for row in &field.groups {
                    row.cells(&mut csv, day, name, field.field);
                }
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

    /// One row per app: how fresh it is and whom it covers.
    pub fn feeds_csv(&self) -> String {
        let mut csv = Csv::new(&[
            "as_of",
            "app",
            "last_received",
            "stale",
            "students",
            "reported",
            "coverage_percent",
            "last_status",
            "last_rejected",
            "last_warnings",
        ]);
        for app in &self.apps {
            csv.plain(self.head.as_of.day).text(&app.app.name);
            csv.maybe(app.app.last_received.map(Timestamp::to_iso))
                .plain(app.app.stale);
            let total = app.total.as_ref();
            csv.maybe(total.map(|total| total.group.students));
            csv.maybe(total.map(|total| total.group.reported));
            csv.maybe(total.and_then(|total| total.coverage_percent));
            let last = app.last_request.as_ref();
            csv.maybe(last.map(|last| last.status));
            csv.maybe(last.map(|last| last.rejected));
            csv.maybe(last.map(|last| last.warnings));
            csv.end();
        }
        csv.finish()
    }
}
