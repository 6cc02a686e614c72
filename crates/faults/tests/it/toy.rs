//! A server of a few lines: forty students, one page after the other, and a list of tokens.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use homeroom_faults::{Faults, Settings};
use homeroom_model::{ObjectId, Timestamp};
use serde_json::{Value, json};

use crate::client::Client;

pub(crate) const DISTRICT: &str = "5f00aa11bb22cc33dd44ee00";
pub(crate) const TOKEN: &str = "the-token";
pub(crate) const STUDENTS: usize = 40;
/// 2026-09-01T08:00:00Z.
pub(crate) const NOW: i64 = 1_788_249_600_000;

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub(crate) struct Time(Arc<AtomicI64>);

impl Time {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(NOW)))
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }

    pub(crate) fn clock(&self) -> homeroom_faults::Clock {
        let time = self.clone();
        Arc::new(move || time.now())
    }
}

/// The server.
pub(crate) fn toy() -> Router {
    Router::new().fallback(answer)
}

/// A client of it that meets faults.
pub(crate) fn faulty(faults: &str) -> Client {
    with(Settings::default().with(faults).unwrap(), &Time::new())
}

pub(crate) fn with(settings: Settings, time: &Time) -> Client {
    let faults = Faults::new(settings, time.clock());
    Client::new(toy().layer(faults), TOKEN)
}

async fn answer(uri: Uri, headers: HeaderMap) -> Response {
    if uri.path() == "/oauth/tokens" {
        let grant = json!({ "id": "1", "owner": { "type": "district", "id": DISTRICT }, "access_token": TOKEN });
        return ok(&json!({ "data": [grant] }));
    }
    let token = headers.get(header::AUTHORIZATION);
    if token.is_none_or(|token| token != &format!("Bearer {TOKEN}")) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match uri.path().strip_prefix("/v3.1/").unwrap_or_default() {
        "districts" => ok(&json!({
            "data": [{ "data": { "id": DISTRICT, "name": "Toy" }, "uri": "/" }],
            "links": [{ "rel": "self", "uri": "/v3.1/districts" }],
        })),
        "users" => ok(&users(uri.query().unwrap_or_default())),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn ok(body: &Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::ETAG, "\"1\""),
    ];
    (headers, body.to_string()).into_response()
}

fn users(query: &str) -> Value {
    let value = |name: &str| {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs
            .into_iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.to_owned())
    };
    let limit: usize = value("limit").map_or(100, |limit| limit.parse().unwrap());
    let after = value("starting_after").unwrap_or_default();
    let all: Vec<_> = (0..STUDENTS).map(student).collect();
    let start = all.partition_point(|user| user["id"].as_str().unwrap() <= after.as_str());
    let end = STUDENTS.min(start + limit);
    let item = |user: &Value| json!({ "data": user, "uri": format!("/v3.1/users/{}", user["id"].as_str().unwrap()) });
    let mut links = vec![json!({ "rel": "self", "uri": format!("/v3.1/users?{query}") })];
    if end < STUDENTS {
        let last = all[end - 1]["id"].as_str().unwrap();
        let limit = value("limit").map_or_else(String::new, |limit| format!("limit={limit}&"));
        links.push(
            json!({ "rel": "next", "uri": format!("/v3.1/users?{limit}starting_after={last}") }),
        );
    }
    json!({ "data": all[start..end].iter().map(item).collect::<Vec<_>>(), "links": links })
}

fn student(number: usize) -> Value {
    let id = ObjectId::new([
        0x5f,
        0,
        0,
        0,
        1,
        2,
        3,
        4,
        5,
        0,
        0,
        u8::try_from(number).unwrap(),
    ]);
    json!({ "id": id.to_hex(), "district": DISTRICT, "roles": { "student": { "grade": "7", "legacy_id": id.to_hex() } } })
}
