//! Goals, performed at the district: what apps report goes into the store, and figures come out (clever-api 8,
//! integration-side D).
//!
//! The rules stand in `homeroom_goals` and are pure; here they meet the store, the published rosters and the clock that
//! callers bring along.

mod book;
pub mod calendar;
pub mod corrections;
mod facts;
pub mod feed;
pub mod figures;
mod judging;
pub mod receive;
mod roster;
mod standings;
pub mod student_year;
pub mod targets;
