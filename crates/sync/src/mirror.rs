//! Mirrors: what a source shares, in its own words.

mod build;
mod gather;
mod item;
mod keep;
mod raw;
mod unresolved;
mod used;

use std::collections::BTreeMap;

use homeroom_model::{Kind, ObjectId};
use homeroom_segment::{Manifest, Snapshot, Table};

pub use build::BuildError;
pub use gather::Gathered;
pub(crate) use gather::tie_id;
pub use keep::{Keep, KeepError};
pub use raw::Dropped;
pub use unresolved::Unresolved;

/// A mirror that is opened.
pub struct Mirror {
    /// Its records and what they lead to, under the source's ids.
    pub snapshot: Snapshot,
    /// Its parts; empty for the mirror of nothing.
    pub manifest: Manifest,
    /// Documents, row by row beside those of the snapshot.
    documents: BTreeMap<Kind, Table>,
    /// Ids that records name and nobody has, ascending.
    unresolved: Vec<Unresolved>,
}

impl Mirror {
    /// The mirror of a district that was never read.
    pub fn empty() -> Self {
        Self {
            snapshot: Snapshot::empty(),
            manifest: Manifest {
                format: Manifest::FORMAT,
                number: 0,
                parts: BTreeMap::new(),
            },
            documents: BTreeMap::new(),
            unresolved: Vec::new(),
        }
    }

    /// Ids that records name and nobody has, ascending: shared with nobody, or gone. Whoever comes to have one is found.
    pub fn unresolved(&self) -> &[Unresolved] {
        &self.unresolved
    }

    /// The document of a record as it was sent, without what the app does not use; empty for a record that stood inside
    /// another's document.
    pub fn document(&self, kind: Kind, id: &ObjectId) -> Option<&[u8]> {
        let table = self.documents.get(&kind)?;
        let row = table.find(id)?;
        Some(table.row(row).packed())
    }

    fn document_at(&self, kind: Kind, row: u32) -> &[u8] {
        let table = self.documents.get(&kind);
        table.map_or(&[], |table| table.row(row).packed())
    }
}

/// The name of the part that holds the documents of a kind.
fn documents_name(kind: Kind) -> String {
    format!("documents.{}", kind.table())
}
