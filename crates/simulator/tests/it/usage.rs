//! Usage of apps, looked at by rules written down once more.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::Date;
use homeroom_simulator::SchoolYear;
use homeroom_simulator::usage::{
    APPS, Activity, AppProfile, Calendar, Hundredths, Learner, LearnerKind, Mix, Usage, Year,
    number,
};

const SEEDS: [u64; 3] = [1, 7, 2026];
const STUDENTS: u64 = 220;

fn day(text: &str) -> Date {
    Date::parse_iso(text).unwrap()
}

fn calendars() -> Vec<Calendar> {
    let whole = Calendar::usual(SchoolYear { start: 2026 });
    vec![
        whole.until(day("2026-11-20")),
        whole.until(day("2026-08-19")),
        whole.until(day("2025-01-01")),
        whole,
    ]
}

/// Every student of some seeds, apps and calendars.
fn each(mut look: impl FnMut(&Usage, &Learner, &Year)) {
    let mut year = Year::default();
    for seed in SEEDS {
        for calendar in calendars() {
            for app in APPS {
                let usage = Usage::new(seed, app, calendar.clone());
                for student in 0..STUDENTS {
                    let learner = usage.learner(student);
                    usage.play(&learner, &mut year);
                    look(&usage, &learner, &year);
                }
            }
        }
    }
}

/// Minutes and units of each school day; what was done on a day without school counts with the school day before.
fn by_school_day(calendar: &Calendar, activities: &[Activity]) -> Vec<(u32, u32)> {
    let days = calendar.school_days();
    let mut all = vec![(0, 0); days.len() + 1];
    for one in activities {
        let number = days.partition_point(|day| *day <= one.day);
        all[number].0 += one.minutes.0;
        all[number].1 += one.units.0;
    }
    all
}

/// The school days on which the rule of D5 holds for somebody who is there, works and has something left to do.
fn rule(calendar: &Calendar, learner: &Learner, year: &Year) -> Vec<Date> {
    let work = by_school_day(calendar, year.activities());
    let mut found = Vec::new();
    for (at, day) in calendar.school_days().iter().enumerate() {
        let number = at + 1;
        let window = &work[number.saturating_sub(9).max(1)..=number];
        let minutes: u32 = window.iter().map(|(minutes, _)| minutes).sum();
        let units: u32 = window.iter().map(|(_, units)| units).sum();
        let recent: u32 = window
            .iter()
            .rev()
            .take(5)
            .map(|(minutes, _)| minutes)
            .sum();
        let there = calendar.school_days()[..=at]
            .iter()
            .filter(|day| **day >= learner.enrolled)
            .count();
        let gone = learner.left.is_some_and(|left| left <= *day);
        let finished = year.finished().is_some_and(|finished| finished <= *day);
        if minutes >= 3_000 && units == 0 && recent >= 100 && there >= 5 && !gone && !finished {
            found.push(*day);
        }
    }
    found
}

#[test]
fn whoever_is_stuck_was_planted() {
    let (mut planted, mut open, mut tempted) = (0, 0, 0);
    each(|usage, learner, year| {
        let calendar = usage.calendar();
        let mut held = rule(calendar, learner, year);
        for one in year.planted() {
            planted += 1;
            open += u32::from(one.ends.is_none());
            let first = held.iter().find(|day| **day >= one.begins).copied();
            let until = one.ends.unwrap_or(calendar.last());
            assert_eq!(one.holds, first.filter(|first| *first <= until));
            held.retain(|day| !(one.begins..=until).contains(day));
        }
        assert_eq!(held, [], "{learner:?}");
        let stuck = learner.kind == LearnerKind::Stuck;
        assert_eq!(stuck, !year.planted().is_empty(), "{learner:?}");
        let flat = by_school_day(calendar, year.activities());
        let worked = flat.windows(3).any(|days| {
            let units: u32 = days.iter().map(|(_, units)| units).sum();
            let minutes: u32 = days.iter().map(|(minutes, _)| minutes).sum();
            units == 0 && minutes >= 3_000
        });
        tempted += u32::from(worked && !stuck);
    });
    assert!(planted > 100, "{planted}");
    assert!(open * 5 > planted && open < planted, "{open} of {planted}");
    assert!(tempted > 100, "{tempted}");
}

#[test]
fn planted_times_are_long_enough_to_be_seen() {
    let (mut seen, mut all) = (0, 0);
    each(|usage, _, year| {
        let days = usage.calendar().school_days();
        for one in year.planted() {
            all += 1;
            let Some(holds) = one.holds else { continue };
            seen += 1;
            let between = days
                .iter()
                .filter(|day| (one.begins..=holds).contains(day))
                .count();
            assert!(between <= 10, "after {between} school days at the latest");
        }
    });
    assert!(seen * 10 > all * 9, "{seen} of {all}");
}

#[test]
fn totals_are_what_was_done_day_by_day() {
    each(|usage, _, year| {
        let calendar = usage.calendar();
        let (mut minutes, mut units) = (BTreeMap::new(), BTreeMap::new());
        for one in year.activities() {
            *minutes.entry(one.day).or_insert(0) += one.minutes.0;
            *units.entry(one.day).or_insert(0) += one.units.0;
        }
        let sum = |of: &BTreeMap<Date, u32>, to: Date| of.range(..=to).map(|(_, n)| n).sum::<u32>();
        for day in calendar.school_days().iter().step_by(17) {
            let total = year.total(*day);
            assert_eq!(total.minutes.0, sum(&minutes, *day));
            assert_eq!(total.units.0, sum(&units, *day));
            let week = Date::from_days(day.days() + 6).unwrap();
            let done: u32 = minutes.range(*day..=week).map(|(_, n)| n).sum();
            assert_eq!(year.done(*day, week).minutes.0, done);
        }
    });
}

#[test]
fn nothing_is_done_where_nobody_is() {
    let (mut weekends, mut under_second) = (0, 0);
    each(|usage, learner, year| {
        let mut ids = BTreeSet::new();
        let mut free = i64::MIN;
        for one in year.activities() {
            let closed = usage.calendar().closed();
            assert!(
                !closed
                    .iter()
                    .any(|(from, to)| (*from..=*to).contains(&one.day))
            );
            assert!(one.day >= learner.enrolled && learner.left.is_none_or(|left| one.day < left));
            let away = learner
                .away
                .is_some_and(|(from, to)| (from..=to).contains(&one.day));
            assert!(!away, "{learner:?} {one:?}");
            assert!(ids.insert(one.id()));
            // Five hours west: the district's evening is at most one in the morning of UTC.
            let local = one.at.millis() - 5 * 3_600_000;
            let hour = (local - i64::from(one.day.days()) * 86_400_000) / 3_600_000;
            assert!((8..20).contains(&hour), "{hour}");
            assert!(one.at.millis() >= free, "sessions follow one another");
            free = one.at.millis() + i64::from(one.minutes.0) * 600;
            weekends += u32::from(!usage.calendar().school_days().contains(&one.day));
            let merged = learner.merged.is_some_and(|merged| one.day < merged);
            assert!(one.account == 0 || merged);
            under_second += u32::from(one.account);
        }
    });
    assert!(
        weekends > 100 && under_second > 30,
        "{weekends} {under_second}"
    );
}

#[test]
fn ceilings_are_reached_by_those_who_finish() {
    let mut finished = 0;
    each(|usage, learner, year| {
        let total = year.total(usage.calendar().last()).units.0;
        let Some(ceiling) = usage.app().ceiling.map(|ceiling| ceiling * 100) else {
            assert_eq!(year.finished(), None);
            return;
        };
        let is_finished = learner.kind == LearnerKind::Finished;
        assert_eq!(is_finished, total >= ceiling, "{learner:?} {total}");
        let Some(day) = year.finished() else { return };
        finished += 1;
        let before = Date::from_days(day.days() - 1).unwrap();
        assert!(year.total(before).units.0 < ceiling && year.total(day).units.0 == ceiling);
        assert!(year.total(day).minutes < year.total(usage.calendar().last()).minutes);
    });
    assert!(finished > 15, "{finished}");
}

#[test]
fn all_kinds_are_there_in_their_shares() {
    let calendar = Calendar::usual(SchoolYear { start: 2026 });
    let count = |app: AppProfile, mix: Mix| {
        let usage = Usage::new(3, app, calendar.clone()).mixed(mix);
        let mut kinds: BTreeMap<LearnerKind, u32> = BTreeMap::new();
        for student in 0..10_000 {
            *kinds.entry(usage.learner(student).kind).or_default() += 1;
        }
        kinds
    };
    let kinds = count(APPS[2], Mix::default());
    for (kind, expected) in [
        (LearnerKind::Absent, 400),
        (LearnerKind::TransferredIn, 200),
        (LearnerKind::TransferredOut, 200),
        (LearnerKind::New, 60),
        (LearnerKind::Sprinter, 1200),
        (LearnerKind::Idle, 900),
        (LearnerKind::Stuck, 600),
        (LearnerKind::Merged, 60),
        (LearnerKind::Finished, 400),
        (LearnerKind::Steady, 5980),
    ] {
        let found = kinds[&kind];
        assert!(
            found * 10 > expected * 7 && found * 10 < expected * 13,
            "{kind:?} {found}"
        );
    }
    let settled = count(APPS[0], Mix::settled());
    let gone = [
        LearnerKind::TransferredIn,
        LearnerKind::New,
        LearnerKind::Finished,
    ];
    assert!(gone.iter().all(|kind| !settled.contains_key(kind)));
}

#[test]
fn whether_somebody_is_at_school_is_the_same_in_all_apps() {
    let calendar = Calendar::usual(SchoolYear { start: 2026 });
    let [first, second, third] = APPS.map(|app| Usage::new(9, app, calendar.clone()));
    let mut different = 0;
    for student in 0..2_000 {
        let of = |usage: &Usage| {
            let Learner {
                enrolled,
                left,
                away,
                ..
            } = usage.learner(student);
            (enrolled, left, away)
        };
        assert!(of(&first) == of(&second) && of(&second) == of(&third));
        let kinds = [&first, &second].map(|usage| usage.learner(student).kind);
        different += u32::from(kinds[0] != kinds[1]);
    }
    assert!(different > 200, "{different}");
}

#[test]
fn the_year_of_a_student_is_frozen() {
    let usage = Usage::new(42, APPS[1], Calendar::usual(SchoolYear { start: 2026 }));
    let mut year = Year::default();
    let learner = usage.learner(number("S-1007"));
    usage.play(&learner, &mut year);
    let mut again = year.clone();
    usage.play(&usage.learner(8), &mut again);
    assert_ne!(year, again);
    usage.play(&learner, &mut again);
    assert_eq!(year, again, "whatever stood in it before");
    let first = &year.activities()[0];
    let told = format!(
        "{} {} {} {}",
        first.id(),
        first.at.to_iso(),
        first.minutes,
        first.units
    );
    assert_eq!(
        told,
        "e050a15373d440f2-20682-0 2026-08-17T18:11:00.000Z 13.56 1"
    );
    let total = year.total(day("2027-06-04"));
    assert_eq!(format!("{} {}", total.minutes, total.units), "3581.47 331");
}

#[test]
fn hundredths_are_short_decimals() {
    for (hundredths, text) in [
        (0, "0"),
        (7, "0.07"),
        (50, "0.5"),
        (3_250, "32.5"),
        (400, "4"),
        (1_205, "12.05"),
    ] {
        assert_eq!(Hundredths(hundredths).to_string(), text);
        assert_eq!(
            Hundredths(hundredths).micros(),
            u64::from(hundredths) * 10_000
        );
    }
}
