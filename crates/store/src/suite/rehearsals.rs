//! Cases of [`Rehearsals`](crate::Rehearsals).

use super::sample::{add_district, at, id, refused, started};
use crate::{Conflict, Rehearsal, Store, limits};

/// By name, the newest run.
pub async fn a_rehearsal_points_to_its_newest_run(store: &dyn Store) {
    add_district(store, 1).await;
    started(store, 1, 5).await;
    started(store, 1, 6).await;
    for (name, run, now) in [("next year", 5, 1), ("Aeries", 6, 2), ("next year", 5, 3)] {
        let set = store.set_rehearsal(id(1), name, id(run), at(now));
        set.await.unwrap();
    }
    let rehearsal = |name: &str, run, now| Rehearsal {
        name: name.into(),
        run: id(run),
        set_at: at(now),
    };
    let expected = [rehearsal("Aeries", 6, 2), rehearsal("next year", 5, 1)];
    assert_eq!(store.rehearsals(id(1)).await.unwrap(), expected);
    let moved = store.set_rehearsal(id(1), "next year", id(6), at(4));
    moved.await.unwrap();
    let expected = [rehearsal("Aeries", 6, 2), rehearsal("next year", 6, 4)];
    assert_eq!(store.rehearsals(id(1)).await.unwrap(), expected);
    assert_eq!(store.rehearsals(id(2)).await.unwrap(), []);
}

/// It needs its run, and goes without it.
pub async fn a_rehearsal_needs_a_run_and_can_be_dropped(store: &dyn Store) {
    add_district(store, 1).await;
    started(store, 1, 5).await;
    let nobody = store.set_rehearsal(id(1), "a", id(6), at(1)).await;
    refused(nobody, Conflict::Gone);
    let elsewhere = store.set_rehearsal(id(2), "a", id(5), at(1)).await;
    refused(elsewhere, Conflict::Gone);
    let long = "x".repeat(limits::WORD + 1);
    let long = store.set_rehearsal(id(1), &long, id(5), at(1)).await;
    refused(long, Conflict::Invalid);
    store.set_rehearsal(id(1), "a", id(5), at(1)).await.unwrap();
    assert!(!store.drop_rehearsal(id(1), "b").await.unwrap());
    assert!(!store.drop_rehearsal(id(2), "a").await.unwrap());
    assert!(store.drop_rehearsal(id(1), "a").await.unwrap());
    assert!(!store.drop_rehearsal(id(1), "a").await.unwrap());
    assert!(store.run(id(1), id(5)).await.unwrap().is_some());
}
