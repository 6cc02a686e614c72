//! Why a student is in a state, in one sentence (issue 6: explainable in one sentence per student).

use homeroom_model::Date;

use crate::{Amount, Pace};

/// The numbers behind a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The feed is stale.
    FeedStale {
        /// For how many hours; `None` where nothing ever came.
        hours: Option<u32>,
    },
    /// The feed was interrupted, and this student was not reported since.
    Interrupted {
        /// The last school day on which the student was reported.
        since: Option<Date>,
    },
    /// There is no report of this student.
    NeverReported,
    /// The app tells progress alone, and not for long enough of this metric.
    NotCompared,
    /// Enrolled for a few school days only.
    New {
        /// How many.
        days: u16,
    },
    /// The minutes reported last are implausible and wait to be confirmed.
    SetAside,
    /// Nothing left to do.
    Finished {
        /// What was reached.
        progress: Amount,
        /// What there is.
        ceiling: Amount,
    },
    /// Has not used it.
    Inactive {
        /// Minutes in the window.
        minutes: Amount,
        /// School days of the window.
        days: u16,
    },
    /// Works without progress.
    Stuck {
        /// Minutes in the window.
        minutes: Amount,
        /// School days of the window.
        days: u16,
        /// The day of the last progress.
        since: Option<Date>,
        /// Minutes since then.
        lost: Amount,
    },
    /// Progress, but little of it.
    Slow {
        /// Percent of the target for progress in the window.
        progress_percent: u32,
        /// Percent of the target for minutes in the window.
        minutes_percent: u32,
        /// School days of the window.
        days: u16,
    },
    /// Compared with the target to date.
    Pace {
        /// The slower of the two paces.
        pace: Pace,
        /// Whether it is the one of minutes.
        of_minutes: bool,
    },
    /// Nothing to compare with.
    NoTarget,
}

impl Why {
    /// One sentence, without names. `label` is what the app calls its progress metric ("Lessons completed").
    pub fn sentence(&self, label: &str) -> String {
        match *self {
            Self::FeedStale { hours: Some(hours) } => {
                format!("The app has sent nothing for {hours} hours, so nothing can be said.")
            }
            Self::FeedStale { hours: None } => {
                "The app has not sent anything yet, so nothing can be said.".to_owned()
            }
            Self::Interrupted { since } => format!(
                "The app stopped sending for a while and has not reported this student since {}, so nothing can be said.",
                date(since)
            ),
            Self::NeverReported => {
                "Getting started: the app has not reported this student yet.".to_owned()
            }
            Self::NotCompared => {
                format!("Getting started: {label} was not reported for long enough to compare.")
            }
            Self::New { days } => format!("Getting started: {} so far.", school_days(days)),
            Self::SetAside => {
                "The app reported more minutes than time has passed, and nobody has confirmed them yet."
                    .to_owned()
            }
            Self::Finished { progress, ceiling } => {
                format!(
                    "Finished: {label} is at {}, and {} is all there is.",
                    short(progress),
                    short(ceiling)
                )
            }
            Self::Inactive { minutes, days } => format!(
                "Has not used it: {} in the last {}.",
                minutes_of(minutes),
                school_days(days)
            ),
            Self::Stuck {
                minutes,
                days,
                since,
                lost,
            } => stuck(label, minutes, days, since, lost),
            Self::Slow {
                progress_percent,
                minutes_percent,
                days,
            } => format!(
                "May need help: {progress_percent} % of the target for {label} with {minutes_percent} % of that for minutes in \
                 the last {}.",
                school_days(days)
            ),
            Self::Pace { pace, of_minutes } => {
                let of = if of_minutes { "Minutes" } else { label };
                let percent = pace.done.percent_of(pace.target).unwrap_or(0);
                format!(
                    "{of}: {} of {} by now, {percent} %.",
                    short(pace.done),
                    short(pace.target)
                )
            }
            Self::NoTarget => "Uses it; there is no target to compare with.".to_owned(),
        }
    }
}

fn stuck(label: &str, minutes: Amount, days: u16, since: Option<Date>, lost: Amount) -> String {
    let (minutes, days, lost) = (minutes_of(minutes), school_days(days), minutes_of(lost));
    let begun = format!("Working but not getting further: {minutes} in the last {days}");
    match since {
        Some(since) => {
            format!("{begun} while {label} did not rise; {lost} since it last did, on {since}.")
        }
        None => format!("{begun} and {lost} this school year while {label} did not rise."),
    }
}

fn date(day: Option<Date>) -> String {
    day.map_or_else(
        || "the beginning of the year".to_owned(),
        |day| day.to_string(),
    )
}

fn school_days(days: u16) -> String {
    if days == 1 {
        return "1 school day".to_owned();
    }
    format!("{days} school days")
}

fn minutes_of(amount: Amount) -> String {
    if amount == Amount::whole(1) {
        return "1 minute".to_owned();
    }
    format!("{} minutes", short(amount))
}

/// To one decimal, rounded down: nobody is said to have done more than was done.
fn short(amount: Amount) -> Amount {
    Amount::from_micros(amount.micros() / 100_000 * 100_000)
}
