use async_trait::async_trait;
use homeroom_model::{IdRange, ObjectId, Timestamp};
use homeroom_store::{EventMove, Events, NewEvents, StoreError, ViewPointer};
use rusqlite::{Row, Transaction, params};

use crate::columns::{document, moment, number, number_if_any, signed, to_json};
use crate::fault::Answer;
use crate::{SqliteStore, query};

#[async_trait]
impl Events for SqliteStore {
    async fn switch_events(
        &self,
        district: ObjectId,
        connection: ObjectId,
        on: bool,
    ) -> Result<bool, StoreError> {
        self.write("switching events", move |tx| {
            let sql = "UPDATE connections SET events = ?3 WHERE district = ?1 AND id = ?2";
            let row = params![district.bytes(), connection.bytes(), on];
            Ok(query::change(tx, sql, row)? > 0)
        })
        .await
    }

    async fn event_moves(
        &self,
        district: ObjectId,
        connection: ObjectId,
    ) -> Result<Vec<EventMove>, StoreError> {
        self.read_many("listing moves with events", move |reader| {
            let sql = "SELECT generation, from_snapshot, to_snapshot, before, after, moved_at, \
                       seconds, fence, count, layout, whole FROM event_moves \
                       WHERE district = ?1 AND connection = ?2 ORDER BY generation";
            query::all(reader, sql, [district.bytes(), connection.bytes()], read)
        })
        .await
    }

    async fn oldest_event_snapshot(&self, district: ObjectId) -> Result<Option<u64>, StoreError> {
        self.read("looking for the oldest event", move |reader| {
            let sql = "SELECT min(min(coalesce(from_snapshot, 0), coalesce(to_snapshot, 0))) \
                       FROM event_moves WHERE district = ?1";
            let oldest =
                query::first(reader, sql, [district.bytes()], |row| number_if_any(row, 0))?;
            Ok(oldest.flatten())
        })
        .await
    }

    async fn forget_events(
        &self,
        district: ObjectId,
        before: Timestamp,
    ) -> Result<u64, StoreError> {
        self.write("forgetting events", move |tx| {
            let sql = "DELETE FROM event_moves AS old WHERE district = ?1 AND moved_at < ?2 AND generation < \
                       (SELECT view_generation FROM connections AS of \
                        WHERE of.district = ?1 AND of.id = old.connection)";
            Ok(query::change(tx, sql, params![district.bytes(), before.millis()])? as u64)
        })
        .await
    }
}

/// Records the events of a move from one pointer to another.
pub(crate) fn record(
    tx: &Transaction<'_>,
    (district, connection): (ObjectId, ObjectId),
    (from, to): (&ViewPointer, &ViewPointer),
    events: &NewEvents,
) -> Answer<()> {
    let sql = "INSERT INTO event_moves (district, connection, generation, from_snapshot, to_snapshot, \
               before, after, moved_at, seconds, fence, count, layout, whole) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    let row = params![
        district.bytes(),
        connection.bytes(),
        signed(to.generation),
        from.snapshot.map(signed),
        to.snapshot.map(signed),
        to_json(&from.document)?,
        to_json(&to.document)?,
        to.moved_at.millis(),
        events.ids.seconds,
        events.ids.fence,
        signed(events.ids.count),
        events.layout,
        events.whole,
    ];
    query::change(tx, sql, row).map(drop)
}

/// Forgets all that a connection's moves made.
pub(crate) fn forget(tx: &Transaction<'_>, district: ObjectId, connection: ObjectId) -> Answer<()> {
    let sql = "DELETE FROM event_moves WHERE district = ?1 AND connection = ?2";
    query::change(tx, sql, [district.bytes(), connection.bytes()]).map(drop)
}

fn read(row: &Row<'_>) -> Answer<EventMove> {
    Ok(EventMove {
        generation: number(row, 0)?,
        from: number_if_any(row, 1)?,
        to: number_if_any(row, 2)?,
        before: document(row, 3)?,
        after: document(row, 4)?,
        moved_at: moment(row, 5)?,
        events: NewEvents {
            ids: IdRange {
                seconds: row.get(6)?,
                fence: row.get(7)?,
                count: number(row, 8)?,
            },
            layout: row.get(9)?,
            whole: row.get(10)?,
        },
    })
}
