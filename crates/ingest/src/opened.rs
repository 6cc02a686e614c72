//! What is published now and what was published before, as the room `history` opens it.

use std::sync::Arc;

use homeroom_history::{History, Older, Published};
use homeroom_model::ObjectId;
use homeroom_segment::{HashKey, SegmentError};

use crate::Ingest;
use crate::error::IngestError;

impl Ingest {
    /// What opens snapshots of this installation.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Opens what a district has published; the empty snapshot if it has not published yet.
    pub async fn published(&self, district: ObjectId) -> Result<Published, IngestError> {
        Ok(self.history.published(district).await?)
    }

    /// Opens a snapshot of a district by its number, as it was when it was published ([`History::snapshot`]).
    pub async fn snapshot_at(
        &self,
        district: ObjectId,
        number: u64,
    ) -> Result<Arc<Older>, IngestError> {
        Ok(self.history.snapshot(district, number).await?)
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
