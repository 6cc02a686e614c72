//! What people decide: suggestions, conflicts, picks, crosswalks.

use homeroom_model::Timestamp;

use crate::notes::{CrosswalkRow, Decision, Fits, SideRow};
use crate::{Kind, RosterError};

/// Decisions of people, which the next plan follows.
pub trait Decisions {
    /// Accepts or rejects an open suggestion. `false` if it is not open. Rejections are remembered: the same pair is not asked again.
    fn decide(
        &self,
        district: i64,
        suggestion: i64,
        decision: Decision,
        by: &str,
        at: Timestamp,
    ) -> Result<bool, RosterError>;

    /// Says that a conflict is settled. `false` if it is not open.
    fn settle(
        &self,
        district: i64,
        conflict: i64,
        by: &str,
        at: Timestamp,
    ) -> Result<bool, RosterError>;

    /// Picks a record or drops it, whether it waits for that or not; `None` takes either back. `false` if there was nothing to
    /// take back.
    fn pick(
        &self,
        district: i64,
        record: (Kind, &str),
        picked: Option<bool>,
        by: &str,
        at: Timestamp,
    ) -> Result<bool, RosterError>;

    /// Adds rows of a crosswalk, all or none. Refused as `exists` where an old or a new id is there twice.
    fn add_crosswalk(
        &self,
        district: i64,
        rows: &[CrosswalkRow],
        by: &str,
        at: Timestamp,
    ) -> Result<(), RosterError>;

    /// Puts values of the app's own beside people, by source id or SIS id, all or none; says whom each means. A value that is
    /// there under the same id and name is replaced. They stay with their people whatever ids those get later.
    fn put_side_data(&self, district: i64, rows: &[SideRow<'_>]) -> Result<Vec<Fits>, RosterError>;
}
