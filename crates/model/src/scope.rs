//! Which records an app may see.

use roaring::RoaringBitmap;

use crate::Kind;

/// Which rows of one table are allowed, by row number inside one snapshot.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Allow {
    /// Every row.
    #[default]
    All,
    /// These rows.
    Only(RoaringBitmap),
}

impl Allow {
    /// Whether the row is allowed.
    pub fn contains(&self, row: u32) -> bool {
        match self {
            Self::All => true,
            Self::Only(rows) => rows.contains(row),
        }
    }

    /// How many of a table's `rows` rows are allowed.
    pub fn count(&self, rows: u32) -> u64 {
        match self {
            Self::All => u64::from(rows),
            Self::Only(allowed) => allowed.range_cardinality(0..rows),
        }
    }
}

/// Which records of one snapshot a view shows: one set per table (layout idea 4). Pairs of school and course or term, and
/// primary schools, follow from the sections in it.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Scope {
    tables: [Allow; Kind::ALL.len()],
}

impl Scope {
    /// The allowed rows of a kind.
    pub fn of(&self, kind: Kind) -> &Allow {
        // A kind is its own index: the array has one place for each.
        self.tables.get(kind as usize).unwrap_or(&Allow::All)
    }

    /// The scope with other rows allowed for a kind.
    #[must_use]
    pub fn with(mut self, kind: Kind, allow: Allow) -> Self {
        if let Some(slot) = self.tables.get_mut(kind as usize) {
            *slot = allow;
        }
        self
    }

    /// Whether a row of a kind is allowed.
    pub fn contains(&self, kind: Kind, row: u32) -> bool {
        self.of(kind).contains(row)
    }
}
