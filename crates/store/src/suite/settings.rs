//! Cases of [`Settings`](crate::Settings).

use super::sample::{add_district, app, at, connected, digest, id, published, refused};
use crate::{Conflict, Counts, Store, limits};

/// Get or create.
pub async fn the_first_value_stays(store: &dyn Store) {
    assert!(store.format().await.unwrap() >= 1);
    assert_eq!(store.setting("name").await.unwrap(), None);
    assert_eq!(store.setting_or("name", "Öst").await.unwrap(), "Öst");
    assert_eq!(store.setting_or("name", "West").await.unwrap(), "Öst");
    assert_eq!(store.setting("name").await.unwrap().unwrap(), "Öst");
    assert_eq!(store.setting("Name").await.unwrap(), None);
}

/// Setting replaces.
pub async fn a_setting_can_be_replaced(store: &dyn Store) {
    store.set_setting("zone", "UTC").await.unwrap();
    store.set_setting("zone", "").await.unwrap();
    assert_eq!(store.setting("zone").await.unwrap().unwrap(), "");
}

/// Limits of keys and values, the same for a key that exists.
pub async fn keys_and_values_have_limits(store: &dyn Store) {
    let long = "k".repeat(limits::TEXT + 1);
    refused(store.set_setting(&long, "").await, Conflict::Invalid);
    let long = "v".repeat(limits::SETTING);
    store.set_setting("k", &long).await.unwrap();
    let long = "v".repeat(limits::SETTING + 1);
    refused(store.set_setting("k", &long).await, Conflict::Invalid);
    refused(store.setting_or("k", &long).await, Conflict::Invalid);
    refused(store.setting_or("k\0", "v").await, Conflict::Invalid);
    assert_eq!(
        store.setting("k").await.unwrap().unwrap().len(),
        limits::SETTING
    );
}

/// Counts.
pub async fn everything_is_counted(store: &dyn Store) {
    assert_eq!(store.counts().await.unwrap(), Counts::default());
    connected(store).await;
    add_district(store, 9).await;
    store.add_app(app(8)).await.unwrap();
    published(store, 1, 10, &[1, 2]).await;
    published(store, 1, 11, &[3]).await;
    let doomed = [digest(50), digest(51), digest(52)];
    store.condemn(&doomed, at(0)).await.unwrap();
    let expected = Counts {
        districts: 2,
        apps: 2,
        connections: 1,
        snapshots: 2,
        open_runs: 2,
        condemned: 3,
    };
    assert_eq!(store.counts().await.unwrap(), expected);
    store.close_abandoned(id(1), at(1000)).await.unwrap();
    assert_eq!(store.counts().await.unwrap().open_runs, 0);
}
