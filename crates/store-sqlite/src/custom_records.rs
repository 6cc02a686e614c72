use async_trait::async_trait;
use homeroom_model::{Date, ObjectId};
use homeroom_store::{Conflict, CustomRecord, CustomRecords, StoreError, limits};
use rusqlite::{Row, Transaction, params};

use crate::columns::{date_if_any, id, moment};
use crate::fault::{Answer, Fault};
use crate::{SqliteStore, districts, query};

#[async_trait]
impl CustomRecords for SqliteStore {
    async fn put_custom_record(&self, record: CustomRecord) -> Result<(), StoreError> {
        record.check()?;
        self.write("putting a custom record", move |tx| put(tx, &record))
            .await
    }

    async fn custom_records(&self, district: ObjectId) -> Result<Vec<CustomRecord>, StoreError> {
        self.read_many("listing custom records", move |connection| {
            let sql = "SELECT district, stem, key, cells, expires, created, actor \
                       FROM custom_records WHERE district = ?1 ORDER BY stem, key";
            query::all(connection, sql, [district.bytes()], read)
        })
        .await
    }

    async fn remove_custom_record(
        &self,
        district: ObjectId,
        stem: &str,
        key: &str,
    ) -> Result<bool, StoreError> {
        let (stem, key) = (stem.to_owned(), key.to_owned());
        self.write("removing a custom record", move |tx| {
            let sql = "DELETE FROM custom_records WHERE district = ?1 AND stem = ?2 AND key = ?3";
            Ok(query::change(tx, sql, params![district.bytes(), stem, key])? > 0)
        })
        .await
    }
}

fn put(tx: &Transaction<'_>, record: &CustomRecord) -> Answer<()> {
    districts::required(tx, record.district)?;
    let sql = "SELECT 1 FROM custom_records WHERE district = ?1 AND NOT (stem = ?2 AND key = ?3) \
               LIMIT 1 OFFSET ?4";
    let last = i64::try_from(limits::CUSTOM_RECORDS).unwrap_or(i64::MAX) - 1;
    let others = params![record.district.bytes(), record.stem, record.key, last];
    if query::any(tx, sql, others)? {
        return Err(Fault::refused(
            Conflict::Invalid,
            "the district has as many custom records as there may be; remove some",
        ));
    }
    let sql = "INSERT INTO custom_records (district, stem, key, cells, expires, created, actor) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
               ON CONFLICT DO UPDATE SET cells = excluded.cells, expires = excluded.expires, \
               created = excluded.created, actor = excluded.actor";
    let row = params![
        record.district.bytes(),
        record.stem,
        record.key,
        record.cells,
        record.expires.map(Date::days),
        record.created.millis(),
        record.actor,
    ];
    query::change(tx, sql, row).map(drop)
}

fn read(row: &Row<'_>) -> Answer<CustomRecord> {
    Ok(CustomRecord {
        district: id(row, 0)?,
        stem: row.get(1)?,
        key: row.get(2)?,
        cells: row.get(3)?,
        expires: date_if_any(row, 4)?,
        created: moment(row, 5)?,
        actor: row.get(6)?,
    })
}
