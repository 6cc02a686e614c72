use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::{Conflict, Digest, ManagementToken, ManagementTokens, StoreError};
use rusqlite::{Row, Transaction, params};

use crate::columns::{digest, id, id_if_any, moment, moment_if_any};
use crate::fault::{Answer, Fault};
use crate::{SqliteStore, districts, query};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, digest, name, district, created, expires, revoked FROM management_tokens ",
            $rest
        )
    };
}

#[async_trait]
impl ManagementTokens for SqliteStore {
    async fn add_management_token(&self, token: ManagementToken) -> Result<(), StoreError> {
        token.check()?;
        self.write("adding a management token", move |tx| add(tx, &token))
            .await
    }

    async fn management_token_by_digest(
        &self,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<Option<ManagementToken>, StoreError> {
        self.read("reading a management token", |connection| {
            let sql = select!("WHERE digest = ?1");
            let found = query::first(connection, sql, [digest], read)?;
            Ok(found.filter(|token| token.is_good(now)))
        })
        .await
    }

    async fn management_tokens(&self) -> Result<Vec<ManagementToken>, StoreError> {
        self.read_many("listing management tokens", |connection| {
            query::all(connection, select!("ORDER BY created, id"), [], read)
        })
        .await
    }

    async fn revoke_management_token(
        &self,
        token: ObjectId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write("revoking a management token", move |tx| {
            let sql = "UPDATE management_tokens SET revoked = ?2 WHERE id = ?1 AND revoked IS NULL";
            Ok(query::change(tx, sql, params![token.bytes(), now.millis()])? > 0)
        })
        .await
    }
}

fn add(tx: &Transaction<'_>, token: &ManagementToken) -> Answer<()> {
    if let Some(district) = token.district {
        districts::required(tx, district)?;
    }
    let revoked = token.revoked.map(Timestamp::millis);
    let sql = "SELECT 1 FROM management_tokens WHERE id = ?1 OR digest = ?2 \
               OR name = ?3 AND revoked IS NULL AND ?4 IS NULL";
    let others = params![token.id.bytes(), token.digest, token.name, revoked];
    if query::any(tx, sql, others)? {
        return Err(Fault::refused(
            Conflict::Exists,
            "there is a management token of this name already; revoke it or take another name",
        ));
    }
    let sql = "INSERT INTO management_tokens (id, digest, name, district, created, expires, revoked) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let row = params![
        token.id.bytes(),
        token.digest,
        token.name,
        token.district.map(|district| *district.bytes()),
        token.created.millis(),
        token.expires.map(Timestamp::millis),
        revoked,
    ];
    query::change(tx, sql, row).map(drop)
}

fn read(row: &Row<'_>) -> Answer<ManagementToken> {
    Ok(ManagementToken {
        id: id(row, 0)?,
        digest: digest(row, 1)?,
        name: row.get(2)?,
        district: id_if_any(row, 3)?,
        created: moment(row, 4)?,
        expires: moment_if_any(row, 5)?,
        revoked: moment_if_any(row, 6)?,
    })
}
