//! What apps send (clever-api 8, integration-side D3): every rule as a case.

mod app;
mod bodies;
mod refused;
mod rows;
mod waiting;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request};
use homeroom_api::Settings;
use homeroom_model::{ObjectId, Timestamp};
use homeroom_progress::feed::{By, Switch, switch};
use homeroom_store::FeedKey;
use serde_json::Value;
use tower::ServiceExt;

use crate::client::{Answer, Client};
use crate::installation::settings;
use crate::served::Served;

const PATH: &str = "/v2.0/metrics";
const JSON: &str = "application/json";
const CSV: &str = "text/csv";

/// A served district with Goals on for its app.
struct Feed {
    served: Served,
    client: Client,
    students: Vec<String>,
}

impl Feed {
    async fn new() -> Self {
        Self::within(settings()).await
    }

    /// With settings of one's own.
    async fn within(settings: Settings) -> Self {
        Self::of(Served::new().await, settings).await
    }

    /// Of a district of one's own.
    async fn of(served: Served, settings: Settings) -> Self {
        let client = served
            .installation
            .client(settings)
            .with_token(&served.token);
        let students = served.client.ids("/v3.1/users?role=student").await;
        let feed = Self {
            served,
            client,
            students,
        };
        let on = Switch {
            on: Some(true),
            ..Switch::default()
        };
        feed.switch(&on).await;
        feed
    }

    fn key(&self) -> FeedKey {
        FeedKey {
            district: self.served.district,
            app: self.served.app.id,
        }
    }

    async fn switch(&self, wish: &Switch) {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let mut audit = [1; 12];
        audit[4..].copy_from_slice(&NEXT.fetch_add(1, Ordering::SeqCst).to_be_bytes());
        let by = By {
            actor: "cli:ada",
            now: Timestamp::from_millis(self.served.installation.time.seconds() * 1000),
            audit: ObjectId::new(audit),
        };
        let store = &*self.served.installation.store;
        switch(store, self.key(), wish, by).await.unwrap();
    }

    async fn post(&self, kind: &str, body: &str) -> Answer {
        send(
            &self.client,
            Method::POST,
            PATH,
            &[("content-type", kind)],
            body,
        )
        .await
    }

    /// Sends a body that must be taken.
    async fn taken(&self, kind: &str, body: &str) -> Value {
        let answer = self.post(kind, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["data"].clone()
    }

    /// The log, newest first.
    async fn log(&self) -> Vec<Value> {
        let page = self.client.read("/goals/v1/deliveries?limit=100").await;
        page["data"].as_array().unwrap().clone()
    }

    fn pass(&self, minutes: u64) {
        self.served
            .installation
            .time
            .pass(Duration::from_mins(minutes));
    }
}

/// Sends a request with a body.
async fn send(
    client: &Client,
    method: Method,
    address: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut request = Request::builder().method(method).uri(address);
    if let Some(authorization) = client.authorization() {
        request = request.header("authorization", authorization);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_owned())).unwrap();
    let answer = client.router().oneshot(request).await.unwrap();
    let (head, body) = answer.into_parts();
    let headers: HeaderMap = head.headers;
    Answer {
        status: head.status.as_u16(),
        headers,
        body: to_bytes(body, usize::MAX).await.unwrap(),
    }
}

/// A body in JSON: whose, and what.
fn rows(rows: &[(&str, &str)]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|(student, metrics)| {
            format!("{{\"clever_id\":\"{student}\",\"metrics\":{{{metrics}}}}}")
        })
        .collect();
    format!("{{\"data\":{{\"students\":[{}]}}}}", rows.join(","))
}
