//! View moves: each connection's pointer follows the district's, by its own idempotent step (layout, idea 2).

use homeroom_model::ObjectId;
use homeroom_store::{Conflict, Connection, DistrictRecord, ViewMove};

use crate::Ingest;
use crate::error::IngestError;

impl Ingest {
    /// Moves the views of every connection of a district to what it has published. Moving one that is there already does
    /// nothing, so this may be repeated after a crash at any point.
    pub async fn move_views(&self, district: ObjectId) -> Result<(), IngestError> {
        let record = self.record(district).await?;
        for connection in self.store.connections_of_district(district).await? {
            self.move_view(&record, &connection).await?;
        }
        Ok(())
    }

    async fn move_view(
        &self,
        record: &DistrictRecord,
        connection: &Connection,
    ) -> Result<(), IngestError> {
        let view = &connection.view;
        if view.snapshot == record.snapshot && view.document == record.document {
            return Ok(());
        }
        let to = ViewMove {
            snapshot: record.snapshot,
            document: record.document.clone(),
            moved_at: self.surroundings.now(),
        };
        let district = record.document.id;
        match self
            .store
            .move_view(district, connection.id, view.generation, to)
            .await
        {
            Ok(_) => Ok(()),
            // Somebody else moved or revoked it in this moment; whoever did looks at what is published now.
            Err(error) if matches!(error.refusal(), Some(Conflict::Moved | Conflict::Gone)) => {
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}
