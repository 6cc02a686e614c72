//! What one student has reached in one app this school year, and what a further report makes of it.
//!
//! The figure shown is the highest plausible value of the school year (issue 6, "Settled"). A lower one is kept beside it and
//! changes nothing until somebody confirms that it corrects the higher; one that rose by more than time has passed is set
//! aside until it is confirmed, with the progress reported beside it. As long as nothing is confirmed, nothing is implausible
//! and the progress metric stays the same, what is shown and the days are the same after the same reports in any order, split
//! or repeated however.

mod correction;
mod ground;
#[cfg(test)]
mod tests;

use homeroom_model::{Date, Timestamp};

use crate::{Amount, Moment, SchoolYear, submission::Notice};
pub use correction::Correction;
pub use ground::Ground;

/// A student's total in one app and one school year: what the store keeps of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    /// The school year it counts from the beginning of.
    pub year: SchoolYear,
    /// Active minutes, if ever reported.
    pub minutes: Option<Level>,
    /// Units of progress in its series, if ever reported.
    pub progress: Option<Level>,
    /// Which of the app's progress metrics the progress is of. A key that was never there has the next number, one that
    /// returns its own; a total goes on with the one before until progress is reported in the other.
    pub series: u32,
    /// When the last report arrived that was not rejected.
    pub heard: Timestamp,
    /// The last report of minutes lower than the level, unless the level was reached again since.
    pub lower_minutes: Option<Level>,
    /// The same of progress.
    pub lower_progress: Option<Level>,
    /// The last report of minutes that rose by more than time has passed, unless a lower one was plausible since.
    pub aside: Option<Level>,
}

/// A value, and when it was first reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// The value.
    pub value: Amount,
    /// When it was first reported; a report that repeats it does not move it, because a resend is no news.
    pub since: Timestamp,
}

/// What one row reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// Minutes since the school year began.
    pub minutes: Option<Amount>,
    /// Progress since the school year began.
    pub progress: Option<Amount>,
}

/// What an app declared about its metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metrics {
    /// The number of its current progress metric: 1 for the first, one more for each key that was never there before.
    pub series: u32,
    /// Its totals can lawfully fall: the last value counts, and lower ones are no regression.
    pub may_fall: bool,
}

/// One day of a total, kept so that weeks can be drawn and late corrections be traced. Values are as reported on that day,
/// even where an earlier day had a higher one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The district's day.
    pub day: Date,
    /// The day's highest minutes.
    pub minutes: Option<Mark>,
    /// The day's highest progress.
    pub progress: Option<Mark>,
    /// The progress metric it is of.
    pub series: u32,
}

/// A value of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The value.
    pub value: Amount,
    /// What a confirmed correction put on this day in the place of what was known before: the way to it is no work of the
    /// student, the way from it to the value is.
    pub corrected: Option<Amount>,
}

/// What came of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The total now.
    pub total: Total,
    /// What the report adds to its day, to be merged with what the store has of that day ([`Day::merge`]).
    pub day: Option<Day>,
    /// Whether a value that is shown changed.
    pub updated: bool,
    /// What is worth saying, in the order of the list of notices.
    pub notices: Vec<Notice>,
    /// The total it takes the place of, where that was of an earlier school year or of another progress metric: closed, and
    /// to be kept.
    pub closed: Option<Total>,
}

/// Applies one report. `held` is the last total of this student in this app, of whatever school year, and `ground` what stood
/// before the body that the report is a row of.
///
/// A report whose moment lies in an earlier school year than the total held (a clock that was set back) counts for the
/// year of the total.
pub fn apply(
    held: Option<&Total>,
    ground: &mut Ground,
    report: &Report,
    metrics: Metrics,
    at: &Moment,
) -> Applied {
    let mut notices = Vec::new();
    if report.minutes.is_none() {
        notices.push(Notice::NoMinutes);
    }
    let taken = ground.takes(report, at);
    // Totals of last year, sent once more, are as wrong of progress as of minutes.
    let progress = report.progress.filter(|_| taken);
    let (mut total, closed) = opened(held, progress, metrics, at, &mut notices);
    let before = total.shown();
    total.heard = total.heard.max(at.at);
    match report.minutes {
        Some(_) if taken => ground.take_back(&mut total, at),
        Some(minutes) => {
            ground.set_aside(&mut total, minutes, at);
            notices.push(Notice::Implausible);
        }
        None => {}
    }
    let mut take = |value: Option<Amount>, level: &mut Option<Level>, lower: &mut Option<Level>| {
        let value = value?;
        let since = at.at;
        if !raise(level, lower, Level { value, since }, metrics.may_fall) {
            notices.push(Notice::Regression);
        }
        let corrected = None;
        Some(Mark { value, corrected })
    };
    let minutes = report.minutes.filter(|_| taken);
    let day = Day {
        day: at.day,
        minutes: take(minutes, &mut total.minutes, &mut total.lower_minutes),
        progress: take(progress, &mut total.progress, &mut total.lower_progress),
        series: total.series,
    };
    notices.sort_unstable();
    notices.dedup();
    Applied {
        updated: before != total.shown(),
        day: (day.minutes.is_some() || day.progress.is_some()).then_some(day),
        total,
        notices,
        closed,
    }
}

/// The total that a report is for, and the one that it closes: another school year or another progress metric begins.
fn opened(
    held: Option<&Total>,
    progress: Option<Amount>,
    metrics: Metrics,
    at: &Moment,
    notices: &mut Vec<Notice>,
) -> (Total, Option<Total>) {
    let Some(held) = held.filter(|held| held.year >= at.year) else {
        return (Total::begin(at, metrics.series), held.cloned());
    };
    if progress.is_none() || held.series == metrics.series {
        return (held.clone(), None);
    }
    let total = held.in_series(metrics.series, None);
    let closed = held.progress.map(|_| held.clone());
    notices.extend(closed.as_ref().map(|_| Notice::NewSeries));
    (total, closed)
}

/// Takes a value into a level; `false` where it is a regression.
fn raise(level: &mut Option<Level>, lower: &mut Option<Level>, new: Level, may_fall: bool) -> bool {
    let Some(held) = level else {
        *level = Some(new);
        return true;
    };
    if new.value == held.value {
        held.since = held.since.min(new.since);
    } else if new.value > held.value || may_fall {
        *held = new;
    } else {
        *lower = lower.filter(|kept| kept.since > new.since).or(Some(new));
        return false;
    }
    *lower = None;
    true
}

impl Total {
    fn begin(at: &Moment, series: u32) -> Self {
        Self {
            year: at.year,
            minutes: None,
            progress: None,
            series,
            heard: at.at,
            lower_minutes: None,
            lower_progress: None,
            aside: None,
        }
    }

    /// The total as it is in the progress metric that counts, in which so much was reached before, if anything was: progress
    /// of another one is of another unit, and is none.
    #[must_use]
    pub fn in_series(&self, series: u32, reached: Option<Level>) -> Self {
        let mut total = self.clone();
        if total.series != series {
            total.progress = reached;
            total.lower_progress = None;
            total.series = series;
        }
        total
    }

    /// Minutes and progress as they are shown: progress of the total's own series ([`Total::in_series`]).
    pub fn shown(&self) -> [Option<Amount>; 2] {
        [self.minutes, self.progress].map(|level| level.map(|level| level.value))
    }
}

impl Day {
    /// Takes what a later report, or one of the same day, adds. Without corrections the order does not matter: a day is its
    /// own high-water mark. Where totals may fall the later value counts, and of two progress metrics the later one.
    #[must_use]
    pub fn merge(self, new: &Self, may_fall: bool) -> Self {
        let latest = if new.progress.is_some() { new } else { &self };
        let series = latest.series;
        let of = |day: &Self| day.progress.filter(|_| day.series == series);
        Self {
            day: self.day,
            minutes: Mark::merge(self.minutes, new.minutes, may_fall),
            progress: Mark::merge(of(&self), of(new), may_fall),
            series,
        }
    }
}

impl Mark {
    fn merge(old: Option<Self>, new: Option<Self>, may_fall: bool) -> Option<Self> {
        let (Some(kept), Some(added)) = (old, new) else {
            return new.or(old);
        };
        let value = if added.corrected.is_some() || may_fall {
            added.value
        } else {
            kept.value.max(added.value)
        };
        Some(Self {
            value,
            corrected: added.corrected.or(kept.corrected),
        })
    }
}
