//! Cases of [`Leases`](crate::Leases).

use super::sample::{TTL, add_district, at, id, lease, leased, refused};
use crate::{Conflict, Lease, LeaseAnswer, Store, limits};

/// While it lasts, nobody else gets it, not even the same name again.
pub async fn one_holder_at_a_time(store: &dyn Store) {
    add_district(store, 1).await;
    assert_eq!(store.lease_of(id(1)).await.unwrap(), None);
    let expected = Lease {
        district: id(1),
        holder: "a".into(),
        fence: 1,
        until: at(60),
    };
    let first = store.lease(lease(1, "a", 0)).await.unwrap();
    assert_eq!(first, LeaseAnswer::Granted(expected.clone()));
    for holder in ["a", "b"] {
        let second = store.lease(lease(1, holder, 59)).await.unwrap();
        assert_eq!(second, LeaseAnswer::Held(expected.clone()));
    }
    assert_eq!(store.lease_of(id(1)).await.unwrap(), Some(expected));
    refused(store.lease(lease(9, "a", 0)).await, Conflict::Gone);
    let long = "x".repeat(limits::TEXT + 1);
    refused(store.lease(lease(1, &long, 0)).await, Conflict::Invalid);
}

/// Running out, being renewed, being lost.
pub async fn an_expired_lease_is_taken_over_and_lost(store: &dyn Store) {
    add_district(store, 1).await;
    let first = leased(store, 1, 0).await;
    let renewed = store.renew_lease(id(1), first, at(50), TTL).await.unwrap();
    assert_eq!(renewed.unwrap().until, at(110));
    let held = store.lease(lease(1, "b", 109)).await.unwrap();
    assert!(matches!(held, LeaseAnswer::Held(_)));
    let late = store.renew_lease(id(1), first, at(500), TTL).await.unwrap();
    assert_eq!(late.unwrap().until, at(560), "nobody had taken it over");
    let second = leased(store, 1, 560).await;
    assert!(second > first);
    let lost = store.renew_lease(id(1), first, at(561), TTL).await.unwrap();
    assert_eq!(lost, None);
    assert!(!store.release_lease(id(1), first).await.unwrap());
    let kept = store.lease_of(id(1)).await.unwrap().unwrap();
    assert_eq!((kept.fence, kept.until), (second, at(620)));
}

/// Who knows that the holder is dead names its fence.
pub async fn a_dead_holder_is_overtaken_by_name_of_its_fence(store: &dyn Store) {
    add_district(store, 1).await;
    let dead = leased(store, 1, 0).await;
    let mut request = lease(1, "b", 1);
    request.over = Some(dead + 1);
    let wrong = store.lease(request.clone()).await.unwrap();
    assert!(matches!(wrong, LeaseAnswer::Held(_)));
    request.over = Some(dead);
    let LeaseAnswer::Granted(taken) = store.lease(request.clone()).await.unwrap() else {
        panic!("the holder is dead");
    };
    assert_eq!((taken.holder.as_str(), taken.fence), ("b", dead + 1));
    let again = store.lease(request).await.unwrap();
    assert_eq!(again, LeaseAnswer::Held(taken), "only one of two overtakes");
}

/// A released lease is free, and its number is not used again.
pub async fn fences_rise_after_a_release(store: &dyn Store) {
    add_district(store, 1).await;
    let first = leased(store, 1, 0).await;
    assert!(store.release_lease(id(1), first).await.unwrap());
    assert!(!store.release_lease(id(1), first).await.unwrap());
    assert_eq!(store.lease_of(id(1)).await.unwrap(), None);
    let renewed = store.renew_lease(id(1), first, at(1), TTL).await.unwrap();
    assert_eq!(renewed, None);
    assert_eq!(leased(store, 1, 1).await, first + 1);
}

/// Leases of different districts have nothing to do with each other.
pub async fn districts_do_not_share_leases(store: &dyn Store) {
    add_district(store, 1).await;
    add_district(store, 2).await;
    assert_eq!(leased(store, 1, 0).await, 1);
    assert_eq!(leased(store, 2, 0).await, 1);
    assert!(store.release_lease(id(2), 1).await.unwrap());
    assert!(store.lease_of(id(1)).await.unwrap().is_some());
    assert!(!store.release_lease(id(3), 1).await.unwrap());
}
