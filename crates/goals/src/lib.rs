//! What apps report about students, and what it means: totals, targets, pace, and who is stuck (clever-api 8,
//! integration-side D).
//!
//! The receiver reads a body with [`submission`], takes each row into a [`total`] and keeps its days. Targets ([`target`]),
//! school days and the days of a total give a [`Curve`], a [`Pace`] and a [`state`]; [`figures`] are counts of those.

pub mod active_minutes;
mod amount;
pub mod certification;
mod curve;
pub mod district;
mod feed;
pub mod figures;
pub mod ledger;
pub mod outgoing;
mod pace;
pub mod report_link;
mod school_days;
mod school_year;
mod settings;
pub mod state;
pub mod submission;
pub mod target;
pub mod total;

pub use amount::Amount;
pub use curve::{Curve, Start};
pub use feed::Feed;
pub use pace::{Pace, Standing, target_between};
pub use school_days::{SchoolDays, Timetable, monday};
pub use school_year::{CalendarError, Moment, SchoolYear, SchoolYears};
pub use settings::Settings;
