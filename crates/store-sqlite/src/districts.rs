use async_trait::async_trait;
use homeroom_model::{District, ObjectId, Timestamp};
use homeroom_store::{Conflict, DistrictChange, DistrictRecord, Districts, StoreError};
use rusqlite::{Connection, Row, params};

use crate::columns::{document, moment, number, number_if_any, signed, to_json};
use crate::fault::{Answer, Fault};
use crate::{SqliteStore, query};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT document, created, revision, snapshot FROM districts ",
            $rest
        )
    };
}

#[async_trait]
impl Districts for SqliteStore {
    async fn add_district(
        &self,
        document: District,
        created: Timestamp,
    ) -> Result<DistrictRecord, StoreError> {
        let record = DistrictRecord::new(document, created)?;
        self.write("adding a district", move |tx| {
            if find(tx, record.document.id)?.is_some() {
                return Err(Fault::refused(
                    Conflict::Exists,
                    "there is a district with this id already",
                ));
            }
            let sql = "INSERT INTO districts (id, created, revision, snapshot, document) \
                       VALUES (?1, ?2, ?3, NULL, ?4)";
            let row = params![
                record.document.id.bytes(),
                record.created.millis(),
                signed(record.revision),
                to_json(&record.document)?,
            ];
            query::change(tx, sql, row)?;
            Ok(record)
        })
        .await
    }

    async fn district(&self, district: ObjectId) -> Result<Option<DistrictRecord>, StoreError> {
        self.read("reading a district", |connection| {
            find(connection, district)
        })
        .await
    }

    async fn districts(
        &self,
        after: Option<ObjectId>,
        limit: u32,
    ) -> Result<Vec<DistrictRecord>, StoreError> {
        self.read_many("listing districts", move |connection| {
            // Every id is above the empty BLOB.
            let after = after.map_or_else(Vec::new, |after| after.bytes().to_vec());
            let sql = select!("WHERE id > ?1 ORDER BY id LIMIT ?2");
            query::all(connection, sql, params![after, limit], record)
        })
        .await
    }

    async fn change_district(
        &self,
        district: ObjectId,
        change: DistrictChange,
    ) -> Result<Option<DistrictRecord>, StoreError> {
        self.write("changing a district", move |tx| {
            let Some(mut record) = find(tx, district)? else {
                return Ok(None);
            };
            record.change(change)?;
            update(tx, &record)?;
            Ok(Some(record))
        })
        .await
    }
}

/// The district, or the refusal of whatever needs it.
pub(crate) fn required(connection: &Connection, district: ObjectId) -> Answer<DistrictRecord> {
    find(connection, district)?
        .ok_or_else(|| Fault::refused(Conflict::Gone, "there is no such district"))
}

/// Writes document, revision and pointer of a district that is there.
pub(crate) fn update(connection: &Connection, record: &DistrictRecord) -> Answer<()> {
    let sql = "UPDATE districts SET document = ?2, revision = ?3, snapshot = ?4 WHERE id = ?1";
    let row = params![
        record.document.id.bytes(),
        to_json(&record.document)?,
        signed(record.revision),
        record.snapshot.map(signed),
    ];
    query::change(connection, sql, row).map(drop)
}

fn find(connection: &Connection, district: ObjectId) -> Answer<Option<DistrictRecord>> {
    let sql = select!("WHERE id = ?1");
    query::first(connection, sql, [district.bytes()], record)
}

fn record(row: &Row<'_>) -> Answer<DistrictRecord> {
    Ok(DistrictRecord {
        document: document(row, 0)?,
        created: moment(row, 1)?,
        revision: number(row, 2)?,
        snapshot: number_if_any(row, 3)?,
    })
}
