//! Cases of [`Objects`](crate::Objects).

use super::sample::{add_district, at, digest, id, published, refused};
use crate::{Condemned, Conflict, Store};

fn condemned(byte: u8, since: i64, seized: bool) -> Condemned {
    Condemned {
        object: digest(byte),
        condemned_at: at(since),
        seized,
    }
}

async fn all(store: &dyn Store) -> Vec<Condemned> {
    store.condemned(None, 100).await.unwrap()
}

/// Over all districts, ascending, each once, page by page.
pub async fn what_kept_snapshots_name_is_listed_once(store: &dyn Store) {
    add_district(store, 1).await;
    add_district(store, 2).await;
    published(store, 1, 10, &[5, 1, 5]).await;
    published(store, 1, 11, &[7]).await;
    published(store, 2, 12, &[7, 6]).await;
    let named = store.named_objects(None, 100).await.unwrap();
    assert_eq!(named, [digest(1), digest(5), digest(6), digest(7)]);
    let page = store.named_objects(Some(digest(1)), 2).await.unwrap();
    assert_eq!(page, [digest(5), digest(6)]);
    assert!(store.forget_snapshot(id(1), 1).await.unwrap());
    let named = store.named_objects(None, 100).await.unwrap();
    assert_eq!(named, [digest(6), digest(7)]);
}

/// However old the caller's list is.
pub async fn what_a_snapshot_names_is_not_condemned(store: &dyn Store) {
    add_district(store, 1).await;
    add_district(store, 2).await;
    published(store, 1, 10, &[1]).await;
    published(store, 2, 11, &[2]).await;
    let wish = [digest(4), digest(2), digest(1), digest(3), digest(4)];
    let done = store.condemn(&wish, at(5)).await.unwrap();
    assert_eq!(done, [digest(3), digest(4)]);
    let expected = [condemned(3, 5, false), condemned(4, 5, false)];
    assert_eq!(all(store).await, expected);
    let again = store.condemn(&[digest(3)], at(9)).await.unwrap();
    assert_eq!(again, [digest(3)]);
    assert_eq!(all(store).await, expected, "the first moment stays");
    let page = store.condemned(Some(digest(3)), 100).await.unwrap();
    assert_eq!(page, expected[1..]);
    let page = store.condemned(None, 1).await.unwrap();
    assert_eq!(page, expected[..1]);
}

/// Pardoning is all or nothing.
pub async fn a_pardon_comes_before_the_seizure(store: &dyn Store) {
    let doomed = [digest(1), digest(2), digest(3)];
    store.condemn(&doomed, at(0)).await.unwrap();
    store.pardon(&[digest(1), digest(9)]).await.unwrap();
    let seized = store.seize(at(1), 1).await.unwrap();
    assert_eq!(seized, [digest(2)]);
    let late = store.pardon(&[digest(3), digest(2)]).await;
    refused(late, Conflict::Condemned);
    let expected = [condemned(2, 0, true), condemned(3, 0, false)];
    assert_eq!(all(store).await, expected);
    let again = store.condemn(&[digest(2)], at(9)).await.unwrap();
    assert_eq!(again, [digest(2)]);
    assert_eq!(all(store).await, expected, "a seizure is not taken back");
}

/// Young ones are spared, begun ones come again.
pub async fn a_seizure_waits_for_its_day_and_can_be_repeated(store: &dyn Store) {
    store
        .condemn(&[digest(2), digest(4)], at(10))
        .await
        .unwrap();
    store
        .condemn(&[digest(1), digest(3)], at(20))
        .await
        .unwrap();
    assert!(store.seize(at(10), 9).await.unwrap().is_empty());
    let first = store.seize(at(11), 9).await.unwrap();
    assert_eq!(first, [digest(2), digest(4)]);
    let again = store.seize(at(0), 9).await.unwrap();
    assert_eq!(again, first, "a collection that was cut short goes on");
    let more = store.seize(at(21), 3).await.unwrap();
    assert_eq!(more, [digest(1), digest(2), digest(3)]);
}

/// Forgetting ends the seizure, and only that.
pub async fn only_seized_objects_are_forgotten(store: &dyn Store) {
    add_district(store, 1).await;
    store.condemn(&[digest(1), digest(2)], at(0)).await.unwrap();
    store.seize(at(1), 1).await.unwrap();
    let wish = [digest(1), digest(2), digest(3), digest(1)];
    assert_eq!(store.forget_condemned(&wish).await.unwrap(), 1);
    assert_eq!(store.forget_condemned(&wish).await.unwrap(), 0);
    assert_eq!(all(store).await, [condemned(2, 0, false)]);
    published(store, 1, 10, &[1]).await;
}

/// One district's garbage is refused to all: an object is one file.
pub async fn districts_share_objects(store: &dyn Store) {
    add_district(store, 1).await;
    add_district(store, 2).await;
    published(store, 1, 10, &[1]).await;
    published(store, 2, 11, &[1]).await;
    published(store, 1, 12, &[2]).await;
    assert!(store.forget_snapshot(id(1), 1).await.unwrap());
    let done = store.condemn(&[digest(1)], at(0)).await.unwrap();
    assert!(done.is_empty(), "the other district still names it");
    published(store, 2, 13, &[2]).await;
    assert!(store.forget_snapshot(id(2), 1).await.unwrap());
    let done = store.condemn(&[digest(1)], at(0)).await.unwrap();
    assert_eq!(done, [digest(1)]);
}
