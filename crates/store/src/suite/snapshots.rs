//! Cases of [`Snapshots`](crate::Snapshots).

use homeroom_model::ObjectId;

use super::sample::{
    add_district, at, connected, digest, district, end, id, publish, published, refused, started,
};
use crate::{
    Conflict, DistrictChange, Edit, NewManifest, Pin, RunState, Snapshot, Store, ViewMove, limits,
};

/// Fails unless the district shows no trace of a refused publish.
async fn untouched(store: &dyn Store, district: u8, run: u8, expected: Option<u64>) {
    let record = store.district(id(district)).await.unwrap().unwrap();
    assert_eq!(record.snapshot, expected);
    assert_eq!(record.document, super::sample::district(district));
    let kept = store.snapshots(id(district)).await.unwrap();
    assert_eq!(kept.first().map(|entry| entry.number), expected);
    let run = store.run(id(district), id(run)).await.unwrap();
    assert!(run.is_none_or(|run| run.snapshot.is_none()));
}

/// Pointer, document, ledger and run move together; views stay.
pub async fn the_first_publish_moves_the_pointer(store: &dyn Store) {
    let connection = connected(store).await;
    let fence = started(store, 1, 10).await;
    assert_eq!(store.current(id(1)).await.unwrap(), None);
    let mut first = publish(1, fence, 10, None, &[9, 3, 9]);
    first.change = DistrictChange {
        state: Edit::To("success".into()),
        last_sync: Edit::To(Some(at(10))),
        ..DistrictChange::default()
    };
    let record = store.publish(first.clone()).await.unwrap();
    let document = first.change.clone().apply(&district(1));
    assert_eq!((record.snapshot, record.revision), (Some(1), 1));
    assert_eq!(record.document, document);
    assert_eq!(store.district(id(1)).await.unwrap(), Some(record));
    let expected = Snapshot {
        district: id(1),
        number: 1,
        manifest: first.manifest,
        objects: vec![digest(3), digest(9)],
        file_set: digest(10),
        run: id(10),
        published_at: at(10),
    };
    assert_eq!(store.current(id(1)).await.unwrap(), Some(expected.clone()));
    let entries = store.snapshots(id(1)).await.unwrap();
    assert_eq!(entries, [expected.entry()]);
    assert_eq!(store.snapshot(id(1), 1).await.unwrap(), Some(expected));
    assert_eq!(store.snapshot(id(1), 2).await.unwrap(), None);
    let run = store.run(id(1), id(10)).await.unwrap().unwrap();
    assert_eq!((run.snapshot, run.state), (Some(1), RunState::Running));
    let kept = store.connection(id(1), id(3)).await.unwrap();
    assert_eq!(kept, Some(connection));
}

/// 1, 2, 3 …
pub async fn numbers_follow_each_other(store: &dyn Store) {
    add_district(store, 1).await;
    for (run, number) in [(10, 1), (11, 2), (12, 3)] {
        assert_eq!(published(store, 1, run, &[run]).await, number);
    }
    let fence = started(store, 1, 13).await;
    for number in [0, 3, 5, u64::MAX] {
        let mut wrong = publish(1, fence, 13, Some(3), &[]);
        wrong.number = number;
        refused(store.publish(wrong).await, Conflict::Invalid);
    }
    let newest_first = store.snapshots(id(1)).await.unwrap();
    let numbers: Vec<_> = newest_first.iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, [3, 2, 1]);
    untouched(store, 1, 13, Some(3)).await;
    let nobody = publish(7, fence, 13, None, &[]);
    refused(store.publish(nobody).await, Conflict::Gone);
}

/// A plan made against an older snapshot is refused.
pub async fn an_overtaken_publish_changes_nothing(store: &dyn Store) {
    add_district(store, 1).await;
    published(store, 1, 10, &[1]).await;
    let fence = started(store, 1, 11).await;
    for expected in [None, Some(2)] {
        let late = publish(1, fence, 11, expected, &[2]);
        refused(store.publish(late).await, Conflict::Moved);
    }
    untouched(store, 1, 11, Some(1)).await;
    let now = publish(1, fence, 11, Some(1), &[2]);
    store.publish(now.clone()).await.unwrap();
    refused(store.publish(now).await, Conflict::Moved);
}

/// Whoever lost the lease cannot publish, even if nobody else has published yet.
pub async fn a_fenced_publish_changes_nothing(store: &dyn Store) {
    add_district(store, 1).await;
    let without = publish(1, 1, 10, None, &[1]);
    refused(store.publish(without).await, Conflict::Fenced);
    let old = started(store, 1, 10).await;
    let new = started(store, 1, 11).await;
    let mut late = publish(1, old, 10, None, &[1]);
    late.change.name = Edit::To("Late".into());
    refused(store.publish(late.clone()).await, Conflict::Fenced);
    late.fence = new + 1;
    refused(store.publish(late).await, Conflict::Fenced);
    untouched(store, 1, 10, None).await;
    assert!(store.release_lease(id(1), new).await.unwrap());
    let released = publish(1, new, 11, None, &[1]);
    store.publish(released).await.unwrap();
}

/// Garbage collection and publish cannot both win.
pub async fn a_condemned_object_is_not_published(store: &dyn Store) {
    add_district(store, 1).await;
    let fence = started(store, 1, 10).await;
    store.condemn(&[digest(2)], at(0)).await.unwrap();
    let naming = publish(1, fence, 10, None, &[1, 2, 3]);
    refused(store.publish(naming.clone()).await, Conflict::Condemned);
    untouched(store, 1, 10, None).await;
    store.pardon(&[digest(2)]).await.unwrap();
    store.publish(naming).await.unwrap();
}

/// The run must be there, be running and not have published.
pub async fn a_run_publishes_once_and_while_it_runs(store: &dyn Store) {
    add_district(store, 1).await;
    let fence = started(store, 1, 10).await;
    let nobody = publish(1, fence, 99, None, &[1]);
    refused(store.publish(nobody).await, Conflict::Gone);
    store
        .publish(publish(1, fence, 10, None, &[1]))
        .await
        .unwrap();
    let twice = publish(1, fence, 10, Some(1), &[2]);
    refused(store.publish(twice).await, Conflict::Exists);
    let fence = started(store, 1, 11).await;
    let older = publish(1, fence, 10, Some(1), &[2]);
    refused(store.publish(older).await, Conflict::Gone);
    store
        .finish_run(end(11, RunState::Error, ""))
        .await
        .unwrap();
    let ended = publish(1, fence, 11, Some(1), &[2]);
    refused(store.publish(ended).await, Conflict::Gone);
    untouched(store, 1, 11, Some(1)).await;
}

/// A document that is refused takes the snapshot with it.
pub async fn a_publish_over_the_limits_changes_nothing(store: &dyn Store) {
    add_district(store, 1).await;
    let fence = started(store, 1, 10).await;
    let mut long = publish(1, fence, 10, None, &[1]);
    long.change.error = Edit::To("x".repeat(limits::TEXT + 1));
    refused(store.publish(long).await, Conflict::Invalid);
    let mut zero = publish(1, fence, 10, None, &[1]);
    zero.manifest.push('\0');
    refused(store.publish(zero).await, Conflict::Invalid);
    untouched(store, 1, 10, None).await;
}

/// The roots of everything, page by page.
pub async fn manifests_are_listed_over_districts(store: &dyn Store) {
    for byte in [2, 1, 3] {
        add_district(store, byte).await;
    }
    for (district, run) in [(2, 10), (2, 11), (1, 12), (3, 13)] {
        published(store, district, run, &[run]).await;
    }
    let key = |snapshot: &Snapshot| (snapshot.district, snapshot.number);
    let all = store.manifests(None, 100).await.unwrap();
    let keys: Vec<(ObjectId, u64)> = all.iter().map(key).collect();
    assert_eq!(keys, [(id(1), 1), (id(2), 1), (id(2), 2), (id(3), 1)]);
    assert_eq!(all[1], store.snapshot(id(2), 1).await.unwrap().unwrap());
    let page = store.manifests(Some((id(2), 1)), 1).await.unwrap();
    assert_eq!(page, [all[2].clone()]);
    let page = store.manifests(Some((id(2), 9)), 9).await.unwrap();
    assert_eq!(page, [all[3].clone()]);
}

/// Retention rewrites a manifest under the same rules as a publish.
pub async fn a_manifest_is_replaced_by_compare_and_set(store: &dyn Store) {
    add_district(store, 1).await;
    published(store, 1, 10, &[1, 2]).await;
    published(store, 1, 11, &[2, 3]).await;
    let before = store.snapshot(id(1), 1).await.unwrap().unwrap();
    let thin = NewManifest {
        district: id(1),
        number: 1,
        replaces: before.manifest.clone(),
        manifest: "{\"thin\":true}".into(),
        objects: vec![digest(8), digest(7)],
    };
    store.condemn(&[digest(7)], at(0)).await.unwrap();
    let condemned = store.replace_manifest(thin.clone()).await;
    refused(condemned, Conflict::Condemned);
    store.pardon(&[digest(7)]).await.unwrap();
    store.replace_manifest(thin.clone()).await.unwrap();
    store.replace_manifest(thin.clone()).await.unwrap();
    let after = store.snapshot(id(1), 1).await.unwrap().unwrap();
    let mut expected = before.clone();
    expected.manifest.clone_from(&thin.manifest);
    expected.objects = vec![digest(7), digest(8)];
    assert_eq!(after, expected);
    let mut other = thin.clone();
    other.manifest = "{}".into();
    refused(store.replace_manifest(other).await, Conflict::Moved);
    let mut gone = thin;
    gone.number = 9;
    refused(store.replace_manifest(gone).await, Conflict::Gone);
}

/// Pointer, view and pin keep a snapshot; numbers stay used.
pub async fn needed_snapshots_are_not_forgotten(store: &dyn Store) {
    connected(store).await;
    published(store, 1, 10, &[1]).await;
    published(store, 1, 11, &[2]).await;
    published(store, 1, 12, &[3]).await;
    let to = |snapshot| ViewMove {
        snapshot: Some(snapshot),
        document: district(1),
        moved_at: at(0),
        events: None,
    };
    store.move_view(id(1), id(3), 0, to(1)).await.unwrap();
    store.pin(id(1), 2, "hold", at(0)).await.unwrap();
    for number in [1, 2, 3] {
        let needed = store.forget_snapshot(id(1), number).await;
        refused(needed, Conflict::InUse);
    }
    assert!(!store.forget_snapshot(id(1), 4).await.unwrap());
    store.move_view(id(1), id(3), 1, to(3)).await.unwrap();
    assert!(store.forget_snapshot(id(1), 1).await.unwrap());
    assert!(!store.forget_snapshot(id(1), 1).await.unwrap());
    assert!(store.unpin(id(1), 2, "hold").await.unwrap());
    assert!(store.forget_snapshot(id(1), 2).await.unwrap());
    assert_eq!(store.snapshots(id(1)).await.unwrap().len(), 1);
    assert_eq!(published(store, 1, 13, &[4]).await, 4);
}

/// Pins are named, ordered and idempotent.
pub async fn pins_keep_their_first_moment(store: &dyn Store) {
    add_district(store, 1).await;
    published(store, 1, 10, &[1]).await;
    published(store, 1, 11, &[2]).await;
    for (number, name, now) in [(2, "b", 1), (2, "a", 2), (1, "z", 3), (2, "b", 9)] {
        store.pin(id(1), number, name, at(now)).await.unwrap();
    }
    let pin = |number, name: &str, now| Pin {
        number,
        name: name.into(),
        pinned_at: at(now),
    };
    let expected = [pin(1, "z", 3), pin(2, "a", 2), pin(2, "b", 1)];
    assert_eq!(store.pins(id(1)).await.unwrap(), expected);
    assert!(store.pins(id(2)).await.unwrap().is_empty());
    refused(store.pin(id(1), 3, "a", at(0)).await, Conflict::Gone);
    refused(store.pin(id(1), 1, "\0", at(0)).await, Conflict::Invalid);
    assert!(!store.unpin(id(1), 1, "a").await.unwrap());
    assert!(store.unpin(id(1), 1, "z").await.unwrap());
    assert!(!store.unpin(id(1), 1, "z").await.unwrap());
}
