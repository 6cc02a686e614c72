use async_trait::async_trait;
use homeroom_model::ObjectId;
use homeroom_store::{Block, Blocks, Digest, StoreError};
use rusqlite::{Connection, Row, Transaction, params};

use crate::columns::{digest, id, moment};
use crate::fault::{Answer, Fault};
use crate::{SqliteStore, districts, query};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT district, file_set, reason, run, actor, at FROM blocks ",
            $rest
        )
    };
}

#[async_trait]
impl Blocks for SqliteStore {
    async fn block_file_set(&self, new: Block) -> Result<Block, StoreError> {
        new.check()?;
        self.write("blocking a file set", move |tx| {
            districts::required(tx, new.district)?;
            block(tx, &new)?;
            find(tx, new.district, &new.file_set)?.ok_or(Fault::unreadable("a block"))
        })
        .await
    }

    async fn blocked(
        &self,
        district: ObjectId,
        file_set: &Digest,
    ) -> Result<Option<Block>, StoreError> {
        self.read("reading a block", |connection| {
            find(connection, district, file_set)
        })
        .await
    }

    async fn unblock(&self, district: ObjectId, file_set: &Digest) -> Result<bool, StoreError> {
        let file_set = *file_set;
        self.write("unblocking a file set", move |tx| {
            let sql = "DELETE FROM blocks WHERE district = ?1 AND file_set = ?2";
            Ok(query::change(tx, sql, params![district.bytes(), file_set])? > 0)
        })
        .await
    }

    async fn blocks(&self, district: ObjectId) -> Result<Vec<Block>, StoreError> {
        self.read_many("listing blocks", move |connection| {
            let sql = select!("WHERE district = ?1 ORDER BY at, file_set");
            query::all(connection, sql, [district.bytes()], read)
        })
        .await
    }
}

/// Blocks, unless a block stands.
pub(crate) fn block(tx: &Transaction<'_>, block: &Block) -> Answer<()> {
    let sql = "INSERT INTO blocks (district, file_set, reason, run, actor, at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
    let row = params![
        block.district.bytes(),
        block.file_set,
        block.reason,
        block.run.bytes(),
        block.actor,
        block.at.millis(),
    ];
    query::change(tx, sql, row).map(drop)
}

fn find(connection: &Connection, district: ObjectId, file_set: &Digest) -> Answer<Option<Block>> {
    let sql = select!("WHERE district = ?1 AND file_set = ?2");
    query::first(connection, sql, params![district.bytes(), file_set], read)
}

fn read(row: &Row<'_>) -> Answer<Block> {
    Ok(Block {
        district: id(row, 0)?,
        file_set: digest(row, 1)?,
        reason: row.get(2)?,
        run: id(row, 3)?,
        actor: row.get(4)?,
        at: moment(row, 5)?,
    })
}
