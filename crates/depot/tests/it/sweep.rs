//! Garbage collection: only what no root names, and only what is ours.

use std::collections::HashSet;
use std::fs;
use std::time::{Duration, SystemTime};

use homeroom_depot::{DepotError, Leftovers};
use homeroom_segment::Digest;

use crate::{depot, file_of, payload, whole};

/// Later than any file of this century.
fn far_future() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000)
}

#[tokio::test]
async fn what_no_root_names_is_an_orphan() {
    let (_folder, depot) = depot();
    let mut objects = Vec::new();
    for seed in 0..20 {
        objects.push(depot.put(payload(seed, 100)).await.unwrap());
    }
    let roots: HashSet<Digest> = objects[..7].iter().copied().collect();
    let mut wanted = objects[7..].to_vec();
    wanted.sort_unstable();
    assert_eq!(depot.orphans(&roots).await.as_ref(), Ok(&wanted));

    assert_eq!(depot.delete(&wanted).await, Ok(13));
    assert_eq!(
        depot.delete(&wanted).await,
        Ok(0),
        "a deletion may be repeated"
    );
    assert_eq!(depot.orphans(&roots).await, Ok(vec![]));
    for kept in &objects[..7] {
        depot.verify(kept).await.unwrap();
    }
    for gone in &objects[7..] {
        assert_eq!(
            depot.verify(gone).await,
            Err(DepotError::NotFound { object: *gone })
        );
    }
}

#[tokio::test]
async fn a_deleted_object_is_not_served_from_the_cache_and_can_be_put_again() {
    let (_folder, depot) = depot();
    let table = payload(1, 100);
    let object = depot.put(table.clone()).await.unwrap();
    depot.get(&whole(&table)).await.unwrap();
    depot.delete(&[object]).await.unwrap();
    assert_eq!(
        depot.get(&whole(&table)).await,
        Err(DepotError::NotFound { object })
    );
    depot.put(table.clone()).await.unwrap();
    assert_eq!(depot.get(&whole(&table)).await, Ok(table));
}

#[tokio::test]
async fn the_listing_ascends_and_tells_sizes_and_passes_over_strangers() {
    let (folder, depot) = depot();
    let objects = folder.path().join("objects");
    fs::write(objects.join("README"), "no object").unwrap();
    fs::write(objects.join("ab").join("notes.txt"), "no object").unwrap();
    let mut wanted = Vec::new();
    for seed in 0..10 {
        let length = 10 * usize::try_from(seed).unwrap();
        let object = depot.put(payload(seed, length)).await.unwrap();
        wanted.push((object, 64 + length as u64));
    }
    wanted.sort_unstable();
    let listed = depot.list().await.unwrap();
    let found: Vec<_> = listed
        .iter()
        .map(|stored| (stored.object, stored.bytes))
        .collect();
    assert_eq!(found, wanted);
    for stored in listed {
        let written = fs::metadata(file_of(&folder, &stored.object))
            .unwrap()
            .modified()
            .unwrap();
        assert_eq!(stored.modified, written);
    }

    let all = depot.orphans(&HashSet::new()).await.unwrap();
    assert_eq!(depot.delete(&all).await, Ok(10));
    assert!(objects.join("README").exists() && objects.join("ab").join("notes.txt").exists());
}

#[tokio::test]
async fn files_of_interrupted_writes_go_when_they_are_old_enough() {
    let (folder, depot) = depot();
    let table = payload(1, 1000);
    let object = depot.put(table.clone()).await.unwrap();
    let file = file_of(&folder, &object);
    let beside = |suffix: &str| {
        file.with_file_name(format!(
            "{}{suffix}",
            file.file_name().unwrap().to_str().unwrap()
        ))
    };
    let strangers = [beside("#draft"), file.with_file_name("notes#1")];
    let leftovers = [beside("#1"), beside("#12")];
    for path in strangers.iter().chain(&leftovers) {
        fs::write(path, "HOMEROOM and seven more").unwrap();
    }
    assert_eq!(
        depot.list().await.unwrap().len(),
        1,
        "a leftover is no object"
    );

    let young = fs::metadata(&leftovers[0]).unwrap().modified().unwrap();
    assert_eq!(
        depot.collect_leftovers(young).await,
        Ok(Leftovers::default())
    );
    let collected = Leftovers {
        files: 2,
        bytes: 46,
    };
    assert_eq!(depot.collect_leftovers(far_future()).await, Ok(collected));
    assert!(leftovers.iter().all(|path| !path.exists()));
    assert!(strangers.iter().all(|path| path.exists()));
    assert_eq!(depot.get(&whole(&table)).await, Ok(table));
}
