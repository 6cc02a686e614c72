use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::{
    DistrictRecord, NewManifest, Pin, Publish, Snapshot, SnapshotEntry, Snapshots, StoreError,
    limits,
};
use rusqlite::{Connection, Row, Transaction, params};

mod publish;
mod retention;

pub(crate) use self::publish::check_not_condemned;
use crate::columns::{digest, id, moment, number, signed};
use crate::fault::Answer;
use crate::{SqliteStore, query};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT district, number, manifest, file_set, run, published_at FROM snapshots ",
            $rest
        )
    };
}

#[async_trait]
impl Snapshots for SqliteStore {
    async fn publish(&self, publish: Publish) -> Result<DistrictRecord, StoreError> {
        publish.check()?;
        self.write("publishing", move |tx| publish::publish(tx, publish))
            .await
    }

    async fn current(&self, district: ObjectId) -> Result<Option<Snapshot>, StoreError> {
        self.read("reading the newest snapshot", |connection| {
            let sql = select!(
                "WHERE district = ?1 AND number = (SELECT snapshot FROM districts WHERE id = ?1)"
            );
            let tx = at_once(connection)?;
            one(&tx, sql, params![district.bytes()])
        })
        .await
    }

    async fn snapshot(
        &self,
        district: ObjectId,
        number: u64,
    ) -> Result<Option<Snapshot>, StoreError> {
        self.read("reading a snapshot", |connection| {
            let tx = at_once(connection)?;
            find(&tx, district, number)
        })
        .await
    }

    async fn snapshots(&self, district: ObjectId) -> Result<Vec<SnapshotEntry>, StoreError> {
        self.read_many("listing snapshots", move |connection| {
            let sql = "SELECT number, file_set, run, published_at FROM snapshots \
                       WHERE district = ?1 ORDER BY number DESC";
            query::all(connection, sql, [district.bytes()], |row| {
                Ok(SnapshotEntry {
                    number: number(row, 0)?,
                    file_set: digest(row, 1)?,
                    run: id(row, 2)?,
                    published_at: moment(row, 3)?,
                })
            })
        })
        .await
    }

    async fn manifests(
        &self,
        after: Option<(ObjectId, u64)>,
        limit: u32,
    ) -> Result<Vec<Snapshot>, StoreError> {
        self.read_many("listing manifests", move |connection| {
            let tx = at_once(connection)?;
            // Every id is above the empty BLOB.
            let (district, number) = after.map_or((Vec::new(), 0), |(district, number)| {
                (district.bytes().to_vec(), signed(number))
            });
            let sql =
                select!("WHERE (district, number) > (?1, ?2) ORDER BY district, number LIMIT ?3");
            let mut snapshots = query::all(&tx, sql, params![district, number, limit], read)?;
            for snapshot in &mut snapshots {
                name_objects(&tx, snapshot)?;
            }
            Ok(snapshots)
        })
        .await
    }

    async fn replace_manifest(&self, manifest: NewManifest) -> Result<(), StoreError> {
        manifest.check()?;
        self.write("replacing a manifest", move |tx| {
            retention::replace_manifest(tx, &manifest)
        })
        .await
    }

    async fn forget_snapshot(&self, district: ObjectId, number: u64) -> Result<bool, StoreError> {
        self.write("forgetting a snapshot", move |tx| {
            retention::forget(tx, district, number)
        })
        .await
    }

    async fn pin(
        &self,
        district: ObjectId,
        number: u64,
        name: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        limits::text("the name of a pin", name)?;
        let name = name.to_owned();
        self.write("pinning a snapshot", move |tx| {
            retention::pin(tx, district, number, &name, now)
        })
        .await
    }

    async fn unpin(&self, district: ObjectId, number: u64, name: &str) -> Result<bool, StoreError> {
        let name = name.to_owned();
        self.write("unpinning a snapshot", move |tx| {
            let sql = "DELETE FROM pins WHERE district = ?1 AND number = ?2 AND name = ?3";
            let key = params![district.bytes(), signed(number), name];
            Ok(query::change(tx, sql, key)? > 0)
        })
        .await
    }

    async fn pins(&self, district: ObjectId) -> Result<Vec<Pin>, StoreError> {
        self.read_many("listing pins", move |connection| {
            let sql = "SELECT number, name, pinned_at FROM pins WHERE district = ?1 \
                       ORDER BY number, name";
            query::all(connection, sql, [district.bytes()], |row| {
                Ok(Pin {
                    number: number(row, 0)?,
                    name: row.get(1)?,
                    pinned_at: moment(row, 2)?,
                })
            })
        })
        .await
    }
}

/// Whether a snapshot is kept.
pub(crate) fn is_kept(connection: &Connection, district: ObjectId, number: u64) -> Answer<bool> {
    let sql = "SELECT 1 FROM snapshots WHERE district = ?1 AND number = ?2";
    query::any(connection, sql, params![district.bytes(), signed(number)])
}

/// A read transaction, so that the objects are those of the manifest.
fn at_once(connection: &Connection) -> Answer<Transaction<'_>> {
    Ok(connection.unchecked_transaction()?)
}

fn find(connection: &Connection, district: ObjectId, number: u64) -> Answer<Option<Snapshot>> {
    let sql = select!("WHERE district = ?1 AND number = ?2");
    one(connection, sql, params![district.bytes(), signed(number)])
}

fn one(
    connection: &Connection,
    sql: &str,
    key: &[&dyn rusqlite::ToSql],
) -> Answer<Option<Snapshot>> {
    let mut snapshot = query::first(connection, sql, key, read)?;
    if let Some(snapshot) = &mut snapshot {
        name_objects(connection, snapshot)?;
    }
    Ok(snapshot)
}

fn name_objects(connection: &Connection, snapshot: &mut Snapshot) -> Answer<()> {
    let sql = "SELECT object FROM snapshot_objects WHERE district = ?1 AND number = ?2 \
               ORDER BY object";
    let key = params![snapshot.district.bytes(), signed(snapshot.number)];
    snapshot.objects = query::all(connection, sql, key, |row| digest(row, 0))?;
    Ok(())
}

fn read(row: &Row<'_>) -> Answer<Snapshot> {
    Ok(Snapshot {
        district: id(row, 0)?,
        number: number(row, 1)?,
        manifest: row.get(2)?,
        objects: Vec::new(),
        file_set: digest(row, 3)?,
        run: id(row, 4)?,
        published_at: moment(row, 5)?,
    })
}
