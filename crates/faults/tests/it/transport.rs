//! Answers that are none, or come badly.

use std::time::Duration;

use axum::http::StatusCode;
use homeroom_faults::{Fault, Script, Settings};
use serde_json::json;
use tokio::time::timeout;

use crate::client::{Client, Got};
use crate::toy::{NOW, STUDENTS, Time, faulty, with};

const USERS: &str = "/v3.1/users";

/// The first answer under a fault; after two such answers the third is good.
async fn first(name: &str) -> Got {
    let client = faulty(&format!("{name}=1"));
    let first = client.get(USERS).await;
    assert_eq!(first.faults(), name);
    assert!(!first.is_good(), "{first:?}");
    assert!(!client.get(USERS).await.is_good());
    let third = client.get(USERS).await;
    assert!(third.is_good() && third.faults().is_empty(), "{third:?}");
    first
}

#[tokio::test]
async fn html() {
    let got = first("html").await;
    assert_eq!(got.status, StatusCode::OK);
    assert!(got.header("content-type").starts_with("text/html"));
    assert!(got.text().starts_with("<!DOCTYPE html>"));
}

#[tokio::test]
async fn html_404() {
    let got = first("html-404").await;
    assert_eq!(got.status, StatusCode::NOT_FOUND);
    assert!(got.text().contains("Cannot GET /v3.1/users"));
    assert_eq!(got.header("x-ratelimit-limit"), "1200");
}

#[tokio::test]
async fn empty_object() {
    let got = first("empty-object").await;
    assert_eq!((got.status, got.text().as_str()), (StatusCode::OK, "{}"));
    assert!(got.header("content-type").starts_with("application/json"));
}

#[tokio::test]
async fn cut_json() {
    let got = first("cut-json").await;
    assert_eq!(got.status, StatusCode::OK);
    assert!(got.text().starts_with("{\"data\":["));
    assert!(serde_json::from_str::<serde_json::Value>(&got.text()).is_err());
}

#[tokio::test]
async fn cut_body() {
    let got = first("cut-body").await;
    assert_eq!((got.status, got.body.is_none()), (StatusCode::OK, true));
}

#[tokio::test]
async fn wrong_type() {
    let got = first("wrong-type").await;
    assert_eq!(got.header("content-type"), "text/plain");
    assert_eq!(got.json()["data"].as_array().unwrap().len(), STUDENTS);
}

#[tokio::test]
async fn throttled() {
    let time = Time::new();
    let script = Script::parse("*users 1 throttled/20").unwrap();
    let settings = Settings {
        script,
        ..Settings::default()
    };
    let client = with(settings, &time);
    let first = client.get(USERS).await;
    assert_eq!(first.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(first.header("x-ratelimit-remaining"), "0");
    assert_eq!(
        first.header("x-ratelimit-reset"),
        (NOW / 1000 + 20).to_string()
    );
    assert_eq!(first.header("retry-after"), "20");
    // Whoever comes early is refused whatever the request; other tokens are not.
    time.pass(19);
    assert_eq!(
        client.get("/v3.1/districts").await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    let other = client.with_token("other");
    assert_eq!(other.get(USERS).await.status, StatusCode::UNAUTHORIZED);
    time.pass(1);
    assert!(client.get(USERS).await.is_good());
}

#[tokio::test]
async fn error_500() {
    let got = first("error-500").await;
    assert_eq!(got.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(
        got.json(),
        json!({ "message": "Something went wrong on our side." })
    );
}

#[tokio::test]
async fn error_502() {
    let got = first("error-502").await;
    assert_eq!(got.status, StatusCode::BAD_GATEWAY);
    assert!(got.text().contains("<html>"));
}

#[tokio::test]
async fn error_503() {
    let got = first("error-503").await;
    assert_eq!(
        (got.status, got.header("retry-after")),
        (StatusCode::SERVICE_UNAVAILABLE, "1")
    );
}

/// Late answers, by a clock that jumps: one that may take so long does not come, one that may take longer does.
async fn late(fault: &str, short: u64, enough: u64) -> Got {
    let client = faulty(fault);
    tokio::time::pause();
    let early = timeout(Duration::from_millis(short), client.get(USERS)).await;
    assert!(early.is_err(), "{early:?}");
    timeout(Duration::from_millis(enough), client.get(USERS))
        .await
        .expect("in time")
}

#[tokio::test]
async fn slow() {
    assert!(late("slow=1", 2900, 3100).await.is_good());
}

#[tokio::test]
async fn drip() {
    assert!(late("drip=1/1000", 900, 1100).await.is_good());
}

#[tokio::test]
async fn timeout_() {
    let got = late("timeout=1", 59_000, 61_000).await;
    assert_eq!(got.status, StatusCode::GATEWAY_TIMEOUT);
}

#[tokio::test]
async fn heavy_pages() {
    let client = faulty("heavy-pages=/20");
    tokio::time::pause();
    let got = client.get("/v3.1/users?limit=21").await;
    assert_eq!(
        (got.status, got.faults()),
        (StatusCode::GATEWAY_TIMEOUT, "heavy-pages")
    );
    assert_eq!(client.page("/v3.1/users?limit=20").await.len(), 20);
    assert_eq!(client.page(USERS).await.len(), STUDENTS);
}

#[tokio::test]
async fn a_script_says_when() {
    let script = Script::default().with("/v3.1/users*", 2, Fault::Html).with(
        "*limit=7*",
        1,
        Fault::Error500,
    );
    let settings = Settings {
        script,
        header: false,
        ..Settings::default()
    };
    let client = with(settings, &Time::new());
    assert!(client.get(USERS).await.is_good());
    let second = client.get(USERS).await;
    assert!(second.text().starts_with("<!DOCTYPE") && second.faults().is_empty());
    let seventh = client.get("/v3.1/users?limit=7").await;
    assert_eq!(seventh.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(client.get("/v3.1/users?limit=7").await.is_good());
}

#[tokio::test]
async fn without_faults_nothing_is_changed() {
    let plain = Client::new(crate::toy::toy(), crate::toy::TOKEN);
    let (plain, faulty) = (plain.get(USERS).await, faulty("").get(USERS).await);
    assert_eq!(plain.headers, faulty.headers);
    assert_eq!(plain.body, faulty.body);
}
