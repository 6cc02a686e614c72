//! Cases of [`Apps`](crate::Apps).

use super::sample::{app, connected, id, refused};
use crate::{Conflict, Store, limits};

/// Both ways to find an app, and the order of the list.
pub async fn an_app_is_found_by_id_and_client(store: &dyn Store) {
    for byte in [5, 2, 9] {
        store.add_app(app(byte)).await.unwrap();
    }
    assert_eq!(store.app(id(2)).await.unwrap(), Some(app(2)));
    assert_eq!(store.app(id(3)).await.unwrap(), None);
    let found = store.app_by_client("client-9").await.unwrap();
    assert_eq!(found, Some(app(9)));
    assert_eq!(store.app_by_client("CLIENT-9").await.unwrap(), None);
    assert_eq!(store.apps().await.unwrap(), [app(2), app(5), app(9)]);
}

/// Neither id nor client id is taken twice.
pub async fn ids_and_client_ids_are_unique(store: &dyn Store) {
    store.add_app(app(1)).await.unwrap();
    let mut same_id = app(2);
    same_id.id = id(1);
    refused(store.add_app(same_id).await, Conflict::Exists);
    let mut same_client = app(2);
    same_client.client_id = app(1).client_id;
    refused(store.add_app(same_client).await, Conflict::Exists);
    let mut long = app(2);
    long.client_id = "x".repeat(limits::TEXT + 1);
    refused(store.add_app(long).await, Conflict::Invalid);
    assert_eq!(store.apps().await.unwrap(), [app(1)]);
}

/// An app goes only after its connections.
pub async fn a_connected_app_is_not_removed(store: &dyn Store) {
    let connection = connected(store).await;
    refused(store.remove_app(id(2)).await, Conflict::InUse);
    assert!(store.revoke(id(1), connection.id).await.unwrap());
    assert!(store.remove_app(id(2)).await.unwrap());
    assert!(!store.remove_app(id(2)).await.unwrap());
    assert_eq!(store.app_by_client("client-2").await.unwrap(), None);
    store.add_app(app(2)).await.unwrap();
}
