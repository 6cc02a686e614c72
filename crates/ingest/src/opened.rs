//! What is published now, opened.

use std::collections::HashMap;

use bytes::Bytes;
use homeroom_depot::DepotError;
use homeroom_model::ObjectId;
use homeroom_segment::{Departed, HashKey, Manifest, SegmentError, Snapshot};

use crate::Ingest;
use crate::error::IngestError;

/// Name of the part that holds what a publish changed.
pub(crate) const CHANGES: &str = "changes";
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

impl Ingest {
    /// Opens what a district has published; the empty snapshot if it has not published yet.
    pub async fn published(&self, district: ObjectId) -> Result<Published, IngestError> {
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

    /// The bytes of every part of a manifest.
    pub(crate) async fn fetch(
        &self,
        manifest: &Manifest,
    ) -> Result<HashMap<String, Bytes>, IngestError> {
        let mut parts = HashMap::new();
        for (name, located) in &manifest.parts {
            let bytes = self
                .depot
                .get(located)
                .await
                .map_err(|error| named(name, error))?;
            parts.insert(name.clone(), bytes);
        }
        Ok(parts)
    }

    /// The key a district's hashes are keyed with, drawn when it is first asked for. It is part of every backup: ids
    /// hang on it.
    pub(crate) async fn hash_key(&self, district: ObjectId) -> Result<HashKey, IngestError> {
        let fresh: [u8; 32] = self.surroundings.random()?;
        let fresh = homeroom_segment::Digest::new(fresh).to_string();
        let kept = self
            .store
            .setting_or(&format!("hash_key/{district}"), &fresh)
            .await?;
        let key = homeroom_segment::Digest::from_hex(&kept);
        let key = key.ok_or_else(|| SegmentError::Damaged {
            what: "the district's hash key".into(),
            why: "it is no key".into(),
        })?;
        Ok(HashKey::new(*key.bytes()))
    }
}

/// Opens a snapshot from the bytes of its parts.
pub(crate) fn open(
    manifest: &Manifest,
    parts: &HashMap<String, Bytes>,
) -> Result<(Snapshot, Departed), SegmentError> {
    let missing = |name: &str| SegmentError::Missing {
        what: name.to_owned(),
        why: "the manifest lacks it".to_owned(),
    };
    let snapshot = Snapshot::open(manifest, |name, _| {
        parts.get(name).cloned().ok_or_else(|| missing(name))
    })?;
    let departed = Departed::open(parts.get(DEPARTED).ok_or_else(|| missing(DEPARTED))?)?;
    Ok((snapshot, departed))
}

/// Says which part an object was for.
fn named(name: &str, error: DepotError) -> IngestError {
    match error {
        DepotError::NotFound { .. } | DepotError::Damaged { .. } => SegmentError::Missing {
            what: name.to_owned(),
            why: error.to_string(),
        }
        .into(),
        other => other.into(),
    }
}
