//! A small database in two forms, against files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod check;
mod forms;
mod opening;
mod telling;

use std::path::{Path, PathBuf};
use std::time::Duration;

use homeroom_sqlite::{Database, Settings};
use refinery::Target;
use rusqlite::Connection;
use tempfile::TempDir;

mod embedded {
    refinery::embed_migrations!("tests/migrations");
}

/// The database of these tests.
static NOTES: Database = Database {
    name: "the book of notes",
    application: 0x7465_7374,
    page_size: 8192,
    migrations: embedded::migrations::runner,
};

/// Number of its newest form.
const NEWEST: u32 = 2;

fn settings() -> Settings {
    Settings {
        busy_timeout: Duration::from_secs(30),
        cache: 3,
        statements: 8,
        allow_network_file_system: false,
    }
}

/// A folder and the path of a file in it that is not there yet.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.sqlite");
    (folder, path)
}

/// A database of the newest form in a folder of its own.
fn made() -> (TempDir, PathBuf, Connection) {
    let (folder, path) = place();
    let connection = NOTES.open(&path, &settings()).unwrap();
    (folder, path, connection)
}

/// Makes a file of form 1.
fn make_old(path: &Path) {
    let mut connection = Connection::open(path).unwrap();
    let runner = embedded::migrations::runner().set_target(Target::Version(1));
    runner.run(&mut connection).unwrap();
}

/// One number out of a database.
fn number(connection: &Connection, sql: &str) -> i64 {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}
