//! Week by week: what was done, and what should have been.

use crate::Amount;
use homeroom_model::Date;

/// One week of a group. What was done and what should have been are of the same days: of each student those up to the last of
/// which it is known what the student did ([`crate::state::Verdict::told`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Week {
    /// Its Monday.
    pub monday: Date,
    /// How many of its days had school, and are over.
    pub school_days: u32,
    /// Students who worked at least a minute.
    pub students: u32,
    /// Students of whom it is known how many minutes, because they were reported: where that is few, the sum tells of few.
    pub with_minutes: u32,
    /// Students of whom it is known what progress.
    pub with_progress: u32,
    /// Active minutes.
    pub minutes: Amount,
    /// Progress.
    pub progress: Amount,
    /// Minutes that should have been.
    pub target_minutes: Amount,
    /// Progress that should have been.
    pub target_progress: Amount,
}
