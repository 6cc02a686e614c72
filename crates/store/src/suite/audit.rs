//! Cases of [`Audit`](crate::Audit).

use super::sample::{add_district, at, audit_entry, id, refused};
use crate::{AuditEntry, Conflict, Store, limits};

fn ids(entries: &[AuditEntry]) -> Vec<u8> {
    entries.iter().map(|entry| entry.id.bytes()[0]).collect()
}

/// Order, pages, and whose.
pub async fn entries_are_listed_newest_first(store: &dyn Store) {
    add_district(store, 1).await;
    add_district(store, 2).await;
    let entries = [
        audit_entry(1, Some(1), 10),
        audit_entry(9, Some(1), 10),
        audit_entry(2, None, 30),
        audit_entry(3, Some(2), 20),
        audit_entry(255, Some(1), 40),
    ];
    for entry in &entries {
        store.add_audit(entry.clone()).await.unwrap();
    }
    let all = store.audit(None, None, 10).await.unwrap();
    assert_eq!(ids(&all), [255, 2, 3, 9, 1]);
    assert_eq!(all[1], entries[2]);
    let page = store.audit(None, None, 2).await.unwrap();
    assert_eq!(ids(&page), [255, 2]);
    let page = store.audit(None, Some((at(30), id(2))), 2).await.unwrap();
    assert_eq!(ids(&page), [3, 9]);
    let page = store.audit(None, Some((at(10), id(9))), 2).await.unwrap();
    assert_eq!(ids(&page), [1]);
    let one = store.audit(Some(id(1)), None, 10).await.unwrap();
    assert_eq!(ids(&one), [255, 9, 1]);
    let before = Some((at(40), id(255)));
    let page = store.audit(Some(id(1)), before, 1).await.unwrap();
    assert_eq!(ids(&page), [9]);
    assert_eq!(store.audit(Some(id(3)), None, 10).await.unwrap(), []);
}

/// Entries do not change.
pub async fn an_entry_is_added_once(store: &dyn Store) {
    add_district(store, 1).await;
    let entry = audit_entry(5, Some(1), 10);
    store.add_audit(entry.clone()).await.unwrap();
    store.add_audit(entry.clone()).await.unwrap();
    let mut other = entry.clone();
    other.detail = "{}".into();
    refused(store.add_audit(other).await, Conflict::Exists);
    let nowhere = audit_entry(6, Some(9), 10);
    refused(store.add_audit(nowhere).await, Conflict::Gone);
    let mut long = audit_entry(6, None, 10);
    long.detail = "x".repeat(limits::AUDIT_DETAIL + 1);
    refused(store.add_audit(long).await, Conflict::Invalid);
    let mut long = audit_entry(6, None, 10);
    long.action = "x".repeat(limits::WORD + 1);
    refused(store.add_audit(long).await, Conflict::Invalid);
    assert_eq!(store.audit(None, None, 10).await.unwrap(), [entry]);
}
