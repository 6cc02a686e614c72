//! The ledger of ids that follows a publish.

use std::collections::HashMap;

use homeroom_history::Published;
use homeroom_segment::{Ledger, SegmentError};

use crate::Ingest;
use crate::error::IngestError;

impl Ingest {
    /// The ledger of what is published; an empty one before the first publish.
    pub(crate) async fn ledger(&self, published: &Published) -> Result<Ledger, IngestError> {
        let Some(manifest) = &published.manifest else {
            return Ok(Ledger::default());
        };
        let mut parts = HashMap::new();
        for name in manifest.parts.keys().filter(|name| Ledger::is_part(name)) {
            parts.insert(name.as_str(), self.history.part(manifest, name).await?);
        }
        let ledger = Ledger::open(manifest, |name, _| {
            parts
                .get(name)
                .cloned()
                .ok_or_else(|| SegmentError::Missing {
                    what: name.to_owned(),
                    why: "it is not there".to_owned(),
                })
        });
        Ok(ledger?)
    }
}
