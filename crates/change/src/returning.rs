//! Who may come back under the id he had.

use homeroom_model::{Kind, Timestamp};
use homeroom_segment::{Departed, DepartedRecord, Hash};

/// How a comparison is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The time of the run.
    pub now: Timestamp,
    /// A record that returns less than this many days after it left gets its id back.
    pub return_days: u16,
}

impl Settings {
    /// The rule of the original: 300 days (district-side 5.2).
    pub const fn new(now: Timestamp) -> Self {
        Self {
            now,
            return_days: 300,
        }
    }

    /// The same with another number of days.
    #[must_use]
    pub const fn with_return_days(self, return_days: u16) -> Self {
        Self {
            return_days,
            ..self
        }
    }

    /// Whether a record that left then may still come back.
    pub(crate) fn in_time(&self, left: Timestamp) -> bool {
        let away = self.now.millis().saturating_sub(left.millis());
        away < i64::from(self.return_days) * 24 * 60 * 60 * 1000
    }
}

/// Whether records of the kind come back at all: courses and terms are synthesised anew each time (district-side 5.4).
pub(crate) fn restores(kind: Kind) -> bool {
    !matches!(kind, Kind::Course | Kind::Term)
}

/// The departed records that may still come back.
#[derive(Clone, Copy)]
pub(crate) struct Returning<'a> {
    pub(crate) departed: &'a Departed,
    pub(crate) settings: &'a Settings,
}

impl<'a> Returning<'a> {
    /// The record that left with this key, if it may come back.
    pub(crate) fn find(&self, kind: Kind, role: u8, key: &Hash) -> Option<&'a DepartedRecord> {
        let record = self.departed.find(kind, role, key)?;
        (restores(kind) && self.settings.in_time(record.left)).then_some(record)
    }
}
