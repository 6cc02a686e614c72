//! Opening, settings of the connections, what is refused, closing.

use std::fs;
use std::path::Path;

use homeroom_store::suite::sample;
use homeroom_store::{Districts, ErrorKind, Runs, Settings};
use homeroom_store_sqlite::{FORMAT, SqliteStore};
use rusqlite::Connection;

use crate::{empty, frozen, place, value};

fn refused(path: &Path, kind: ErrorKind, words: &str) {
    let before = fs::read(path).unwrap();
    let error = SqliteStore::open(path).unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(words), "{error}");
    assert_eq!(
        fs::read(path).unwrap(),
        before,
        "a refused file is left alone"
    );
}

#[tokio::test]
async fn all_tables_are_strict_and_without_rowid() {
    let (_folder, store) = empty();
    store.close().await;
    let loose: i64 = value(
        store.path(),
        "SELECT count(*) FROM pragma_table_list \
         WHERE schema = 'main' AND name NOT LIKE 'sqlite%' AND name <> 'refinery_schema_history' \
         AND NOT (strict AND wr)",
    );
    assert_eq!(loose, 0);
}

#[tokio::test]
async fn a_store_is_there_again_after_closing() {
    let (_folder, store) = empty();
    sample::add_district(&store, 1).await;
    store.close().await;
    let log = store.path().with_extension("sqlite-wal");
    assert!(!log.exists(), "the log is merged into the file");
    let again = SqliteStore::open(store.path()).unwrap();
    assert_eq!(again.format().await.unwrap(), FORMAT);
    let found = again.district(sample::id(1)).await.unwrap().unwrap();
    assert_eq!(found.document, sample::district(1));
}

#[tokio::test]
async fn a_dropped_store_loses_nothing() {
    let (_folder, store) = empty();
    let path = store.path().to_path_buf();
    sample::add_district(&store, 1).await;
    drop(store);
    let again = SqliteStore::open(&path).unwrap();
    assert!(again.district(sample::id(1)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let (_folder, store) = empty();
    store.close().await;
    store.close().await;
    let read = store.setting("a").await.unwrap_err();
    let write = store.set_setting("a", "b").await.unwrap_err();
    for error in [read, write] {
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.to_string().contains("closed"), "{error}");
    }
}

#[tokio::test]
async fn a_newer_store_is_refused() {
    let (_folder, store) = empty();
    store.close().await;
    let connection = Connection::open(store.path()).unwrap();
    let sql = "INSERT INTO refinery_schema_history \
               VALUES (99, 'later', '2030-01-01T00:00:00.123456789Z', '1')";
    connection.execute(sql, []).unwrap();
    drop(connection);
    refused(
        store.path(),
        ErrorKind::Unavailable,
        "newer Homeroom (form 99",
    );
}

#[tokio::test]
async fn a_history_that_is_not_ours_is_refused() {
    for change in [
        "UPDATE refinery_schema_history SET checksum = '1'",
        "UPDATE refinery_schema_history SET name = 'other'",
        "UPDATE refinery_schema_history SET applied_on = 'yesterday'",
    ] {
        let (_folder, store) = empty();
        store.close().await;
        let connection = Connection::open(store.path()).unwrap();
        connection.execute(change, []).unwrap();
        drop(connection);
        refused(store.path(), ErrorKind::Corrupt, "not a released Homeroom");
    }
}

#[test]
fn another_database_is_refused() {
    let (_folder, path) = place();
    let connection = Connection::open(&path).unwrap();
    connection.execute("CREATE TABLE notes (text)", []).unwrap();
    drop(connection);
    refused(&path, ErrorKind::Corrupt, "another SQLite database");
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let (_folder, path) = place();
    fs::write(&path, "Student_id,Last_name\n".repeat(100)).unwrap();
    refused(&path, ErrorKind::Corrupt, "damaged");
}

#[test]
fn a_missing_folder_is_named() {
    let (folder, _) = place();
    let path = folder.path().join("not there").join("control.sqlite");
    let error = SqliteStore::open(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("not there"), "{error}");
}

#[tokio::test]
async fn a_migration_cut_short_is_finished() {
    let (_folder, path) = place();
    // The library makes its own table first, in a transaction of its own.
    let connection = Connection::open(&path).unwrap();
    let sql = "CREATE TABLE refinery_schema_history( version int4 PRIMARY KEY, \
               name VARCHAR(255), applied_on VARCHAR(255), checksum VARCHAR(255))";
    connection.execute(sql, []).unwrap();
    drop(connection);
    let store = SqliteStore::open(&path).unwrap();
    sample::add_district(&store, 1).await;
}

#[tokio::test]
async fn several_bring_an_old_store_to_the_newest_form_at_once() {
    let (_folder, path) = place();
    fs::copy(frozen::frozen(1), &path).unwrap();
    let openers: Vec<_> = (0..4)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || SqliteStore::open(&path).map(drop))
        })
        .collect();
    for opener in openers {
        opener.join().unwrap().unwrap();
    }
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.format().await.unwrap(), FORMAT);
    assert!(store.check().await.unwrap().is_empty());
    assert_eq!(store.runs(sample::id(1), None, 10).await.unwrap().len(), 3);
    store.close().await;
    let left: i64 = value(
        &path,
        "SELECT count(*) FROM sqlite_schema WHERE name LIKE '%form_1%'",
    );
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_store_that_cannot_be_migrated_stays_as_it_was() {
    let (_folder, path) = place();
    fs::copy(frozen::frozen(1), &path).unwrap();
    // A table that the migration is about to make, so that it fails halfway.
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("CREATE TABLE audit (a)").unwrap();
    drop(connection);
    let error = SqliteStore::open(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("DROP TABLE audit").unwrap();
    let runs: i64 = connection
        .query_row("SELECT count(*) FROM runs", [], |row| row.get(0))
        .unwrap();
    assert_eq!(runs, 3);
    drop(connection);
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.format().await.unwrap(), FORMAT);
}

#[tokio::test]
async fn a_value_of_the_wrong_form_is_corrupt_and_not_quoted() {
    let (_folder, store) = empty();
    sample::add_district(&store, 1).await;
    store.close().await;
    let connection = Connection::open(store.path()).unwrap();
    let sql = "UPDATE districts SET document = '{\"name\":\"Secret\"}'";
    connection.execute(sql, []).unwrap();
    drop(connection);
    let store = SqliteStore::open(store.path()).unwrap();
    let error = store.district(sample::id(1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(!format!("{error:?}").contains("Secret"), "{error:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, store) = empty();
    sample::add_district(&store, 1).await;
    let modes: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().permissions().mode() & 0o777)
        .collect();
    assert_eq!(modes, [0o600; 3], "the file, its log and its index");
    store.close().await;
}
