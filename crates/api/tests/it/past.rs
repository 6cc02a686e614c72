//! Reading the past: `Homeroom-As-Of`.

use std::time::Duration;

use axum::http::Method;
use homeroom_store::ViewMove;
use homeroom_testkit::{SMALL, generated};
use serde_json::Value;

use crate::client::{Answer, Client, id, link};
use crate::installation::settings;
use crate::served::Served;

const DAY: Duration = Duration::from_hours(24);

/// Everybody's documents, by walking the list.
async fn walk(client: &Client) -> Vec<Value> {
    let (mut found, mut next) = (Vec::new(), Some("/v3.1/users?limit=70".to_owned()));
    while let Some(address) = next {
        let page = client.read(&address).await;
        found.extend(page["data"].as_array().unwrap().iter().cloned());
        next = link(&page, "next");
    }
    found
}

/// A district with four snapshots, published on four days; the day of the first, and what was there on each.
async fn four_days() -> (Served, Vec<Vec<Value>>) {
    let served = Served::new().await;
    let mut then = vec![walk(&served.client).await];
    for day in 1..4 {
        served.installation.time.pass(DAY);
        let files = generated(SMALL, 1, day * 5);
        served.installation.import(served.district, files).await;
        then.push(walk(&served.client).await);
    }
    assert!(then.windows(2).all(|pair| pair[0] != pair[1]));
    (served, then)
}

fn message(answer: &Answer) -> String {
    answer.json()["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_past_is_walked_like_the_present() {
    let (served, then) = four_days().await;
    let client = &served.client;
    // Published on the 1st of September 2026 at nine, then each day an hour later.
    for (texts, number) in [
        (["1", "2026-09-01", "2026-09-02T09:59:59.999Z"], 1),
        (["2", "2026-09-02", "2026-09-02T10:00:00Z"], 2),
        (["3", " 2026-09-03 ", "2026-09-03T13:00:00+02:00"], 3),
        (["4", "2026-09-04", "2026-09-04T12:00:00.000Z"], 4),
    ] {
        for text in texts {
            let past = client.as_of(text);
            let users = walk(&past).await;
            assert!(users == then[number - 1], "{text}");
            let answer = past.get("/v3.1/users?limit=1").await;
            assert_eq!(answer.header("homeroom-snapshot"), number.to_string());
        }
    }
    let now = client.get("/v3.1/users?limit=1").await;
    assert_eq!(now.header("homeroom-snapshot"), "4");
    // Who is gone can still be read where they were, and who is new was not there.
    let only_in = |there: &[Value], other: &[Value]| {
        let found = there.iter().find(|one| {
            let own = id(&one["data"]);
            other.iter().all(|two| id(&two["data"]) != own)
        });
        id(&found.expect("people come and go")["data"]).to_owned()
    };
    for (person, status_then, status_now) in [
        (only_in(&then[0], &then[3]), 200, 404),
        (only_in(&then[3], &then[0]), 404, 200),
    ] {
        let address = format!("/v3.1/users/{person}");
        let before = client.as_of("1").get(&address).await;
        assert_eq!(before.status, status_then);
        assert_eq!(before.header("homeroom-snapshot"), "1");
        assert_eq!(client.get(&address).await.status, status_now);
    }
}

#[tokio::test]
async fn what_is_not_there_says_what_is() {
    let (served, _) = four_days().await;
    let kept = "it keeps 1 to 4 (2026-09-01 to 2026-09-04).";
    for (text, status, says) in [
        ("5", 400, "This has not been published yet; "),
        ("2026-09-05", 400, "This has not been published yet; "),
        (
            "2026-09-04T12:00:00.001Z",
            400,
            "This has not been published yet; ",
        ),
        (
            "2026-08-31",
            404,
            "This district had published nothing then; ",
        ),
        (
            "2026-09-01T08:59:59Z",
            404,
            "This district had published nothing then; ",
        ),
    ] {
        let answer = served.client.as_of(text).get("/v3.1/users").await;
        assert_eq!(answer.status, status, "{text}");
        assert_eq!(message(&answer), format!("{says}{kept}"), "{text}");
    }
    for text in [
        "",
        "0",
        "yesterday",
        "2026-13-01",
        "2026-09-01T10:00",
        "W/\"1\"",
    ] {
        let answer = served.client.as_of(text).get("/v3.1/users").await;
        assert_eq!(answer.status, 400, "{text}");
        assert!(message(&answer).contains("2026-03-01T09:30:00Z"), "{text}");
    }
    let twice = [("homeroom-as-of", "1"), ("homeroom-as-of", "2")];
    let answer = served.client.send(Method::GET, "/v3.1/users", &twice).await;
    assert_eq!(answer.status, 400);
    // Without a token nobody learns what is kept.
    let nobody = served
        .client
        .anonymous()
        .as_of("9")
        .get("/v3.1/users")
        .await;
    assert_eq!(nobody.status, 401);
}

#[tokio::test]
async fn what_retention_let_go_is_not_there_and_what_it_thinned_is() {
    let (served, then) = four_days().await;
    served.installation.ingest.sweep(0).await.unwrap();
    // Only the changes of the first two are kept now, and all that rebuilding them takes.
    assert!(walk(&served.client.as_of("1")).await == then[0]);
    assert!(walk(&served.client.as_of("2026-09-02")).await == then[1]);
    // A month later, after two more.
    for day in 4..6 {
        served.installation.time.pass(DAY * 18);
        let files = generated(SMALL, 1, day * 5);
        served.installation.import(served.district, files).await;
    }
    served.installation.ingest.sweep(0).await.unwrap();
    let answer = served.client.as_of("1").get("/v3.1/users").await;
    assert_eq!(answer.status, 404);
    assert!(
        message(&answer).starts_with("This district does not keep snapshot 1; it keeps "),
        "{}",
        message(&answer)
    );
    let answer = served.client.as_of("2026-09-01").get("/v3.1/users").await;
    assert_eq!(answer.status, 404, "{}", message(&answer));
}

#[tokio::test]
async fn tags_of_the_past_are_not_those_of_the_present() {
    let (served, _) = four_days().await;
    let tag = async |client: &Client| client.get("/v3.1/users").await.header("etag").to_owned();
    let (now, before) = (
        tag(&served.client).await,
        tag(&served.client.as_of("2")).await,
    );
    assert_ne!(now, before);
    assert_eq!(before, tag(&served.client.as_of("2026-09-02")).await);
    assert_eq!(now, tag(&served.client.as_of("4")).await, "the same bytes");
    for (client, known, status) in [
        (&served.client, &now, 304),
        (&served.client, &before, 200),
        (&served.client.as_of("2"), &before, 304),
        (&served.client.as_of("2"), &now, 200),
    ] {
        let sent = [("if-none-match", known.as_str())];
        let answer = client.send(Method::GET, "/v3.1/users", &sent).await;
        assert_eq!(answer.status, status);
        let varies = answer.header("vary");
        assert!(varies.contains("homeroom-as-of"), "{varies}");
        assert!(!answer.header("homeroom-snapshot").is_empty());
    }
}

#[tokio::test]
async fn a_view_that_lags_behind_knows_nothing_later() {
    let (served, then) = four_days().await;
    let store = &served.installation.store;
    let view = store.connections_of_app(served.app.id).await.unwrap();
    let view = view.into_iter().next().unwrap();
    let back = ViewMove {
        snapshot: Some(2),
        document: view.view.document,
        moved_at: view.view.moved_at,
        events: None,
    };
    let generation = view.view.generation;
    let moved = store.move_view(served.district, view.id, generation, back);
    moved.await.unwrap();
    let client = &served.client;
    assert!(walk(client).await == then[1]);
    assert!(walk(&client.as_of("2026-09-04")).await == then[1]);
    assert!(walk(&client.as_of("1")).await == then[0]);
    let answer = client.as_of("3").get("/v3.1/users").await;
    assert_eq!(answer.status, 400);
    assert!(message(&answer).ends_with("it keeps 1 to 2 (2026-09-01 to 2026-09-02)."));
}

#[tokio::test]
async fn days_are_those_of_the_district() {
    let (served, _) = four_days().await;
    let store = &served.installation.store;
    let now = homeroom_model::Timestamp::from_millis(0);
    let text = "time_zone = \"Pacific/Kiritimati\"\n";
    let set = store.set_district_settings(served.district, None, text, "cli:test", now);
    set.await.unwrap();
    // Fourteen hours ahead, the end of the 2nd is ten in the morning of Greenwich's; snapshot 2 comes with that hour.
    for (text, number) in [
        ("2026-09-02", "1"),
        ("2026-09-03", "2"),
        ("2026-09-05", "4"),
    ] {
        let answer = served.client.as_of(text).get("/v3.1/schools").await;
        assert_eq!(answer.header("homeroom-snapshot"), number, "{text}");
    }
}

#[tokio::test]
async fn before_the_first_publish_there_is_no_past() {
    let served = Served::new().await;
    let other = served.installation.add_district(2).await;
    let token = served.installation.connect(&served.app, other).await;
    let client = served.installation.client(settings()).with_token(&token);
    let now = client.get("/v3.1/users").await;
    assert_eq!((now.status, now.header("homeroom-snapshot")), (200, "0"));
    let past = client.as_of("2026-09-01").get("/v3.1/users").await;
    assert_eq!(past.status, 404);
    assert_eq!(
        message(&past),
        "This district had published nothing then; it has published nothing yet."
    );
}
