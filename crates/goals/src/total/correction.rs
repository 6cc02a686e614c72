//! What of a total waits until somebody says what it means, and what their word does.

use serde::{Deserialize, Serialize};

use super::{Day, Level, Mark, Total};
use crate::Moment;

/// A value that waits beside the one that is shown. Each is confirmed or dismissed by itself, whatever else waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Correction {
    /// Minutes lower than those that are shown.
    LowerMinutes,
    /// Progress lower than the one that is shown.
    LowerProgress,
    /// Minutes that rose by more than time has passed.
    ImplausibleMinutes,
}

impl Correction {
    /// All of them, in their order.
    pub const ALL: [Self; 3] = [
        Self::LowerMinutes,
        Self::LowerProgress,
        Self::ImplausibleMinutes,
    ];

    /// The word for it, as lists, requests and the audit have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::LowerMinutes => "lower_minutes",
            Self::LowerProgress => "lower_progress",
            Self::ImplausibleMinutes => "implausible_minutes",
        }
    }

    /// What it is, in a few words.
    pub fn says(self) -> &'static str {
        match self {
            Self::LowerMinutes => "Minutes lower than those that are shown",
            Self::LowerProgress => "Progress lower than the one that is shown",
            Self::ImplausibleMinutes => "Minutes that rose by more than time has passed",
        }
    }

    /// Whether it is about progress, and not about minutes.
    pub fn is_of_progress(self) -> bool {
        self == Self::LowerProgress
    }
}

impl Total {
    /// The value that waits.
    pub fn waiting(&self, correction: Correction) -> Option<Level> {
        match correction {
            Correction::LowerMinutes => self.lower_minutes,
            Correction::LowerProgress => self.lower_progress,
            Correction::ImplausibleMinutes => self.aside,
        }
    }

    /// Puts a value that waits in the place of the one that is shown, as `homeroom goals confirm` and the management API do.
    /// Gives what the day has to be told, `None` where it does not wait.
    pub fn confirm(&mut self, correction: Correction, at: &Moment) -> Option<Day> {
        let confirmed = self.take(correction)?;
        let mark = Some(Mark {
            value: confirmed.value,
            corrected: Some(confirmed.value),
        });
        let (level, minutes, progress) = if correction.is_of_progress() {
            (&mut self.progress, None, mark)
        } else {
            (&mut self.minutes, mark, None)
        };
        *level = Some(confirmed);
        Some(Day {
            day: at.day,
            minutes,
            progress,
            series: self.series,
        })
    }

    /// Forgets a value that waits: it was a mistake of the app and stays without effect. Whether there was one.
    pub fn dismiss(&mut self, correction: Correction) -> bool {
        self.take(correction).is_some()
    }

    /// Whether anything waits to be confirmed or dismissed.
    pub fn is_open(&self) -> bool {
        let mut all = Correction::ALL.into_iter();
        all.any(|correction| self.waiting(correction).is_some())
    }

    fn take(&mut self, correction: Correction) -> Option<Level> {
        let waits = match correction {
            Correction::LowerMinutes => &mut self.lower_minutes,
            Correction::LowerProgress => &mut self.lower_progress,
            Correction::ImplausibleMinutes => &mut self.aside,
        };
        waits.take()
    }
}
