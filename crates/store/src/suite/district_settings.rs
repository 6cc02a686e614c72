//! Cases of [`DistrictSettings`](crate::DistrictSettings).

use homeroom_model::Timestamp;

use super::sample::{add_district, at, id, refused};
use crate::{Conflict, DistrictSettingsText, Store, StoreError, limits};

async fn set(store: &dyn Store, expected: Option<u64>, text: &str) -> Result<u64, StoreError> {
    store
        .set_district_settings(id(1), expected, text, "cli:ada", set_at(text))
        .await
}

/// A moment of its own for each text.
fn set_at(text: &str) -> Timestamp {
    at(i64::try_from(text.len()).unwrap())
}

fn settings(number: u64, text: &str) -> DistrictSettingsText {
    DistrictSettingsText {
        number,
        text: text.into(),
        set_at: set_at(text),
        actor: "cli:ada".into(),
    }
}

/// Every number is kept.
pub async fn settings_are_numbered(store: &dyn Store) {
    add_district(store, 1).await;
    add_district(store, 2).await;
    assert_eq!(store.district_settings(id(1)).await.unwrap(), None);
    assert_eq!(set(store, None, "# Ærø").await.unwrap(), 1);
    assert_eq!(set(store, Some(1), "").await.unwrap(), 2);
    assert_eq!(set(store, Some(2), "a = 1").await.unwrap(), 3);
    let newest = store.district_settings(id(1)).await.unwrap();
    assert_eq!(newest, Some(settings(3, "a = 1")));
    for (number, text) in [(1, "# Ærø"), (2, ""), (3, "a = 1")] {
        let found = store.numbered_district_settings(id(1), number).await;
        assert_eq!(found.unwrap(), Some(settings(number, text)));
    }
    for number in [0, 4, u64::MAX] {
        let found = store.numbered_district_settings(id(1), number).await;
        assert_eq!(found.unwrap(), None);
    }
    assert_eq!(store.district_settings(id(2)).await.unwrap(), None);
}

/// Two who change them at once: one is told to read again.
pub async fn settings_are_replaced_by_compare_and_set(store: &dyn Store) {
    add_district(store, 1).await;
    refused(set(store, Some(1), "a").await, Conflict::Moved);
    assert_eq!(set(store, None, "a").await.unwrap(), 1);
    assert_eq!(set(store, None, "a").await.unwrap(), 1, "repeated");
    assert_eq!(set(store, Some(0), "a").await.unwrap(), 1, "the same");
    refused(set(store, None, "b").await, Conflict::Moved);
    let other = store.set_district_settings(id(1), None, "a", "cli:bob", at(1));
    refused(other.await, Conflict::Moved);
    assert_eq!(set(store, Some(1), "a").await.unwrap(), 2);
    refused(set(store, None, "a").await, Conflict::Moved);
    let newest = store.district_settings(id(1)).await.unwrap();
    assert_eq!(newest, Some(settings(2, "a")));
}

/// Limits.
pub async fn settings_of_a_district_have_limits(store: &dyn Store) {
    add_district(store, 1).await;
    let long = "#".repeat(limits::DISTRICT_SETTINGS + 1);
    refused(set(store, None, &long).await, Conflict::Invalid);
    refused(set(store, None, "\0").await, Conflict::Invalid);
    let largest = Some(limits::NUMBER);
    refused(set(store, largest, "a").await, Conflict::Invalid);
    let actor = "x".repeat(limits::WORD + 1);
    let long = store.set_district_settings(id(1), None, "a", &actor, at(1));
    refused(long.await, Conflict::Invalid);
    let nowhere = store.set_district_settings(id(9), None, "a", "cli:ada", at(1));
    refused(nowhere.await, Conflict::Gone);
    assert_eq!(store.district_settings(id(1)).await.unwrap(), None);
    assert_eq!(set(store, None, &long_settings()).await.unwrap(), 1);
}

fn long_settings() -> String {
    "#".repeat(limits::DISTRICT_SETTINGS)
}
