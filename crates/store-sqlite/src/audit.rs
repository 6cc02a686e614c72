use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::{Audit, AuditEntry, Conflict, StoreError};
use rusqlite::{Row, Transaction, params};

use crate::columns::{id, id_if_any, moment};
use crate::fault::{Answer, Fault};
use crate::{SqliteStore, districts, query};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, district, at, actor, action, detail FROM audit ",
            $rest
        )
    };
}

#[async_trait]
impl Audit for SqliteStore {
    async fn add_audit(&self, entry: AuditEntry) -> Result<(), StoreError> {
        entry.check()?;
        self.write("adding to the audit", move |tx| add(tx, &entry))
            .await
    }

    async fn audit(
        &self,
        district: Option<ObjectId>,
        before: Option<(Timestamp, ObjectId)>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        self.read_many("reading the audit", move |connection| {
            // Every id is below thirteen bytes of 255.
            let (at, entry) = before.map_or((i64::MAX, vec![u8::MAX; 13]), |(at, entry)| {
                (at.millis(), entry.bytes().to_vec())
            });
            if let Some(district) = district {
                let sql = select!(
                    "WHERE district = ?1 AND (at, id) < (?2, ?3) \
                     ORDER BY at DESC, id DESC LIMIT ?4"
                );
                let key = params![district.bytes(), at, entry, limit];
                query::all(connection, sql, key, read)
            } else {
                let sql = select!("WHERE (at, id) < (?1, ?2) ORDER BY at DESC, id DESC LIMIT ?3");
                query::all(connection, sql, params![at, entry, limit], read)
            }
        })
        .await
    }
}

/// Adds an entry, or refuses it.
pub(crate) fn add(tx: &Transaction<'_>, entry: &AuditEntry) -> Answer<()> {
    if let Some(district) = entry.district {
        districts::required(tx, district)?;
    }
    let kept = query::first(tx, select!("WHERE id = ?1"), [entry.id.bytes()], read)?;
    match kept {
        Some(kept) if kept == *entry => return Ok(()),
        Some(_) => {
            return Err(Fault::refused(
                Conflict::Exists,
                "the id is another entry's",
            ));
        }
        None => {}
    }
    let sql = "INSERT INTO audit (id, district, at, actor, action, detail) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let row = params![
        entry.id.bytes(),
        entry.district.map(|district| *district.bytes()),
        entry.at.millis(),
        entry.actor,
        entry.action,
        entry.detail,
    ];
    query::change(tx, sql, row).map(drop)
}

fn read(row: &Row<'_>) -> Answer<AuditEntry> {
    Ok(AuditEntry {
        id: id(row, 0)?,
        district: id_if_any(row, 1)?,
        at: moment(row, 2)?,
        actor: row.get(3)?,
        action: row.get(4)?,
        detail: row.get(5)?,
    })
}
