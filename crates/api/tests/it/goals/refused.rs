//! Requests that are refused whole: their statuses, and what the log says of them.

use std::time::Duration;

use axum::http::Method;
use homeroom_api::Settings;
use homeroom_goals::submission::Limits;
use homeroom_progress::feed::Switch;

use super::{CSV, Feed, JSON, PATH, rows, send};
use crate::access::management_token;
use crate::installation::settings;

#[tokio::test]
async fn what_is_no_submission_says_what_one_is() {
    let feed = Feed::new().await;
    let cases = [
        (JSON, "", 400, "line 1"),
        (JSON, "{\"data\":", 400, "line 1"),
        (JSON, "[]", 400, "data.students"),
        (JSON, "{\"students\":[]}", 400, "data.students"),
        (JSON, "{\"data\":{\"students\":{}}}", 400, "data.students"),
        (
            JSON,
            "{\"data\":{\"students\":[1,2]}}",
            400,
            "None of the 2 rows",
        ),
        (CSV, "", 400, "first line"),
        (CSV, "id,minutes\n1,2\n", 400, "clever_id"),
        (CSV, "clever_id\nx\n", 400, "minutes"),
        (CSV, "clever_id,minutes,minutes\n", 400, "twice"),
        ("multipart/form-data; boundary=X", "--X--", 400, "no file"),
        ("multipart/form-data", "", 415, "application/json"),
        ("text/plain", "clever_id,minutes\n", 415, "text/csv"),
        ("application/x-www-form-urlencoded", "a=b", 415, "text/csv"),
    ];
    let count = cases.len();
    for (kind, body, status, says) in cases {
        let answer = feed.post(kind, body).await;
        let message = answer.refusal(PATH);
        assert_eq!(answer.status, status, "{kind} {body}: {message}");
        assert!(message.contains(says), "{kind} {body}: {message}");
    }
    let untyped = send(&feed.client, Method::POST, PATH, &[], "{}").await;
    assert_eq!(untyped.status, 415);
    let packed = [("content-type", JSON), ("content-encoding", "gzip")];
    let packed = send(&feed.client, Method::POST, PATH, &packed, "x").await;
    assert_eq!(packed.status, 415);
    let log = feed.log().await;
    assert_eq!(log.len(), count + 2, "every one stands in the log");
    for entry in &log {
        assert_eq!(entry["accepted"], false);
        assert!(entry["report"]["message"].as_str().unwrap().len() > 10);
    }
    let first = log.last().unwrap();
    assert_eq!(
        (&first["status"], &first["number"]),
        (&400.into(), &1.into())
    );
}

#[tokio::test]
async fn who_may_send() {
    let feed = Feed::new().await;
    let body = rows(&[(&feed.students[0], "\"minutes\":1")]);
    let headers = [("content-type", JSON)];
    let nobody = feed.client.anonymous();
    let managing = management_token(&feed.served, "night", None, None).await;
    let installation = &feed.served.installation;
    let other = installation.add_app(5).await;
    let other = installation.connect(&other, feed.served.district).await;
    for (client, status, says) in [
        (nobody.clone(), 401, "Bearer"),
        (nobody.with_token("somebody-made-this-up"), 401, "Bearer"),
        (
            nobody.authorized("Basic Y2xpZW50MTpzZWNyZXQ="),
            401,
            "Bearer",
        ),
        (nobody.with_token(&managing), 404, "management token"),
        (nobody.with_token(&other), 404, "not switched on"),
    ] {
        for (method, path) in [(Method::POST, PATH), (Method::GET, "/goals/v1/app")] {
            let answer = send(&client, method, path, &headers, &body).await;
            assert_eq!(answer.status, status, "{}", answer.text());
            assert!(answer.refusal(path).contains(says), "{}", answer.text());
        }
    }
    let off = Switch {
        on: Some(false),
        ..Switch::default()
    };
    feed.switch(&off).await;
    let answer = feed.post(JSON, &body).await;
    assert_eq!(answer.status, 404);
    let on = Switch {
        on: Some(true),
        ..Switch::default()
    };
    feed.switch(&on).await;
    let log = feed.log().await;
    assert_eq!(
        (log.len(), &log[0]["status"]),
        (1, &404.into()),
        "the app still sends"
    );
}

#[tokio::test]
async fn totals_are_only_sent() {
    let feed = Feed::new().await;
    for method in [
        Method::GET,
        Method::HEAD,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
    ] {
        let answer = send(&feed.client, method.clone(), PATH, &[], "").await;
        assert_eq!(answer.status, 404, "{method}");
    }
    for path in [
        "/v2.1/metrics",
        "/v3.0/metrics",
        "/goals",
        "/goals/v1",
        "/goals/v1/metrics",
        "/v2.0/metrics/x",
    ] {
        let answer = send(
            &feed.client,
            Method::POST,
            path,
            &[("content-type", JSON)],
            "{}",
        )
        .await;
        assert_eq!(answer.status, 404, "{path}");
    }
    let options = send(&feed.client.anonymous(), Method::OPTIONS, PATH, &[], "").await;
    assert_eq!(options.status, 204);
}

#[tokio::test]
async fn bodies_over_the_limits_are_refused_with_the_limit() {
    let small = Settings {
        submissions: Limits {
            body_bytes: 400,
            rows: 2,
            ..Limits::default()
        },
        ..settings()
    };
    let feed = Feed::within(small).await;
    let row = |place: usize| (feed.students[place].as_str(), "\"minutes\":1");
    let three = feed.post(JSON, &rows(&[row(0), row(1), row(2)])).await;
    assert_eq!(three.status, 413);
    assert!(three.refusal(PATH).contains("more than 2 students"));
    let long = feed.post(CSV, &"x".repeat(401)).await;
    assert_eq!(long.status, 413);
    assert!(long.refusal(PATH).contains("400"), "{}", long.text());
    let announced = [("content-type", JSON), ("content-length", "500000")];
    let announced = send(&feed.client, Method::POST, PATH, &announced, "{}").await;
    assert_eq!(announced.status, 413);
    let two = feed.post(JSON, &rows(&[row(0), row(1)])).await;
    assert_eq!(two.status, 200);
    let entries = feed.log().await;
    let statuses: Vec<_> = entries
        .iter()
        .map(|entry| entry["status"].as_u64().unwrap())
        .collect();
    assert_eq!(statuses, [200, 413, 413, 413]);
    assert_eq!(entries[1]["bytes"], 500_000);
}

#[tokio::test]
async fn sending_shares_the_window_of_reading() {
    let few = Settings {
        rate_limit: 3,
        rate_window: Duration::from_mins(1),
        ..settings()
    };
    let feed = Feed::within(few).await;
    let body = rows(&[(&feed.students[0], "\"minutes\":1")]);
    feed.client.read("/v3.1/districts").await;
    let first = feed.post(JSON, &body).await;
    assert_eq!(
        (first.status, first.header("x-ratelimit-remaining")),
        (200, "1")
    );
    assert_eq!(feed.post(JSON, &body).await.status, 200);
    let fourth = feed.post(JSON, &body).await;
    assert_eq!(fourth.status, 429);
    assert!(!fourth.header("retry-after").is_empty());
    assert_eq!(feed.client.get("/v3.1/districts").await.status, 429);
    feed.pass(1);
    assert_eq!(
        feed.log().await.len(),
        2,
        "what was too much is not looked at"
    );
}

/// A client that sends while it is refused is not cut off: the answer is there for it, and the connection goes on.
#[tokio::test]
async fn what_a_refused_client_sends_is_read_to_its_end() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::body::{Body, Bytes};
    use axum::http::Request;
    use futures::StreamExt;
    use tower::ServiceExt;

    const PARTS: usize = 20;
    let feed = Feed::new().await;
    for (kind, token, waits, status, read) in [
        ("text/plain", true, false, 415, PARTS),
        (JSON, false, false, 401, PARTS),
        // Whoever asks before sending is told before sending.
        (JSON, false, true, 401, 0),
    ] {
        let sent = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&sent);
        let parts = futures::stream::iter(0..PARTS).map(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
            Ok::<_, std::convert::Infallible>(Bytes::from(vec![b' '; 1000]))
        });
        let mut request = Request::post("/v2.0/metrics").header("content-type", kind);
        if let Some(authorization) = feed.client.authorization().filter(|_| token) {
            request = request.header("authorization", authorization);
        }
        if waits {
            request = request.header("expect", "100-continue");
        }
        let request = request.body(Body::from_stream(parts)).unwrap();
        let answer = feed.client.router().oneshot(request).await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
        assert_eq!(sent.load(Ordering::SeqCst), read, "{kind}");
    }
}
