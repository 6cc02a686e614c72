//! What of a failure is told: its kind, a sentence, and no value out of the database.

use std::time::Duration;

use homeroom_sqlite::{Fault, Kind, Settings};
use rusqlite::Connection;

use crate::{NOTES, made, settings};

fn failing(connection: &Connection, sql: &str) -> Fault {
    connection.execute(sql, []).unwrap_err().into()
}

#[test]
fn constraints_have_kinds() {
    let (_folder, _path, connection) = made();
    for (sql, kind, words) in [
        (
            "INSERT INTO author VALUES (1, 'Secret')",
            Kind::Exists,
            "there already",
        ),
        (
            "INSERT INTO author VALUES (2, 'Ada')",
            Kind::Exists,
            "there already",
        ),
        (
            "INSERT INTO note VALUES (2, 7, 'Secret')",
            Kind::Gone,
            "is gone",
        ),
        ("DELETE FROM author", Kind::Gone, "is gone"),
        (
            "INSERT INTO note VALUES (2, 1, '')",
            Kind::Invalid,
            "does not fit",
        ),
        (
            "INSERT INTO note VALUES (2, 'Secret', 'x')",
            Kind::Invalid,
            "does not fit",
        ),
    ] {
        let fault = failing(&connection, sql);
        assert_eq!(fault.kind(), kind, "{sql}");
        assert!(!format!("{fault:?}").contains("Secret"), "{fault:?}");
        let told = NOTES.tell(fault, "writing");
        assert_eq!(told.kind, kind);
        assert!(told.message.starts_with("writing: "), "{}", told.message);
        assert!(told.message.contains(words), "{}", told.message);
        assert!(told.cause.is_some());
    }
}

#[test]
fn a_value_of_another_type_is_damage_and_not_quoted() {
    let (_folder, _path, connection) = made();
    let read = connection.query_row("SELECT 'Secret' AS name", [], |row| row.get::<_, i64>(0));
    let told = NOTES.tell(read.unwrap_err().into(), "reading");
    assert_eq!(told.kind, Kind::Corrupt);
    assert!(
        told.message.contains("restore the newest backup"),
        "{}",
        told.message
    );
    assert!(
        format!("{told:?}").contains("column name holds Text"),
        "{told:?}"
    );
    assert!(!format!("{told:?}").contains("Secret"), "{told:?}");
    let told = NOTES.tell(Fault::Unreadable("a date"), "reading");
    assert_eq!(told.kind, Kind::Corrupt);
    let words = "reading: a date in the book of notes is unreadable";
    assert!(told.message.starts_with(words), "{}", told.message);
}

#[test]
fn a_lock_that_does_not_end_is_named() {
    let (_folder, path, connection) = made();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    let impatient = Settings {
        busy_timeout: Duration::from_millis(1),
        ..settings()
    };
    let other = NOTES.open(&path, &impatient).unwrap();
    let told = NOTES.tell(failing(&other, "DELETE FROM star"), "writing");
    assert_eq!(told.kind, Kind::Unavailable);
    assert!(
        told.message.contains("another program is writing"),
        "{}",
        told.message
    );
    connection.execute_batch("ROLLBACK").unwrap();
    other.execute("DELETE FROM star", []).unwrap();
}

#[test]
fn a_full_disk_is_named() {
    let (_folder, _path, connection) = made();
    connection.pragma_update(None, "max_page_count", 1).unwrap(); // Never below what is there.
    let long = "INSERT INTO note VALUES (2, 1, printf('%.*c', 60000, 'x'))";
    let told = NOTES.tell(failing(&connection, long), "writing");
    assert_eq!(told.kind, Kind::Unavailable);
    assert!(told.message.contains("disk is full"), "{}", told.message);
}
