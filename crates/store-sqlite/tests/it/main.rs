//! The SQLite adapter against files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod backup;
mod conformance;
mod frozen;
mod histories;
mod opening;
mod sharing;

use std::path::PathBuf;

use homeroom_store_sqlite::SqliteStore;
use rusqlite::Connection;
use tempfile::TempDir;

/// A folder and the path of a control store in it that is not there yet.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("control.sqlite");
    (folder, path)
}

/// An empty store in a folder of its own.
fn empty() -> (TempDir, SqliteStore) {
    let (folder, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    (folder, store)
}

/// One value out of the file, past the adapter.
fn value<T: rusqlite::types::FromSql>(path: &std::path::Path, sql: &str) -> T {
    let connection = Connection::open(path).unwrap();
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}
