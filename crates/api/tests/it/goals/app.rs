//! What an app declares, its log, and active minutes.

use axum::http::Method;
use serde_json::{Value, json};

use super::{CSV, Feed, JSON, send};
use crate::client::Answer;

const APP: &str = "/goals/v1/app";

async fn put(feed: &Feed, body: &Value) -> Answer {
    let headers = [("content-type", JSON)];
    send(&feed.client, Method::PUT, APP, &headers, &body.to_string()).await
}

#[tokio::test]
async fn an_app_declares_what_it_counts() {
    let feed = Feed::new().await;
    let before = feed.client.read(APP).await;
    assert_eq!(before["data"]["progress"]["key"], Value::Null);
    assert_eq!(before["data"]["series"], json!([]));
    let declared = json!({
        "progress": { "key": "lessons_completed", "label": "Lessons", "ceiling": 120, "counts_finished_work": true },
        "may_fall": true,
        "reports": { "student": "https://app.example/r/{id}", "district": "https://app.example/all" },
    });
    let answer = put(&feed, &declared).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let shown = feed.client.read(APP).await;
    assert_eq!(answer.json(), shown);
    let shown = &shown["data"];
    for part in ["progress", "may_fall", "reports"] {
        assert_eq!(shown[part], declared[part], "{part}");
    }
    assert_eq!(shown["series"][0]["declared"], true);
    assert_eq!(
        (&shown["schools"], &shown["targets_shown"]),
        (&Value::Null, &json!(false))
    );
    let other = put(&feed, &json!({ "progress": { "key": "progress" } }))
        .await
        .json();
    let other = &other["data"];
    assert_eq!(other["series"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&other["may_fall"], &other["reports"]),
        (&json!(false), &json!({}))
    );
    assert!(
        other["progress"]["advice"]
            .as_str()
            .unwrap()
            .contains("lessons_completed")
    );
    assert_eq!(other["progress"]["label"], "progress");
}

#[tokio::test]
async fn what_is_said_without_a_key_is_said_of_the_metric_that_counts() {
    let feed = Feed::new().await;
    let ceiling = json!({ "progress": { "ceiling": 120 } });
    let early = put(&feed, &ceiling).await.json();
    let advice = early["data"]["progress"]["advice"].as_str().unwrap();
    assert!(advice.contains("progress.key"), "{advice}");
    let first = format!("clever_id,minutes,stars_won\n{},5,1\n", feed.students[0]);
    feed.taken(CSV, &first).await;
    let sent = feed.client.read(APP).await;
    assert_eq!(sent["data"]["series"][0]["declared"], false);
    assert_eq!(sent["data"]["progress"].get("advice"), None);
    assert_eq!(sent["data"]["progress"]["ceiling"], 120);
    let again = put(&feed, &ceiling).await.json();
    assert_eq!(again["data"]["series"][0]["declared"], true);
    let stray = format!("clever_id,minutes,star_won\n{},6,1\n", feed.students[0]);
    feed.taken(CSV, &stray).await;
    let after = feed.client.read(APP).await;
    assert_eq!(after["data"]["progress"], again["data"]["progress"]);
}

#[tokio::test]
async fn what_cannot_be_declared_is_refused_with_a_reason() {
    let feed = Feed::new().await;
    for (declared, says) in [
        (json!([]), "cannot be read"),
        (json!({ "progres": {} }), "unknown field"),
        (
            json!({ "progress": { "key": "minutes" } }),
            "lessons_completed",
        ),
        (json!({ "progress": { "ceiling": 0 } }), "ceiling"),
        (json!({ "progress": { "ceiling": -1 } }), "amount"),
        (
            json!({ "reports": { "student": "http://app.example/{id}" } }),
            "https",
        ),
        (
            json!({ "reports": { "teacher": "https://app.example/{id}" } }),
            "unknown variant",
        ),
        (
            json!({ "progress": { "label": "x".repeat(70_000) } }),
            "bytes and may have 65536",
        ),
        (
            json!({ "reports": { "student": format!("https://app.example/{{id}}?{}", "x".repeat(2000)) } }),
            "characters and may have 2000",
        ),
    ] {
        let answer = put(&feed, &declared).await;
        assert!(matches!(answer.status, 400 | 413), "{}", answer.text());
        assert!(answer.refusal(APP).contains(says), "{}", answer.text());
    }
    let after = feed.client.read(APP).await;
    assert_eq!(after["data"]["series"], json!([]));
}

#[tokio::test]
async fn the_log_is_read_page_by_page() {
    let feed = Feed::new().await;
    for minutes in 1..=5 {
        let table = format!(
            "clever_id,minutes,stars\n{},{minutes},1\nx,1,1\n",
            feed.students[0]
        );
        feed.taken(CSV, &table).await;
        feed.pass(10);
    }
    let mut address = "/goals/v1/deliveries?limit=2".to_owned();
    let mut numbers = Vec::new();
    loop {
        let page = feed.client.read(&address).await;
        let data = page["data"].as_array().unwrap();
        numbers.extend(data.iter().map(|entry| entry["number"].as_u64().unwrap()));
        match crate::client::link(&page, "next") {
            Some(next) => address = next,
            None => break,
        }
    }
    assert_eq!(numbers, [5, 4, 3, 2, 1]);
    let newest = &feed.log().await[0];
    let expected = json!({
        "rejected": [{ "index": 1, "clever_id": "not an id", "reason": "unknown_student" }],
        "progress_metric": "stars",
    });
    assert_eq!(newest["report"], expected);
    assert_eq!(newest["body"].as_str().unwrap().len(), 64);
    for (bad, status) in [
        ("limit=0", 400),
        ("limit=101", 400),
        ("limit=x", 400),
        ("starting_after=-1", 400),
        ("starting_after=1", 200),
    ] {
        let answer = feed
            .client
            .get(&format!("/goals/v1/deliveries?{bad}"))
            .await;
        assert_eq!(answer.status, status, "{bad}");
    }
}

#[tokio::test]
async fn heartbeats_become_minutes() {
    let feed = Feed::new().await;
    let beat = |at: u64| json!({ "session": "s", "at": at, "visible": true, "last_input": at, "page": "lesson" });
    let told = json!({
        "from": 0,
        "to": 90_000,
        "students": [
            { "student": "whatever the app says", "heartbeats": [beat(0), beat(60_000), beat(120_000)] },
            { "student": "idle", "heartbeats": [] },
        ],
    });
    let headers = [("content-type", JSON)];
    let path = "/goals/v1/active-minutes";
    let answer = send(
        &feed.client,
        Method::POST,
        path,
        &headers,
        &told.to_string(),
    )
    .await;
    let expected = json!({ "data": [
        { "student": "whatever the app says", "minutes": 1.5, "spans": [{ "from": 0, "to": 120_000 }] },
        { "student": "idle", "minutes": 0, "spans": [] },
    ] });
    assert_eq!(answer.json(), expected);
    let bad = send(
        &feed.client,
        Method::POST,
        path,
        &headers,
        "{\"students\":[{}]}",
    )
    .await;
    assert_eq!(bad.status, 400);
    assert!(
        bad.refusal(path).contains("missing field"),
        "{}",
        bad.text()
    );
    let heartbeat = |at: Value| {
        json!({ "students": [{ "student": "s", "heartbeats": [
            { "session": "s", "at": at, "visible": true, "last_input": 1, "page": "lesson" },
        ] }] })
    };
    let rules = |rules: Value| json!({ "rules": rules, "students": [] });
    for (told, says) in [
        (
            heartbeat(json!("2026-09-21")),
            "expected `at` in whole milliseconds since 1970",
        ),
        (
            heartbeat(json!(1.5)),
            "expected `at` in whole milliseconds since 1970",
        ),
        (
            heartbeat(json!(u64::MAX)),
            "expected `at` in whole milliseconds since 1970",
        ),
        (
            json!({ "from": "x", "students": [] }),
            "expected `from` in whole milliseconds",
        ),
        (
            rules(json!({ "idle_seconds": -1 })),
            "expected `idle_seconds` as a whole number",
        ),
        (
            rules(json!({ "pages": { "map": 7 } })),
            "expected a kind of page: an object",
        ),
        (
            json!({ "students": [7] }),
            "expected an object with student and heartbeats",
        ),
    ] {
        let body = told.to_string();
        let bad = send(&feed.client, Method::POST, path, &headers, &body).await;
        let text = bad.refusal(path);
        assert!(bad.status == 400 && text.contains(says), "{text}");
    }
}

#[tokio::test]
async fn the_document_of_goals_has_every_path() {
    let feed = Feed::new().await;
    let document = feed.client.anonymous().read("/openapi/goals-v1.json").await;
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
    for path in [
        "/v2.0/metrics",
        "/goals/v1/app",
        "/goals/v1/deliveries",
        "/goals/v1/active-minutes",
    ] {
        assert!(paths.iter().any(|known| *known == path), "{path}");
    }
}
