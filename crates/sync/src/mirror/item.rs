//! One record between the source and the mirror.

use homeroom_model::ObjectId;
use homeroom_segment::Relation;

/// A record: where its bytes lie, and whom it names.
#[derive(Clone, Copy)]
pub(super) struct Item {
    pub(super) id: ObjectId,
    pub(super) role_ids: [ObjectId; 3],
    pub(super) row: Piece,
    pub(super) document: Piece,
    /// For each relation that its kind owns, in the order of [`Relation::ALL`]: its ids among all that were gathered.
    pub(super) leads: [Leads; MOST_RELATIONS],
    /// Whether the source said that it is gone: what came of it before does not count.
    pub(super) gone: bool,
}

impl Item {
    /// The word that a record is gone.
    pub(super) fn gone(id: ObjectId) -> Self {
        Self {
            id,
            role_ids: [ObjectId::default(); 3],
            row: Piece::default(),
            document: Piece::default(),
            leads: [Leads::default(); MOST_RELATIONS],
            gone: true,
        }
    }
}

/// A kind owns at most so many relations: a section five.
pub(super) const MOST_RELATIONS: usize = 5;

/// A piece of a spool.
#[derive(Clone, Copy, Default)]
pub(super) struct Piece {
    pub(super) at: u64,
    pub(super) length: u32,
}

impl Piece {
    /// The piece of a spool's bytes.
    pub(super) fn of(self, bytes: &[u8]) -> &[u8] {
        let start = usize::try_from(self.at).unwrap_or(usize::MAX);
        let end = start.saturating_add(self.length as usize);
        bytes.get(start..end).unwrap_or(&[])
    }
}

/// Ids that lie side by side among those gathered.
#[derive(Clone, Copy, Default)]
pub(super) struct Leads {
    pub(super) at: u32,
    pub(super) length: u32,
}

impl Leads {
    pub(super) fn of(self, ids: &[ObjectId]) -> &[ObjectId] {
        let start = self.at as usize;
        ids.get(start..start.saturating_add(self.length as usize))
            .unwrap_or(&[])
    }
}

/// The place of a relation among those of its kind.
pub(super) fn place_of(relation: Relation) -> usize {
    Relation::of(relation.from())
        .position(|other| other == relation)
        .unwrap_or(0)
}
