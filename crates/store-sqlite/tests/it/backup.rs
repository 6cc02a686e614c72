//! Copies of a store in use, and the check.

use std::fs;

use homeroom_store::suite::sample;
use homeroom_store::{Conflict, Districts, ErrorKind, Settings};
use homeroom_store_sqlite::SqliteStore;

use crate::{empty, value};

#[tokio::test]
async fn a_copy_is_a_store_of_its_own() {
    let (folder, store) = empty();
    sample::add_district(&store, 1).await;
    let copy = folder.path().join("copy.sqlite");
    let leftover = folder.path().join("copy.sqlite.part");
    fs::write(&leftover, "cut short").unwrap();
    store.backup(&copy).await.unwrap();
    assert!(!leftover.exists());
    sample::add_district(&store, 2).await;

    let copied = SqliteStore::open(&copy).unwrap();
    assert_eq!(copied.counts().await.unwrap().districts, 1);
    assert!(copied.check().await.unwrap().is_empty());
    sample::add_district(&copied, 3).await;
    assert!(store.district(sample::id(3)).await.unwrap().is_none());
}

#[tokio::test]
async fn nothing_is_overwritten() {
    let (folder, store) = empty();
    let copy = folder.path().join("copy.sqlite");
    fs::write(&copy, "precious").unwrap();
    let error = store.backup(&copy).await.unwrap_err();
    assert_eq!(error.refusal(), Some(Conflict::Exists));
    assert_eq!(fs::read(&copy).unwrap(), b"precious");
    let nowhere = folder.path().join("not there").join("copy.sqlite");
    let error = store.backup(&nowhere).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_the_copy() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, store) = empty();
    let copy = folder.path().join("copy.sqlite");
    store.backup(&copy).await.unwrap();
    let mode = fs::metadata(&copy).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn damage_is_found() {
    let (_folder, store) = empty();
    sample::add_district(&store, 1).await;
    assert!(store.check().await.unwrap().is_empty());
    store.close().await;
    let root: i64 = value(
        store.path(),
        "SELECT rootpage FROM sqlite_schema WHERE name = 'districts'",
    );
    let mut bytes = fs::read(store.path()).unwrap();
    let page = usize::try_from(root - 1).unwrap() * 4096;
    bytes[page] ^= 0xff;
    fs::write(store.path(), bytes).unwrap();
    let again = SqliteStore::open(store.path()).unwrap();
    assert!(!again.check().await.unwrap().is_empty());
    let error = again.district(sample::id(1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.to_string().contains("backup"), "{error}");
}
