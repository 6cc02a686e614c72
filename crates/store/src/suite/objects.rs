//! Cases of [`Objects`](crate::Objects).

use super::sample::{add_district, at, digest, id, published, refused};
use crate::{Condemned, Conflict, Root, Store};

fn condemned(byte: u8, since: i64, seized: bool) -> Condemned {
    Condemned {
        object: digest(byte),
        condemned_at: at(since),
        seized,
    }
}

/// Roots by number, objects ascending.
pub async fn roots_are_what_kept_snapshots_name(store: &dyn Store) {
    add_district(store, 1).await;
    add_district(store, 2).await;
    published(store, 1, 10, &[5, 1, 5]).await;
    published(store, 1, 11, &[]).await;
    published(store, 2, 12, &[7]).await;
    let root = |number, objects: &[u8]| Root {
        number,
        objects: objects.iter().copied().map(digest).collect(),
    };
    let roots = store.roots(id(1)).await.unwrap();
    assert_eq!(roots, [root(1, &[1, 5]), root(2, &[])]);
    assert!(store.forget_snapshot(id(1), 1).await.unwrap());
    assert_eq!(store.roots(id(1)).await.unwrap(), [root(2, &[])]);
}

/// However old the caller's list is.
pub async fn what_a_snapshot_names_is_not_condemned(store: &dyn Store) {
    add_district(store, 1).await;
    published(store, 1, 10, &[1]).await;
    published(store, 1, 11, &[2]).await;
    let wish = [digest(4), digest(2), digest(1), digest(3), digest(4)];
    let done = store.condemn(id(1), &wish, at(5)).await.unwrap();
    assert_eq!(done, [digest(3), digest(4)]);
    let listed = store.condemned(id(1)).await.unwrap();
    assert_eq!(listed, [condemned(3, 5, false), condemned(4, 5, false)]);
    let again = store.condemn(id(1), &[digest(3)], at(9)).await.unwrap();
    assert_eq!(again, [digest(3)]);
    let listed = store.condemned(id(1)).await.unwrap();
    assert_eq!(listed[0], condemned(3, 5, false), "the first moment stays");
    let nobody = store.condemn(id(9), &[digest(3)], at(9)).await;
    refused(nobody, Conflict::Gone);
}

/// Pardoning is all or nothing.
pub async fn a_pardon_comes_before_the_seizure(store: &dyn Store) {
    add_district(store, 1).await;
    let doomed = [digest(1), digest(2), digest(3)];
    store.condemn(id(1), &doomed, at(0)).await.unwrap();
    store.pardon(id(1), &[digest(1), digest(9)]).await.unwrap();
    let seized = store.seize(id(1), at(1), 1).await.unwrap();
    assert_eq!(seized, [digest(2)]);
    let late = store.pardon(id(1), &[digest(3), digest(2)]).await;
    refused(late, Conflict::Condemned);
    let listed = store.condemned(id(1)).await.unwrap();
    assert_eq!(listed, [condemned(2, 0, true), condemned(3, 0, false)]);
}

/// Young ones are spared, begun ones come again.
pub async fn a_seizure_waits_for_its_day_and_can_be_repeated(store: &dyn Store) {
    add_district(store, 1).await;
    store
        .condemn(id(1), &[digest(2), digest(4)], at(10))
        .await
        .unwrap();
    store
        .condemn(id(1), &[digest(1), digest(3)], at(20))
        .await
        .unwrap();
    assert!(store.seize(id(1), at(10), 9).await.unwrap().is_empty());
    let first = store.seize(id(1), at(11), 9).await.unwrap();
    assert_eq!(first, [digest(2), digest(4)]);
    let again = store.seize(id(1), at(0), 9).await.unwrap();
    assert_eq!(again, first, "a collection that was cut short goes on");
    let more = store.seize(id(1), at(21), 3).await.unwrap();
    assert_eq!(more, [digest(1), digest(2), digest(3)]);
}

/// Forgetting ends the seizure, and only that.
pub async fn only_seized_objects_are_forgotten(store: &dyn Store) {
    add_district(store, 1).await;
    store
        .condemn(id(1), &[digest(1), digest(2)], at(0))
        .await
        .unwrap();
    store.seize(id(1), at(1), 1).await.unwrap();
    let all = [digest(1), digest(2), digest(3), digest(1)];
    assert_eq!(store.forget_condemned(id(1), &all).await.unwrap(), 1);
    assert_eq!(store.forget_condemned(id(1), &all).await.unwrap(), 0);
    let listed = store.condemned(id(1)).await.unwrap();
    assert_eq!(listed, [condemned(2, 0, false)]);
    published(store, 1, 10, &[1]).await;
}

/// The same bytes in two districts are two objects.
pub async fn districts_do_not_share_objects(store: &dyn Store) {
    add_district(store, 1).await;
    add_district(store, 2).await;
    published(store, 1, 10, &[1]).await;
    let done = store.condemn(id(2), &[digest(1)], at(0)).await.unwrap();
    assert_eq!(done, [digest(1)]);
    assert!(store.condemned(id(1)).await.unwrap().is_empty());
    published(store, 1, 11, &[1]).await;
    store.seize(id(2), at(1), 9).await.unwrap();
    assert_eq!(
        store.forget_condemned(id(1), &[digest(1)]).await.unwrap(),
        0
    );
}
