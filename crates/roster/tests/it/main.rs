//! The SQLite adapter against files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod conformance;
mod crash;
mod documented;
mod frozen;
mod histories;
mod invariants;
mod opening;

use std::path::{Path, PathBuf};

use homeroom_roster::SqliteRoster;
use homeroom_roster::suite::sample::Subject;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use tempfile::TempDir;

/// A folder and the path of a roster in it that is not there yet.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("roster.sqlite");
    (folder, path)
}

/// An empty roster in a folder of its own, and an application's connection to it.
fn empty() -> (TempDir, Subject) {
    let (folder, path) = place();
    let subject = subject(&path);
    (folder, subject)
}

fn subject(path: &Path) -> Subject {
    let roster = SqliteRoster::open(path).unwrap();
    let app = Connection::open(path).unwrap();
    app.pragma_update(None, "foreign_keys", true).unwrap();
    Subject {
        roster: Box::new(roster),
        sql: Box::new(move |sql| rows(&app, sql)),
    }
}

/// Rows of a statement as texts.
fn rows(app: &Connection, sql: &str) -> Result<Vec<Vec<String>>, String> {
    let run = || -> rusqlite::Result<Vec<Vec<String>>> {
        let mut statement = app.prepare(sql)?;
        let columns = statement.column_count();
        let mut found = statement.query([])?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let row = (0..columns).map(|column| {
                Ok(match row.get_ref(column)? {
                    ValueRef::Null => "NULL".to_owned(),
                    ValueRef::Integer(number) => number.to_string(),
                    ValueRef::Real(number) => number.to_string(),
                    ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                    ValueRef::Blob(bytes) => format!("{bytes:02x?}"),
                })
            });
            rows.push(row.collect::<rusqlite::Result<_>>()?);
        }
        Ok(rows)
    };
    run().map_err(|error| error.to_string())
}
