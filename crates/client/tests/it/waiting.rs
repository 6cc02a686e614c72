//! Rate windows, waits and time limits (integration-side A1.7, S39). Time is tokio's, and paused.

use std::sync::Arc;
use std::time::Duration;

use homeroom_client::{Cancel, Clock, Fault, Outcome, Reading, Record, Report, Scope, Settings};
use homeroom_wire::{Object, V3_1};
use serde_json::json;

use crate::mock::{Act, Mock, Reply, Request, Server};
use homeroom_testkit::BEGIN;

async fn read(source: &homeroom_client::Source, cancel: &Cancel) -> Report {
    let mut records = Vec::<Record>::new();
    source
        .read(&Reading::of(Scope::District), &mut records, cancel)
        .await
        .unwrap()
}

fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

fn schools(request: &Request<'_>) -> bool {
    request.target.contains("/schools?limit")
}

/// When the schools were asked for, from the first time on.
fn times(server: &Server) -> Vec<Duration> {
    let log = server
        .log()
        .into_iter()
        .filter(|(_, target)| target.contains("/schools?limit"));
    let times: Vec<_> = log.map(|(time, _)| time).collect();
    times
        .iter()
        .map(|time| time.saturating_sub(times[0]))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn s39_a_throttled_and_shaky_server_is_waited_for_and_others_are_not() {
    let reset = BEGIN / 1000 + 20;
    let shaky = Server::acting(Mock::small(&V3_1, 5), move |request| match request.again {
        0 if schools(request) => Act::Reply(
            Reply::text(429, "text/plain", "")
                .with("x-ratelimit-remaining", &0)
                .with("x-ratelimit-reset", &reset),
        ),
        1 | 2 if schools(request) => Act::Reply(Reply::text(503, "text/plain", "")),
        _ => Act::Pass,
    });
    let other = Server::new(Mock::small(&V3_1, 5));
    let (first, second) = (shaky.source(), other.source());
    let (stop, clock) = (Cancel::default(), other.clock());
    let both = async {
        tokio::join!(read(&first, &stop), async {
            let report = read(&second, &stop).await;
            (report, clock.elapsed())
        })
    };
    let (report, (other_report, other_took)) = both.await;
    assert!(report.is_complete() && other_report.is_complete());
    assert!(other_took < Duration::from_millis(10), "{other_took:?}");
    let times = times(&shaky);
    assert_eq!(times.len(), 4);
    assert!((seconds(20)..seconds(22)).contains(&times[1]), "{times:?}");
    let after = |at: usize| times[at].saturating_sub(times[at - 1]);
    let (pause, next) = (after(2), after(3));
    assert!(
        (Duration::from_millis(250)..=Duration::from_millis(510)).contains(&pause),
        "{times:?}"
    );
    assert!(
        (Duration::from_millis(500)..=Duration::from_millis(1010)).contains(&next),
        "{times:?}"
    );
    let effort = report.collection(Object::School).unwrap().effort;
    assert_eq!(
        (
            effort.requests,
            effort.retries,
            effort.waits,
            effort.windows
        ),
        (5, 3, 3, 1)
    );
    assert!(effort.waited >= seconds(20));
}

#[tokio::test(start_paused = true)]
async fn a_window_that_is_used_up_is_waited_for_before_the_next_request() {
    let server = Server::acting(Mock::small(&V3_1, 5), |request| {
        if schools(request) {
            let reset = BEGIN / 1000 + 7;
            let right = request
                .right
                .clone()
                .with("x-ratelimit-remaining", &"900, 0");
            let right = right.with("x-ratelimit-reset", &format!("{}, {reset}", reset + 60));
            return Act::Reply(right);
        }
        Act::Pass
    });
    let report = read(&server.source(), &Cancel::default()).await;
    assert!(report.is_complete());
    assert_eq!(report.effort.retries, 0, "nothing was refused");
    let took = server.clock().elapsed();
    assert!((seconds(7)..seconds(8)).contains(&took), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_window_that_never_opens_is_given_up() {
    for headers in [
        vec![("retry-after", "86400")],
        vec![("retry-after", "1")],
        vec![],
    ] {
        let server = Server::acting(Mock::small(&V3_1, 5), move |request| {
            let reply = Reply::text(429, "text/plain", "");
            let reply = headers
                .iter()
                .fold(reply, |reply, (name, value)| reply.with(name, value));
            if schools(request) {
                Act::Reply(reply)
            } else {
                Act::Pass
            }
        });
        let source = server.source_with(|parts| parts.settings.most_windows = 4);
        let report = read(&source, &Cancel::default()).await;
        let collected = report.collection(Object::School).unwrap();
        let Outcome::Partial { why } = &collected.outcome else {
            panic!("{collected}")
        };
        assert_eq!(why.fault(), Some(Fault::Throttled));
        assert_eq!(collected.effort.requests, 5);
        let longest = Settings::default().longest_window * 5;
        assert!(
            server.clock().elapsed() <= longest,
            "no window is longer than it may be"
        );
        assert!(report.collection(Object::Section).unwrap().is_complete());
    }
}

#[tokio::test(start_paused = true)]
async fn pages_that_take_too_long_are_asked_for_in_halves() {
    let server = Server::acting(Mock::small(&V3_1, 60), |request| {
        let size = request
            .target
            .split("limit=")
            .nth(1)
            .and_then(|rest| rest.split('&').next()?.parse::<u32>().ok());
        match size {
            Some(size) if request.target.contains("/users") && size > 12 => Act::Hang,
            _ => Act::Pass,
        }
    });
    let source = server.source_with(|parts| parts.settings.page_size = 50);
    let report = read(&source, &Cancel::default()).await;
    let users = report.collection(Object::User).unwrap();
    assert!(users.is_complete(), "{users}");
    assert_eq!(users.records, 60);
    // Four roles are asked for one by one; each begins with the whole size.
    assert_eq!((users.effort.halved, users.effort.retries), (8, 8));
    assert_eq!(
        server.asked("limit=12&role=student"),
        5,
        "it stays with the size that works"
    );
    assert!(server.clock().elapsed() >= Settings::default().request_timeout * 8);
}

#[tokio::test(start_paused = true)]
async fn pages_that_are_too_long_are_asked_for_in_halves() {
    let server = Server::new(Mock::small(&V3_1, 60));
    let source = server.source_with(|parts| {
        parts.settings.page_size = 40;
        parts.settings.most_page_bytes = 4000;
    });
    let report = read(&source, &Cancel::default()).await;
    let users = report.collection(Object::User).unwrap();
    assert!(users.is_complete() && users.effort.halved > 0, "{users}");
    assert_eq!(users.records, 60);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_is_given_up_page_by_page() {
    let server = Server::acting(Mock::small(&V3_1, 5), |request| {
        if schools(request) {
            Act::Hang
        } else {
            Act::Pass
        }
    });
    let report = read(&server.source(), &Cancel::default()).await;
    let collected = report.collection(Object::School).unwrap();
    let Outcome::Partial { why } = &collected.outcome else {
        panic!("{collected}")
    };
    assert_eq!(why.fault(), Some(Fault::TimedOut));
    assert_eq!(
        collected.effort.requests,
        u64::from(Settings::default().tries)
    );
}

#[tokio::test(start_paused = true)]
async fn the_whole_reading_has_an_end() {
    let server = Server::acting(Mock::small(&V3_1, 5), |request| {
        if schools(request) {
            Act::Reply(Reply::json(500, &json!({})))
        } else {
            Act::Pass
        }
    });
    let source = server.source_with(|parts| parts.settings.deadline = seconds(2));
    let report = read(&source, &Cancel::default()).await;
    for collected in &report.collections[1..] {
        let Outcome::Partial { why } = &collected.outcome else {
            continue;
        };
        assert_eq!(why.fault(), Some(Fault::Deadline), "{collected}");
    }
    assert!(!report.collection(Object::School).unwrap().is_complete());
    assert!(server.clock().elapsed() <= seconds(2));

    let hanging = Server::acting(Mock::small(&V3_1, 5), |request| {
        if request.target.contains("/terms") {
            Act::Hang
        } else {
            Act::Pass
        }
    });
    let source = hanging.source_with(|parts| parts.settings.deadline = seconds(5));
    let report = read(&source, &Cancel::default()).await;
    let why = |object| match &report.collection(object).unwrap().outcome {
        Outcome::Partial { why } => why.fault(),
        Outcome::Complete => None,
    };
    assert_eq!(
        (why(Object::School), why(Object::Term)),
        (None, Some(Fault::Deadline))
    );
    assert_eq!(why(Object::Section), Some(Fault::Deadline));
    assert_eq!(hanging.clock().elapsed(), seconds(5));
}

#[tokio::test(start_paused = true)]
async fn a_wait_can_be_cancelled() {
    let server = Server::acting(Mock::small(&V3_1, 5), |request| {
        if schools(request) {
            Act::Reply(Reply::text(429, "text/plain", "").with("retry-after", &200))
        } else {
            Act::Pass
        }
    });
    let (source, cancel) = (server.source(), Cancel::default());
    let stop = async {
        tokio::time::sleep(seconds(30)).await;
        cancel.set();
    };
    let (report, ()) = tokio::join!(read(&source, &cancel), stop);
    assert!(!report.is_complete());
    assert_eq!(server.clock().elapsed(), seconds(30));
    let before = Arc::clone(&server).log().len();
    assert_eq!(server.log().len(), before, "nothing goes on behind it");
}
