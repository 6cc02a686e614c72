//! Which row of the candidate is which record of the old snapshot.

use homeroom_segment::{CandidateTable, Table};

use crate::keys::KeyIndex;

/// Stands for "no row" in maps of row numbers.
pub(crate) const NO_ROW: u32 = u32::MAX;

/// The rows of one kind that have the same identity on both sides. Four bytes a row.
#[derive(Default)]
pub(crate) struct Matches {
    old_of: Vec<u32>,
    candidate_of: Vec<u32>,
}

impl Matches {
    /// No row matches yet.
    pub(crate) fn none(old: &Table, candidate: &CandidateTable) -> Self {
        Self {
            old_of: vec![NO_ROW; candidate.len() as usize],
            candidate_of: vec![NO_ROW; old.len() as usize],
        }
    }

    /// Matches rows with the same natural key.
    pub(crate) fn by_key(old: &Table, candidate: &CandidateTable) -> Self {
        let index = KeyIndex::of(old, 0);
        let mut matches = Self::none(old, candidate);
        for row in 0..candidate.len() {
            if let Some(found) = candidate.keys(row).first().and_then(|key| index.get(key)) {
                matches.join(row, found);
            }
        }
        matches
    }

    /// Notes that two rows are the same record. A row of the old table matches once: of rows that claim it again, which
    /// no careful builder of candidates makes, each is a record of its own.
    pub(crate) fn join(&mut self, candidate: u32, old: u32) {
        let there = self.old_of.get_mut(candidate as usize);
        let here = self.candidate_of.get_mut(old as usize);
        if let (Some(there), Some(here)) = (there, here)
            && *here == NO_ROW
        {
            *there = old;
            *here = candidate;
        }
    }

    /// The old row of a candidate's row.
    pub(crate) fn old(&self, candidate: u32) -> Option<u32> {
        let old = self.old_of.get(candidate as usize).copied();
        old.filter(|row| *row != NO_ROW)
    }

    /// Old rows that no row of the candidate matches, ascending.
    pub(crate) fn gone(&self) -> Vec<u32> {
        let rows = (0..).zip(&self.candidate_of);
        let gone = rows.filter(|(_, candidate)| **candidate == NO_ROW);
        gone.map(|(old, _)| old).collect()
    }
}
