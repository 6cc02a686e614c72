//! Which form a file has, and bringing it to the newest.

use std::sync::Barrier;

use homeroom_sqlite::Kind;
use rusqlite::Connection;

use crate::opening::refused;
use crate::{NEWEST, NOTES, made, make_old, number, place, settings};

#[test]
fn a_new_file_has_the_newest_form() {
    let (_folder, _path, connection) = made();
    assert_eq!(NOTES.form(&connection).unwrap(), NEWEST);
}

#[test]
fn an_old_file_keeps_what_is_in_it() {
    let (_folder, path) = place();
    make_old(&path);
    let connection = Connection::open(&path).unwrap();
    assert_eq!(NOTES.form(&connection).unwrap(), 1);
    drop(connection);
    let connection = NOTES.open(&path, &settings()).unwrap();
    assert_eq!(NOTES.form(&connection).unwrap(), NEWEST);
    assert_eq!(number(&connection, "SELECT note FROM star"), 1);
}

/// Of several that open a file at once SQLite sends some away without waiting, in two places: where the file is switched to the
/// write-ahead log, and where a transaction that began by reading wants to write.
#[test]
fn several_open_it_at_once() {
    for old in [false, true].repeat(8) {
        let (_folder, path) = place();
        if old {
            make_old(&path);
        }
        let together = Barrier::new(8);
        let open = || {
            together.wait();
            NOTES.open(&path, &settings()).unwrap()
        };
        std::thread::scope(|scope| {
            let openers: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
            for opener in openers {
                let connection = opener.join().unwrap();
                assert_eq!(NOTES.form(&connection).unwrap(), NEWEST);
            }
        });
    }
}

#[test]
fn a_migration_cut_short_is_finished() {
    let (_folder, path) = place();
    // The library makes its own table first, in a transaction of its own.
    let connection = Connection::open(&path).unwrap();
    let sql = "CREATE TABLE refinery_schema_history( version int4 PRIMARY KEY, \
               name VARCHAR(255), applied_on VARCHAR(255), checksum VARCHAR(255))";
    connection.execute(sql, []).unwrap();
    assert_eq!(NOTES.form(&connection).unwrap(), 0);
    drop(connection);
    let connection = NOTES.open(&path, &settings()).unwrap();
    assert_eq!(NOTES.form(&connection).unwrap(), NEWEST);
}

#[test]
fn a_file_that_cannot_be_migrated_stays_as_it_was() {
    let (_folder, path) = place();
    make_old(&path);
    // A table that the migration is about to make, so that it fails.
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("CREATE TABLE star (a)").unwrap();
    let fault = NOTES.open(&path, &settings()).unwrap_err();
    let told = NOTES.tell(fault, "opening");
    assert_eq!(told.kind, Kind::Unavailable);
    assert!(told.cause.is_some());
    assert_eq!(NOTES.form(&connection).unwrap(), 1);
    connection.execute_batch("DROP TABLE star").unwrap();
    let connection = NOTES.open(&path, &settings()).unwrap();
    assert_eq!(NOTES.form(&connection).unwrap(), NEWEST);
}

#[test]
fn a_newer_file_is_refused() {
    let (_folder, path, connection) = made();
    let sql = "INSERT INTO refinery_schema_history \
               VALUES (99, 'later', '2030-01-01T00:00:00.123456789Z', '1')";
    connection.execute(sql, []).unwrap();
    drop(connection);
    refused(&path, Kind::Unavailable, "newer Homeroom (form 99");
}

#[test]
fn a_history_that_is_not_ours_is_refused() {
    for change in [
        "UPDATE refinery_schema_history SET checksum = '1'",
        "UPDATE refinery_schema_history SET name = 'other'",
        "UPDATE refinery_schema_history SET applied_on = 'yesterday'",
        "DELETE FROM refinery_schema_history WHERE version = 1",
    ] {
        let (_folder, path, connection) = made();
        connection.execute(change, []).unwrap();
        drop(connection);
        refused(&path, Kind::Corrupt, "not a released Homeroom");
    }
}
