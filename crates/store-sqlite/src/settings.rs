use async_trait::async_trait;
use homeroom_store::{Counts, Settings, StoreError, limits};
use rusqlite::{Connection, params};

use crate::columns::number;
use crate::fault::{Answer, Fault};
use crate::schema::DATABASE;
use crate::{SqliteStore, query};

#[async_trait]
impl Settings for SqliteStore {
    async fn format(&self) -> Result<u32, StoreError> {
        self.read("reading the form", |connection| {
            Ok(DATABASE.form(connection)?)
        })
        .await
    }

    async fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.read("reading a setting", |connection| setting(connection, key))
            .await
    }

    async fn setting_or(&self, key: &str, value: &str) -> Result<String, StoreError> {
        limits::setting(key, value)?;
        let (key, value) = (key.to_owned(), value.to_owned());
        self.write("keeping a setting", move |tx| {
            let sql = "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
            query::change(tx, sql, params![key, value])?;
            setting(tx, &key)?.ok_or(Fault::unreadable("a setting"))
        })
        .await
    }

    async fn set_setting(&self, key: &str, value: &str) -> Result<(), StoreError> {
        limits::setting(key, value)?;
        let (key, value) = (key.to_owned(), value.to_owned());
        self.write("changing a setting", move |tx| {
            let sql = "INSERT INTO settings (key, value) VALUES (?1, ?2) \
                       ON CONFLICT DO UPDATE SET value = excluded.value";
            query::change(tx, sql, params![key, value]).map(drop)
        })
        .await
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        self.read_many("counting", |connection| {
            let sql = "SELECT (SELECT count(*) FROM districts), (SELECT count(*) FROM apps), \
                       (SELECT count(*) FROM connections), (SELECT count(*) FROM snapshots), \
                       (SELECT count(*) FROM runs WHERE state = 'running'), \
                       (SELECT count(*) FROM condemned)";
            let counts = query::first(connection, sql, [], |row| {
                Ok(Counts {
                    districts: number(row, 0)?,
                    apps: number(row, 1)?,
                    connections: number(row, 2)?,
                    snapshots: number(row, 3)?,
                    open_runs: number(row, 4)?,
                    condemned: number(row, 5)?,
                })
            })?;
            Ok(counts.unwrap_or_default())
        })
        .await
    }
}

fn setting(connection: &Connection, key: &str) -> Answer<Option<String>> {
    let sql = "SELECT value FROM settings WHERE key = ?1";
    query::first(connection, sql, [key], |row| Ok(row.get(0)?))
}
