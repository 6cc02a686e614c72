//! Goals, performed at the district: what apps report goes into the store, and figures come out (clever-api 8,
//! integration-side D).
//!
//! The rules stand in `homeroom_goals` and are pure; here they meet the store, the published rosters and the clock that
//! callers bring along.

pub mod calendar;
pub mod corrections;
pub mod feed;
pub mod receive;
pub mod student_year;
