//! Settings of the connections, privacy, what is refused.

use std::fs;
use std::path::Path;

use homeroom_sqlite::{Database, Kind};
use rusqlite::Connection;
use rusqlite::types::Value;

use crate::{NOTES, made, place, settings};

/// The file is refused and left alone.
pub(crate) fn refused(path: &Path, kind: Kind, words: &str) {
    let before = fs::read(path).unwrap();
    let fault = NOTES.open(path, &settings()).unwrap_err();
    let told = NOTES.tell(fault, "opening");
    assert_eq!(told.kind, kind, "{told:?}");
    assert!(told.message.contains(words), "{}", told.message);
    assert!(
        told.message.contains("the book of notes"),
        "{}",
        told.message
    );
    assert_eq!(fs::read(path).unwrap(), before);
}

fn setting(connection: &Connection, name: &str) -> Value {
    let read = |row: &rusqlite::Row<'_>| row.get(0);
    connection.pragma_query_value(None, name, read).unwrap()
}

#[test]
fn every_commit_is_forced_to_disk() {
    let (_folder, _path, writer) = made();
    for (name, value) in [
        ("journal_mode", Value::from("wal".to_owned())),
        ("synchronous", Value::from(2)),
        ("fullfsync", Value::from(1)),
        ("foreign_keys", Value::from(1)),
        ("secure_delete", Value::from(1)),
        ("busy_timeout", Value::from(30_000)),
        ("cache_size", Value::from(-3 * 1024)),
        ("page_size", Value::from(8192)),
    ] {
        assert_eq!(setting(&writer, name), value, "{name}");
    }
}

/// Whoever made it chose the size of its pages; nothing is rewritten because a newer program would choose another.
#[test]
fn a_file_keeps_the_size_of_its_pages() {
    let (_folder, path) = place();
    let earlier = Database {
        page_size: 1024,
        ..NOTES
    };
    drop(earlier.open(&path, &settings()).unwrap());
    let writer = NOTES.open(&path, &settings()).unwrap();
    assert_eq!(setting(&writer, "page_size"), Value::from(1024));
}

/// Migrations may edit the text of the schema, nobody afterwards.
#[test]
fn nobody_can_damage_the_schema() {
    let (_folder, _path, writer) = made();
    writer.pragma_update(None, "writable_schema", true).unwrap();
    assert!(writer.execute("DELETE FROM sqlite_schema", []).is_err());
}

#[test]
fn a_reader_cannot_write() {
    let (_folder, path, writer) = made();
    let reader = NOTES.open_reader(&path, &settings()).unwrap();
    assert!(reader.execute("DELETE FROM star", []).is_err());
    // And does not wait for somebody who does.
    writer
        .execute_batch("BEGIN IMMEDIATE; DELETE FROM star")
        .unwrap();
    assert_eq!(crate::number(&reader, "SELECT count(*) FROM star"), 1);
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, _path, writer) = made();
    writer.execute("DELETE FROM star", []).unwrap();
    let modes: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().permissions().mode() & 0o777)
        .collect();
    assert_eq!(modes, [0o600; 3], "the file, its log and its index");
}

/// Whoever gave the file to a group finds it so again.
#[cfg(unix)]
#[test]
fn the_owner_of_a_file_may_share_it() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path, writer) = made();
    drop(writer);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    NOTES.open(&path, &settings()).unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

#[test]
fn another_database_is_refused() {
    let (_folder, path) = place();
    let connection = Connection::open(&path).unwrap();
    connection.execute("CREATE TABLE notes (text)", []).unwrap();
    drop(connection);
    refused(&path, Kind::Corrupt, "another SQLite database");
}

#[test]
fn a_database_of_another_program_is_refused_even_if_it_is_empty() {
    let (_folder, path) = place();
    let connection = Connection::open(&path).unwrap();
    connection.pragma_update(None, "application_id", 7).unwrap();
    drop(connection);
    refused(&path, Kind::Corrupt, "another SQLite database");
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let (_folder, path) = place();
    fs::write(&path, "Student_id,Last_name\n".repeat(100)).unwrap();
    refused(&path, Kind::Corrupt, "damaged");
}

#[test]
fn a_missing_folder_is_said_to_be_the_cause() {
    let (folder, _) = place();
    let path = folder.path().join("not there").join("notes.sqlite");
    let fault = NOTES.open(&path, &settings()).unwrap_err();
    assert_eq!(fault.kind(), Kind::Unavailable);
    let told = NOTES.tell(fault, "opening");
    assert!(
        told.message.contains("check that its folder is there"),
        "{}",
        told.message
    );
}
