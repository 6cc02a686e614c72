//! The rules one by one, and all of them against an oracle that knows what every student did every day.

mod oracle;
mod told;

use std::sync::LazyLock;

use super::*;
use crate::{
    Timetable,
    target::{Audience, Level, Metric, Target},
    total::Mark,
};

fn date(text: &str) -> Date {
    Date::parse_iso(text).unwrap()
}

static CALENDAR: LazyLock<SchoolDays> = LazyLock::new(|| {
    SchoolDays::new(
        date("2026-08-31"),
        date("2027-06-30"),
        &Timetable::default(),
    )
});

fn calendar() -> &'static SchoolDays {
    &CALENDAR
}

/// A student with one report per school day: what each day brings.
struct Made {
    daily: Vec<(u32, u32)>,
    enrolled: &'static str,
    ceiling: Option<Amount>,
    absent: bool,
    /// Whether it is known that the total was nothing on the first day.
    from_zero: bool,
    /// Since when minutes wait to be confirmed.
    aside: Option<&'static str>,
    targets: Option<(u32, u32)>,
    silent_hours: i64,
    /// The progress metric that counts now; those after the first began within the year.
    metrics: Metrics,
}

const FIRST: Metrics = Metrics {
    series: 1,
    may_fall: false,
};

fn made(daily: &[(u32, u32)]) -> Made {
    Made {
        daily: daily.to_vec(),
        enrolled: "2026-08-31",
        ceiling: None,
        absent: false,
        from_zero: true,
        aside: None,
        targets: None,
        silent_hours: 1,
        metrics: FIRST,
    }
}

fn days_of(daily: &[(u32, u32)]) -> Vec<Day> {
    let calendar = calendar();
    let mut sum = (0, 0);
    let mark = |value| {
        Some(Mark {
            value: Amount::whole(value),
            corrected: None,
        })
    };
    let report = |(place, (minutes, progress)): (usize, &(u32, u32))| {
        sum = (sum.0 + minutes, sum.1 + progress);
        Day {
            day: calendar.date(place + 1).unwrap(),
            minutes: mark(sum.0),
            progress: mark(sum.1),
            series: 1,
        }
    };
    daily.iter().enumerate().map(report).collect()
}

fn target(metric: Metric, per_week: u32) -> Target {
    Target {
        level: Level::App,
        audience: Audience::Everyone,
        metric,
        per_week: Some(Amount::whole(per_week)),
        from: date("2026-07-01"),
        by: "".into(),
        at: Timestamp::default(),
    }
}

fn judged(made: &Made, days: &[Day]) -> Verdict {
    let day = calendar().date(made.daily.len()).unwrap();
    judged_on(made, days, (day, 12), calendar().days())
}

/// At an hour of a day, of a feed that sent on these days, and last so many hours before.
fn judged_on(made: &Made, days: &[Day], (day, hour): (Date, i64), sent: &[Date]) -> Verdict {
    const HOUR: i64 = 3_600_000;
    let calendar = calendar();
    let settings = Settings::default();
    let now = Timestamp::from_millis((i64::from(day.days()) * 24 + hour) * HOUR);
    let last = Timestamp::from_millis(now.millis() - made.silent_hours * HOUR);
    let feed = Feed::new(sent, Some(last), calendar, &settings);
    let scene = Scene {
        calendar,
        feed: &feed,
        settings: &settings,
        ceiling: made.ceiling,
        metrics: made.metrics,
    };
    let targets = made.targets.map(|(minutes, progress)| {
        (
            target(Metric::Minutes, minutes),
            target(Metric::Progress, progress),
        )
    });
    let stretch = |target| {
        [Stretch {
            from: date("2026-07-01"),
            target,
        }]
    };
    let minutes = stretch(targets.as_ref().map(|targets| &targets.0));
    let progress = stretch(targets.as_ref().map(|targets| &targets.1));
    let known = Known {
        days,
        zero: made.from_zero.then(|| date(made.enrolled)),
        progress_zero: (made.from_zero && made.metrics.series == 1).then(|| date(made.enrolled)),
        enrolled: date(made.enrolled),
        absent: made.absent,
        aside: made.aside.map(date),
        minutes: &minutes,
        progress: &progress,
    };
    judge(&scene, &known, AsOf { day, now }, &mut Curve::default())
}

fn state(made: &Made) -> State {
    judged(made, &days_of(&made.daily)).state
}

const WORK: (u32, u32) = (10, 1);
const FLAT: (u32, u32) = (10, 0);
const NONE: (u32, u32) = (0, 0);

fn runs(runs: &[((u32, u32), usize)]) -> Vec<(u32, u32)> {
    runs.iter()
        .flat_map(|(day, count)| std::iter::repeat_n(*day, *count))
        .collect()
}

#[test]
fn the_states_are_tried_in_their_order() {
    let stuck = runs(&[(WORK, 5), (FLAT, 10)]);
    assert_eq!(state(&made(&stuck)), State::Stuck);
    assert_eq!(
        state(&Made {
            silent_hours: 48,
            ..made(&stuck)
        }),
        State::FeedStale
    );
    assert_eq!(
        state(&Made {
            silent_hours: 47,
            ..made(&stuck)
        }),
        State::Stuck
    );
    assert_eq!(
        state(&Made {
            ceiling: Some(Amount::whole(5)),
            ..made(&stuck)
        }),
        State::Finished
    );
    assert_eq!(
        state(&Made {
            ceiling: Some(Amount::whole(6)),
            ..made(&stuck)
        }),
        State::Stuck
    );
    assert_eq!(
        state(&Made {
            absent: true,
            ..made(&stuck)
        }),
        State::NoTarget
    );
    assert_eq!(
        state(&made(&runs(&[(WORK, 5), (FLAT, 10), (NONE, 5)]))),
        State::Inactive
    );
    assert_eq!(
        state(&made(&runs(&[(WORK, 5), (FLAT, 10), (NONE, 4)]))),
        State::Stuck
    );
    let unseen = Made {
        daily: stuck.clone(),
        ..made(&[])
    };
    assert_eq!(judged(&unseen, &[]).state, State::NoData);
}

#[test]
fn an_app_that_tells_no_minutes_is_judged_by_progress() {
    for (daily, expected) in [
        (runs(&[(WORK, 10)]), State::NoTarget),
        (runs(&[(WORK, 5), (FLAT, 5)]), State::Inactive),
    ] {
        let mut days = days_of(&daily);
        for day in &mut days {
            day.minutes = None;
        }
        assert_eq!(judged(&made(&daily), &days).state, expected, "{daily:?}");
    }
}

#[test]
fn nobody_is_called_inactive_on_days_before_the_first_report() {
    // A feed that began within the year: what the first report brought was done, and nobody knows when.
    for (idle, expected) in [(1, State::NoData), (4, State::NoData), (5, State::Inactive)] {
        let daily = runs(&[((300, 20), 1), (NONE, idle)]);
        let made = Made {
            from_zero: false,
            ..made(&daily)
        };
        let verdict = judged(&made, &days_of(&daily));
        assert_eq!(verdict.state, expected, "{idle}");
    }
}

#[test]
fn nobody_new_is_judged() {
    for (days, expected) in [(4, State::NoData), (5, State::Stuck)] {
        let made = made(&runs(&[(FLAT, days)]));
        assert_eq!(state(&made), expected, "{days}");
    }
    let late = Made {
        enrolled: "2026-09-15",
        ..made(&runs(&[(NONE, 11), (FLAT, 4)]))
    };
    assert_eq!(state(&late), State::NoData);
}

#[test]
fn stuck_takes_ten_school_days_without_progress_and_thirty_minutes() {
    for (daily, expected) in [
        (runs(&[(WORK, 6), (FLAT, 9)]), State::NoTarget),
        (runs(&[(WORK, 6), (FLAT, 10)]), State::Stuck),
        (runs(&[(WORK, 6), ((2, 0), 14)]), State::NoTarget),
        (runs(&[(WORK, 6), ((3, 0), 10)]), State::Stuck),
        (runs(&[(WORK, 6), (FLAT, 12), (WORK, 1)]), State::NoTarget),
        (runs(&[(WORK, 6), ((40, 0), 1), ((2, 0), 14)]), State::Stuck),
    ] {
        assert_eq!(state(&made(&daily)), expected, "{daily:?}");
    }
}

#[test]
fn an_episode_lasts_until_progress_rises() {
    let daily = runs(&[(WORK, 6), (FLAT, 12), (NONE, 6), ((1, 0), 1), (WORK, 3)]);
    let calendar = calendar();
    let on = |number: usize| calendar.date(number).unwrap();
    let at = |until: usize| judged(&made(&daily[..until]), &days_of(&daily[..until]));
    assert_eq!(at(24).state, State::Inactive);
    assert_eq!(at(25).state, State::Stuck, "on coming back, still stuck");
    assert_eq!(at(25).lost(), Amount::whole(121));
    let over = at(28);
    let episode = Episode {
        since: Some(on(6)),
        from: on(16),
        to: Some(on(26)),
        minutes: Amount::whole(131),
    };
    assert_eq!(
        (over.state, over.stuck, over.why),
        (State::NoTarget, vec![episode], Why::NoTarget)
    );
}

#[test]
fn no_regression_correction_or_missing_progress_creates_a_stuck_state() {
    let daily = runs(&[(WORK, 16)]);
    let regressed = |from: usize| {
        let mut days = days_of(&daily);
        for day in days.iter_mut().skip(from) {
            day.progress = Some(Mark {
                value: Amount::whole(3),
                corrected: None,
            });
        }
        judged(&made(&daily), &days).state
    };
    assert_eq!(regressed(5), State::NoTarget);
    // A correction: progress is put back to 3 on the sixteenth day, and stays there for a while.
    for (flat, expected) in [(8, State::NoTarget), (9, State::Stuck)] {
        let daily = runs(&[(WORK, 16), (FLAT, flat)]);
        let mut days = days_of(&daily);
        for (place, day) in days.iter_mut().enumerate().skip(15) {
            day.progress = Some(Mark {
                value: Amount::whole(3),
                corrected: (place == 15).then_some(Amount::whole(3)),
            });
        }
        let state = judged(&made(&daily), &days).state;
        assert_eq!(
            state, expected,
            "what rose on the day before still counts for ten school days"
        );
    }
    // Minutes that were confirmed are not minutes of these days.
    let daily = runs(&[(WORK, 6), ((1, 0), 14)]);
    let mut days = days_of(&daily);
    for (place, day) in days.iter_mut().enumerate().skip(12) {
        let value = Amount::whole(5_000 + u32::try_from(place).unwrap());
        day.minutes = Some(Mark {
            value,
            corrected: (place == 12).then_some(value),
        });
    }
    assert_eq!(judged(&made(&daily), &days).state, State::NoTarget);
    // Minutes alone say nothing about progress.
    let mut days = days_of(&runs(&[(WORK, 6), (FLAT, 14)]));
    for day in days.iter_mut().skip(6) {
        day.progress = None;
    }
    assert_eq!(
        judged(&made(&runs(&[(WORK, 20)])), &days).state,
        State::NoTarget
    );
}

#[test]
fn who_gets_further_on_the_day_of_a_correction_is_not_stuck() {
    let daily = runs(&[(WORK, 6), (FLAT, 14)]);
    let mut days = days_of(&daily);
    assert_eq!(judged(&made(&daily), &days).state, State::Stuck);
    let last = days.last_mut().unwrap();
    let level = last.progress.unwrap().value;
    let corrected = Some(level.less(Amount::whole(1)));
    let mark = |value| Some(Mark { value, corrected });
    last.progress = mark(level.less(Amount::whole(1)));
    let verdict = judged(&made(&daily), &days);
    assert_eq!(verdict.state, State::Stuck, "a correction is no work");
    days.last_mut().unwrap().progress = mark(level + Amount::whole(20));
    let verdict = judged(&made(&daily), &days);
    assert_eq!(verdict.state, State::NoTarget);
    let ended = verdict.stuck.last().unwrap();
    assert_eq!(ended.to, Some(days.last().unwrap().day));
}

/// Days of work of which the last so many have a progress metric of their own, at such a value each day.
fn changed(daily: &[(u32, u32)], values: &[u32]) -> Vec<Day> {
    let mut days = days_of(daily);
    let first = days.len() - values.len();
    for (day, value) in days.iter_mut().skip(first).zip(values) {
        day.series = 2;
        day.progress = Some(Mark {
            value: Amount::whole(*value),
            corrected: None,
        });
    }
    days
}

#[test]
fn another_metric_is_not_judged_by_the_one_before() {
    let now = |daily: &[(u32, u32)]| Made {
        metrics: Metrics { series: 2, ..FIRST },
        targets: Some((50, 5)),
        ..made(daily)
    };
    // Finished, stuck or behind in the old one, and not reported in the new one: only minutes are known.
    let finished = Made {
        ceiling: Some(Amount::whole(3)),
        ..now(&runs(&[(WORK, 15)]))
    };
    let stuck = now(&runs(&[(WORK, 5), (FLAT, 10)]));
    let behind = now(&runs(&[((10, 0), 4), (WORK, 1), ((10, 0), 4), (WORK, 1)]));
    for made in [finished, stuck, behind] {
        let verdict = judged(&made, &days_of(&made.daily));
        assert_eq!((verdict.state, verdict.progress), (State::OnTrack, None));
        assert_eq!((verdict.met(), verdict.stuck), (Some(true), vec![]));
    }
    // 90 of something is not less than 6 of something else, nor the other way round.
    for values in [[1, 1], [90, 90]] {
        let daily = runs(&[(WORK, 14)]);
        let verdict = judged(&now(&daily), &changed(&daily, &values));
        assert_eq!(verdict.stuck, []);
        assert_eq!(verdict.progress.unwrap().done, Amount::ZERO);
    }
}

#[test]
fn another_metric_is_judged_from_its_first_value_on() {
    let daily = runs(&[(WORK, 20), (FLAT, 11)]);
    let made = Made {
        metrics: Metrics { series: 2, ..FIRST },
        ..made(&daily)
    };
    let flat = judged(&made, &changed(&daily, &[7; 11]));
    let Why::Stuck { since, lost, .. } = flat.why else {
        panic!("{flat:?}");
    };
    assert_eq!(
        (since, lost),
        (None, Amount::whole(100)),
        "not those before it"
    );
    let finished = Made {
        ceiling: Some(Amount::whole(7)),
        ..made
    };
    assert_eq!(
        judged(&finished, &changed(&daily, &[7; 11])).state,
        State::Finished
    );
}

#[test]
fn slow_and_idle_need_days_that_can_be_compared() {
    for (values, slow, idle) in [
        (&[][..], State::OnTrack, State::NoData),
        (&[1], State::OnTrack, State::NoData),
        (&[1, 1, 1, 1, 2], State::Behind, State::Behind),
        (&[1, 1, 1, 1, 1], State::Behind, State::NoData),
        (&[99], State::Finished, State::Finished),
        (&[1, 1, 1, 1, 2, 2], State::Behind, State::Behind),
        (&[2, 2, 2, 2, 2, 2], State::Behind, State::Inactive),
        (
            &[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2],
            State::Slow,
            State::Behind,
        ),
    ] {
        let daily = runs(&[(WORK, 20)]);
        let made = Made {
            metrics: Metrics { series: 2, ..FIRST },
            targets: Some((50, 50)),
            ceiling: Some(Amount::whole(99)),
            ..made(&daily)
        };
        let mut days = changed(&daily, values);
        assert_eq!(judged(&made, &days).state, slow, "{values:?}");
        for day in &mut days {
            day.minutes = None;
        }
        assert_eq!(judged(&made, &days).state, idle, "{values:?}");
    }
}

#[test]
fn slow_is_a_quarter_of_the_progress_with_half_of_the_minutes() {
    let daily = runs(&[((10, 2), 10), ((10, 0), 9), ((10, 4), 1)]);
    for (targets, expected) in [
        ((50, 10), State::Slow),
        ((50, 8), State::Behind),
        ((100, 10), State::Slow),
        ((101, 10), State::Behind),
    ] {
        assert_eq!(
            state(&Made {
                targets: Some(targets),
                ..made(&daily)
            }),
            expected,
            "{targets:?}"
        );
    }
}

#[test]
fn the_slower_of_two_paces_is_the_students() {
    let daily = runs(&[(WORK, 10)]);
    for (targets, expected, met) in [
        ((50, 5), State::OnTrack, true),
        ((40, 4), State::Ahead, true),
        ((40, 6), State::Behind, false),
        ((60, 4), State::Behind, false),
        ((40, 5), State::OnTrack, true),
        ((55, 4), State::OnTrack, false),
    ] {
        let made = Made {
            targets: Some(targets),
            ..made(&daily)
        };
        let verdict = judged(&made, &days_of(&made.daily));
        assert_eq!(
            (verdict.state, verdict.met()),
            (expected, Some(met)),
            "{targets:?}"
        );
    }
    let only_minutes = Made {
        targets: Some((40, 0)),
        ..made(&daily)
    };
    let verdict = judged(&only_minutes, &days_of(&daily));
    assert_eq!((verdict.state, verdict.progress), (State::Ahead, None));
}

#[test]
fn every_state_is_explained_in_one_sentence() {
    let sentence = |made: &Made| {
        judged(made, &days_of(&made.daily))
            .why
            .sentence("Lessons completed")
    };
    let stuck = runs(&[(WORK, 5), (FLAT, 10)]);
    assert_eq!(
        sentence(&made(&stuck)),
        "Working but not getting further: 100 minutes in the last 10 school days while Lessons completed did not rise; 100 \
         minutes since it last did, on 2026-09-04."
    );
    assert_eq!(
        sentence(&Made {
            silent_hours: 50,
            ..made(&stuck)
        }),
        "The app has sent nothing for 50 hours, so nothing can be said."
    );
    assert_eq!(
        sentence(&made(&runs(&[(WORK, 5), (NONE, 5)]))),
        "Has not used it: 0 minutes in the last 5 school days."
    );
    assert_eq!(
        sentence(&made(&runs(&[(WORK, 1)]))),
        "Getting started: 1 school day so far."
    );
    let paced = Made {
        targets: Some((60, 4)),
        ..made(&runs(&[(WORK, 10)]))
    };
    assert_eq!(sentence(&paced), "Minutes: 100 of 120 by now, 83 %.");
}
