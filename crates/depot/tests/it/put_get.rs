//! What is put comes back, whole or in parts, from a folder and from any other store.

use std::fs;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use futures::future::join_all;
use homeroom_depot::{Depot, Settings, frame};
use homeroom_segment::Digest;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use proptest::collection::vec;
use proptest::prelude::*;
use tokio::runtime::Runtime;

use crate::faulty::Faulty;
use crate::{depot, file_of, payload, whole};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// Lengths around what matters: none, headers, pages, chunks of reading.
fn length() -> impl Strategy<Value = usize> {
    let edges = vec![
        0, 1, 63, 64, 65, 4031, 4032, 4033, 262_080, 262_144, 262_145,
    ];
    prop_oneof![prop::sample::select(edges), 0..10_000_usize]
}

fn round_trip(depot: &Depot, parts: &[Bytes]) {
    RUNTIME.block_on(async {
        for part in parts {
            assert_eq!(depot.put(part.clone()).await, Ok(Digest::of(part)));
            let back = depot.get(&whole(part)).await.unwrap();
            assert_eq!(back, part);
            assert_aligned(&back);
            depot.warm(&whole(part)).await.unwrap();
        }
        let named = parts.iter().cloned().enumerate().collect();
        let located = depot.put_pack(named).await.unwrap();
        assert_eq!(located.len(), parts.len());
        for ((number, part), (name, place)) in parts.iter().enumerate().zip(&located) {
            assert_eq!((*name, place.length), (number, part.len() as u64));
            assert_eq!(place.offset % frame::ALIGNMENT as u64, 0);
            assert_eq!(place.object, located[0].1.object);
            let back = depot.get(place).await.unwrap();
            assert_eq!(back, part);
            assert_aligned(&back);
        }
        for (one, next) in located.iter().zip(located.iter().skip(1)) {
            assert!(one.1.offset + one.1.length <= next.1.offset);
        }
    });
}

fn assert_aligned(bytes: &Bytes) {
    assert!(bytes.is_empty() || bytes.as_ptr().align_offset(frame::ALIGNMENT) == 0);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn what_is_put_comes_back(seed: u64, lengths in vec(length(), 0..6)) {
        let parts: Vec<_> = (seed..).zip(lengths).map(|(seed, length)| payload(seed, length)).collect();
        let (_folder, folder) = depot();
        round_trip(&folder, &parts);
        round_trip(&Depot::on(Arc::new(InMemory::new()), Settings::default()), &parts);
    }
}

#[tokio::test]
async fn putting_again_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let counting = Faulty::counting(Arc::new(
        LocalFileSystem::new_with_prefix(folder.path()).unwrap(),
    ));
    let depot = Depot::on(counting.clone(), Settings::default());
    for _ in 0..3 {
        depot.put(payload(1, 1000)).await.unwrap();
        depot
            .put_pack(vec![((), payload(2, 10)), ((), payload(3, 10))])
            .await
            .unwrap();
        assert_eq!(counting.puts(), 2);
    }
}

#[tokio::test]
async fn no_parts_make_no_object() {
    let (_folder, depot) = depot();
    assert_eq!(depot.put_pack(Vec::<((), Bytes)>::new()).await, Ok(vec![]));
    assert_eq!(depot.list().await, Ok(vec![]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_writers_of_one_object_make_one() {
    let (folder, depot) = depot();
    let table = payload(1, 300_000);
    let writers = (0..16).map(|_| {
        let (depot, table) = (depot.clone(), table.clone());
        tokio::spawn(async move { depot.put(table).await })
    });
    for written in join_all(writers).await {
        assert_eq!(written.unwrap(), Ok(Digest::of(&table)));
    }
    let file = file_of(&folder, &Digest::of(&table));
    let beside: Vec<_> = fs::read_dir(file.parent().unwrap()).unwrap().collect();
    assert_eq!(beside.len(), 1);
    depot.verify(&Digest::of(&table)).await.unwrap();
}

#[tokio::test]
async fn a_folder_can_be_opened_again_and_has_all_its_shards_from_the_start() {
    let (folder, depot) = depot();
    let shards = || fs::read_dir(folder.path().join("objects")).unwrap().count();
    assert_eq!(shards(), 256);
    let table = payload(1, 10);
    depot.put(table.clone()).await.unwrap();
    let again = Depot::folder(folder.path(), Settings::default()).unwrap();
    assert_eq!(again.get(&whole(&table)).await, Ok(table));
    assert_eq!(shards(), 256);
}

#[tokio::test]
async fn folders_above_are_made_too() {
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("district data").join("segments");
    let depot = Depot::folder(&folder, Settings::default()).unwrap();
    let table = payload(1, 10);
    depot.put(table.clone()).await.unwrap();
    assert_eq!(depot.get(&whole(&table)).await, Ok(table));
    assert_eq!(depot.list().await.unwrap().len(), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_look_into_the_folder() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, _depot) = depot();
    let mode = fs::metadata(folder.path().join("objects"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn a_folder_that_cannot_be_one_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("taken");
    fs::write(&file, "a file").unwrap();
    let text = Depot::folder(&file, Settings::default())
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("taken") && text.contains("check that the folder"),
        "{text}"
    );
}

#[tokio::test]
async fn debug_shows_no_contents() {
    let (_folder, depot) = depot();
    let table = Bytes::from_static(b"Ada Lovelace");
    depot.put(table.clone()).await.unwrap();
    depot.get(&whole(&table)).await.unwrap();
    let sealed = frame::seal(table);
    assert!(!format!("{depot:?} {sealed:?}").contains("Ada"));
}
