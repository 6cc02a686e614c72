//! Events as an application follows them: a full read of day 0 and the events since are a full read of day N, in every
//! version, byte for byte (issue 4, "What must be seen to work"). The long form is run by `cargo xtask soak events`.

mod feed;
mod followers;
mod mirror;
mod raw;
mod scopes;
mod sharing;
mod year;

use std::time::Duration;

use serde_json::Value;

use crate::client::{Client, id, link};
use crate::installation::{Installation, settings};
use crate::served::Served;
use homeroom_testkit::{SMALL, generated};

/// The documents of a list, page by page.
async fn all(client: &Client, address: &str) -> Vec<Value> {
    let joint = if address.contains('?') { '&' } else { '?' };
    let mut address = format!("{address}{joint}limit=10000");
    let mut documents = Vec::new();
    loop {
        let mut page = client.read(&address).await;
        let items = page["data"].as_array_mut().unwrap();
        documents.extend(items.iter_mut().map(|item| item["data"].take()));
        match link(&page, "next") {
            Some(next) => address = next,
            None => return documents,
        }
    }
}

#[tokio::test]
async fn without_the_switch_there_are_no_events_and_that_is_said() {
    let served = Served::new().await;
    let answer = served.client.get("/v3.1/events").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["data"].as_array().unwrap().len(), 0);
    assert_eq!(answer.header("homeroom-events-gap"), "none");
    let status = |address: &'static str| served.client.status(address);
    assert_eq!(status("/v3.1/events/5f00aa11bb22cc33dd44ee01").await, 404);
    assert_eq!(status("/v3.1/events?record_type=students").await, 400);
    assert_eq!(status("/v3.1/events?school=x").await, 400);
    assert_eq!(
        status("/v1.1/students/5f00aa11bb22cc33dd44ee01/events").await,
        404
    );
    assert_eq!(
        status("/v2.0/students/5f00aa11bb22cc33dd44ee01/events").await,
        404
    );
}

#[tokio::test]
async fn a_cursor_older_than_the_feed_is_told_what_is_missing() {
    let installation = Installation::new();
    let district = installation.add_district(1).await;
    installation.import(district, generated(SMALL, 1, 0)).await;
    let app = installation.add_app(1).await;
    let token = installation.connect_with_events(&app, district).await;
    let client = installation.client(settings()).with_token(&token);
    let first = all(&client, "/v3.1/events").await;
    let old = format!("/v3.1/events?starting_after={}", id(&first[0]));
    assert_eq!(client.get(&old).await.header("homeroom-events-gap"), "");
    for day in 1..4 {
        installation.time.pass(Duration::from_hours(24 * 16));
        installation
            .import(district, generated(SMALL, 1, day))
            .await;
    }
    installation.ingest.sweep(0).await.unwrap();
    let client = installation.reopened().with_token(&token);
    let kept = all(&client, "/v3.1/events").await;
    assert!(id(&kept[0]) > id(&first[0]), "the oldest went");
    let answer = client.get(&old).await;
    let oldest = answer.header("homeroom-events-gap").to_owned();
    assert!(!oldest.is_empty() && *oldest <= *id(&kept[0]), "{oldest}");
    assert_eq!(
        client
            .get("/v3.1/events")
            .await
            .header("homeroom-events-gap"),
        ""
    );
    let since = format!("/v3.1/events?starting_after={}", id(&kept[0]));
    assert_eq!(client.get(&since).await.header("homeroom-events-gap"), "");
}

#[tokio::test]
async fn what_goes_while_somebody_reads_is_told_no_more_and_is_no_failure() {
    let installation = Installation::new();
    let district = installation.add_district(1).await;
    installation.import(district, generated(SMALL, 1, 0)).await;
    let app = installation.add_app(1).await;
    let token = installation.connect_with_events(&app, district).await;
    for day in 1..5 {
        installation.time.pass(Duration::from_hours(24 * 20));
        installation
            .import(district, generated(SMALL, 1, day))
            .await;
    }
    let client = installation.client(settings()).with_token(&token);
    let before = all(&client, "/v2.1/events").await;
    installation.ingest.sweep(0).await.unwrap();
    // The very same feed: the view has not moved.
    let after = all(&client, "/v2.1/events").await;
    assert!(after.len() < before.len() && before.ends_with(&after));
    let gone = format!("/v2.1/events/{}", id(&before[0]));
    assert_eq!(client.status(&gone).await, 404);
    let kept = format!("/v2.1/events/{}", id(&after[0]));
    assert_eq!(client.status(&kept).await, 200);
    let cursor = format!("/v2.1/events?starting_after={}", id(&before[0]));
    assert_ne!(client.get(&cursor).await.header("homeroom-events-gap"), "");
}

#[tokio::test]
async fn what_happened_while_the_switch_was_off_is_said_to_be_missing() {
    let installation = Installation::new();
    let district = installation.add_district(1).await;
    installation.import(district, generated(SMALL, 1, 0)).await;
    let app = installation.add_app(1).await;
    let token = installation.connect_with_events(&app, district).await;
    let client = installation.client(settings()).with_token(&token);
    let connections = installation.store.connections_of_district(district).await;
    let connection = connections.unwrap()[0].id;
    let before = all(&client, "/v2.1/events").await;
    let cursor = format!("/v2.1/events?starting_after={}", id(before.last().unwrap()));
    let gap = async |address: &str| {
        let answer = client.get(address).await;
        answer.header("homeroom-events-gap").to_owned()
    };
    assert_eq!(gap(&cursor).await, "");
    for (day, on) in [(1, false), (2, true)] {
        let switched = installation.store.switch_events(district, connection, on);
        assert!(switched.await.unwrap());
        let files = generated(SMALL, 1, day);
        installation.import(district, files).await;
        let expected = if on { "" } else { "none" };
        assert_eq!(gap("/v2.1/events").await, expected);
    }
    let after = all(&client, "/v2.1/events").await;
    let new = &after[before.len()..];
    assert!(after.starts_with(&before) && !new.is_empty());
    let told = gap(&cursor).await;
    assert!(*told > *id(before.last().unwrap()) && *told <= *id(&new[0]));
    let since = format!("/v2.1/events?starting_after={}", id(&new[0]));
    assert_eq!(gap(&since).await, "");
}
