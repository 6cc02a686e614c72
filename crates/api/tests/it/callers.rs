//! Who may call (clever-api 7.2 and 9.1).

use std::time::Duration;

use homeroom_api::Settings;

use crate::client::Client;
use crate::installation::settings;
use crate::served::Served;

async fn refused(client: &Client) {
    for path in [
        "/v3.1/users",
        "/v3.0/schools?limit=0",
        "/v2.1/students",
        "/v1.1/students",
        "/v1.2/nothing",
        "/v3.1/nothing",
        "/nowhere",
    ] {
        let answer = client.get(path).await;
        assert_eq!(answer.status, 401, "{path}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        assert!(answer.refusal(path).contains("token"));
    }
}

#[tokio::test]
async fn without_a_token_that_is_known_there_is_nothing() {
    let served = Served::new().await;
    let nobody = served.client.anonymous();
    refused(&nobody).await;
    let token = &served.token;
    for wrong in [
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Bearer {token}x"),
        format!("Bearer {}", token.to_uppercase()),
        format!("Bearer{token}"),
        format!("Basic {token}"),
        format!("Token {token}"),
        token.clone(),
        format!("Bearer {}", served.app.secret),
        format!("Bearer {}", "x".repeat(10_000)),
    ] {
        refused(&nobody.authorized(&wrong)).await;
    }
    for right in [format!("bearer {token}"), format!("BEARER   {token} ")] {
        nobody.authorized(&right).read("/v3.1/districts").await;
    }
}

#[tokio::test]
async fn a_revoked_token_is_remembered_no_longer_than_the_setting_says() {
    let served = Served::new().await;
    let remembering = Settings {
        pointer_age: Duration::from_hours(1),
        ..settings()
    };
    let remembering = served
        .installation
        .client(remembering)
        .with_token(&served.token);
    remembering.read("/v3.1/districts").await;
    served.client.read("/v3.1/districts").await;
    let connections = served
        .installation
        .store
        .connections_of_app(served.app.id)
        .await;
    let connection = connections.unwrap().swap_remove(0);
    assert!(
        served
            .installation
            .store
            .revoke(served.district, connection.id)
            .await
            .unwrap()
    );
    refused(&served.client).await;
    remembering.read("/v3.1/districts").await;
}

#[tokio::test]
async fn each_token_sees_its_own_district() {
    let served = Served::new().await;
    let other = served.installation.add_district(2).await;
    let token = served.installation.connect(&served.app, other).await;
    let client = served.installation.client(settings()).with_token(&token);
    let seen = async |client: &Client| {
        client.read("/v3.1/districts").await["data"][0]["data"]["id"].clone()
    };
    assert_eq!(seen(&client).await, other.to_hex());
    assert_eq!(seen(&served.client).await, served.district.to_hex());
}

#[tokio::test]
async fn before_the_first_publish_there_is_the_district_and_nothing_else() {
    let served = Served::new().await;
    let pending = served.installation.add_district(2).await;
    let token = served.installation.connect(&served.app, pending).await;
    let client = served.installation.client(settings()).with_token(&token);
    let district = client.read("/v3.1/districts").await;
    assert_eq!(district["data"][0]["data"]["state"], "pending");
    assert!(district["data"][0]["data"].get("last_sync").is_none());
    client.read(&format!("/v3.1/districts/{pending}")).await;
    for collection in [
        "schools",
        "sections",
        "courses",
        "terms",
        "users",
        "resources",
    ] {
        assert!(client.ids(&format!("/v3.1/{collection}")).await.is_empty());
    }
    assert_eq!(client.read("/v3.1/users?count=true").await["count"], 0);
    assert_eq!(
        client.status("/v3.1/users/5f00aa11bb22cc33dd44ee01").await,
        404
    );
}
