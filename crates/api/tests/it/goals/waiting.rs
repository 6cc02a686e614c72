//! A control store that does not answer is waited for so long and no longer.

use std::sync::Arc;

use axum::http::Method;
use homeroom_store::MemoryStore;
use homeroom_store::suite::watched::Watched;

use super::{Feed, JSON, PATH, send};
use crate::gate::{Gate, Gated};
use crate::installation::{Installation, settings};
use crate::served::Served;

// Time stands still unless everything waits, and then leaps.
#[tokio::test(start_paused = true)]
async fn whatever_the_store_does_not_answer_ends_with_a_status() {
    let gated = Arc::new(Gated::new());
    let store = Watched::new(&Arc::new(MemoryStore::new()), Arc::clone(&gated));
    let served = Served::on(Installation::on(store)).await;
    let feed = Feed::of(served, settings()).await;
    let target = r#"{"targets": [{"metric": "minutes", "per_week": 60}]}"#;
    for (method, path, body, lost) in [
        (Method::GET, "/goals/v1/app", "", "goals_feed"),
        (
            Method::PUT,
            "/goals/v1/app",
            r#"{"may_fall": true}"#,
            "set_goals_feed",
        ),
        (Method::GET, "/goals/v1/deliveries", "", "goals_deliveries"),
        (Method::GET, "/goals/v1/check", "", "goals_feeds"),
        (Method::GET, "/goals/v1/check", "", "student_years"),
        (Method::GET, "/goals/v1/targets", "", "goals_targets"),
        (
            Method::PUT,
            "/goals/v1/targets",
            target,
            "add_goals_targets",
        ),
        (Method::POST, PATH, "no body", "district_settings"),
    ] {
        gated.set(Gate::Losing(lost));
        let kind = [(
            "content-type",
            if path == PATH { "text/plain" } else { JSON },
        )];
        let asked = send(&feed.client, method.clone(), path, &kind, body);
        let answer = tokio::time::timeout(std::time::Duration::from_hours(1), asked).await;
        let answer = answer.unwrap_or_else(|_| panic!("{method} {path} hangs on {lost}"));
        assert_eq!(answer.status, 503, "{method} {path} {lost}");
    }
    // What is declared and what the audit says of it are one question.
    let put = send(
        &feed.client,
        Method::PUT,
        "/goals/v1/app",
        &[("content-type", JSON)],
        r#"{"may_fall": true}"#,
    );
    gated.set(Gate::Losing("add_audit"));
    assert_eq!(put.await.status, 200);
    gated.set(Gate::Open);
    feed.client.read("/goals/v1/check").await;
}
