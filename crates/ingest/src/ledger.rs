//! The ledger of ids that follows a publish.

use homeroom_history::Published;
use homeroom_segment::Ledger;

use crate::Ingest;
use crate::error::IngestError;

impl Ingest {
    /// The ledger of what is published; an empty one before the first publish.
    pub(crate) async fn ledger(&self, published: &Published) -> Result<Ledger, IngestError> {
        match &published.manifest {
            Some(manifest) => Ok(self.history.ledger(manifest).await?),
            None => Ok(Ledger::default()),
        }
    }
}
