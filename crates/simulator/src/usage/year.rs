//! What a student did in a year, and what is true of it.

use std::fmt;

use homeroom_model::{Date, Timestamp};

/// Hundredths of a minute or of a unit of progress.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hundredths(pub u32);

impl Hundredths {
    /// In millionths, as amounts are counted elsewhere.
    pub fn micros(self) -> u64 {
        u64::from(self.0) * 10_000
    }
}

impl fmt::Display for Hundredths {
    /// The shortest decimal: `32.5`, `4`, `0.07`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        match (rest, rest % 10) {
            (0, _) => write!(f, "{whole}"),
            (_, 0) => write!(f, "{whole}.{}", rest / 10),
            _ => write!(f, "{whole}.{rest:02}"),
        }
    }
}

impl fmt::Debug for Hundredths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Minutes and progress.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Active minutes.
    pub minutes: Hundredths,
    /// Units of progress.
    pub units: Hundredths,
}

impl Done {
    pub(super) fn less(self, other: Self) -> Self {
        let less = |one: Hundredths, other: Hundredths| Hundredths(one.0.saturating_sub(other.0));
        Self {
            minutes: less(self.minutes, other.minutes),
            units: less(self.units, other.units),
        }
    }
}

/// One session of a student in an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activity {
    /// The student, by the number that the caller uses.
    pub student: u64,
    /// Under which of the student's accounts: 0, or 1 for the one that was merged away later.
    pub account: u8,
    /// The district's day.
    pub day: Date,
    /// Which of the day's sessions, from 0.
    pub nth: u8,
    /// When it began.
    pub at: Timestamp,
    /// Active minutes.
    pub minutes: Hundredths,
    /// Units of progress finished in it.
    pub units: Hundredths,
}

impl Activity {
    /// The app's id of it, unique in the app.
    pub fn id(&self) -> String {
        format!("{:x}-{}-{}", self.student, self.day.days(), self.nth)
    }
}

/// A time of working without getting further that was planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planted {
    /// Its first school day.
    pub begins: Date,
    /// The first school day on which the rule of integration-side D5 holds with its usual numbers: thirty minutes or more
    /// in the last ten school days and no progress in them, of a student who is there for five school days or more. `None`
    /// where the days that are played end before.
    pub holds: Option<Date>,
    /// The school day on which progress rises again; `None` where it lasts.
    pub ends: Option<Date>,
}

/// A student's year. Keep one and play one student after the other into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year {
    pub(super) first: Date,
    pub(super) activities: Vec<Activity>,
    pub(super) totals: Vec<Done>,
    pub(super) planted: Vec<Planted>,
    pub(super) finished: Option<Date>,
}

impl Default for Year {
    fn default() -> Self {
        Self {
            first: Date::EPOCH,
            activities: Vec::new(),
            totals: Vec::new(),
            planted: Vec::new(),
            finished: None,
        }
    }
}

impl Year {
    /// Everything the student did, in the order of time.
    pub fn activities(&self) -> &[Activity] {
        &self.activities
    }

    /// What the student had done at the end of a day, since the first day of school.
    pub fn total(&self, day: Date) -> Done {
        let Ok(offset) = usize::try_from(day.days() - self.first.days()) else {
            return Done::default();
        };
        let found = self.totals.get(offset).or(self.totals.last());
        found.copied().unwrap_or_default()
    }

    /// What the student did from one day to another, both included.
    pub fn done(&self, from: Date, to: Date) -> Done {
        let before =
            Date::from_days(from.days() - 1).map_or_else(Done::default, |day| self.total(day));
        self.total(to).less(before)
    }

    /// The times of being stuck that were planted, in order.
    pub fn planted(&self) -> &[Planted] {
        &self.planted
    }

    /// The day on which the student reached the app's ceiling.
    pub fn finished(&self) -> Option<Date> {
        self.finished
    }
}
