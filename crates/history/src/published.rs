//! What is published now, opened.

use std::collections::HashMap;
use std::hash::BuildHasher;

use bytes::Bytes;
use homeroom_depot::DepotError;
use homeroom_model::ObjectId;
use homeroom_segment::{Attendance, Departed, Ledger, Manifest, SegmentError, Snapshot};

use crate::History;
use crate::error::HistoryError;

/// Name of the part that holds what a publish changed.
pub const CHANGES: &str = "changes";
/// Name of the part that holds departed records.
const DEPARTED: &str = "departed";

/// A published snapshot, opened, with its manifest and the records that left.
pub struct Published {
    /// The snapshot; empty, number 0, before the first publish.
    pub snapshot: Snapshot,
    /// Records that may come back with their ids.
    pub departed: Departed,
    /// The parts it is made of; `None` before the first publish.
    pub manifest: Option<Manifest>,
    /// Digest of the files it was made from.
    pub file_set: Option<[u8; 32]>,
}

impl History {
    /// Opens what a district has published; the empty snapshot if it has not published yet.
    pub async fn published(&self, district: ObjectId) -> Result<Published, HistoryError> {
        let Some(current) = self.store.current(district).await? else {
            let (snapshot, departed) = (Snapshot::empty(), Departed::default());
            return Ok(Published {
                snapshot,
                departed,
                manifest: None,
                file_set: None,
            });
        };
        let manifest = Manifest::from_text(&current.manifest)?;
        let parts = self.fetch(&manifest).await?;
        let (snapshot, departed) = open(&manifest, &parts)?;
        Ok(Published {
            snapshot,
            departed,
            manifest: Some(manifest),
            file_set: Some(current.file_set),
        })
    }

    /// The bytes of every part that a snapshot is opened from: tables, relations and departed records, but neither what
    /// its publish changed nor the ledger nor attendance.
    pub async fn fetch(&self, manifest: &Manifest) -> Result<HashMap<String, Bytes>, HistoryError> {
        let mut parts = HashMap::new();
        for name in manifest.parts.keys() {
            if name != CHANGES && !Ledger::is_part(name) && !Attendance::is_part(name) {
                parts.insert(name.clone(), self.part(manifest, name).await?);
            }
        }
        Ok(parts)
    }

    /// The bytes of one part of a snapshot.
    pub async fn part(&self, manifest: &Manifest, name: &str) -> Result<Bytes, HistoryError> {
        let located = manifest.parts.get(name);
        let located = located.ok_or_else(|| {
            let number = manifest.number;
            missing(name, format!("the manifest of snapshot {number} lacks it"))
        })?;
        let part = self.depot.get(located).await;
        part.map_err(|error| named(name, error))
    }
}

/// Opens a snapshot from the bytes of its parts.
pub fn open<S: BuildHasher>(
    manifest: &Manifest,
    parts: &HashMap<String, Bytes, S>,
) -> Result<(Snapshot, Departed), SegmentError> {
    let lacking = |name: &str| missing(name, "the manifest lacks it".to_owned());
    let snapshot = Snapshot::open(manifest, |name, _| {
        parts.get(name).cloned().ok_or_else(|| lacking(name))
    })?;
    let departed = Departed::open(parts.get(DEPARTED).ok_or_else(|| lacking(DEPARTED))?)?;
    Ok((snapshot, departed))
}

/// A part that is not where it should be.
pub(crate) fn missing(name: &str, why: String) -> SegmentError {
    SegmentError::Missing {
        what: name.to_owned(),
        why,
    }
}

/// Says which part an object was for.
fn named(name: &str, error: DepotError) -> HistoryError {
    match error {
        DepotError::NotFound { .. } | DepotError::Damaged { .. } => {
            missing(name, error.to_string()).into()
        }
        other => other.into(),
    }
}
