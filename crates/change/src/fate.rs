//! What becomes of one record.

/// What becomes of a row of the candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is published already, just so, as this row of the old table.
    Unchanged(u32),
    /// It is published as this row of the old table, but its content or what it leads to is another.
    Updated(u32),
    /// It is new, or was away for too long.
    Created,
    /// It came back in time to get its id back (district-side 5.2): this one of the plan's returning records.
    Restored(u32),
}

impl Fate {
    /// The row of the old table with the same identity.
    pub fn old(self) -> Option<u32> {
        match self {
            Self::Unchanged(old) | Self::Updated(old) => Some(old),
            Self::Created | Self::Restored(_) => None,
        }
    }

    /// Whether nothing happens.
    pub fn is_unchanged(self) -> bool {
        matches!(self, Self::Unchanged(_))
    }
}
