//! Feeds of events that are awkward to follow.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::http::StatusCode;
use homeroom_testkit::small_district;
use serde_json::Value;

use crate::client::{documents, id, ids, link};
use crate::home::Home;

const EVENTS: &str = "/v3.1/events?limit=6";

#[tokio::test]
async fn repeated_events() {
    let home = Home::new(&small_district()).await;
    let quiet = home.plain().pages(EVENTS).await;
    let pages = home.faulty("repeated-events=1").pages(EVENTS).await;
    for (page, quiet) in pages.iter().zip(&quiet) {
        let twice: Vec<_> = quiet
            .iter()
            .flat_map(|event| [event.clone(), event.clone()])
            .collect();
        assert_eq!(page, &twice);
    }
    assert_eq!(pages.len(), quiet.len());
}

#[tokio::test]
async fn shuffled_events() {
    let home = Home::new(&small_district()).await;
    let quiet = home.plain().pages(EVENTS).await;
    let pages = home.faulty("shuffled-events=1").pages(EVENTS).await;
    assert_ne!(pages, quiet);
    let sorted = pages.into_iter().map(|mut page| {
        page.sort_by_key(|event| id(event).to_owned());
        page
    });
    assert_eq!(sorted.collect::<Vec<_>>(), quiet);
}

#[tokio::test]
async fn unknown_events() {
    let home = Home::new(&small_district()).await;
    let quiet = home.plain().walk(EVENTS).await;
    for faults in [
        "unknown-events=1",
        "unknown-events=1,email-new-id",
        "unknown-events=1,aged-feed",
    ] {
        let client = home.faulty(faults);
        if faults.contains("aged") {
            client.read(EVENTS).await;
            home.import(&small_district().replacing("students.csv", "Nia,2,", "Nia,3,"))
                .await;
        }
        let events = client.walk(EVENTS).await;
        let (unknown, known): (Vec<_>, Vec<_>) = events
            .into_iter()
            .partition(|event| event["type"] == "badges.granted");
        assert!(!unknown.is_empty(), "{faults}");
        if !faults.contains("aged") {
            assert_eq!(known.len(), quiet.len());
        }
        for event in unknown {
            let read = client.one(&format!("/v3.1/events/{}", id(&event))).await;
            assert_eq!(read, Some(event), "{faults}");
        }
    }
}

#[tokio::test]
async fn silent_feed() {
    let home = Home::new(&small_district()).await;
    let client = home.faulty("silent-feed=/600");
    let last_sync = async || client.page("/v3.1/districts").await[0]["last_sync"].clone();
    let first = last_sync().await;
    assert_eq!(first, last_sync().await);
    home.time.pass(Duration::from_hours(1));
    assert!(first.as_str() < last_sync().await.as_str());
    let page = client.read("/v3.1/events?ending_before=last&limit=1").await;
    assert!(documents(&page).is_empty() && link(&page, "next").is_none());
    let numbered = client.read("/v1.1/events").await;
    assert_eq!(numbered["paging"]["count"], 0);
}

#[tokio::test]
async fn aged_feed() {
    let home = Home::new(&small_district()).await;
    let old = home.plain().walk(EVENTS).await;
    let client = home.faulty("aged-feed");
    assert!(client.page(EVENTS).await.is_empty());
    home.import(&small_district().replacing("students.csv", "Nia,2,", "Nia,3,"))
        .await;
    let new: Vec<_> = home.plain().walk(EVENTS).await.split_off(old.len());
    assert!(!new.is_empty());
    let cursor = id(&old[2]);
    let after = format!("/v3.1/events?starting_after={cursor}");
    for address in [EVENTS, &after] {
        assert_eq!(client.walk(address).await, new);
    }
}

#[tokio::test]
async fn refused_cursor() {
    let home = Home::new(&small_district()).await;
    let client = home.faulty("refused-cursor");
    let events = ids(&client.page("/v3.1/events").await);
    let after = |at: usize| format!("/v3.1/events?starting_after={}", events[at]);
    for _ in 0..3 {
        let refused = client.get(&after(0)).await;
        assert_eq!(
            (refused.status, refused.faults()),
            (StatusCode::BAD_REQUEST, "refused-cursor")
        );
        assert!(refused.json()["message"].is_string());
        assert!(client.get(&after(1)).await.is_good());
    }
}

#[tokio::test]
async fn feeds_can_be_restricted_and_read_backwards_where_a_journal_tells_them() {
    let home = Home::new(&small_district()).await;
    home.import(&small_district().replacing("students.csv", "Nia,2,", "Nia,3,"))
        .await;
    // Nothing is shared less or called otherwise: what a journal tells is what the source tells.
    let journal = home.faulty("unshared-ids=0");
    let plain = home.plain();
    let school = id(&plain.page("/v3.1/schools").await[0]).to_owned();
    let student = id(&plain.page("/v1.2/students").await[0]).to_owned();
    for address in [
        "/v3.1/events?limit=6".to_owned(),
        "/v3.1/events?ending_before=last&limit=3".to_owned(),
        "/v3.1/events?record_type=users&record_type=sections&limit=5".to_owned(),
        format!("/v3.1/events?school={school}"),
        format!("/v2.0/events?school={school}&limit=7"),
        "/v1.1/events?limit=5&page=2".to_owned(),
        format!("/v1.2/students/{student}/events"),
    ] {
        let (told, quiet) = (journal.read(&address).await, plain.read(&address).await);
        assert_eq!(sorted(told), sorted(quiet), "{address}");
    }
    for event in plain.walk(EVENTS).await {
        let address = format!("/v3.1/events/{}", id(&event));
        assert_eq!(journal.read(&address).await, plain.read(&address).await);
    }
    assert_eq!(
        journal.one("/v3.1/events/5f00aa11bb22cc33dd44ee00").await,
        None
    );
    let all: BTreeSet<_> = ids(&journal.walk(EVENTS).await).into_iter().collect();
    assert_eq!(all.len(), plain.walk(EVENTS).await.len());
}

/// The order of links is free (clever-api 5).
fn sorted(mut page: Value) -> Value {
    let links = page["links"].as_array_mut().unwrap();
    links.sort_by_key(|link| link["rel"].as_str().unwrap().to_owned());
    page
}
