//! The numbers of integration-side D5: data, not code.

use serde::{Deserialize, Serialize};

use crate::Amount;

/// When a student counts as new, inactive, stuck, slow, on track or ahead. Windows count school days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Hours without anything from the app for a district after which its feed is stale. 48.
    pub stale_hours: u16,
    /// School days of enrollment before anything is said of a student. 5.
    pub new_days: u16,
    /// Window of "has not used it". 5.
    pub inactive_days: u16,
    /// Minutes in that window under which a student has not used it. 1.
    pub inactive_minutes: Amount,
    /// Window of "working but not getting further", and of "slow". 10.
    pub stuck_days: u16,
    /// Minutes in that window from which a student without progress is stuck. 30.
    pub stuck_minutes: Amount,
    /// Percent of the target for progress under which a student is slow. 25.
    pub slow_progress_percent: u32,
    /// Percent of the target for minutes from which a student with so little progress is slow. 50.
    pub slow_minutes_percent: u32,
    /// Percent of the target to date from which a student is on track. 90.
    pub on_track_percent: u32,
    /// Percent of the target to date from which a student is ahead. 120.
    pub ahead_percent: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            stale_hours: 48,
            new_days: 5,
            inactive_days: 5,
            inactive_minutes: Amount::whole(1),
            stuck_days: 10,
            stuck_minutes: Amount::whole(30),
            slow_progress_percent: 25,
            slow_minutes_percent: 50,
            on_track_percent: 90,
            ahead_percent: 120,
        }
    }
}
