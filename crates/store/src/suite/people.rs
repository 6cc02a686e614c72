//! Cases of [`People`](crate::People).

use super::sample::{add_district, id, person, refused};
use crate::{Conflict, Store, limits};

/// The order of adding, whatever the ids.
pub async fn people_keep_the_order_of_adding(store: &dyn Store) {
    add_district(store, 1).await;
    add_district(store, 2).await;
    let added = [
        person(9, 1, 1),
        person(4, 1, 2),
        person(6, 1, 2),
        person(1, 1, 3),
    ];
    for person in added.iter().rev() {
        store.add_person(person.clone()).await.unwrap();
    }
    store.add_person(person(5, 2, 0)).await.unwrap();
    assert_eq!(store.people(id(1)).await.unwrap(), added);
    assert_eq!(store.people(id(2)).await.unwrap(), [person(5, 2, 0)]);
    assert!(store.people(id(3)).await.unwrap().is_empty());
}

/// Ids are unique in a district; a district must be there.
pub async fn an_id_is_taken_once_per_district(store: &dyn Store) {
    add_district(store, 1).await;
    add_district(store, 2).await;
    store.add_person(person(1, 1, 0)).await.unwrap();
    store.add_person(person(1, 2, 0)).await.unwrap();
    refused(store.add_person(person(1, 1, 7)).await, Conflict::Exists);
    refused(store.add_person(person(1, 3, 0)).await, Conflict::Gone);
    let mut long = person(2, 1, 0);
    long.schools.push("x".repeat(limits::TEXT + 1));
    refused(store.add_person(long).await, Conflict::Invalid);
    assert_eq!(store.people(id(1)).await.unwrap(), [person(1, 1, 0)]);
}

/// Removing.
pub async fn removed_people_are_gone(store: &dyn Store) {
    add_district(store, 1).await;
    store.add_person(person(1, 1, 0)).await.unwrap();
    store.add_person(person(2, 1, 0)).await.unwrap();
    assert!(!store.remove_person(id(2), id(1)).await.unwrap());
    assert!(store.remove_person(id(1), id(1)).await.unwrap());
    assert!(!store.remove_person(id(1), id(1)).await.unwrap());
    assert_eq!(store.people(id(1)).await.unwrap(), [person(2, 1, 0)]);
}
