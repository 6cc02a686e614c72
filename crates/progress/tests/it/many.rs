//! A district of hundreds: what figures say of all of them together is what the rules say of each, added up slowly.

use std::collections::BTreeMap;

use homeroom_goals::figures::Group;
use homeroom_goals::state::{AsOf, Known, Scene, judge};
use homeroom_goals::target::{Audience, Learner, Level, Metric, Target, Targets};
use homeroom_goals::total::{self, Day, Metrics, Report, Total};
use homeroom_goals::{
    Amount, Curve, Feed, SchoolDays, SchoolYear, SchoolYears, Settings, Timetable,
};
use homeroom_model::{ClosedList, Date, Grade, Kind, ObjectId, Timestamp};
use homeroom_progress::figures::GroupWeek;
use homeroom_segment::{Noun, Relation};
use homeroom_store::FeedKey;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::questions::larger;
use crate::world::{World, at, day};

const SETTINGS: &str =
    "[calendar]\nfirst_day = \"2026-08-31\"\n[goals]\nclosed = [\"2026-09-07\"]\nsmall_group = 0\n";
const LAST: &str = "2026-09-29";

/// What somebody reports: a student by number, on which day, how much.
type Reported = (usize, u8, u32, u32);

/// What was reported of a student.
#[derive(Default)]
struct Slow {
    total: Option<Total>,
    days: BTreeMap<Date, Day>,
}

const METRICS: Metrics = Metrics {
    series: 1,
    may_fall: false,
};

/// Totals and days as the rules say, from the same reports.
fn slowly(years: &SchoolYears, reports: &[(Date, ObjectId, u32, u32)]) -> BTreeMap<ObjectId, Slow> {
    let mut all: BTreeMap<ObjectId, Slow> = BTreeMap::new();
    for (date, student, minutes, progress) in reports {
        let slow = all.entry(*student).or_default();
        let report = Report {
            minutes: Some(Amount::whole(*minutes)),
            progress: Some(Amount::whole(*progress)),
        };
        let moment = years.moment(at(&date.to_string(), 20));
        let mut ground = total::Ground::of(slow.total.as_ref(), &moment);
        let held = slow.total.as_ref();
        let applied = total::apply(held, &mut ground, &report, METRICS, &moment);
        if let Some(new) = applied.day {
            let kept = slow.days.get(&new.day).copied();
            slow.days
                .insert(new.day, kept.map_or(new, |kept| kept.merge(&new, false)));
        }
        slow.total = Some(applied.total);
    }
    all
}

/// The same district twice: through the room, and added up here.
async fn compared(world: &World, app: FeedKey, reported: &[Reported]) {
    let students: Vec<ObjectId> = world.ids(Kind::Student).await.into_values().collect();
    let mut reports: Vec<(Date, ObjectId, u32, u32)> = reported
        .iter()
        .map(|(student, after, minutes, progress)| {
            let date = Date::from_days(day("2026-08-31").days() + i32::from(*after)).unwrap();
            (
                date,
                students[student % students.len()],
                *minutes,
                *progress,
            )
        })
        .collect();
    reports.sort_unstable_by_key(|report| report.0);
    for (date, student, minutes, progress) in &reports {
        let rows = [(*student, minutes.to_string(), progress.to_string())];
        world.report(app, &rows, at(&date.to_string(), 20)).await;
    }
    let years = SchoolYears::default();
    let slow = slowly(&years, &reports);
    let expected = Expected::of(world, &years, &reports, &slow).await;
    let ask = world.ask(at(LAST, 21));
    let figure = world.figures.district(&ask).await.unwrap();
    let figure = serde_json::to_value(&figure.apps[0]).unwrap();
    let group = |group: &Group| {
        let mut members = serde_json::to_value(group).unwrap();
        members["minutes"] = json!(group.minutes);
        members["progress"] = json!(group.progress);
        members
    };
    // Those of the group are among those of the counts.
    let same = |counts: &Value, expected: &Group, of: &str| {
        for (member, value) in group(expected).as_object().unwrap() {
            assert_eq!(&counts[member], value, "{member} of {of}");
        }
    };
    same(&figure["total"], &expected.all, "the district");
    for (list, groups) in [
        ("by_school", &expected.by_school),
        ("by_grade", &expected.by_grade),
    ] {
        let rows = figure[list].as_array().unwrap();
        assert_eq!(rows.len(), groups.len(), "{list}");
        for row in rows {
            let name = row["name"].as_str().unwrap();
            same(&row["counts"], &groups[name], name);
        }
    }
    assert_eq!(
        figure["weeks"],
        serde_json::to_value(&expected.weeks).unwrap()
    );
    // A school's own figure says what the district says of it.
    for (sis_id, id) in world.ids(Kind::School).await {
        let school = world.figures.school(&ask, id).await.unwrap().unwrap();
        let school = serde_json::to_value(&school).unwrap();
        let name = school["name"].as_str().unwrap();
        if let Some(expected) = expected.by_school.get(name) {
            same(&school["apps"][0]["total"], expected, &sis_id);
        }
    }
    assert_eq!(figure["last_request"]["status"], json!(200));
}

/// Groups added up student by student.
struct Expected {
    all: Group,
    by_school: BTreeMap<String, Group>,
    by_grade: BTreeMap<String, Group>,
    weeks: Vec<GroupWeek>,
}

/// School days by hand.
struct Days {
    /// Those up to the last that counts; the first has the number 1.
    open: Vec<Date>,
    deliveries: Vec<Date>,
}

/// What is asked for on a school day, and from when on.
const A_DAY: (u32, &str) = (8, "2026-09-03");

impl Days {
    fn new(deliveries: &[Date]) -> Self {
        let days = day("2026-08-31").days()..=day(LAST).days();
        let open = days.map(|day| Date::from_days(day).unwrap());
        // The last day of August was a Monday.
        let weekday = |date: &Date| (date.days() - day("2026-08-31").days()) % 7 < 5;
        Self {
            open: open
                .filter(|date| weekday(date) && *date != day("2026-09-07"))
                .collect(),
            deliveries: deliveries.to_vec(),
        }
    }

    /// How many there were before a date.
    fn before(&self, date: Date) -> usize {
        self.open.iter().filter(|open| **open < date).count()
    }

    /// The weeks, nothing in them.
    fn weeks(&self) -> Vec<GroupWeek> {
        let mut weeks: Vec<GroupWeek> = Vec::new();
        for date in &self.open {
            let monday = homeroom_goals::monday(*date);
            if weeks.last().is_none_or(|week| week.monday != monday) {
                weeks.push(GroupWeek {
                    monday,
                    school_days: 0,
                    students: 0,
                    minutes: Amount::ZERO,
                    progress: Some(Amount::ZERO),
                    target_minutes: Amount::ZERO,
                    target_progress: Amount::ZERO,
                });
            }
            weeks.last_mut().unwrap().school_days += 1;
        }
        weeks
    }

    /// Up to which school day it is known what a student did: before the newest delivery, where the app was silent for two
    /// days of the last five since the student was reported, and before minutes that wait.
    fn told(&self, heard: Option<Date>, aside: Option<Date>) -> usize {
        let last = self.open.len();
        let newest = |by: Date| self.deliveries.iter().rfind(|sent| **sent <= by).copied();
        let silent = |date: &&Date| newest(**date).is_none_or(|sent| date.days() - sent.days() > 1);
        let broken = heard.and_then(|heard| {
            let mut since = self.open[last - 5..].iter().filter(|date| **date > heard);
            since.find(silent)
        });
        let told = broken.map_or(last, |date| {
            newest(*date).map_or(0, |sent| self.before(sent))
        });
        aside.map_or(told, |aside| told.min(self.before(aside)))
    }

    /// What was reached by the end of a school day, in millionths. What came between two reports lies evenly between them.
    fn reached(&self, reported: &[(Date, Amount)], by: usize) -> u64 {
        // A weekend counts with the school day before it.
        let number = |date: Date| self.before(Date::from_days(date.days() + 1).unwrap());
        let (mut from, mut to, mut most) = ((0, 0), None, 0);
        for (date, value) in reported {
            most = most.max(value.micros());
            if number(*date) <= by {
                from = (number(*date), most);
            } else {
                to = to.or(Some((number(*date), most)));
            }
        }
        let Some(to) = to else {
            return from.1;
        };
        let days = |from: usize, to: usize| u64::try_from(to - from).unwrap();
        from.1 + (to.1 - from.1) * days(from.0, by) / days(from.0, to.0)
    }

    /// Adds a student to the weeks, day by day.
    fn add(&self, weeks: &mut [GroupWeek], slow: Option<&Slow>, aside: Option<Date>) {
        let days = || slow.into_iter().flat_map(|slow| slow.days.values());
        let told = self.told(days().next_back().map(|day| day.day), aside);
        let of = |mark: fn(&Day) -> Option<total::Mark>| -> Vec<(Date, Amount)> {
            let marks = days().filter_map(|day| Some((day.day, mark(day)?.value)));
            marks.collect()
        };
        let (minutes, progress) = (of(|day| day.minutes), of(|day| day.progress));
        let mut number = 0;
        for week in weeks {
            let (mut worked, mut moved) = (0, 0);
            for _ in 0..week.school_days {
                number += 1;
                if number > told {
                    continue;
                }
                let grown = |reported: &[(Date, Amount)]| {
                    self.reached(reported, number) - self.reached(reported, number - 1)
                };
                worked += grown(&minutes);
                moved += grown(&progress);
                if self.open[number - 1] >= day(A_DAY.1) {
                    week.target_minutes = week.target_minutes + Amount::whole(A_DAY.0);
                }
            }
            week.students += u32::from(worked >= 1_000_000);
            week.minutes = week.minutes + Amount::from_micros(worked);
            week.progress = week.progress.map(|sum| sum + Amount::from_micros(moved));
        }
    }
}

fn goal() -> Targets {
    Targets::new(vec![Target {
        level: Level::District,
        audience: Audience::Everyone,
        metric: Metric::Minutes,
        per_week: Some(Amount::whole(40)),
        from: day("2026-09-03"),
        by: "token:ada".into(),
        at: Timestamp::default(),
    }])
}

/// Somebody of whom a target of the district needs to know nothing else.
fn learner(student: ObjectId) -> Learner<'static> {
    Learner {
        student,
        grade: None,
        school: None,
        school_type: None,
        sections: &[],
    }
}

impl Expected {
    async fn of(
        world: &World,
        years: &SchoolYears,
        reports: &[(Date, ObjectId, u32, u32)],
        slow: &BTreeMap<ObjectId, Slow>,
    ) -> Self {
        let table = Timetable {
            first_day: Some(day("2026-08-31")),
            closed: vec![(day("2026-09-07"), day("2026-09-07"))],
            ..Timetable::default()
        };
        let year = SchoolYear(2027);
        let (begins, ends) = (years.first_day(year), years.last_day(year));
        let calendar = SchoolDays::new(begins, ends, &table);
        let mut deliveries: Vec<Date> = reports.iter().map(|report| report.0).collect();
        deliveries.dedup();
        let last = deliveries.last().map(|date| at(&date.to_string(), 20));
        let settings = Settings::default();
        let feed = Feed::new(&deliveries, last, &calendar, &settings);
        let by_hand = Days::new(&deliveries);
        let scene = Scene {
            calendar: &calendar,
            feed: &feed,
            settings: &settings,
            ceiling: None,
            metrics: METRICS,
        };
        let last = day(LAST);
        let as_of = AsOf {
            day: last,
            now: at(LAST, 21),
        };
        let published = world.history.published(world.district).await.unwrap();
        let snapshot = &published.snapshot;
        let (table, targets) = (snapshot.table(Kind::Student), goal());
        let mut expected = Self {
            all: Group::default(),
            by_school: BTreeMap::new(),
            by_grade: BTreeMap::new(),
            weeks: by_hand.weeks(),
        };
        let mut curve = Curve::default();
        for row in 0..table.len() {
            let id = table.id(row);
            let (total, days) = match slow.get(&id) {
                Some(slow) => (slow.total.as_ref(), slow.days.values().copied().collect()),
                None => (None, Vec::new()),
            };
            let minutes = targets.of(&learner(id), Metric::Minutes);
            // Everybody was imported on the first of August.
            let enrolled = day("2026-08-01");
            let known = Known {
                days: &days,
                zero: Some(enrolled),
                progress_zero: Some(enrolled),
                enrolled,
                absent: false,
                aside: total
                    .and_then(|total| total.aside)
                    .map(|aside| years.day_of(aside.since)),
                minutes: &minutes,
                progress: &[],
            };
            let verdict = judge(&scene, &known, as_of, &mut curve);
            by_hand.add(&mut expected.weeks, slow.get(&id), known.aside);
            let student = homeroom_model::Student::read(table.row(row));
            let grade = student
                .grade
                .known()
                .map_or("unknown", Grade::text)
                .to_owned();
            let school = snapshot.lists(Relation::StudentSchool).first(row).unwrap();
            let school = homeroom_model::School::read(snapshot.table(Kind::School).row(school));
            expected.all.add(&verdict, total);
            expected
                .by_grade
                .entry(grade)
                .or_default()
                .add(&verdict, total);
            expected
                .by_school
                .entry(school.name.into_owned())
                .or_default()
                .add(&verdict, total);
        }
        if feed.stale(as_of.now).is_some() {
            // Of a stale feed those weeks are known that were over when it sent last.
            let newest = deliveries.last().copied().unwrap();
            expected.weeks.retain(|week| {
                let mut days = by_hand.open.iter();
                !days.any(|date| homeroom_goals::monday(*date) == week.monday && *date >= newest)
            });
        }
        expected
    }
}

#[test]
fn a_district_is_its_schools_is_its_students() {
    let reported = (0_usize..300, 0_u8..28, 0_u32..900, 0_u32..40);
    let reports = prop::collection::vec(reported, 1..60);
    let mut runner = TestRunner::new(Config {
        cases: 6,
        ..Config::default()
    });
    runner
        .run(&reports, |mut reported| {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let world = World::new(SETTINGS, &larger()).await;
                let app = world.app(1).await;
                let target = r#"{"level": "district", "metric": "minutes", "per_week": 40, "from": "2026-09-03"}"#;
                world.target(app, target, at("2026-09-01", 8)).await.unwrap();
                // The feed is there from the first day of school on.
                reported.push((0, 0, 1, 1));
                compared(&world, app, &reported).await;
            });
            Ok(())
        })
        .unwrap();
}
