//! What every answer carries, whatever it is (clever-api 9.2), and the forms an answer can travel in.

use std::collections::BTreeSet;

use axum::http::Method;
use homeroom_api::Settings;
use homeroom_testkit::{SMALL, generated};
use tower::Layer;
use tower_http::decompression::DecompressionLayer;

use crate::client::{Answer, Client};
use crate::installation::settings;
use crate::served::Served;

#[tokio::test]
async fn every_answer_has_an_id_and_is_not_to_be_stored() {
    let served = Served::new().await;
    let nobody = served.client.anonymous();
    let tag = served
        .client
        .get("/v3.1/schools")
        .await
        .header("etag")
        .to_owned();
    let mut ids = BTreeSet::new();
    let mut carries = |answer: &Answer, status: u16| {
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let id = answer.header("x-request-id");
        let parts: Vec<_> = id.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12], "{id}");
        assert!(ids.insert(id.to_owned()), "{id} was given twice");
        if status != 304 {
            assert_eq!(
                answer.header("content-type"),
                "application/json; charset=utf-8"
            );
        }
    };
    for (address, status) in [
        ("/v3.1/users", 200),
        ("/v3.1/users?limit=10000", 200),
        ("/v3.1/users?count=true", 200),
        ("/v3.1/users?limit=0", 400),
        ("/v3.1/users?limit=10001", 413),
        ("/v3.1/users/x", 404),
        ("/v1.2/students?limit=10001", 413),
        ("/v1.2/students?where=%7B%22id%22%3A%22x%22%7D", 200),
        ("/v1.2/students?where=x", 400),
        ("/nowhere", 404),
    ] {
        carries(&served.client.get(address).await, status);
    }
    carries(
        &served.client.send(Method::POST, "/v3.1/users", &[]).await,
        404,
    );
    carries(
        &served.client.send(Method::HEAD, "/v3.1/users", &[]).await,
        200,
    );
    carries(
        &served
            .client
            .send(Method::GET, "/v3.1/schools", &[("if-none-match", &tag)])
            .await,
        304,
    );
    carries(&nobody.get("/v3.1/users").await, 401);
    carries(&nobody.get("/oauth/tokens?owner_type=district").await, 401);
}

#[tokio::test]
async fn a_head_has_the_headers_of_its_get() {
    let served = Served::new().await;
    for address in [
        "/v3.1/schools",
        "/v3.1/users?count=true",
        "/v3.1/users/x",
        "/v3.1/users?limit=0",
    ] {
        let (head, get) = (
            served.client.send(Method::HEAD, address, &[]).await,
            served.client.get(address).await,
        );
        assert!(head.body.is_empty() && !get.body.is_empty());
        assert_eq!(head.status, get.status);
        assert_eq!(head.header("content-length"), get.body.len().to_string());
        assert_eq!(head.header("etag"), get.header("etag"));
    }
}

#[tokio::test]
async fn a_tag_stands_for_the_same_bytes_until_something_is_published() {
    let served = Served::new().await;
    let client = &served.client;
    let addresses = [
        "/v3.1/users",
        "/v3.0/users",
        "/v3.1/users?limit=10000",
        "/v3.1/users?limit=3",
        "/v3.1/districts",
    ];
    let mut tags = BTreeSet::new();
    let mut before = Vec::new();
    for address in addresses {
        let (one, again) = (client.get(address).await, client.get(address).await);
        assert_eq!(one.body, again.body);
        let tag = one.header("etag").to_owned();
        assert_eq!(tag, again.header("etag"));
        assert!(tag.starts_with("W/\"") && tags.insert(tag.clone()), "{tag}");
        before.push((address, tag));
    }
    for (address, tag) in &before {
        let other = tags.iter().find(|other| *other != tag).unwrap();
        let listed = format!("{other}, {tag}");
        for (sent, status) in [
            (tag, 304),
            (&listed, 304),
            (other, 200),
            (&"*".to_owned(), 200),
        ] {
            let answer = client
                .send(Method::GET, address, &[("if-none-match", sent)])
                .await;
            assert_eq!(answer.status, status, "{address} {sent}");
            assert_eq!(answer.header("etag"), tag);
            assert_eq!(answer.body.is_empty(), status == 304);
        }
    }
    served
        .installation
        .import(served.district, generated(SMALL, 1, 1))
        .await;
    for (address, tag) in &before {
        let answer = client
            .send(Method::GET, address, &[("if-none-match", tag)])
            .await;
        assert_eq!(answer.status, 200, "{address}");
        assert_ne!(answer.header("etag"), tag);
    }
    assert_eq!(
        client.get("/v3.1/users/x").await.header("etag"),
        "",
        "a refusal has no tag"
    );
}

#[tokio::test]
async fn bodies_travel_compressed_where_that_is_worth_it() {
    let served = Served::new().await;
    let client = &served.client;
    let gzip = [("accept-encoding", "gzip")];
    let unpacking = Client::new(
        axum::Router::new().fallback_service(DecompressionLayer::new().layer(client.router())),
    );
    let unpacking = unpacking.with_token(&served.token);
    // The second one is sent in several parts.
    for address in ["/v3.1/users", "/v3.1/users?limit=10000"] {
        let (plain, packed) = (
            client.get(address).await,
            client.send(Method::GET, address, &gzip).await,
        );
        assert_eq!(plain.header("content-encoding"), "");
        assert_eq!(packed.header("content-encoding"), "gzip");
        let varies = packed.headers.get_all("vary").iter();
        let varies: Vec<_> = varies.map(|value| value.to_str().unwrap()).collect();
        assert_eq!(varies, ["authorization, homeroom-as-of", "accept-encoding"]);
        assert!(packed.body.len() * 3 < plain.body.len());
        assert_eq!(unpacking.get(address).await.body, plain.body);
    }
    for address in ["/v3.1/users?count=true", "/v3.1/users/x"] {
        let answer = client.send(Method::GET, address, &gzip).await;
        assert_eq!(
            answer.header("content-encoding"),
            "",
            "{address} fits a packet as it is"
        );
    }
}

#[tokio::test]
async fn a_long_page_is_the_short_ones_one_after_another() {
    let served = Served::new().await;
    let long = served.client.read("/v3.1/users?limit=10000").await;
    let mut items = Vec::new();
    let mut address = "/v3.1/users?limit=90".to_owned();
    loop {
        let mut page = served.client.read(&address).await;
        items.append(page["data"].as_array_mut().unwrap());
        match crate::client::link(&page, "next") {
            Some(next) => address = next,
            None => break,
        }
    }
    assert!(items.len() > 600);
    let parts = served.client.parts("/v3.1/users?limit=10000").await;
    assert!(
        parts.len() > 2 && parts.iter().all(|part| *part < 210_000),
        "{parts:?}"
    );
    assert_eq!(served.client.parts("/v3.1/users?limit=90").await.len(), 1);
    assert_eq!(long["data"].as_array().unwrap(), &items);
}

#[tokio::test]
async fn a_window_counts_requests_of_one_token_and_refills() {
    let served = Served::new().await;
    let other = served.installation.add_district(2).await;
    let other = served.installation.connect(&served.app, other).await;
    let limited = served.installation.client(Settings {
        rate_limit: 3,
        ..settings()
    });
    let (client, other) = (
        limited.with_token(&served.token),
        limited.with_token(&other),
    );
    let opened = served.installation.time.seconds();
    let told = |answer: &Answer, remaining: &str| {
        assert_eq!(answer.header("x-ratelimit-bucket"), "bearer");
        assert_eq!(answer.header("x-ratelimit-limit"), "3");
        assert_eq!(answer.header("x-ratelimit-remaining"), remaining);
    };
    // Whatever comes of it, a request counts.
    for (address, status, remaining) in [
        ("/v3.1/users?limit=1", 200, "2"),
        ("/v3.1/users/x", 404, "1"),
        ("/v3.0/users?limit=0", 400, "0"),
    ] {
        let answer = client.get(address).await;
        assert_eq!(answer.status, status);
        told(&answer, remaining);
        assert_eq!(
            answer.header("x-ratelimit-reset"),
            (opened + 60).to_string()
        );
        assert_eq!(answer.header("retry-after"), "");
        served
            .installation
            .time
            .pass(std::time::Duration::from_secs(10));
    }
    let answer = client.get("/v3.1/districts").await;
    assert_eq!(answer.status, 429);
    told(&answer, "0");
    assert_eq!(answer.header("retry-after"), "30");
    answer.refusal("/v3.1/districts");
    let older = client.get("/v1.1/districts").await;
    assert_eq!(older.status, 429);
    older.refusal("/v1.1/districts");
    told(&other.get("/v3.1/districts").await, "2");
    served
        .installation
        .time
        .pass(std::time::Duration::from_secs(30));
    let answer = client.get("/v3.1/districts").await;
    assert_eq!(answer.status, 200);
    told(&answer, "2");
    assert_eq!(
        answer.header("x-ratelimit-reset"),
        (opened + 120).to_string()
    );
    assert_eq!(
        served
            .client
            .get("/v3.1/districts")
            .await
            .header("x-ratelimit-limit"),
        "",
        "no limit, no headers"
    );
    let unlisted = limited.get("/v3.1/districts").await;
    assert_eq!(
        (unlisted.status, unlisted.header("x-ratelimit-limit")),
        (401, "")
    );
}
