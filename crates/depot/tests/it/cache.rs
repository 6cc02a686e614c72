//! Opened objects are kept, within limits, and checked once.

use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use futures::future::join_all;
use homeroom_depot::{Depot, Settings};
use object_store::local::LocalFileSystem;
use proptest::collection::vec;
use proptest::prelude::*;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::faulty::Faulty;
use crate::{depot_with, payload, whole};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

fn counted(settings: Settings) -> (TempDir, Arc<Faulty>, Depot) {
    let folder = tempfile::tempdir().unwrap();
    let store = LocalFileSystem::new_with_prefix(folder.path()).unwrap();
    let counting = Faulty::counting(Arc::new(store));
    let depot = Depot::on(counting.clone(), settings);
    (folder, counting, depot)
}

/// How often objects were opened while `reads` were read in turn.
async fn openings(depot: &Depot, store: &Faulty, reads: &[&Bytes]) -> u64 {
    let before = store.gets();
    for read in reads {
        assert_eq!(depot.get(&whole(read)).await.as_ref(), Ok(*read));
    }
    store.gets() - before
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(16) })]

    #[test]
    fn the_budget_holds_after_every_get(
        cache_bytes in 0..200_000_u64,
        open_objects in 1..6_u32,
        lengths in vec(0..60_000_usize, 1..8),
        reads in vec(any::<prop::sample::Index>(), 1..40),
    ) {
        let (_folder, depot) = depot_with(Settings { cache_bytes, open_objects });
        let objects: Vec<_> = (0..).zip(lengths).map(|(seed, length)| payload(seed, length)).collect();
        RUNTIME.block_on(async {
            for object in &objects {
                depot.put(object.clone()).await.unwrap();
            }
            for read in reads {
                let object = read.get(&objects);
                assert_eq!(depot.get(&whole(object)).await.as_ref(), Ok(object));
                assert!(depot.open_bytes() <= cache_bytes);
                assert!(depot.open_objects() <= u64::from(open_objects));
            }
        });
    }
}

#[tokio::test]
async fn the_least_recently_used_is_closed_first() {
    let settings = Settings {
        cache_bytes: 1 << 20,
        open_objects: 2,
    };
    let (_folder, store, depot) = counted(settings);
    let objects = [1, 2, 3].map(|seed| payload(seed, 1000));
    for object in &objects {
        depot.put(object.clone()).await.unwrap();
    }
    let [a, b, c] = &objects;
    assert_eq!(openings(&depot, &store, &[a, b, a, b, a]).await, 2);
    assert_eq!(openings(&depot, &store, &[c]).await, 1, "closes b");
    assert_eq!(openings(&depot, &store, &[a, c, a]).await, 0);
    assert_eq!(openings(&depot, &store, &[b]).await, 1);
}

#[tokio::test]
async fn an_object_over_the_budget_is_served_but_not_kept() {
    let settings = Settings {
        cache_bytes: 64 * 1024,
        open_objects: 100,
    };
    let (_folder, store, depot) = counted(settings);
    let (small, large) = (payload(1, 1000), payload(2, 100_000));
    depot.put(small.clone()).await.unwrap();
    depot.put(large.clone()).await.unwrap();
    assert_eq!(
        openings(&depot, &store, &[&small, &large, &large, &small]).await,
        3
    );
    assert_eq!(depot.open_objects(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_readers_of_one_object_open_it_once() {
    let (_folder, store, depot) = counted(Settings::default());
    let table = payload(1, 1_000_000);
    depot.put(table.clone()).await.unwrap();
    let before = store.gets();
    let readers = (0..16).map(|_| {
        let (depot, place) = (depot.clone(), whole(&table));
        tokio::spawn(async move { depot.get(&place).await })
    });
    for read in join_all(readers).await {
        assert_eq!(read.unwrap().as_ref(), Ok(&table));
    }
    assert_eq!(store.gets() - before, 1);
}

#[tokio::test]
async fn what_a_reader_holds_outlives_closing_and_deleting() {
    let settings = Settings {
        cache_bytes: 1 << 20,
        open_objects: 1,
    };
    let (_folder, depot) = depot_with(settings);
    let (one, two) = (payload(1, 50_000), payload(2, 50_000));
    let object = depot.put(one.clone()).await.unwrap();
    depot.put(two.clone()).await.unwrap();
    let held = depot.get(&whole(&one)).await.unwrap();
    depot.get(&whole(&two)).await.unwrap();
    assert_eq!(depot.delete(&[object]).await, Ok(1));
    assert_eq!(held, one);
}
