//! What a student's minutes are judged by.

use super::{Level, Report, Total};
use crate::{Amount, Moment};

/// What stood of one student before a body arrived. Between the rows of a body no time passes, so each of them is judged by
/// this and none by another: their order makes no difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ground {
    minutes: Option<Level>,
    aside: Option<Level>,
    /// A row of the body was set aside.
    again: bool,
}

impl Ground {
    /// Before a body, of a student whose last total is `held`, of whatever school year.
    pub fn of(held: Option<&Total>, at: &Moment) -> Self {
        let held = held.filter(|held| held.year >= at.year);
        Self {
            minutes: held.and_then(|held| held.minutes),
            aside: held.and_then(|held| held.aside),
            again: false,
        }
    }

    /// Whether a row is taken: minutes rose by no more than time has passed since the value before them was first reported,
    /// or since the school year began where there is none (integration-side D3). No time passes towards an earlier moment,
    /// whether requests overtook each other or the clock stepped back.
    pub fn takes(&self, report: &Report, at: &Moment) -> bool {
        let Some(minutes) = report.minutes else {
            return true;
        };
        let (known, since) = match self.minutes {
            Some(level) => (level.value, level.since),
            None => (Amount::ZERO, at.began),
        };
        if minutes <= known {
            return true;
        }
        let passed = u64::try_from(at.at.millis() - since.millis()).unwrap_or(0);
        // What was set aside does not become plausible by being repeated until enough time has passed.
        let stands = self.aside.is_some_and(|aside| minutes >= aside.value);
        minutes.less(known) <= Amount::of_millis(passed) && !stands
    }

    /// Sets minutes aside: the highest of the body.
    pub(super) fn set_aside(&mut self, total: &mut Total, minutes: Amount, at: &Moment) {
        let again = std::mem::replace(&mut self.again, true);
        if again && total.aside.is_some_and(|aside| aside.value > minutes) {
            return;
        }
        let same = self.aside.filter(|aside| aside.value == minutes);
        let since = same.map_or(at.at, |aside| aside.since.min(at.at));
        total.aside = Some(Level {
            value: minutes,
            since,
        });
    }

    /// Minutes that are plausible take back what was set aside before them, but not what came with them.
    pub(super) fn take_back(&self, total: &mut Total, at: &Moment) {
        if !self.again {
            total.aside = total.aside.filter(|aside| aside.since > at.at);
        }
    }
}
