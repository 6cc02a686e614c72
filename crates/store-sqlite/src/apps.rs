use async_trait::async_trait;
use homeroom_model::ObjectId;
use homeroom_store::{App, Apps, Conflict, StoreError};
use rusqlite::{Row, params};

use crate::columns::{digest, id, moment};
use crate::fault::{Answer, Fault};
use crate::{SqliteStore, query};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, client_id, secret, created FROM apps ",
            $rest
        )
    };
}

#[async_trait]
impl Apps for SqliteStore {
    async fn add_app(&self, app: App) -> Result<(), StoreError> {
        app.check()?;
        self.write("adding an app", move |tx| {
            let sql = "SELECT 1 FROM apps WHERE id = ?1 OR client_id = ?2";
            if query::any(tx, sql, params![app.id.bytes(), app.client_id])? {
                return Err(Fault::refused(
                    Conflict::Exists,
                    "there is an app with this id or client id already",
                ));
            }
            let sql = "INSERT INTO apps (id, name, client_id, secret, created) \
                       VALUES (?1, ?2, ?3, ?4, ?5)";
            let row = params![
                app.id.bytes(),
                app.name,
                app.client_id,
                app.secret,
                app.created.millis(),
            ];
            query::change(tx, sql, row).map(drop)
        })
        .await
    }

    async fn app(&self, app: ObjectId) -> Result<Option<App>, StoreError> {
        self.read("reading an app", |connection| {
            query::first(connection, select!("WHERE id = ?1"), [app.bytes()], read)
        })
        .await
    }

    async fn app_by_client(&self, client_id: &str) -> Result<Option<App>, StoreError> {
        self.read("reading an app", |connection| {
            let sql = select!("WHERE client_id = ?1");
            query::first(connection, sql, [client_id], read)
        })
        .await
    }

    async fn apps(&self) -> Result<Vec<App>, StoreError> {
        self.read_many("listing apps", |connection| {
            query::all(connection, select!("ORDER BY id"), [], read)
        })
        .await
    }

    async fn remove_app(&self, app: ObjectId) -> Result<bool, StoreError> {
        self.write("removing an app", move |tx| {
            let sql = "SELECT 1 FROM connections WHERE app = ?1";
            if query::any(tx, sql, [app.bytes()])? {
                return Err(Fault::refused(
                    Conflict::InUse,
                    "a district is connected with this app; revoke the connection first",
                ));
            }
            let sql = "SELECT 1 FROM goals_feeds WHERE app = ?1";
            if query::any(tx, sql, [app.bytes()])? {
                return Err(Fault::refused(
                    Conflict::InUse,
                    "a district keeps what this app reported; forget that feed first",
                ));
            }
            let removed = query::change(tx, "DELETE FROM apps WHERE id = ?1", [app.bytes()])?;
            Ok(removed > 0)
        })
        .await
    }
}

fn read(row: &Row<'_>) -> Answer<App> {
    Ok(App {
        id: id(row, 0)?,
        name: row.get(1)?,
        client_id: row.get(2)?,
        secret: digest(row, 3)?,
        created: moment(row, 4)?,
    })
}
