use async_trait::async_trait;
use homeroom_model::Timestamp;
use homeroom_store::{Condemned, Conflict, Digest, Objects, StoreError, sorted_digests};
use rusqlite::{Transaction, params};

use crate::columns::{digest, moment};
use crate::fault::{Answer, Fault};
use crate::{SqliteStore, query};

#[async_trait]
impl Objects for SqliteStore {
    async fn named_objects(
        &self,
        after: Option<Digest>,
        limit: u32,
    ) -> Result<Vec<Digest>, StoreError> {
        self.read_many("listing named objects", move |connection| {
            let sql = "SELECT object FROM snapshot_objects WHERE object > ?1 \
                       UNION SELECT object FROM artifacts WHERE object > ?1 \
                       ORDER BY object LIMIT ?2";
            let key = params![beginning(after), limit];
            query::all(connection, sql, key, |row| digest(row, 0))
        })
        .await
    }

    async fn condemn(&self, objects: &[Digest], now: Timestamp) -> Result<Vec<Digest>, StoreError> {
        let objects = sorted_digests(objects);
        self.write("condemning objects", move |tx| condemn(tx, objects, now))
            .await
    }

    async fn pardon(&self, objects: &[Digest]) -> Result<(), StoreError> {
        let objects = objects.to_vec();
        self.write("pardoning objects", move |tx| pardon(tx, &objects))
            .await
    }

    async fn condemned(
        &self,
        after: Option<Digest>,
        limit: u32,
    ) -> Result<Vec<Condemned>, StoreError> {
        self.read_many("listing condemned objects", move |connection| {
            let sql = "SELECT object, condemned_at, seized FROM condemned WHERE object > ?1 \
                       ORDER BY object LIMIT ?2";
            query::all(connection, sql, params![beginning(after), limit], |row| {
                Ok(Condemned {
                    object: digest(row, 0)?,
                    condemned_at: moment(row, 1)?,
                    seized: row.get(2)?,
                })
            })
        })
        .await
    }

    async fn seize(&self, before: Timestamp, limit: u32) -> Result<Vec<Digest>, StoreError> {
        self.write("seizing objects", move |tx| seize(tx, before, limit))
            .await
    }

    async fn forget_condemned(&self, objects: &[Digest]) -> Result<u64, StoreError> {
        let objects = objects.to_vec();
        self.write("forgetting objects", move |tx| {
            let sql = "DELETE FROM condemned WHERE object = ?1 AND seized = 1";
            let forgotten = objects
                .iter()
                .map(|object| query::change(tx, sql, [object]));
            let forgotten: usize = forgotten.sum::<Answer<_>>()?;
            Ok(forgotten as u64)
        })
        .await
    }
}

/// Where a list begins. Every digest is above the empty BLOB.
fn beginning(after: Option<Digest>) -> Vec<u8> {
    after.map_or_else(Vec::new, Vec::from)
}

fn condemn(tx: &Transaction<'_>, objects: Vec<Digest>, now: Timestamp) -> Answer<Vec<Digest>> {
    let mut condemned = Vec::new();
    for object in objects {
        let sql = "SELECT 1 FROM snapshot_objects WHERE object = ?1 \
                   UNION ALL SELECT 1 FROM artifacts WHERE object = ?1";
        if query::any(tx, sql, [object])? {
            continue;
        }
        let sql = "INSERT INTO condemned (object, condemned_at, seized) VALUES (?1, ?2, 0) \
                   ON CONFLICT DO NOTHING";
        query::change(tx, sql, params![object, now.millis()])?;
        condemned.push(object);
    }
    Ok(condemned)
}

fn pardon(tx: &Transaction<'_>, objects: &[Digest]) -> Answer<()> {
    for object in objects {
        let sql = "SELECT 1 FROM condemned WHERE object = ?1 AND seized = 1";
        if query::any(tx, sql, [object])? {
            return Err(Fault::refused(
                Conflict::Condemned,
                "an object is being deleted; try again when the collection is done",
            ));
        }
        query::change(tx, "DELETE FROM condemned WHERE object = ?1", [object])?;
    }
    Ok(())
}

fn seize(tx: &Transaction<'_>, before: Timestamp, limit: u32) -> Answer<Vec<Digest>> {
    let sql = "SELECT object FROM condemned WHERE seized = 1 OR condemned_at < ?1 \
               ORDER BY object LIMIT ?2";
    let due = query::all(tx, sql, params![before.millis(), limit], |row| {
        digest(row, 0)
    })?;
    for object in &due {
        query::change(
            tx,
            "UPDATE condemned SET seized = 1 WHERE object = ?1",
            [object],
        )?;
    }
    Ok(due)
}
