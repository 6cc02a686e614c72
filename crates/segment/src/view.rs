//! A snapshot as one app may see it.

use homeroom_model::{District, Kind, Mask, Scope};

use crate::snapshot::Snapshot;

/// What every read goes through: no read exists without one (layout, idea 4).
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The snapshot the connection's view pointer names.
    pub snapshot: &'a Snapshot,
    /// Which records the app may see.
    pub scope: &'a Scope,
    /// Which fields and roles the app may see.
    pub mask: &'a Mask,
    /// The district's document as of the move of the view pointer.
    pub district: &'a District,
}

impl View<'_> {
    /// Whether the app may see a row of a kind.
    #[inline]
    pub fn shows(&self, kind: Kind, row: u32) -> bool {
        self.scope.contains(kind, row)
    }
}
