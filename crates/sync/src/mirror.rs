//! Mirrors: what a source shares, in its own words.

mod build;
mod gather;
mod item;
mod keep;
mod misread;
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
pub use misread::{Misread, Misreadings};
pub use raw::Dropped;
pub use unresolved::Unresolved;

/// A mirror that is opened.
pub struct Mirror {
    /// Its records and what they lead to, under the source's ids.
    pub snapshot: Snapshot,
    /// Its parts; empty for the mirror of nothing.
    pub manifest: Manifest,
    /// Documents, as far as they were opened. Those of records that are gone since may be among them.
    documents: BTreeMap<Kind, Table>,
    /// Documents that came since those were written, and stand before them.
    newer: BTreeMap<Kind, Table>,
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
            documents: Kind::ALL.map(|kind| (kind, Table::empty(kind))).into(),
            newer: BTreeMap::new(),
            unresolved: Vec::new(),
        }
    }

    /// The same without the documents, which are the greater part of it.
    #[must_use]
    pub(crate) fn without_documents(self) -> Self {
        Self {
            documents: BTreeMap::new(),
            newer: BTreeMap::new(),
            ..self
        }
    }

    /// Ids that records name and nobody has, ascending: shared with nobody, or gone. Whoever comes to have one is found.
    pub fn unresolved(&self) -> &[Unresolved] {
        &self.unresolved
    }

    /// The document of a record as it was sent, without what the app does not use; empty for a record that stood inside
    /// another's document. `None` for a record that is not there, and where documents were not opened.
    pub fn document(&self, kind: Kind, id: &ObjectId) -> Option<&[u8]> {
        let row = self.snapshot.table(kind).find(id)?;
        self.document_among(&self.documents, (kind, row), id)
    }

    /// The document of the record in a row, among those that came since and some of the others; `None` where those of its kind
    /// are not among them.
    fn document_among<'a>(
        &'a self,
        documents: &'a BTreeMap<Kind, Table>,
        (kind, row): (Kind, u32),
        id: &ObjectId,
    ) -> Option<&'a [u8]> {
        if let Some(document) = self.newer_document(kind, id) {
            return Some(document);
        }
        let table = documents.get(&kind)?;
        // Rows are those of the snapshot until a record comes or goes.
        let same = row < table.len() && table.id(row) == *id;
        let row = if same { Some(row) } else { table.find(id) };
        Some(row.map_or(&[], |row| table.row(row).packed()))
    }

    fn newer_document(&self, kind: Kind, id: &ObjectId) -> Option<&[u8]> {
        let newer = self.newer.get(&kind)?;
        Some(newer.row(newer.find(id)?).packed())
    }
}

/// The name of the part that holds the documents of a kind.
fn documents_name(kind: Kind) -> String {
    format!("documents.{}", kind.table())
}

/// The name of the part that holds documents that came since.
fn newer_name(kind: Kind) -> String {
    format!("documents.{}.newer", kind.table())
}
