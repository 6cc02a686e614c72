mod any_order;

use std::collections::BTreeMap;

use homeroom_model::Date;
use proptest::prelude::*;

use super::*;
use crate::SchoolYears;

const FIXED: Metrics = Metrics {
    series: 1,
    may_fall: false,
};
const FALLING: Metrics = Metrics {
    series: 1,
    may_fall: true,
};
const HOUR: i64 = 60;

fn years() -> SchoolYears {
    SchoolYears::new("America/Chicago", "07-01").unwrap()
}

/// Minutes after noon of the first of September 2026.
fn at(minutes: i64) -> Moment {
    years().moment(Timestamp::from_millis(1_788_282_000_000 + minutes * 60_000))
}

fn report(minutes: Option<u32>, progress: Option<u32>) -> Report {
    Report {
        minutes: minutes.map(Amount::whole),
        progress: progress.map(Amount::whole),
    }
}

/// A store of one student.
#[derive(Default)]
struct Kept {
    total: Option<Total>,
    days: BTreeMap<Date, Day>,
    closed: Vec<Total>,
}

impl Kept {
    fn take(&mut self, report: Report, metrics: Metrics, at: &Moment) -> Applied {
        let mut ground = Ground::of(self.total.as_ref(), at);
        self.row(&mut ground, report, metrics, at)
    }

    /// Takes a row of a body before which things stood like this.
    fn row(
        &mut self,
        ground: &mut Ground,
        report: Report,
        metrics: Metrics,
        at: &Moment,
    ) -> Applied {
        let applied = apply(self.total.as_ref(), ground, &report, metrics, at);
        self.total = Some(applied.total.clone());
        self.closed.extend(applied.closed.clone());
        if let Some(day) = applied.day {
            self.keep(day, metrics.may_fall);
        }
        applied
    }

    fn keep(&mut self, day: Day, may_fall: bool) {
        let kept = self
            .days
            .get(&day.day)
            .map_or(day, |kept| kept.merge(&day, may_fall));
        self.days.insert(day.day, kept);
    }

    /// Minutes and progress shown.
    fn shown(&self) -> (Option<Amount>, Option<Amount>) {
        let total = self.total.as_ref().unwrap();
        (
            total.minutes.map(|level| level.value),
            total.progress.map(|level| level.value),
        )
    }
}

fn whole(minutes: u32, progress: u32) -> (Option<Amount>, Option<Amount>) {
    (Some(Amount::whole(minutes)), Some(Amount::whole(progress)))
}

#[test]
fn the_highest_value_is_shown_and_a_lower_one_is_kept() {
    let mut kept = Kept::default();
    let first = kept.take(report(Some(100), Some(10)), FIXED, &at(0));
    assert!(first.updated && first.notices.is_empty());
    let same = kept.take(report(Some(100), Some(10)), FIXED, &at(1));
    assert!(!same.updated && same.notices.is_empty());
    let lower = kept.take(report(Some(90), Some(11)), FIXED, &at(HOUR));
    assert!(lower.updated, "the rest of the row is taken");
    assert_eq!(lower.notices, [Notice::Regression]);
    assert_eq!(kept.shown(), whole(100, 11));
    let total = kept.total.as_ref().unwrap();
    assert_eq!(
        total.lower_minutes,
        Some(Level {
            value: Amount::whole(90),
            since: at(HOUR).at
        })
    );
    assert!(total.is_open());
    kept.take(report(Some(101), Some(11)), FIXED, &at(2 * HOUR));
    assert!(
        !kept.total.as_ref().unwrap().is_open(),
        "reaching the level again settles it"
    );
    assert_eq!(kept.total.as_ref().unwrap().heard, at(2 * HOUR).at);
}

#[test]
fn a_confirmed_correction_takes_the_place_of_the_level() {
    let mut kept = Kept::default();
    kept.take(report(Some(100), Some(10)), FIXED, &at(0));
    kept.take(report(Some(40), Some(4)), FIXED, &at(HOUR));
    for correction in [Correction::LowerMinutes, Correction::LowerProgress] {
        let total = kept.total.as_mut().unwrap();
        let day = total.confirm(correction, &at(2 * HOUR)).unwrap();
        kept.keep(day, false);
    }
    assert_eq!(kept.shown(), whole(40, 4));
    let kept_day = kept.days.values().next().unwrap();
    let corrected = |value| {
        Some(Mark {
            value: Amount::whole(value),
            corrected: Some(Amount::whole(value)),
        })
    };
    assert_eq!(
        (kept_day.minutes, kept_day.progress),
        (corrected(40), corrected(4))
    );
    let total = kept.total.as_mut().unwrap();
    assert!(!total.is_open());
    for correction in Correction::ALL {
        assert_eq!(total.confirm(correction, &at(2 * HOUR)), None);
    }
    kept.take(report(Some(50), Some(4)), FIXED, &at(3 * HOUR));
    assert_eq!(kept.shown(), whole(50, 4));
}

#[test]
fn a_rise_beyond_the_time_that_passed_is_set_aside() {
    let mut kept = Kept::default();
    kept.take(report(Some(100), Some(10)), FIXED, &at(0));
    let glitch = kept.take(report(Some(161), Some(11)), FIXED, &at(HOUR));
    assert_eq!(
        (glitch.notices, kept.shown()),
        (vec![Notice::Implausible], whole(100, 10))
    );
    assert_eq!(glitch.day, None, "no false mark of the day");
    // Repeating it until enough time has passed does not make it plausible.
    for hours in 2..10 {
        let again = kept.take(report(Some(161), Some(11)), FIXED, &at(hours * HOUR));
        assert_eq!(again.notices, [Notice::Implausible]);
    }
    assert_eq!(
        kept.total.as_ref().unwrap().aside.map(|aside| aside.since),
        Some(at(HOUR).at)
    );
    let day = kept
        .total
        .as_mut()
        .unwrap()
        .confirm(Correction::ImplausibleMinutes, &at(10 * HOUR))
        .unwrap();
    assert_eq!(day.minutes.unwrap().corrected, Some(Amount::whole(161)));
    assert_eq!(kept.shown(), whole(161, 10));
}

#[test]
fn what_was_set_aside_is_forgotten_when_the_app_takes_it_back_or_somebody_dismisses_it() {
    let mut kept = Kept::default();
    kept.take(report(Some(100), None), FIXED, &at(0));
    kept.take(report(Some(9_999), None), FIXED, &at(HOUR));
    kept.take(report(Some(130), None), FIXED, &at(2 * HOUR));
    let total = kept.total.as_mut().unwrap();
    assert_eq!(
        (total.aside, total.minutes.unwrap().value),
        (None, Amount::whole(130))
    );
    kept.take(report(Some(9_999), None), FIXED, &at(3 * HOUR));
    let total = kept.total.as_mut().unwrap();
    let aside = Correction::ImplausibleMinutes;
    assert!(total.dismiss(aside) && !total.dismiss(aside));
    assert_eq!(total.confirm(aside, &at(4 * HOUR)), None);
}

/// Minutes fell and then jumped, so that both wait, and progress fell.
fn all_wait() -> Kept {
    let mut kept = Kept::default();
    kept.take(report(Some(100), Some(10)), FIXED, &at(0));
    kept.take(report(Some(40), Some(6)), FIXED, &at(HOUR));
    kept.take(report(Some(900), Some(11)), FIXED, &at(2 * HOUR));
    kept
}

#[test]
fn each_value_that_waits_is_decided_by_itself() {
    let value = |level: Option<Level>| level.map(|level| level.value);
    let waiting = |total: &Total| Correction::ALL.map(|each| value(total.waiting(each)));
    let whole = |minutes, progress| [minutes, progress].map(|value| Some(Amount::whole(value)));
    let all = [40, 6, 900].map(|value| Some(Amount::whole(value)));
    for (place, correction) in Correction::ALL.into_iter().enumerate() {
        let mut others = all;
        others[place] = None;
        let mut kept = all_wait();
        let total = kept.total.as_mut().unwrap();
        assert_eq!((waiting(total), total.shown()), (all, whole(100, 10)));
        assert!(total.dismiss(correction));
        assert_eq!((waiting(total), total.shown()), (others, whole(100, 10)));

        let mut kept = all_wait();
        let total = kept.total.as_mut().unwrap();
        let day = total.confirm(correction, &at(3 * HOUR)).unwrap();
        let shown = [whole(40, 10), whole(100, 6), whole(900, 10)][place];
        assert_eq!((waiting(total), total.shown()), (others, shown));
        let told = [day.minutes, day.progress].map(|mark| mark.map(|mark| mark.value));
        let is_progress = usize::from(correction == Correction::LowerProgress);
        assert_eq!(told[is_progress], all[place]);
        assert_eq!(told[1 - is_progress], None, "nothing is said of the other");
    }
}

#[test]
fn exactly_the_time_that_passed_is_plausible_and_a_resend_does_not_shorten_it() {
    let mut kept = Kept::default();
    kept.take(report(Some(100), None), FIXED, &at(0));
    kept.take(report(Some(100), None), FIXED, &at(59));
    let full_hour = kept.take(report(Some(160), None), FIXED, &at(HOUR));
    assert!(full_hour.updated && full_hour.notices.is_empty());
}

#[test]
fn the_first_report_is_measured_from_the_beginning_of_the_school_year() {
    let began = years().begins(SchoolYear(2027));
    let moment = years().moment(Timestamp::from_millis(began.millis() + 120 * 60_000));
    for (minutes, notices) in [(120, vec![]), (121, vec![Notice::Implausible])] {
        let applied = apply(
            None,
            &mut Ground::default(),
            &report(Some(minutes), None),
            FIXED,
            &moment,
        );
        assert_eq!(applied.notices, notices, "{minutes}");
    }
}

#[test]
fn a_new_school_year_begins_at_nothing_and_closes_the_old() {
    let mut kept = Kept::default();
    kept.take(report(Some(9_000), Some(200)), FIXED, &at(0));
    let began = years().begins(SchoolYear(2028));
    let summer = years().moment(Timestamp::from_millis(began.millis() + 100 * 60_000));
    let stale = kept.take(report(Some(9_000), Some(0)), FIXED, &summer);
    assert_eq!(
        stale.notices,
        [Notice::Implausible],
        "an app that did not start again"
    );
    let applied = kept.take(report(Some(5), Some(1)), FIXED, &summer);
    assert_eq!((applied.notices, kept.shown()), (vec![], whole(5, 1)));
    let [closed] = kept.closed.as_slice() else {
        panic!()
    };
    assert_eq!(
        (closed.year, closed.minutes.unwrap().value),
        (SchoolYear(2027), Amount::whole(9_000))
    );
    assert_eq!(kept.total.unwrap().year, SchoolYear(2028));
}

#[test]
fn progress_without_minutes_passes_and_is_said() {
    let mut kept = Kept::default();
    let applied = kept.take(report(None, Some(3)), FIXED, &at(0));
    assert_eq!(applied.notices, [Notice::NoMinutes]);
    assert_eq!(kept.shown(), (None, Some(Amount::whole(3))));
    kept.take(report(Some(30), None), FIXED, &at(1));
    assert_eq!(kept.shown(), whole(30, 3));
}

#[test]
fn totals_that_may_fall_follow_the_last_value() {
    let mut kept = Kept::default();
    kept.take(report(Some(100), Some(10)), FALLING, &at(0));
    let applied = kept.take(report(Some(100), Some(8)), FALLING, &at(1));
    assert!(applied.updated && applied.notices.is_empty());
    assert_eq!(kept.shown(), whole(100, 8));
    let day = kept.days.values().next().unwrap();
    assert_eq!(
        day.progress,
        Some(Mark {
            value: Amount::whole(8),
            corrected: None
        })
    );
}

#[test]
fn another_progress_metric_begins_a_series_and_closes_the_old() {
    let mut kept = Kept::default();
    kept.take(report(Some(10), Some(200)), FIXED, &at(0));
    let next = Metrics { series: 2, ..FIXED };
    let minutes_only = kept.take(report(Some(10), None), next, &at(1));
    assert_eq!((minutes_only.total.series, minutes_only.closed), (1, None));
    let applied = kept.take(report(Some(11), Some(7)), next, &at(2));
    assert_eq!(applied.notices, [Notice::NewSeries]);
    assert_eq!(kept.shown(), whole(11, 7));
    let [closed] = kept.closed.as_slice() else {
        panic!()
    };
    assert_eq!(
        (closed.series, closed.progress.unwrap().value),
        (1, Amount::whole(200))
    );
    let day = kept.days.values().next().unwrap();
    assert_eq!(
        (day.series, day.progress.unwrap().value),
        (2, Amount::whole(7)),
        "not the old high mark"
    );
    assert_eq!(day.minutes.unwrap().value, Amount::whole(11));
    let back = kept.take(report(Some(12), Some(201)), FIXED, &at(3));
    assert_eq!((back.total.series, kept.shown()), (1, whole(12, 201)));
    let day = kept.days.values().next().unwrap();
    assert_eq!(
        (day.series, day.progress.unwrap().value),
        (1, Amount::whole(201)),
        "the day shows the metric that came last"
    );
}

#[test]
fn a_rise_without_time_passed_is_not_plausible() {
    // At the same moment, and by requests that were overtaken.
    for (minutes, before) in [(111, 0), (101, 0), (101, 1), (101, HOUR * 24)] {
        let mut kept = Kept::default();
        kept.take(report(Some(90), None), FIXED, &at(-HOUR * 48));
        kept.take(report(Some(100), None), FIXED, &at(0));
        let late = kept.take(report(Some(minutes), None), FIXED, &at(-before));
        assert_eq!(late.notices, [Notice::Implausible]);
        assert!(!late.updated && late.day.is_none());
        assert_eq!(
            kept.total.unwrap().aside.unwrap().value,
            Amount::whole(minutes)
        );
    }
}

#[test]
fn rows_of_one_body_are_judged_by_what_stood_before_it_in_any_order() {
    for set_aside in [None, Some(600), Some(500)] {
        // Plausible rows, one that is not, and the same from the last to the first.
        let mut rows = [25, 500, 29, 5, 499];
        let mut found = Vec::new();
        for _ in 0..2 {
            let mut kept = Kept::default();
            kept.take(report(Some(1), None), FIXED, &at(0));
            if let Some(minutes) = set_aside {
                kept.take(report(Some(minutes), None), FIXED, &at(10));
            }
            let mut ground = Ground::of(kept.total.as_ref(), &at(30));
            for minutes in rows {
                let row = report(Some(minutes), Some(minutes));
                let applied = kept.row(&mut ground, row, FIXED, &at(30));
                let implausible = applied.notices.contains(&Notice::Implausible);
                assert_eq!(implausible, minutes > 31, "{minutes}");
            }
            rows.reverse();
            assert_eq!(kept.shown(), whole(29, 29), "{rows:?}");
            let total = kept.total.unwrap();
            found.push((total.minutes, total.progress, total.aside, kept.days));
        }
        assert_eq!(found[0], found[1]);
        let aside = found[0].2.unwrap();
        let since = if set_aside == Some(500) { 10 } else { 30 };
        assert_eq!(
            (aside.value, aside.since),
            (Amount::whole(500), at(since).at)
        );
    }
}

#[test]
fn a_row_takes_back_only_what_came_before_its_body() {
    let mut kept = Kept::default();
    kept.take(report(Some(10), None), FIXED, &at(0));
    let mut ground = Ground::of(kept.total.as_ref(), &at(HOUR));
    kept.row(&mut ground, report(Some(500), None), FIXED, &at(HOUR));
    kept.row(&mut ground, report(Some(11), None), FIXED, &at(HOUR));
    assert!(kept.total.as_ref().unwrap().aside.is_some());
    kept.take(report(Some(11), None), FIXED, &at(HOUR + 1));
    assert_eq!(kept.total.unwrap().aside, None);
}

#[test]
fn nothing_of_a_report_counts_whose_minutes_are_implausible() {
    // Last year's totals, sent once more just after the year began.
    let began = years().begins(SchoolYear(2027));
    let after =
        |hours: i64| years().moment(Timestamp::from_millis(began.millis() + hours * 3_600_000));
    let mut kept = Kept::default();
    let last_year = kept.take(report(Some(9_000), Some(180)), FIXED, &after(10));
    assert_eq!(last_year.notices, [Notice::Implausible]);
    assert!(!last_year.updated && last_year.day.is_none());
    let now = kept.take(report(Some(0), Some(1)), FIXED, &after(11));
    assert_eq!((now.notices, kept.shown()), (vec![], whole(0, 1)));
    // Nor does another metric begin with it.
    let next = Metrics { series: 2, ..FIXED };
    let jumped = kept.take(report(Some(9_000), Some(40)), next, &after(12));
    assert_eq!(
        (jumped.notices, jumped.closed),
        (vec![Notice::Implausible], None)
    );
    assert_eq!(kept.total.as_ref().unwrap().series, 1);
    // Confirmed, the next report brings what was beside it.
    let total = kept.total.as_mut().unwrap();
    let day = total.confirm(Correction::ImplausibleMinutes, &after(13));
    kept.keep(day.unwrap(), false);
    kept.take(report(Some(9_000), Some(180)), FIXED, &after(14));
    assert_eq!(kept.shown(), whole(9_000, 180));
}

#[test]
fn what_follows_a_correction_on_its_day_is_kept_with_it() {
    let mark = |value, corrected: Option<u32>| Mark {
        value: Amount::whole(value),
        corrected: corrected.map(Amount::whole),
    };
    let day = |minutes| Day {
        day: at(0).day,
        minutes: Some(minutes),
        progress: None,
        series: 1,
    };
    for (may_fall, marks, expected) in [
        (
            false,
            [mark(38, Some(38)), mark(45, None), mark(41, None)],
            mark(45, Some(38)),
        ),
        (
            true,
            [mark(38, Some(38)), mark(45, None), mark(41, None)],
            mark(41, Some(38)),
        ),
        (
            false,
            [mark(99, None), mark(38, Some(38)), mark(40, None)],
            mark(40, Some(38)),
        ),
        (
            false,
            [mark(38, Some(38)), mark(45, None), mark(40, Some(40))],
            mark(40, Some(40)),
        ),
    ] {
        let [first, second, third] = marks.map(day);
        let merged = first.merge(&second, may_fall).merge(&third, may_fall);
        assert_eq!(merged.minutes, Some(expected), "{marks:?}");
    }
}
