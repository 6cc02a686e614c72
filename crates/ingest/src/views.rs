//! View moves: each connection's pointer follows the district's, by its own idempotent step (layout, idea 2), which keeps what
//! its events are told from.

use std::num::NonZeroU64;
use std::sync::Arc;

use homeroom_history::HistoryError;
use homeroom_model::{District, ObjectId};
use homeroom_segment::{Changes, MovedRecords, Snapshot, View};
use homeroom_store::{Conflict, Connection, DistrictRecord, NewEvents, ViewMove, ViewPointer};

use crate::Ingest;
use crate::error::IngestError;

impl Ingest {
    /// Moves the views of every connection of a district to what it has published. Moving one that is there already does
    /// nothing, so this may be repeated after a crash at any point, and done by several at once.
    pub async fn move_views(&self, district: ObjectId) -> Result<(), IngestError> {
        loop {
            // The connections first: what is read of the district after them is no older than what any of them shows.
            let connections = self.store.connections_of_district(district).await?;
            let record = self.record(district).await?;
            let (mut foreseen, mut overtaken) = (Foreseen::default(), false);
            for connection in &connections {
                let moved = self.move_view(&record, connection, &mut foreseen).await?;
                overtaken |= !moved;
            }
            // Whoever was faster may have known less than is published by now.
            if !overtaken {
                return Ok(());
            }
        }
    }

    /// Moves one view; `false` if somebody else moved or revoked it in this moment.
    async fn move_view(
        &self,
        record: &DistrictRecord,
        connection: &Connection,
        foreseen: &mut Foreseen,
    ) -> Result<bool, IngestError> {
        let view = &connection.view;
        if view.snapshot == record.snapshot && view.document == record.document {
            return Ok(true);
        }
        let events = if connection.events {
            Some(self.events_of(record, view, foreseen).await?)
        } else {
            None
        };
        let to = ViewMove {
            snapshot: record.snapshot,
            document: record.document.clone(),
            moved_at: self.surroundings.now(),
            events,
        };
        let district = record.document.id;
        let moved = self
            .store
            .move_view(district, connection.id, view.generation, to);
        match moved.await {
            Ok(_) => Ok(true),
            Err(error) if matches!(error.refusal(), Some(Conflict::Moved | Conflict::Gone)) => {
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What is kept of a move's events: ids for every place, set aside before the view moves.
    async fn events_of(
        &self,
        record: &DistrictRecord,
        from: &ViewPointer,
        foreseen: &mut Foreseen,
    ) -> Result<NewEvents, IngestError> {
        let district = record.document.id;
        let before = from.snapshot;
        let places = match foreseen.places {
            Some((of, whole, places)) if of == before => (whole, places),
            _ => self.places(record, from).await?,
        };
        foreseen.places = Some((before, places.0, places.1));
        let (whole, places) = places;
        let count = NonZeroU64::new(places).unwrap_or(NonZeroU64::MIN);
        let ids = self.reserve(district, count, self.surroundings.now());
        Ok(NewEvents {
            ids: ids.await?,
            layout: MovedRecords::LAYOUT,
            whole,
        })
    }

    /// How many places the events of a move have, and whether any record may differ.
    async fn places(
        &self,
        record: &DistrictRecord,
        pointer: &ViewPointer,
    ) -> Result<(bool, u64), IngestError> {
        let district = record.document.id;
        let (from, to) = (pointer.snapshot, record.snapshot);
        if from == to {
            return Ok((false, MovedRecords::default().places()));
        }
        let changes = self.history.changes(district, from, to).await;
        let changes = match changes {
            Ok(changes) => changes,
            // Nobody pinned what lies between: then every record is looked at.
            Err(HistoryError::NotKept { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let before = self.snapshot_or_none(district, from).await?;
        let after = self.snapshot_or_none(district, to).await?;
        let whole = changes.is_none();
        let documents = (pointer.document.clone(), record.document.clone());
        let counting = move || {
            let before = (&*before, &documents.0);
            moved(before, (&*after, &documents.1), changes.as_deref()).places()
        };
        let places = tokio::task::spawn_blocking(counting).await;
        Ok((whole, places.map_err(|_| IngestError::Interrupted)?))
    }

    async fn snapshot_or_none(
        &self,
        district: ObjectId,
        number: Option<u64>,
    ) -> Result<Arc<Snapshot>, IngestError> {
        match number {
            Some(number) => {
                let older = self.history.snapshot(district, number).await?;
                Ok(Arc::clone(&older.snapshot))
            }
            None => Ok(Arc::new(Snapshot::empty())),
        }
    }
}

/// What was found out for one connection and holds for the next that moves from the same snapshot.
#[derive(Default)]
struct Foreseen {
    /// The snapshot before, whether any record may differ, and how many places there are.
    places: Option<(Option<u64>, bool, u64)>,
}

/// What may differ between two snapshots, each with its document, under what may be seen of them.
fn moved(
    (before, document): (&Snapshot, &District),
    (after, newer): (&Snapshot, &District),
    changes: Option<&[Changes]>,
) -> MovedRecords {
    let (scope_before, mask_before) = homeroom_sharing::everything(before);
    let (scope_after, mask_after) = homeroom_sharing::everything(after);
    let before = View {
        snapshot: before,
        scope: &scope_before,
        mask: &mask_before,
        district: document,
    };
    let after = View {
        snapshot: after,
        scope: &scope_after,
        mask: &mask_after,
        district: newer,
    };
    MovedRecords::between(before, after, changes)
}
