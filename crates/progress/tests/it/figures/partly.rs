//! Days of which only a part was told: the feed broke off and came back without somebody, or minutes wait to be confirmed.

use homeroom_goals::Amount;
use homeroom_model::Kind;
use homeroom_progress::figures::{Child, Language, Mood, StudentRow};
use homeroom_store::FeedKey;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::{FIRST, Played, SETTINGS, begun};
use crate::world::{at, day};

const STUDENTS: [&str; 6] = ["P1", "P2", "P3", "P4", "P5", "P6"];

/// More than can have been done since the day before, and more than since the year began.
const IMPLAUSIBLE: u32 = 900_000;

/// The last school day on which a feed may begin that saw everybody begin.
const SAW_BEGINNING: u32 = 5;

/// The date of a school day, from 1.
fn school_day(number: u32) -> String {
    let weeks = (number - 1) / 5;
    let days = day(FIRST).days() + i32::try_from(number - 1 + 2 * weeks).unwrap();
    homeroom_model::Date::from_days(days).unwrap().to_string()
}

impl Played {
    /// Totals of minutes, on the evening of a school day.
    async fn told(&self, number: u32, minutes: &[(&str, u32)]) {
        let rows: Vec<_> = minutes
            .iter()
            .map(|(student, minutes)| (self.student(student), minutes.to_string(), "1".to_owned()))
            .collect();
        let app: FeedKey = self.app;
        let now = at(&school_day(number), 20);
        self.world.report(app, &rows, now).await;
    }

    /// The weeks of the district on that evening: minutes, and what they should have been.
    async fn weeks(&self, number: u32) -> Vec<Value> {
        let ask = self.world.ask(at(&school_day(number), 21));
        let figure = self.world.figures.district(&ask).await.unwrap();
        let weeks = figure.apps[0].weeks.iter();
        weeks
            .map(|week| json!([week.students, week.minutes, week.target_minutes]))
            .collect()
    }

    /// What those at home and the teacher read of P1.
    async fn of_p1(&self, number: u32) -> (Child, StudentRow) {
        let (world, ask) = (&self.world, self.world.ask(at(&school_day(number), 21)));
        let contact = world.ids(Kind::Contact).await["C1"];
        let teacher = world.ids(Kind::Employee).await["T1"];
        let home = world.figures.contact(&ask, contact, Language::English);
        let class = world.figures.teacher(&ask, teacher, None);
        let id = self.student("P1");
        let home = home.await.unwrap().unwrap().children.into_iter();
        let class = class.await.unwrap().unwrap().apps.remove(0).students;
        (
            home.into_iter().find(|child| child.student == id).unwrap(),
            class.into_iter().find(|row| row.id == id).unwrap(),
        )
    }
}

fn all(minutes: u32) -> [(&'static str, u32); 6] {
    STUDENTS.map(|student| (student, minutes))
}

#[tokio::test]
async fn a_week_told_in_part_asks_for_the_days_that_were_told() {
    let played = begun(SETTINGS, 1, 0).await;
    // Ten minutes a day are asked for. Two weeks of them, then twenty on Monday and on Tuesday.
    for (number, minutes) in [(5, 50), (10, 100), (11, 120), (12, 140)] {
        played.told(number, &all(minutes)).await;
    }
    // Nothing on Wednesday and Thursday; on Friday it comes back with one of them.
    played.told(15, &[("P1", 200)]).await;
    // Of the others Monday is known: the Tuesday may have been told in part.
    let expected = [
        json!([6, 300, 300]),
        json!([6, 300, 300]),
        json!([6, 100 + 5 * 20, 50 + 5 * 10]),
    ];
    assert_eq!(played.weeks(15).await, expected);
}

#[tokio::test]
async fn a_week_with_minutes_set_aside_asks_for_the_days_before_them() {
    let played = begun(SETTINGS, 1, 0).await;
    for (number, minutes) in [(5, 50), (10, 100), (13, 130)] {
        played.told(number, &all(minutes)).await;
    }
    played.told(14, &all(IMPLAUSIBLE)).await;
    assert_eq!(played.weeks(14).await[2], json!([6, 180, 180]));
    // In the week after nothing is known, and nothing is asked.
    assert_eq!(played.weeks(15).await[2], json!([6, 180, 180]));
    played.told(16, &all(IMPLAUSIBLE)).await;
    assert_eq!(played.weeks(16).await[3], json!([0, 0, 0]));
}

#[tokio::test]
async fn a_feed_that_begins_late_asks_for_nothing_before() {
    let played = begun(SETTINGS, 1, 0).await;
    // The first it brings, on Tuesday of the second week, was done nobody knows when.
    played.told(7, &all(70)).await;
    assert_eq!(played.weeks(7).await, [json!([0, 0, 0]), json!([0, 0, 0])]);
    played.told(8, &all(80)).await;
    assert_eq!(
        played.weeks(8).await,
        [json!([0, 0, 0]), json!([6, 60, 60])]
    );
    // A week of what is known is listed, none of what is not.
    let (child, row) = played.of_p1(8).await;
    let week = child.week.unwrap();
    assert_eq!(
        (json!(week.minutes), json!(week.target_minutes)),
        (json!(10), json!(10))
    );
    assert_eq!(row.weeks.len(), 1);
    // Who comes with a later one had done nothing when the feed began.
    let late = begun(SETTINGS, 1, 0).await;
    late.told(7, &[("P1", 70)]).await;
    late.told(9, &[("P1", 90), ("P2", 30)]).await;
    let weeks = late.weeks(9).await;
    assert_eq!(weeks, [json!([0, 0, 0]), json!([2, 20 + 30, 20 + 5 * 30])]);
}

/// Of every evening, who is reported (none: nothing comes), and who of them with minutes that nobody can have done.
type Evenings = Vec<(u8, u8)>;

async fn never_more_than_was_done(evenings: &Evenings) {
    let played = begun(SETTINGS, 1, 0).await;
    let students = || STUDENTS.into_iter().enumerate();
    let last = u32::try_from(evenings.len()).unwrap() + 1;
    let mut silent = true;
    for (number, (reported, wrong)) in (1..).zip(evenings) {
        // A feed that did not see the year begin asks for less (see below).
        let reported = if silent && number == SAW_BEGINNING {
            &63
        } else {
            reported
        };
        silent &= *reported == 0;
        let rows: Vec<_> = students()
            .filter(|(place, _)| reported >> place & 1 == 1)
            .map(|(place, student)| match wrong >> place & 1 {
                1 => (student, IMPLAUSIBLE + number),
                _ => (student, 10 * number),
            })
            .collect();
        if !rows.is_empty() {
            played.told(number, &rows).await;
        }
        // Everybody did the ten minutes of every day that are asked for.
        let ask = played.world.ask(at(&school_day(number), 21));
        let figure = played.world.figures.district(&ask).await.unwrap();
        for week in &figure.apps[0].weeks {
            assert!(
                week.minutes <= week.target_minutes,
                "school day {number}: {week:?} in {evenings:?}"
            );
        }
    }
    played.told(last, &all(10 * last)).await;
    for (place, week) in (0..).zip(played.weeks(last).await) {
        let days = (last - 5 * place).min(5);
        let whole = Amount::whole(6 * 10 * days);
        assert_eq!(week, json!([6, whole, whole]), "{evenings:?}");
    }
}

#[test]
fn no_week_shows_more_of_its_target_than_was_done() {
    let reported = prop_oneof![2 => Just(0_u8), 2 => 0_u8..64, 1 => Just(63_u8)];
    let wrong = prop_oneof![4 => Just(0_u8), 1 => 0_u8..64];
    let evenings = prop::collection::vec((reported, wrong), 6..19);
    let mut runner = TestRunner::new(Config {
        cases: 12,
        ..Config::default()
    });
    runner
        .run(&evenings, |evenings| {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(never_more_than_was_done(&evenings));
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn minutes_that_wait_are_told_of_somebody_new_too() {
    // On the third day of school; and the very first that is reported of somebody.
    for (before, number) in [(2, 3), (0, 1)] {
        let played = begun(SETTINGS, 1, before).await;
        played
            .told(number, &[("P1", IMPLAUSIBLE), ("P4", 10)])
            .await;
        let (child, row) = played.of_p1(number).await;
        assert_eq!(child.mood, Mood::BeingChecked, "{before}");
        let expected = "The newest minutes from the app are being checked.";
        assert_eq!(child.summary, expected);
        assert!(child.week.is_none());
        assert!(row.waits, "{}", row.why);
        assert_eq!((row.state, row.pace.minutes), ("no_data", None));
    }
}

#[tokio::test]
async fn an_interruption_is_told_of_somebody_new_too() {
    let played = begun(SETTINGS, 1, 1).await;
    // Nothing on Tuesday and Wednesday; on Thursday it comes back without P1.
    played.told(4, &[("P4", 80)]).await;
    let (child, row) = played.of_p1(4).await;
    assert_eq!(child.mood, Mood::NoNews);
    let expected = "There is no news from the app about this week at the moment.";
    assert_eq!(child.summary, expected);
    assert!(child.week.is_none());
    let why = "The app stopped sending for a while and has not reported this student since 2026-08-31, so nothing can be said.";
    assert_eq!((row.state, row.why.as_str()), ("feed_stale", why));
    let pace = (row.pace.minutes, row.pace.progress, row.pace.met);
    assert_eq!(pace, (None, None, None));
}
