//! Pace: what was done against what should have been by now.

use homeroom_model::Date;
use serde::Serialize;

use crate::{Amount, SchoolDays, Settings, target::Stretch};

/// How a student stands against a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Less than the share of the target to date that [`Settings::on_track_percent`] asks for.
    Behind,
    /// About as much as the target to date.
    OnTrack,
    /// At least [`Settings::ahead_percent`] of the target to date.
    Ahead,
}

/// What was done and what should have been, over the same days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Pace {
    /// What was done.
    pub done: Amount,
    /// What should have been.
    pub target: Amount,
    /// How that is.
    pub standing: Standing,
    /// Whether all of it was done.
    pub met: bool,
}

impl Pace {
    /// `None` where nothing should have been done.
    pub fn of(done: Amount, target: Amount, settings: &Settings) -> Option<Self> {
        let percent = done.percent_of(target)?;
        Some(Self {
            done,
            target,
            standing: match percent {
                percent if percent >= settings.ahead_percent => Standing::Ahead,
                percent if percent >= settings.on_track_percent => Standing::OnTrack,
                _ => Standing::Behind,
            },
            met: done >= target,
        })
    }
}

/// The target for the school days from one day to another, both included: the share of a week that they are. Days without
/// school have no target, so a week of holidays asks for nothing (integration-side D4).
pub fn target_between(
    stretches: &[Stretch<'_>],
    calendar: &SchoolDays,
    from: Date,
    to: Date,
) -> Amount {
    let mut sum = Amount::ZERO;
    for (place, stretch) in stretches.iter().enumerate() {
        let last = stretches
            .get(place + 1)
            .map_or(to, |next| crate::school_days::before(next.from).min(to));
        let first = stretch.from.max(from);
        if first > last {
            continue;
        }
        let days = u64::try_from(calendar.count(first, last)).unwrap_or(0);
        sum = sum
            + stretch
                .per_week()
                .share(days, u64::from(calendar.per_week()));
    }
    sum
}

#[cfg(test)]
mod tests {
    use homeroom_model::Timestamp;

    use super::*;
    use crate::{
        Timetable,
        target::{Audience, Level, Metric, Target},
    };

    fn day(text: &str) -> Date {
        Date::parse_iso(text).unwrap()
    }

    fn target(per_week: u32) -> Target {
        Target {
            level: Level::App,
            audience: Audience::Everyone,
            metric: Metric::Minutes,
            per_week: Some(Amount::whole(per_week)),
            from: day("2026-07-01"),
            by: "".into(),
            at: Timestamp::default(),
        }
    }

    #[test]
    fn targets_to_date_count_school_days() {
        let table = Timetable {
            closed: vec![
                (day("2026-09-07"), day("2026-09-07")),
                (day("2026-11-23"), day("2026-11-27")),
            ],
            ..Timetable::default()
        };
        let calendar = SchoolDays::new(day("2026-08-31"), day("2027-06-30"), &table);
        let (first, second) = (target(50), target(100));
        let stretches = [
            Stretch {
                from: day("2026-07-01"),
                target: Some(&first),
            },
            Stretch {
                from: day("2026-09-16"),
                target: Some(&second),
            },
            Stretch {
                from: day("2026-10-01"),
                target: None,
            },
        ];
        for (from, to, expected) in [
            ("2026-08-31", "2026-09-04", 50),
            ("2026-08-31", "2026-09-06", 50),
            ("2026-09-07", "2026-09-13", 40),
            ("2026-09-14", "2026-09-20", 20 + 60),
            ("2026-11-23", "2026-11-27", 0),
            ("2026-10-05", "2026-10-09", 0),
            ("2026-09-04", "2026-08-31", 0),
            ("2026-09-28", "2026-10-09", 60),
        ] {
            let sum = target_between(&stretches, &calendar, day(from), day(to));
            assert_eq!(sum, Amount::whole(expected), "{from} to {to}");
        }
        assert_eq!(
            target_between(&[], &calendar, day("2026-08-31"), day("2026-09-04")),
            Amount::ZERO
        );
    }

    #[test]
    fn pace_is_behind_on_track_or_ahead_and_met_is_all_of_it() {
        let settings = Settings::default();
        for (done, standing, met) in [
            (0, Standing::Behind, false),
            (89, Standing::Behind, false),
            (90, Standing::OnTrack, false),
            (100, Standing::OnTrack, true),
            (119, Standing::OnTrack, true),
            (120, Standing::Ahead, true),
        ] {
            let pace = Pace::of(Amount::whole(done), Amount::whole(100), &settings).unwrap();
            assert_eq!((pace.standing, pace.met), (standing, met), "{done}");
        }
        assert_eq!(Pace::of(Amount::whole(5), Amount::ZERO, &settings), None);
    }
}
