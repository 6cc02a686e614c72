//! Every operation of a store goes wrong once, in every way: what was stored stays readable and a retry succeeds.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use homeroom_depot::{Depot, DepotError, Settings};
use homeroom_segment::{Digest, Located};
use object_store::local::LocalFileSystem;

use crate::faulty::{FAULTS, Fault, Faulty};
use crate::{depot, payload, whole};

fn store_in(folder: &Path) -> Arc<LocalFileSystem> {
    Arc::new(
        LocalFileSystem::new_with_prefix(folder)
            .unwrap()
            .with_fsync(true),
    )
}

fn old() -> [Bytes; 2] {
    [payload(1, 300), payload(2, 70_000)]
}

fn garbage() -> [Bytes; 2] {
    [payload(3, 10), payload(4, 20)]
}

/// What an import does with a depot: put, read back, sweep.
async fn import(depot: &Depot) -> Result<Vec<Located>, DepotError> {
    let table = payload(5, 40_000);
    depot.put(table.clone()).await?;
    let small = vec![("schools", payload(6, 100)), ("terms", payload(7, 65))];
    let packed = depot.put_pack(small).await?;
    let mut places = vec![whole(&table)];
    places.extend(packed.iter().map(|(_, located)| *located));
    for place in &places {
        depot.get(place).await?;
    }
    let roots: HashSet<Digest> = places
        .iter()
        .chain(&old().map(|old| whole(&old)))
        .map(|place| place.object)
        .collect();
    let orphans = depot.orphans(&roots).await?;
    depot.delete(&orphans).await?;
    Ok(places)
}

async fn assert_old_ones_whole(depot: &Depot, context: &str) {
    for old in old() {
        assert_eq!(
            depot.get(&whole(&old)).await.as_ref(),
            Ok(&old),
            "{context}"
        );
    }
}

/// Makes the `at`-th operation go wrong; `false` when the import is over before.
async fn fail_once(fault: Fault, at: u64) -> bool {
    let context = format!("{fault:?} at operation {at}");
    let (folder, clean) = depot();
    for object in old().into_iter().chain(garbage()) {
        clean.put(object).await.unwrap();
    }
    let faulty = Faulty::new(store_in(folder.path()), fault, at);
    let depot = Depot::on(faulty.clone(), Settings::default());
    let first = import(&depot).await;
    let struck = faulty.seen() >= at;
    if !struck {
        first.expect("nothing went wrong");
        return false;
    }
    match &first {
        Err(DepotError::Full { .. }) => assert_eq!(fault, Fault::Full, "{context}"),
        Err(DepotError::NotFound { .. }) => {
            panic!("{context}: nothing was deleted that was needed")
        }
        Err(DepotError::Damaged { .. }) => assert_eq!(fault, Fault::TearSilently, "{context}"),
        // What goes wrong while an object that is there already is looked at, or in silence, need not be an error.
        Err(DepotError::Io { .. }) | Ok(_) => {}
    }
    assert_old_ones_whole(&clean, &context).await;
    assert_old_ones_whole(&depot, &context).await;

    let places = import(&depot).await.expect(&context);
    assert_old_ones_whole(&depot, &context).await;
    let restarted = Depot::folder(folder.path(), Settings::default()).unwrap();
    for place in places {
        restarted.get(&place).await.expect(&context);
    }
    let listed = restarted.list().await.unwrap();
    assert_eq!(
        listed.len(),
        4,
        "{context}: two old ones, a table and a pack"
    );
    for stored in listed {
        restarted.verify(&stored.object).await.expect(&context);
    }
    true
}

#[tokio::test]
async fn after_any_fault_old_objects_are_whole_and_a_retry_succeeds() {
    for fault in FAULTS {
        let mut at = 1;
        while fail_once(fault, at).await {
            at += 1;
        }
        // Two puts with a look before each, two gets, a listing and a deletion.
        assert!(at > 8, "{fault:?} struck only {} operations", at - 1);
    }
}

#[tokio::test]
async fn a_reset_connection_is_named_with_the_object_and_what_to_do() {
    let table = payload(1, 100);
    let (folder, clean) = depot();
    clean.put(table.clone()).await.unwrap();
    let faulty = Faulty::new(store_in(folder.path()), Fault::Refuse, 1);
    let depot = Depot::on(faulty, Settings::default());
    let text = depot.get(&whole(&table)).await.unwrap_err().to_string();
    let object = Digest::of(&table).to_string();
    assert!(
        text.contains(&object) && text.contains("connection reset") && text.contains("try again"),
        "{text}"
    );
    depot
        .get(&whole(&table))
        .await
        .expect("an error is not kept");
}
