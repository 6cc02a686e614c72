//! Several handles and several processes on one file.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use homeroom_store::suite::sample;
use homeroom_store::{
    DistrictChange, Districts, Edit, ErrorKind, Ids, LeaseAnswer, Leases, Settings,
};
use homeroom_store_sqlite::{Options, SqliteStore};

use crate::{empty, place};

const EACH: u64 = 25;

#[tokio::test]
async fn a_second_handle_sees_what_the_first_wrote() {
    let (_folder, first) = empty();
    let second = SqliteStore::open(first.path()).unwrap();
    sample::add_district(&first, 1).await;
    assert!(second.district(sample::id(1)).await.unwrap().is_some());
    let granted = first.lease(sample::lease(1, "first", 0)).await.unwrap();
    assert!(matches!(granted, LeaseAnswer::Granted(_)));
    let held = second.lease(sample::lease(1, "second", 0)).await.unwrap();
    assert!(matches!(held, LeaseAnswer::Held(_)));
}

#[tokio::test]
async fn reads_do_not_wait_for_a_writer() {
    let (_folder, store) = empty();
    sample::add_district(&store, 1).await;
    let other = rusqlite::Connection::open(store.path()).unwrap();
    other
        .execute_batch("BEGIN IMMEDIATE; DELETE FROM districts")
        .unwrap();
    assert!(store.district(sample::id(1)).await.unwrap().is_some());
    assert_eq!(store.counts().await.unwrap().districts, 1);
}

#[tokio::test]
async fn a_lock_that_does_not_end_is_named() {
    let (_folder, path) = place();
    let impatient = Options {
        busy_timeout: Duration::from_millis(1),
        ..Options::default()
    };
    let store = SqliteStore::open_with(&path, &impatient).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.set_setting("a", "b").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("another program"), "{error}");
    other.execute_batch("ROLLBACK").unwrap();
    store.set_setting("a", "b").await.unwrap();
}

#[tokio::test]
async fn many_tasks_write_one_after_the_other() {
    let (_folder, store) = empty();
    sample::add_district(&store, 1).await;
    let store = Arc::new(store);
    let tasks: Vec<_> = (0..EACH)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let change = DistrictChange {
                    name: Edit::To(format!("Name {number}")),
                    ..DistrictChange::default()
                };
                let changed = store.change_district(sample::id(1), change);
                changed.await.unwrap().unwrap().revision
            })
        })
        .collect();
    let mut revisions = Vec::new();
    for task in tasks {
        revisions.push(task.await.unwrap());
    }
    revisions.sort_unstable();
    assert_eq!(revisions, (1..=EACH).collect::<Vec<_>>());
}

/// Three processes open a file that is not there yet at the same moment and reserve ids of one district: none is given
/// twice. The same test is the child, told by its environment which file to use.
#[tokio::test]
async fn processes_share_one_file() {
    if let Some(path) = env::var_os("HOMEROOM_TEST_SHARED_STORE") {
        reserve(&PathBuf::from(path)).await;
        return;
    }
    let (_folder, path) = place();
    let children: Vec<_> = (0..3)
        .map(|_| {
            Command::new(env::current_exe().unwrap())
                .args([
                    "--exact",
                    "--nocapture",
                    "sharing::processes_share_one_file",
                ])
                .env("HOMEROOM_TEST_SHARED_STORE", &path)
                .stdout(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let store = SqliteStore::open(&path).unwrap();
    let next = sample_range(&store).await;
    // Each of them took a second of its own.
    assert_eq!(u64::from(next), 1000 + 3 * EACH);
    assert!(store.check().await.unwrap().is_empty());
}

async fn reserve(path: &Path) {
    let store = SqliteStore::open(path).unwrap();
    // Whoever comes first adds it; the others are refused.
    let _ = store.add_district(sample::district(1), sample::at(0)).await;
    for _ in 0..EACH {
        sample_range(&store).await;
    }
    store.close().await;
}

async fn sample_range(store: &SqliteStore) -> u32 {
    let one = 1.try_into().unwrap();
    let range = store.reserve_ids(sample::id(1), one, 1000, [7; 5]).await;
    range.unwrap().seconds
}
