use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::{Conflict, Rehearsal, Rehearsals, StoreError, limits};
use rusqlite::{Transaction, params};

use crate::columns::{id, moment};
use crate::fault::{Answer, Fault};
use crate::{SqliteStore, query, runs};

#[async_trait]
impl Rehearsals for SqliteStore {
    async fn set_rehearsal(
        &self,
        district: ObjectId,
        name: &str,
        run: ObjectId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        limits::word("the name of a rehearsal", name)?;
        let name = name.to_owned();
        self.write("setting a rehearsal", move |tx| {
            set(tx, district, &name, run, now)
        })
        .await
    }

    async fn rehearsals(&self, district: ObjectId) -> Result<Vec<Rehearsal>, StoreError> {
        self.read_many("listing rehearsals", move |connection| {
            let sql = "SELECT name, run, set_at FROM rehearsals WHERE district = ?1 ORDER BY name";
            query::all(connection, sql, [district.bytes()], |row| {
                Ok(Rehearsal {
                    name: row.get(0)?,
                    run: id(row, 1)?,
                    set_at: moment(row, 2)?,
                })
            })
        })
        .await
    }

    async fn drop_rehearsal(&self, district: ObjectId, name: &str) -> Result<bool, StoreError> {
        let name = name.to_owned();
        self.write("dropping a rehearsal", move |tx| {
            let sql = "DELETE FROM rehearsals WHERE district = ?1 AND name = ?2";
            Ok(query::change(tx, sql, params![district.bytes(), name])? > 0)
        })
        .await
    }
}

fn set(
    tx: &Transaction<'_>,
    district: ObjectId,
    name: &str,
    run: ObjectId,
    now: Timestamp,
) -> Answer<()> {
    if runs::find(tx, district, run)?.is_none() {
        return Err(Fault::refused(Conflict::Gone, "there is no such run"));
    }
    // The same run again keeps its moment.
    let sql = "INSERT INTO rehearsals (district, name, run, set_at) VALUES (?1, ?2, ?3, ?4) \
               ON CONFLICT DO UPDATE SET run = excluded.run, set_at = excluded.set_at \
               WHERE run <> excluded.run";
    let row = params![district.bytes(), name, run.bytes(), now.millis()];
    query::change(tx, sql, row).map(drop)
}
