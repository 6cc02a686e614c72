//! Cases of [`Blocks`](crate::Blocks).

use super::sample::{add_district, block, digest, id, publish, refused, started};
use crate::{Conflict, Store, limits};

/// The first block stands.
pub async fn a_file_set_is_blocked_once(store: &dyn Store) {
    add_district(store, 1).await;
    add_district(store, 2).await;
    let first = store.block_file_set(block(5, 1, 10)).await.unwrap();
    assert_eq!(first, block(5, 1, 10));
    let again = store.block_file_set(block(5, 1, 20)).await.unwrap();
    assert_eq!(again, first);
    let found = store.blocked(id(1), &digest(5)).await.unwrap();
    assert_eq!(found, Some(first));
    assert_eq!(store.blocked(id(1), &digest(6)).await.unwrap(), None);
    assert_eq!(store.blocked(id(2), &digest(5)).await.unwrap(), None);
    let nowhere = store.block_file_set(block(5, 3, 10)).await;
    refused(nowhere, Conflict::Gone);
    let mut long = block(6, 1, 10);
    long.reason = "x".repeat(limits::TEXT + 1);
    refused(store.block_file_set(long).await, Conflict::Invalid);
    let mut long = block(6, 1, 10);
    long.actor = "x".repeat(limits::WORD + 1);
    refused(store.block_file_set(long).await, Conflict::Invalid);
}

/// Oldest first, and gone when taken away.
pub async fn blocks_are_listed_and_taken_away(store: &dyn Store) {
    add_district(store, 1).await;
    add_district(store, 2).await;
    for (byte, seconds) in [(9, 10), (3, 20), (7, 10)] {
        let new = block(byte, 1, seconds);
        store.block_file_set(new).await.unwrap();
    }
    store.block_file_set(block(1, 2, 0)).await.unwrap();
    let expected = [block(7, 1, 10), block(9, 1, 10), block(3, 1, 20)];
    assert_eq!(store.blocks(id(1)).await.unwrap(), expected);
    assert!(!store.unblock(id(2), &digest(9)).await.unwrap());
    assert!(store.unblock(id(1), &digest(9)).await.unwrap());
    assert!(!store.unblock(id(1), &digest(9)).await.unwrap());
    assert_eq!(store.blocked(id(1), &digest(9)).await.unwrap(), None);
    assert_eq!(store.blocks(id(2)).await.unwrap(), [block(1, 2, 0)]);
}

/// An undo blocks what it undoes in the step that undoes it.
pub async fn a_publish_blocks_what_it_undoes(store: &dyn Store) {
    add_district(store, 1).await;
    let fence = started(store, 1, 10).await;
    let mut undo = publish(1, fence, 10, None, &[1]);
    undo.block = Some(block(9, 2, 50));
    refused(store.publish(undo.clone()).await, Conflict::Invalid);
    undo.block = Some(block(9, 1, 50));
    store
        .condemn(&[digest(1)], super::sample::at(0))
        .await
        .unwrap();
    refused(store.publish(undo.clone()).await, Conflict::Condemned);
    assert_eq!(store.blocks(id(1)).await.unwrap(), []);
    store.pardon(&[digest(1)]).await.unwrap();
    store.publish(undo).await.unwrap();
    assert_eq!(store.blocks(id(1)).await.unwrap(), [block(9, 1, 50)]);
}
