//! Mirrors of a district: what was read, kept until newer reads make it needless (integration-side A2.1).

use homeroom_model::Timestamp;

use crate::RosterError;

/// A mirror: its objects lie in a depot, this names them and says what is known of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorRow {
    /// Its number in the district, ascending.
    pub number: i64,
    /// The objects it is made of, as JSON.
    pub manifest: String,
    /// How it was read and what may be concluded from it, as JSON.
    pub about: String,
    /// When it was kept.
    pub made: Timestamp,
}

/// Mirrors. Which one is applied stands in the district and moves only with the effects ([`crate::Commit`]).
pub trait Mirrors {
    /// Keeps a mirror whose objects are durable. Refused as `fenced` if a newer writer exists, as `moved` if its number is not
    /// the one after the newest mirror, kept or applied: somebody else read meanwhile.
    fn keep_mirror(&self, district: i64, fence: i64, mirror: &MirrorRow)
    -> Result<(), RosterError>;

    /// Drops mirrors, all or none; numbers of none are no matter. Refused as `in_use` if the newest or the applied one is
    /// among them.
    fn drop_mirrors(&self, district: i64, numbers: &[i64]) -> Result<(), RosterError>;
}
