//! `GET /oauth/tokens` (clever-api 7.5).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::NewConnection;
use serde_json::json;

use crate::client::Client;
use crate::installation::{Installation, NewApp, settings};

const LIST: &str = "/oauth/tokens?owner_type=district";

fn basic(client: &Client, name: &str, secret: &str) -> Client {
    client.authorized(&format!(
        "Basic {}",
        STANDARD.encode(format!("{name}:{secret}"))
    ))
}

fn app(client: &Client, app: &NewApp) -> Client {
    basic(client, &app.client_id, &app.secret)
}

#[tokio::test]
async fn an_app_finds_its_tokens_and_can_use_them() {
    let installation = Installation::new();
    let (one, two) = (installation.add_app(1).await, installation.add_app(2).await);
    // The districts of an app are listed by id, whenever they connected it.
    let (second, first) = (
        installation.add_district(2).await,
        installation.add_district(1).await,
    );
    let in_second = installation.connect(&one, second).await;
    let in_first = installation.connect(&one, first).await;
    let others = installation.connect(&two, first).await;
    let client = installation.client(settings());
    let list = app(&client, &one).read(LIST).await;
    let ids: Vec<_> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].clone())
        .collect();
    let item = |id: &serde_json::Value, district: &str, token: &str| {
        json!({
            "id": id,
            "created": "2026-09-01T08:00:00.000Z",
            "owner": { "type": "district", "id": district },
            "access_token": token,
            "scopes": ["read:user_id", "read:students_limited"],
        })
    };
    let items = [
        item(&ids[0], &first.to_hex(), &in_first),
        item(&ids[1], &second.to_hex(), &in_second),
    ];
    assert_eq!(
        list,
        json!({ "data": items, "links": [{ "rel": "self", "uri": LIST }] })
    );
    let one_district = format!("{LIST}&district={first}");
    let list = app(&client, &one).read(&one_district).await;
    assert_eq!(
        list,
        json!({ "data": [items[0]], "links": [{ "rel": "self", "uri": one_district }] })
    );
    let list = app(&client, &two).read(LIST).await;
    assert_eq!(list["data"][0]["access_token"], others.as_str());
    client.with_token(&others).read("/v3.1/districts").await;
    for unknown in ["5f00aa11bb22cc33dd44ee01", "x", ""] {
        let list = app(&client, &one)
            .read(&format!("{LIST}&district={unknown}"))
            .await;
        assert_eq!(list["data"], json!([]), "{unknown}");
    }
    let nobody_connected = installation.add_app(3).await;
    assert_eq!(
        app(&client, &nobody_connected).read(LIST).await["data"],
        json!([])
    );
}

#[tokio::test]
async fn wrong_credentials_and_wrong_parameters_say_what_oauth_clients_read() {
    let installation = Installation::new();
    let (one, two) = (installation.add_app(1).await, installation.add_app(2).await);
    let district = installation.add_district(1).await;
    let token = installation.connect(&one, district).await;
    let client = installation.client(settings());
    for wrong in [
        client.clone(),
        client.with_token(&token),
        basic(&client, &one.client_id, "wrong"),
        basic(&client, &one.client_id, ""),
        basic(&client, "nobody", &one.secret),
        basic(&client, &one.client_id, &two.secret),
        basic(&client, &one.client_id.to_uppercase(), &one.secret),
        client.authorized("Basic"),
        client.authorized("Basic !!!"),
        client.authorized(&format!("Basic {}", STANDARD.encode("no colon"))),
        client.authorized(&format!("Basic {}", STANDARD.encode([0xff, b':', 0xff]))),
    ] {
        let answer = wrong.get(LIST).await;
        assert_eq!(answer.status, 401);
        assert!(answer.header("www-authenticate").starts_with("Basic"));
        assert_eq!(answer.json()["error"], "invalid_client");
        assert!(answer.json()["error_description"].is_string());
    }
    let client = app(&client, &one);
    for wrong in [
        "/oauth/tokens",
        "/oauth/tokens?owner_type=user",
        "/oauth/tokens?owner_type=",
        "/oauth/tokens?owner_type=District&x=%ff",
    ] {
        let answer = client.get(wrong).await;
        assert_eq!(answer.status, 400, "{wrong}");
        assert_eq!(answer.json()["error"], "invalid_request");
    }
    let scheme = client.authorized(&format!(
        "bAsIc  {}",
        STANDARD.encode(format!("{}:{}", one.client_id, one.secret))
    ));
    scheme.read(LIST).await;
}

#[tokio::test]
async fn under_another_master_key_tokens_are_not_handed_back_but_still_work() {
    let installation = Installation::new();
    let one = installation.add_app(1).await;
    let district = installation.add_district(1).await;
    let token = installation.connect(&one, district).await;
    let client = installation.client_with_another_key();
    let answer = app(&client, &one).get(LIST).await;
    assert_eq!(answer.status, 503);
    assert!(!answer.text().contains(&token));
    client.with_token(&token).read("/v3.1/districts").await;
}

#[tokio::test]
async fn a_token_that_cannot_be_opened_is_left_out_and_the_others_are_listed() {
    let installation = Installation::new();
    let one = installation.add_app(1).await;
    let (first, second) = (
        installation.add_district(1).await,
        installation.add_district(2).await,
    );
    let token = installation.connect(&one, first).await;
    let damaged = NewConnection {
        id: ObjectId::new([9; 12]),
        app: one.id,
        district: second,
        token: homeroom_api::token_digest("damaged"),
        sealed: vec![0; 40],
        scopes: Vec::new(),
        created: Timestamp::from_millis(0),
    };
    installation.store.connect(damaged).await.unwrap();
    let client = app(&installation.client(settings()), &one);
    let list = client.read(LIST).await;
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    assert_eq!(list["data"][0]["access_token"], token.as_str());
    let only = client.get(&format!("{LIST}&district={second}")).await;
    assert_eq!(only.status, 503, "an empty list would say that it left");
}
