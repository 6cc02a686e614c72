//! Days of which it is not known what was done: a feed that is silent, minutes that wait to be confirmed.

use super::*;

#[test]
fn nobody_is_called_inactive_while_minutes_wait_to_be_confirmed() {
    let idle = Made {
        aside: Some("2026-09-08"),
        ..made(&runs(&[(WORK, 5), (NONE, 6)]))
    };
    assert_eq!(state(&idle), State::NoData);
    assert_eq!(
        state(&Made {
            aside: None,
            ..idle
        }),
        State::Inactive
    );
}

#[test]
fn whoever_is_new_has_minutes_that_wait_all_the_same() {
    let new = Made {
        aside: Some("2026-09-02"),
        targets: Some((60, 4)),
        ..made(&runs(&[(WORK, 2), (NONE, 1)]))
    };
    // The very first that was reported may be implausible.
    for (days, told) in [(days_of(&new.daily), 2), (Vec::new(), 0)] {
        let verdict = judged(&new, &days);
        assert_eq!((verdict.state, verdict.why), (State::NoData, Why::SetAside));
        assert_eq!((verdict.told, verdict.minutes), (told, None));
    }
    assert_eq!(judged(&made(&new.daily), &[]).why, Why::NeverReported);
}

#[test]
fn minutes_that_wait_leave_known_what_was_accepted_before_them() {
    let daily = runs(&[(WORK, 10)]);
    let told = |aside, reported: usize, day| {
        let made = Made {
            aside: Some(aside),
            ..made(&daily)
        };
        let days = days_of(&daily);
        let at = (date(day), 12);
        judged_on(&made, &days[..reported], at, calendar().days()).told
    };
    // What is done on a Saturday counts with the Friday, of which not all is known then.
    for (aside, reported, expected) in [
        ("2026-09-11", 10, 9),
        ("2026-09-11", 9, 9),
        ("2026-09-12", 10, 9),
        ("2026-09-13", 10, 9),
        // Nothing was accepted after the Wednesday.
        ("2026-09-11", 8, 8),
        ("2026-09-12", 8, 8),
        ("2026-09-13", 0, 0),
    ] {
        for day in ["2026-09-13", "2026-09-15"] {
            assert_eq!(told(aside, reported, day), expected, "{aside} on {day}");
        }
    }
    // Progress alone tells nothing of minutes.
    let made = Made {
        aside: Some("2026-09-11"),
        ..made(&daily)
    };
    let mut days = days_of(&daily);
    for day in &mut days[5..] {
        day.minutes = None;
    }
    assert_eq!(judged(&made, &days).told, 5);
}

#[test]
fn a_day_that_is_not_over_interrupts_nobody() {
    let made = |silent_hours| Made {
        silent_hours,
        ..made(&runs(&[(WORK, 12)]))
    };
    let days = &days_of(&made(0).daily)[..11];
    let (wednesday, thursday) = (date("2026-09-16"), date("2026-09-17"));
    let sent = |more: &[Date]| [&calendar().days()[..11], more].concat();
    // On Monday at midnight, nothing on Tuesday; on Wednesday it is not stale, and may still come.
    let verdict = judged_on(&made(44), days, (wednesday, 20), &sent(&[]));
    assert_eq!((verdict.state, verdict.told), (State::NoTarget, 13));
    // It came back on Thursday without the student: on Tuesday and Wednesday it was silent.
    let verdict = judged_on(&made(0), days, (thursday, 0), &sent(&[thursday]));
    assert_eq!(
        verdict.why,
        Why::Interrupted {
            since: Some(date("2026-09-14"))
        }
    );
    assert_eq!((verdict.state, verdict.told), (State::FeedStale, 10));
}

#[test]
fn a_stale_feed_compares_nobody_with_a_target_that_runs_on() {
    let daily = runs(&[(WORK, 12)]);
    let judged = |silent_hours, aside| {
        let made = Made {
            targets: Some((60, 4)),
            silent_hours,
            aside,
            ..made(&daily)
        };
        judged(&made, &days_of(&daily))
    };
    let fresh = judged(47, None);
    assert_eq!((fresh.met(), fresh.told), (Some(false), 12));
    // The day on which it sent last may not be told whole.
    let stale = judged(48, None);
    assert_eq!((stale.met(), stale.told), (None, 11));
    assert_eq!((stale.minutes, stale.progress), (None, None));
    // Progress is told of as before.
    let waits = judged(1, Some("2026-09-08"));
    assert_eq!((waits.minutes, waits.told), (None, 6));
    assert!(waits.progress.is_some());
}
