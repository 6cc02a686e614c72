//! Cases of [`CustomRecords`](crate::CustomRecords).

use super::sample::{add_district, custom_record, id, refused};
use crate::{Conflict, Store, limits};

/// By stem and key, byte by byte.
pub async fn custom_records_are_listed_by_stem_and_key(store: &dyn Store) {
    add_district(store, 1).await;
    add_district(store, 2).await;
    let mut expected = [
        custom_record(1, "sections", "1"),
        custom_record(1, "students", "10"),
        custom_record(1, "students", "9"),
        custom_record(1, "students", "É"),
    ];
    expected[2].expires = None;
    for record in expected.iter().rev() {
        store.put_custom_record(record.clone()).await.unwrap();
    }
    let elsewhere = custom_record(2, "students", "9");
    store.put_custom_record(elsewhere.clone()).await.unwrap();
    assert_eq!(store.custom_records(id(1)).await.unwrap(), expected);
    assert_eq!(store.custom_records(id(2)).await.unwrap(), [elsewhere]);
    assert_eq!(store.custom_records(id(3)).await.unwrap(), []);
}

/// The same key is the same record.
pub async fn a_custom_record_is_replaced_and_removed(store: &dyn Store) {
    add_district(store, 1).await;
    let first = custom_record(1, "students", "9");
    store.put_custom_record(first.clone()).await.unwrap();
    let mut second = first;
    second.cells = "{\"First_name\":\"Zoé\"}".into();
    second.expires = None;
    second.actor = "cli:bob".into();
    store.put_custom_record(second.clone()).await.unwrap();
    store.put_custom_record(second.clone()).await.unwrap();
    assert_eq!(store.custom_records(id(1)).await.unwrap(), [second]);
    let remove = async |district, stem: &str, key: &str| {
        let removed = store.remove_custom_record(id(district), stem, key);
        removed.await.unwrap()
    };
    assert!(!remove(1, "students", "8").await);
    assert!(!remove(1, "teachers", "9").await);
    assert!(!remove(2, "students", "9").await);
    assert!(remove(1, "students", "9").await);
    assert!(!remove(1, "students", "9").await);
    assert_eq!(store.custom_records(id(1)).await.unwrap(), []);
}

/// Limits, and nothing personal in a log.
pub async fn custom_records_have_limits(store: &dyn Store) {
    let record = custom_record(1, "students", "S-77");
    let shown = format!("{record:?}");
    assert!(!shown.contains("S-77") && !shown.contains("Ada"), "{shown}");
    refused(store.put_custom_record(record).await, Conflict::Gone);
    add_district(store, 1).await;
    let mut long = custom_record(1, "students", "9");
    long.cells = "x".repeat(limits::CELLS + 1);
    refused(store.put_custom_record(long).await, Conflict::Invalid);
    let long = custom_record(1, "students", &"9".repeat(limits::TEXT + 1));
    refused(store.put_custom_record(long).await, Conflict::Invalid);
    let long = custom_record(1, &"s".repeat(limits::WORD + 1), "9");
    refused(store.put_custom_record(long).await, Conflict::Invalid);
    assert_eq!(store.custom_records(id(1)).await.unwrap(), []);
}
