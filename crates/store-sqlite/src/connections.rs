use async_trait::async_trait;
use homeroom_model::ObjectId;
use homeroom_store::{
    Conflict, Connection, Connections, Digest, NewConnection, StoreError, ViewMove, ViewPointer,
};
use rusqlite::{Row, Transaction, params};

use crate::columns::{digest, document, id, list, moment, number, number_if_any, signed, to_json};
use crate::fault::{Answer, Fault};
use crate::{SqliteStore, districts, events, query, snapshots};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, app, district, token, sealed, scopes, created, \
             view_generation, view_snapshot, view_moved_at, view_document, events FROM connections ",
            $rest
        )
    };
}

#[async_trait]
impl Connections for SqliteStore {
    async fn connect(&self, connection: NewConnection) -> Result<Connection, StoreError> {
        connection.check()?;
        self.write("connecting", move |tx| connect(tx, connection))
            .await
    }

    async fn connection(
        &self,
        district: ObjectId,
        connection: ObjectId,
    ) -> Result<Option<Connection>, StoreError> {
        self.read("reading a connection", |reader| {
            find(reader, district, connection)
        })
        .await
    }

    async fn connection_by_token(&self, token: &Digest) -> Result<Option<Connection>, StoreError> {
        self.read("looking up a token", |reader| {
            query::first(reader, select!("WHERE token = ?1"), [token], read)
        })
        .await
    }

    async fn connections_of_app(&self, app: ObjectId) -> Result<Vec<Connection>, StoreError> {
        self.read_many("listing connections", move |reader| {
            let sql = select!("WHERE app = ?1 ORDER BY district");
            query::all(reader, sql, [app.bytes()], read)
        })
        .await
    }

    async fn connections_of_district(
        &self,
        district: ObjectId,
    ) -> Result<Vec<Connection>, StoreError> {
        self.read_many("listing connections", move |reader| {
            let sql = select!("WHERE district = ?1 ORDER BY app");
            query::all(reader, sql, [district.bytes()], read)
        })
        .await
    }

    async fn move_view(
        &self,
        district: ObjectId,
        connection: ObjectId,
        expected_generation: u64,
        to: ViewMove,
    ) -> Result<ViewPointer, StoreError> {
        to.check(district, expected_generation)?;
        self.write("moving a view", move |tx| {
            move_view(tx, district, connection, expected_generation, to)
        })
        .await
    }

    async fn revoke(&self, district: ObjectId, connection: ObjectId) -> Result<bool, StoreError> {
        self.write("revoking a connection", move |tx| {
            events::forget(tx, district, connection)?;
            let sql = "DELETE FROM connections WHERE district = ?1 AND id = ?2";
            let key = [district.bytes(), connection.bytes()];
            Ok(query::change(tx, sql, key)? > 0)
        })
        .await
    }
}

fn connect(tx: &Transaction<'_>, new: NewConnection) -> Answer<Connection> {
    let document = districts::required(tx, new.district)?.document;
    if !query::any(tx, "SELECT 1 FROM apps WHERE id = ?1", [new.app.bytes()])? {
        return Err(Fault::refused(Conflict::Gone, "there is no such app"));
    }
    let sql = "SELECT 1 FROM connections \
               WHERE token = ?4 OR district = ?1 AND id = ?2 OR district = ?1 AND app = ?3";
    let key = params![
        new.district.bytes(),
        new.id.bytes(),
        new.app.bytes(),
        new.token
    ];
    if query::any(tx, sql, key)? {
        return Err(Fault::refused(
            Conflict::Exists,
            "the app is connected with this district already",
        ));
    }
    let connection = new.begin(document);
    let sql = "INSERT INTO connections (id, app, district, token, sealed, scopes, created, \
               view_generation, view_snapshot, view_moved_at, view_document) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    let row = params![
        connection.id.bytes(),
        connection.app.bytes(),
        connection.district.bytes(),
        connection.token,
        connection.sealed,
        to_json(&connection.scopes)?,
        connection.created.millis(),
        signed(connection.view.generation),
        connection.view.snapshot.map(signed),
        connection.view.moved_at.millis(),
        to_json(&connection.view.document)?,
    ];
    query::change(tx, sql, row)?;
    Ok(connection)
}

fn move_view(
    tx: &Transaction<'_>,
    district: ObjectId,
    connection: ObjectId,
    expected_generation: u64,
    to: ViewMove,
) -> Answer<ViewPointer> {
    let Some(kept) = find(tx, district, connection)? else {
        return Err(Fault::refused(
            Conflict::Gone,
            "there is no such connection; it may have been revoked",
        ));
    };
    if to.led_to(&kept.view, expected_generation) {
        return Ok(kept.view);
    }
    if kept.view.generation != expected_generation {
        return Err(Fault::refused(
            Conflict::Moved,
            "the view has moved meanwhile; read it again",
        ));
    }
    if let Some(number) = to.snapshot
        && !snapshots::is_kept(tx, district, number)?
    {
        return Err(Fault::refused(
            Conflict::Gone,
            "the snapshot is not kept any more",
        ));
    }
    let new_events = to.events.clone();
    let view = to.pointer(expected_generation);
    let sql = "UPDATE connections SET view_generation = ?3, view_snapshot = ?4, \
               view_moved_at = ?5, view_document = ?6 WHERE district = ?1 AND id = ?2";
    let row = params![
        district.bytes(),
        connection.bytes(),
        signed(view.generation),
        view.snapshot.map(signed),
        view.moved_at.millis(),
        to_json(&view.document)?,
    ];
    query::change(tx, sql, row)?;
    if let Some(new) = new_events {
        events::record(tx, (district, connection), (&kept.view, &view), &new)?;
    }
    Ok(view)
}

fn find(
    reader: &rusqlite::Connection,
    district: ObjectId,
    connection: ObjectId,
) -> Answer<Option<Connection>> {
    let sql = select!("WHERE district = ?1 AND id = ?2");
    query::first(reader, sql, [district.bytes(), connection.bytes()], read)
}

fn read(row: &Row<'_>) -> Answer<Connection> {
    Ok(Connection {
        id: id(row, 0)?,
        app: id(row, 1)?,
        district: id(row, 2)?,
        token: digest(row, 3)?,
        sealed: row.get(4)?,
        scopes: list(row, 5)?,
        created: moment(row, 6)?,
        events: row.get(11)?,
        view: ViewPointer {
            generation: number(row, 7)?,
            snapshot: number_if_any(row, 8)?,
            moved_at: moment(row, 9)?,
            document: document(row, 10)?,
        },
    })
}
