//! Opening, settings of the connections, what is refused, closing.

use std::fs;

use homeroom_store::suite::sample;
use homeroom_store::{Districts, ErrorKind, Runs, Settings};
use homeroom_store_sqlite::{FORMAT, SqliteStore};
use rusqlite::Connection;

use crate::{empty, frozen, place, value};

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

#[test]
fn another_database_is_refused() {
    let (_folder, path) = place();
    let connection = Connection::open(&path).unwrap();
    connection.execute("CREATE TABLE notes (text)", []).unwrap();
    drop(connection);
    let error = SqliteStore::open(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(
        error.to_string().contains("another SQLite database"),
        "{error}"
    );
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
