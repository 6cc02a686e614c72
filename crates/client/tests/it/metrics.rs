//! Sending metrics: what every answer of a server means (clever-api 8, integration-side D2.9).

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use homeroom_client::{
    Broken, Cancel, Content, Fault, Metrics, MetricsReceipt, MetricsRow, Sent, Source, Told,
};
use homeroom_wire::V3_1;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::mock::{Act, DISTRICT, Mock, Reply, Request, Server, credentials};
use crate::over_a_socket::serve;

const BODY: &[u8] = br#"{"data":{"students":[]}}"#;

fn metrics(rows: u32) -> Metrics {
    let content = Content {
        kind: "application/json",
        body: Bytes::from_static(BODY),
    };
    Metrics { content, rows }
}

async fn send(source: &Source, rows: u32) -> Sent {
    source
        .send_metrics(&metrics(rows), &Cancel::default())
        .await
        .unwrap()
}

fn answering(act: impl Fn(&Request<'_>) -> Act + Send + Sync + 'static) -> Arc<Server> {
    Server::acting(Mock::small(&V3_1, 3), act)
}

fn receipt(data: &Value) -> Reply {
    Reply::json(200, &json!({ "data": data }))
}

fn again(fault: Fault) -> Told {
    Told::TryAgain { fault, after: None }
}

#[tokio::test(start_paused = true)]
async fn a_body_goes_to_its_endpoint_with_the_districts_token_and_the_receipt_comes_back() {
    let server = answering(|request| {
        assert_eq!(request.target, "/v2.0/metrics");
        assert_eq!(request.authorization, "Bearer the-token");
        let content = request.content.as_ref().unwrap();
        assert_eq!((content.kind, &*content.body), ("application/json", BODY));
        assert!(!format!("{content:?}").contains("students"));
        let row = json!({"index": 1, "clever_id": "x", "reason": "unknown_student"});
        Act::Reply(receipt(
            &json!({"received": 2, "updated": 1, "rejected": [row], "other": 5}),
        ))
    });
    let sent = send(&server.source(), 2).await;
    let row = MetricsRow {
        index: 1,
        clever_id: "x".to_owned(),
        reason: "unknown_student".to_owned(),
    };
    let expected = MetricsReceipt {
        received: 2,
        updated: 1,
        rejected: vec![row],
        ..MetricsReceipt::default()
    };
    assert_eq!((sent.status, sent.requests), (Some(200), 1));
    assert_eq!(sent.told, Told::Receipt(expected));
}

#[tokio::test(start_paused = true)]
async fn a_receipt_says_whether_the_progress_was_taken() {
    for (data, left_out, expected) in [
        // Servers that say nothing about keys, or something else by these names.
        (json!({"received": 1}), false, None),
        (
            json!({"received": 1, "progress_metric": null, "expected_metric": 5, "ignored_metrics": null}),
            false,
            None,
        ),
        (
            json!({"received": 1, "progress_metric": ["x"], "ignored_metrics": {"lessons_completed": 1}}),
            false,
            None,
        ),
        (
            json!({"received": 1, "progress_metric": "lessons_completed", "ignored_metrics": [{"key": "stars", "rows": 1}]}),
            false,
            None,
        ),
        (
            json!({"received": 1, "ignored_metrics": [{"key": "stars", "rows": 1}, 7]}),
            false,
            None,
        ),
        (
            json!({"received": 1, "ignored_metrics": [{"key": "lessons_completed", "rows": 1}]}),
            true,
            None,
        ),
        (
            json!({"received": 1, "expected_metric": "books_read", "ignored_metrics": ["lessons_completed"]}),
            true,
            Some("books_read"),
        ),
        (
            json!({"received": 1, "progress_metric": "books_read"}),
            true,
            None,
        ),
    ] {
        let reply = receipt(&data);
        let server = answering(move |_| Act::Reply(reply.clone()));
        let Told::Receipt(receipt) = send(&server.source(), 1).await.told else {
            panic!("{data}")
        };
        assert_eq!(receipt.left_out("lessons_completed"), left_out, "{data}");
        assert_eq!(receipt.expected_metric.as_deref(), expected, "{data}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_an_answer_that_accounts_for_the_rows_is_a_receipt() {
    let not_these = Fault::NoEnvelope("receipt for the rows that were sent");
    let row = |index| json!([{"index": index, "clever_id": "x", "reason": "y"}]);
    for (reply, fault) in [
        (Reply::json(200, &json!({})), Fault::NoEnvelope("receipt")),
        (
            Reply::json(200, &json!({"data": []})),
            Fault::NoEnvelope("receipt"),
        ),
        (
            receipt(&json!({"received": "2"})),
            Fault::NoEnvelope("receipt"),
        ),
        (receipt(&json!({"received": 1})), not_these),
        (receipt(&json!({"received": 3})), not_these),
        (
            receipt(&json!({"received": 2, "rejected": row(2)})),
            not_these,
        ),
        (
            receipt(&json!({"received": 2, "warnings": row(9)})),
            not_these,
        ),
        (
            Reply::text(200, "application/json", r#"{"data":{"received":2,"#),
            Fault::NotJson,
        ),
        (Reply::text(200, "application/json", ""), Fault::NotJson),
        (Reply::text(204, "application/json", ""), Fault::NotJson),
        (Reply::text(200, "text/html", "<html>"), Fault::Html),
        (Reply::text(201, "text/plain", "OK"), Fault::ContentType),
    ] {
        let status = reply.status;
        let server = answering(move |_| Act::Reply(reply.clone()));
        let sent = send(&server.source(), 2).await;
        assert_eq!(sent.told, Told::Unreadable(fault));
        assert_eq!(sent.status, Some(status));
        assert_eq!(server.log().len(), 1, "nothing is tried again here");
    }
}

#[tokio::test(start_paused = true)]
async fn every_status_says_whether_the_same_body_may_be_sent_again() {
    for status in [408, 425, 500, 501, 502, 503, 504, 599] {
        let server = answering(move |_| Act::Reply(Reply::json(status, &json!({}))));
        let sent = send(&server.source(), 1).await;
        assert_eq!(sent.told, again(Fault::Status(status)));
    }
    for status in [301, 307, 400, 403, 405, 409, 415, 422] {
        let server = answering(move |_| Act::Reply(Reply::json(status, &json!({}))));
        let sent = send(&server.source(), 1).await;
        assert_eq!(sent.told, Told::Refused(Fault::Status(status)));
        assert_eq!(server.log().len(), 1);
    }
    let server = answering(|_| Act::Reply(Reply::json(413, &json!({}))));
    assert_eq!(send(&server.source(), 1).await.told, Told::TooLarge);
    for (broken, fault) in [
        (Broken::Unreachable, Fault::Unreachable),
        (Broken::Cut, Fault::Cut),
        (Broken::TooLarge, Fault::TooLarge),
    ] {
        let server = answering(move |_| Act::Break(broken));
        let sent = send(&server.source(), 1).await;
        assert_eq!((sent.status, sent.told), (None, again(fault)));
    }
    let server = answering(|_| Act::Hang);
    assert_eq!(send(&server.source(), 1).await.told, again(Fault::TimedOut));
}

#[tokio::test(start_paused = true)]
async fn a_place_that_is_not_there_is_goals_off_for_a_token_that_reads_the_district() {
    let nothing = Fault::Status(404);
    for (district, fault) in [
        (Act::Pass, Fault::GoalsOff),
        (Act::Reply(Reply::json(404, &json!({}))), nothing),
        (Act::Reply(Reply::json(401, &json!({}))), nothing),
        (Act::Reply(Reply::json(403, &json!({}))), nothing),
        // A wrong kind of token is shown the page of the product (integration-side 0).
        (Act::Reply(Reply::text(200, "text/html", "<html>")), nothing),
    ] {
        let server = not_there(move |_| district.clone());
        let sent = send(&server.source(), 1).await;
        assert_eq!((sent.status, sent.requests), (Some(404), 2));
        assert_eq!(sent.told, Told::Refused(fault));
        assert_eq!(server.log().len(), 2, "the body is sent once");
    }
}

/// A server without a place for metrics, which answers so to the n-th question for the district.
fn not_there(district: impl Fn(usize) -> Act + Send + Sync + 'static) -> Arc<Server> {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    answering(move |request| match request.target {
        "/v2.0/metrics" => Act::Reply(Reply::json(404, &json!({}))),
        "/v3.1/districts" => district(asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst)),
        other => panic!("{other}"),
    })
}

/// What may pass when the district, or its token, is asked for.
fn passing() -> [Act; 5] {
    [
        Act::Break(Broken::Unreachable),
        Act::Break(Broken::Cut),
        Act::Hang,
        Act::Reply(Reply::json(503, &json!({}))),
        Act::Reply(Reply::json(429, &json!({})).with("retry-after", &3)),
    ]
}

#[tokio::test(start_paused = true)]
async fn whether_goals_are_off_is_asked_again_until_somebody_says_it() {
    for passes in passing() {
        let first = passes.clone();
        let server = not_there(
            move |number| {
                if number < 2 { first.clone() } else { Act::Pass }
            },
        );
        let sent = send(&server.source(), 1).await;
        assert_eq!(sent.told, Told::Refused(Fault::GoalsOff), "{passes:?}");
        assert_eq!((sent.status, sent.requests), (Some(404), 4));

        let server = not_there(move |_| passes.clone());
        let sent = send(&server.source(), 1).await;
        assert_eq!(sent.told, Told::Refused(Fault::GoalsOffOrToken));
        assert_eq!((sent.status, sent.requests), (Some(404), 7));
        assert_eq!(server.log().len(), 7, "the body is sent once");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_was_replaced_is_found_though_the_first_question_for_it_fails() {
    for passes in passing() {
        let asked = std::sync::atomic::AtomicBool::new(false);
        let server = answering(move |request| {
            if request.target.starts_with("/oauth/tokens") {
                if !asked.swap(true, std::sync::atomic::Ordering::SeqCst) {
                    return passes.clone();
                }
                let owner = json!({"type": "district", "id": DISTRICT.to_hex()});
                let body = json!({"data": [{"owner": owner, "access_token": "fresh"}]});
                return Act::Reply(Reply::json(200, &body));
            }
            Act::Reply(if request.authorization == "Bearer fresh" {
                receipt(&json!({"received": 1}))
            } else {
                Reply::json(401, &json!({}))
            })
        });
        let source = server.source_with(|parts| parts.credentials = Some(credentials()));
        let sent = send(&source, 1).await;
        assert!(matches!(sent.told, Told::Receipt(_)), "{:?}", sent.told);
        assert_eq!(sent.requests, 4);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_asked_too_often_says_how_long_to_wait() {
    let server = answering(|request| {
        Act::Reply(if request.number == 0 {
            Reply::json(429, &json!({})).with("retry-after", &7)
        } else {
            receipt(&json!({"received": 1}))
        })
    });
    let source = server.source();
    let told = Told::TryAgain {
        fault: Fault::Throttled,
        after: Some(Duration::from_secs(7)),
    };
    assert_eq!(send(&source, 1).await.told, told);
    assert!(matches!(send(&source, 1).await.told, Told::Receipt(_)));
    let times: Vec<u64> = server.log().iter().map(|(at, _)| at.as_secs()).collect();
    assert_eq!(times, [0, 7], "the window is obeyed by whoever asks next");
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_looked_for_once_and_only_another_one_is_tried() {
    let found = |token: &'static str| {
        move |request: &Request<'_>| {
            if request.target.starts_with("/oauth/tokens") {
                let owner = json!({"type": "district", "id": DISTRICT.to_hex()});
                let body = json!({"data": [{"owner": owner, "access_token": token}]});
                return Act::Reply(Reply::json(200, &body));
            }
            Act::Reply(if request.authorization == "Bearer fresh" {
                receipt(&json!({"received": 1}))
            } else {
                Reply::json(401, &json!({}))
            })
        }
    };
    for (told, asked, works) in [("fresh", 3, true), ("the-token", 2, false)] {
        let server = answering(found(told));
        let source = server.source_with(|parts| parts.credentials = Some(credentials()));
        let sent = send(&source, 1).await;
        assert_eq!(server.log().len(), asked);
        assert_eq!(matches!(sent.told, Told::Receipt(_)), works);
    }
    let server = answering(found("fresh"));
    let sent = send(&server.source(), 1).await;
    assert_eq!(sent.told, Told::Refused(Fault::TokenRefused));
    assert_eq!(server.log().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_an_answer_ends_when_somebody_asks_to_stop() {
    let server = answering(|_| Act::Hang);
    let (source, cancel) = (server.source(), Cancel::default());
    let flag = cancel.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        flag.set();
    });
    assert!(source.send_metrics(&metrics(1), &cancel).await.is_err());
}

/// The usual transport: what arrives, and answers that break in every place.
#[tokio::test]
async fn a_body_arrives_whole_over_a_socket() {
    let seen = Arc::new(Mutex::new(None));
    let keep = Arc::clone(&seen);
    let router = Router::new().fallback(move |uri: Uri, headers: HeaderMap, body: Bytes| {
        *keep.lock().unwrap() = Some((uri.path().to_owned(), headers, body));
        async { (StatusCode::OK, axum::Json(json!({"data": {"received": 1}}))) }
    });
    let source = over(serve(router).await);
    assert!(matches!(send(&source, 1).await.told, Told::Receipt(_)));
    let (path, headers, body) = seen.lock().unwrap().take().unwrap();
    assert_eq!((path.as_str(), &*body), ("/v2.0/metrics", BODY));
    assert_eq!(headers[header::CONTENT_TYPE], "application/json");
    assert_eq!(headers[header::CONTENT_LENGTH], BODY.len().to_string());
}

#[tokio::test]
async fn answers_that_break_are_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answers = [
        ("", again(Fault::Unreachable)),
        ("HTTP/1.1 200 O", again(Fault::Unreachable)),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{\"data\":{\"received\":1}}",
            again(Fault::Cut),
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"data\":{\"received\":1}}",
            Told::Unreadable(Fault::NotJson),
        ),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n17\r\n{\"data\":{\"rec",
            again(Fault::Cut),
        ),
    ];
    let texts = answers.clone().map(|(text, _)| text);
    tokio::spawn(async move {
        for text in texts {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(BODY) {
                let mut part = [0; 1000];
                let read = stream.read(&mut part).await.unwrap();
                request.extend_from_slice(&part[..read]);
            }
            stream.write_all(text.as_bytes()).await.unwrap();
        }
    });
    let source = over(homeroom_client::Address::parse(&address).unwrap());
    for (text, told) in answers {
        assert_eq!(send(&source, 1).await.told, told, "{text:?}");
    }
}

fn over(address: homeroom_client::Address) -> Source {
    let server = Server::new(Mock::small(&V3_1, 1));
    server.source_with(|parts| {
        parts.api = address;
        parts.transport = Arc::new(
            homeroom_client::Http::new(&homeroom_client::HttpSettings::default()).unwrap(),
        );
    })
}
