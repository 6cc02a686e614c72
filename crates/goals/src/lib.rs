//! What apps report about students, and what it means: totals, targets, pace, and who is stuck (clever-api 8,
//! integration-side D).

mod amount;
mod school_days;
mod school_year;
pub mod submission;

pub use amount::Amount;
pub use school_days::{SchoolDays, Timetable, monday};
pub use school_year::{CalendarError, Moment, SchoolYear, SchoolYears};
