//! Whether a file is whole.

use std::fs;

use homeroom_sqlite::check;

use crate::{NOTES, made, number, settings};

#[test]
fn a_sound_file_has_nothing_to_list() {
    let (_folder, _path, connection) = made();
    assert!(check(&connection).unwrap().is_empty());
}

#[test]
fn damage_is_found() {
    let (_folder, path, connection) = made();
    let page = number(
        &connection,
        "SELECT rootpage FROM sqlite_schema WHERE name = 'note'",
    );
    let size = number(&connection, "PRAGMA page_size");
    // Written past the constraints.
    connection
        .pragma_update(None, "foreign_keys", false)
        .unwrap();
    connection
        .execute("UPDATE note SET author = 7", [])
        .unwrap();
    let problems = check(&connection).unwrap();
    assert_eq!(
        problems,
        ["a row of note names one of author that is not there"]
    );
    drop(connection);

    let mut bytes = fs::read(&path).unwrap();
    bytes[usize::try_from((page - 1) * size).unwrap()] ^= 0xff;
    fs::write(&path, bytes).unwrap();
    let connection = NOTES.open(&path, &settings()).unwrap();
    assert!(!check(&connection).unwrap().is_empty());
}
