use proptest::prelude::*;

use super::*;
use crate::{Timetable, total::Mark};

fn date(text: &str) -> Date {
    Date::parse_iso(text).unwrap()
}

fn calendar() -> SchoolDays {
    SchoolDays::new(
        date("2026-08-31"),
        date("2027-06-30"),
        &Timetable::default(),
    )
}

fn mark(value: u32) -> Mark {
    Mark {
        value: Amount::whole(value),
        corrected: None,
    }
}

fn day(text: &str, minutes: u32, progress: u32) -> Day {
    Day {
        day: date(text),
        minutes: Some(mark(minutes)),
        progress: Some(mark(progress)),
        series: 1,
    }
}

const FIRST: Metrics = Metrics {
    series: 1,
    may_fall: false,
};

fn from(zero: Option<&str>) -> Start {
    Start {
        zero: zero.map(date),
        progress_zero: zero.map(date),
        metrics: FIRST,
    }
}

fn daily(curve: &Curve) -> Vec<String> {
    (1..=curve.last())
        .map(|day| curve.minutes(day - 1, day).to_string())
        .collect()
}

#[test]
fn missing_days_are_bridged_over_school_days_only() {
    let days = [
        day("2026-08-31", 10, 0),
        day("2026-09-03", 40, 3),
        day("2026-09-08", 70, 4),
    ];
    let curve = Curve::new(
        &days,
        &calendar(),
        from(Some("2026-08-31")),
        date("2026-09-09"),
    );
    assert_eq!(
        daily(&curve),
        ["10", "10", "10", "10", "10", "10", "10", "0"]
    );
    let (minutes, progress) = curve.week(&calendar(), date("2026-09-06"));
    assert_eq!(
        (minutes.to_string(), progress.to_string()),
        ("50".into(), "3.333333".into())
    );
    assert_eq!(
        curve.week(&calendar(), date("2026-09-07")).0,
        Amount::whole(20)
    );
    assert_eq!(
        (curve.heard(), curve.streak(usize::MAX)),
        (Some(7), 7 - 1 + 1)
    );
}

#[test]
fn what_nobody_knows_the_day_of_counts_for_none() {
    let days = [day("2026-09-02", 500, 40), day("2026-09-03", 520, 41)];
    let curve = Curve::new(&days, &calendar(), from(None), date("2026-09-03"));
    assert_eq!(daily(&curve), ["0", "0", "0", "20"]);
    let known = Curve::new(
        &days,
        &calendar(),
        from(Some("2026-09-01")),
        date("2026-09-03"),
    );
    assert_eq!(daily(&known), ["0", "250", "250", "20"]);
}

#[test]
fn regressions_and_corrections_are_no_work() {
    let corrected = Mark {
        value: Amount::whole(30),
        corrected: Some(Amount::whole(30)),
    };
    let days = [
        day("2026-08-31", 40, 4),
        day("2026-09-01", 20, 2),
        day("2026-09-02", 45, 4),
        Day {
            minutes: Some(corrected),
            progress: Some(Mark {
                value: Amount::whole(2),
                corrected: Some(Amount::whole(2)),
            }),
            ..day("2026-09-03", 0, 0)
        },
        day("2026-09-04", 50, 3),
    ];
    let curve = Curve::new(
        &days,
        &calendar(),
        from(Some("2026-08-31")),
        date("2026-09-04"),
    );
    assert_eq!(daily(&curve), ["40", "0", "5", "0", "20"]);
    assert!(curve.facts(2).regressed && !curve.facts(3).regressed);
    assert!(curve.facts(4).corrected && curve.facts(5).rose);
    assert_eq!(curve.facts(5).level, Amount::whole(3));
}

#[test]
fn what_rises_from_a_correction_on_the_same_day_is_work() {
    let corrected = |to: u32, value: u32| {
        let corrected = Some(Amount::whole(to));
        Some(Mark {
            corrected,
            ..mark(value)
        })
    };
    let days = [
        day("2026-08-31", 40, 4),
        // Nothing on two days, and then a correction downwards, one upwards, and work after them.
        Day {
            minutes: corrected(30, 44),
            progress: corrected(90, 95),
            ..day("2026-09-03", 0, 0)
        },
        day("2026-09-04", 46, 96),
    ];
    for may_fall in [false, true] {
        let start = Start {
            metrics: Metrics { may_fall, ..FIRST },
            ..from(Some("2026-08-31"))
        };
        let curve = Curve::new(&days, &calendar(), start, date("2026-09-04"));
        assert_eq!(daily(&curve), ["40", "0", "0", "14", "2"]);
        assert_eq!(curve.progress(2, 4), Amount::whole(5));
        assert!(curve.facts(4).rose && curve.facts(4).corrected);
        assert_eq!(curve.facts(5).level, Amount::whole(96));
    }
    // What came last on the day may be lower where totals may fall.
    let fallen = Day {
        minutes: corrected(30, 10),
        ..days[1]
    };
    let start = Start {
        metrics: Metrics {
            may_fall: true,
            ..FIRST
        },
        ..from(Some("2026-08-31"))
    };
    let days = [days[0], fallen, day("2026-09-04", 12, 96)];
    let curve = Curve::new(&days, &calendar(), start, date("2026-09-04"));
    assert_eq!(daily(&curve), ["40", "0", "0", "0", "2"]);
}

#[test]
fn totals_that_may_fall_count_what_was_gained_again() {
    let days = [
        day("2026-08-31", 40, 4),
        day("2026-09-01", 40, 2),
        day("2026-09-02", 45, 3),
    ];
    let start = Start {
        metrics: Metrics {
            may_fall: true,
            ..FIRST
        },
        ..from(Some("2026-08-31"))
    };
    let curve = Curve::new(&days, &calendar(), start, date("2026-09-02"));
    assert_eq!(curve.progress(0, 3), Amount::whole(5));
    assert_eq!(curve.facts(3).level, Amount::whole(3));
    assert!(!curve.facts(2).regressed);
}

#[test]
fn another_metric_begins_anew() {
    let days = [
        day("2026-08-31", 40, 4),
        Day {
            series: 2,
            ..day("2026-09-01", 50, 90)
        },
        Day {
            series: 2,
            ..day("2026-09-02", 60, 95)
        },
    ];
    let drawn = |days: &[Day], progress_zero| {
        let start = Start {
            progress_zero,
            metrics: Metrics { series: 2, ..FIRST },
            ..from(Some("2026-08-31"))
        };
        Curve::new(days, &calendar(), start, date("2026-09-02"))
    };
    let curve = drawn(&days, None);
    assert_eq!(curve.progress(0, 3), Amount::whole(5));
    assert_eq!(curve.minutes(0, 3), Amount::whole(60), "minutes go on");
    assert!(!curve.facts(2).rose && curve.facts(3).rose);
    assert!(!curve.knows_progress(1) && curve.knows_progress(2));
    // Not reported anew.
    let before = drawn(&days[..1], None);
    assert_eq!(before.progress(0, 3), Amount::ZERO);
    assert_eq!(before.facts(3).level, Amount::ZERO);
    assert!(!before.knows_progress(3) && before.heard() == Some(1));
    // It began before the student did.
    let whole = drawn(&days[1..], Some(date("2026-09-01")));
    assert_eq!(whole.progress(0, 3), Amount::whole(95));
}

#[test]
fn work_on_days_without_school_counts_with_the_school_day_before() {
    let days = [
        day("2026-09-04", 10, 0),
        day("2026-09-06", 30, 0),
        day("2026-09-07", 35, 0),
    ];
    let curve = Curve::new(
        &days,
        &calendar(),
        from(Some("2026-09-04")),
        date("2026-09-07"),
    );
    assert_eq!(daily(&curve), ["0", "0", "0", "0", "30", "5"]);
    let summer = Curve::new(
        &[day("2026-08-30", 9, 1)],
        &calendar(),
        from(Some("2026-08-30")),
        date("2026-08-31"),
    );
    assert_eq!(daily(&summer), ["0"]);
}

proptest! {
    #[test]
    fn weeks_add_up_to_the_total(values in prop::collection::vec((0_i32..200, 0_u32..500), 1..40)) {
        let first = date("2026-08-31");
        let mut days: Vec<Day> = values
            .iter()
            .map(|(offset, value)| Day { day: Date::from_days(first.days() + offset).unwrap(), ..day("2026-08-31", *value, 1) })
            .collect();
        days.sort_by_key(|day| day.day);
        days.dedup_by_key(|day| day.day);
        let until = Date::from_days(first.days() + 210).unwrap();
        let curve = Curve::new(&days, &calendar(), from(Some("2026-08-31")), until);
        let most = days.iter().filter_map(|day| day.minutes).map(|mark| mark.value).max().unwrap();
        let weeks = (0..31).map(|week| curve.week(&calendar(), Date::from_days(first.days() + week * 7).unwrap()).0);
        prop_assert_eq!(weeks.sum::<Amount>(), most);
    }
}
