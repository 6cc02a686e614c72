//! Tokens that change, and answers of another district.

use axum::http::StatusCode;

use crate::client::{Client, documents};
use crate::toy::{DISTRICT, TOKEN, faulty};

const USERS: &str = "/v3.1/users?limit=5";

/// The tokens that are listed.
async fn listed(client: &Client) -> Vec<String> {
    let list = client.read("/oauth/tokens").await;
    let tokens = list["data"].as_array().unwrap().iter();
    tokens
        .map(|grant| grant["access_token"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn token_rotated() {
    let client = faulty("token-rotated=/3");
    for _ in 0..3 {
        assert!(client.get(USERS).await.is_good());
        assert_eq!(listed(&client).await, [TOKEN]);
    }
    let refused = client.get(USERS).await;
    assert_eq!(
        (refused.status, refused.faults()),
        (StatusCode::UNAUTHORIZED, "token-rotated")
    );
    let tokens = listed(&client).await;
    assert_ne!(tokens, [TOKEN]);
    let again = client.with_token(&tokens[0]);
    for _ in 0..5 {
        assert!(again.get(USERS).await.is_good());
    }
    assert_eq!(client.get(USERS).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(listed(&client).await, tokens);
}

#[tokio::test]
async fn token_revoked() {
    let client = faulty("token-revoked=/2");
    for _ in 0..2 {
        assert!(client.get(USERS).await.is_good());
    }
    assert_eq!(client.get(USERS).await.status, StatusCode::UNAUTHORIZED);
    assert!(listed(&client).await.is_empty());
}

#[tokio::test]
async fn wrong_token() {
    let client = faulty("wrong-token=1");
    let wrong = client.page("/v3.1/districts").await;
    assert_ne!(wrong[0]["id"], DISTRICT);
    let users = client.page(USERS).await;
    assert!(users.iter().all(|user| user["district"] == wrong[0]["id"]));
    client.page(USERS).await;
    assert!(
        client
            .page(USERS)
            .await
            .iter()
            .all(|user| user["district"] == DISTRICT)
    );
}

#[tokio::test]
async fn other_district() {
    let client = faulty("other-district=1");
    let got = client.get(USERS).await;
    let strange = |user: &&serde_json::Value| user["district"] != DISTRICT;
    let users = documents(&got.json());
    assert_eq!(
        (users.iter().filter(strange).count(), got.faults()),
        (1, "other-district")
    );
}
