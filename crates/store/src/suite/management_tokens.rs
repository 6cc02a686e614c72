//! Cases of [`ManagementTokens`](crate::ManagementTokens).

use super::sample::{add_district, at, digest, id, management_token, refused};
use crate::{Conflict, Store, limits};

/// By digest, while it is good.
pub async fn a_good_token_is_found_by_its_digest(store: &dyn Store) {
    add_district(store, 1).await;
    let mut short = management_token(5);
    short.district = Some(id(1));
    short.expires = Some(at(100));
    store.add_management_token(short.clone()).await.unwrap();
    let long = management_token(6);
    store.add_management_token(long.clone()).await.unwrap();
    let at_moment = async |byte: u8, now| {
        let digest = digest(byte);
        let found = store.management_token_by_digest(&digest, at(now));
        found.await.unwrap()
    };
    assert_eq!(at_moment(5, 99).await, Some(short));
    assert_eq!(at_moment(5, 100).await, None, "run out");
    assert_eq!(at_moment(6, 1_000_000_000).await, Some(long));
    assert_eq!(at_moment(7, 0).await, None);
}

/// Revoking is for good, and the token stays in the list.
pub async fn a_revoked_token_is_good_for_nothing(store: &dyn Store) {
    store
        .add_management_token(management_token(5))
        .await
        .unwrap();
    assert!(!store.revoke_management_token(id(6), at(7)).await.unwrap());
    assert!(store.revoke_management_token(id(5), at(7)).await.unwrap());
    assert!(!store.revoke_management_token(id(5), at(8)).await.unwrap());
    let found = store.management_token_by_digest(&digest(5), at(0)).await;
    assert_eq!(found.unwrap(), None);
    let mut expected = management_token(5);
    expected.revoked = Some(at(7));
    assert_eq!(store.management_tokens().await.unwrap(), [expected]);
}

/// Ids and digests for ever, names among those that are not revoked.
pub async fn tokens_are_unique(store: &dyn Store) {
    store
        .add_management_token(management_token(5))
        .await
        .unwrap();
    let mut same_id = management_token(6);
    same_id.id = id(5);
    let mut same_digest = management_token(6);
    same_digest.digest = digest(5);
    let mut same_name = management_token(6);
    same_name.name = management_token(5).name;
    for taken in [same_id, same_digest.clone(), same_name.clone()] {
        let answer = store.add_management_token(taken).await;
        refused(answer, Conflict::Exists);
    }
    let mut nowhere = management_token(6);
    nowhere.district = Some(id(9));
    refused(store.add_management_token(nowhere).await, Conflict::Gone);
    let mut long = management_token(6);
    long.name = "x".repeat(limits::WORD + 1);
    refused(store.add_management_token(long).await, Conflict::Invalid);
    store.revoke_management_token(id(5), at(7)).await.unwrap();
    let answer = store.add_management_token(same_digest).await;
    refused(answer, Conflict::Exists);
    store.add_management_token(same_name).await.unwrap();
}

/// As they were made.
pub async fn tokens_are_listed_as_they_were_made(store: &dyn Store) {
    let mut tokens = [9, 2, 5].map(management_token);
    tokens[0].created = at(1);
    tokens[1].created = at(2);
    tokens[2].created = at(2);
    for token in tokens.iter().rev() {
        store.add_management_token(token.clone()).await.unwrap();
    }
    assert_eq!(store.management_tokens().await.unwrap(), tokens);
}
