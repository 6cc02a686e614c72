//! Events as an application follows them: a full read of day 0 and the events since are a full read of day N, in every
//! version (issue 4, "What must be seen to work").

use std::collections::BTreeMap;
use std::time::Duration;

use homeroom_testkit::{seed, soak};
use homeroom_wire::{Object, VERSIONS, Version};
use serde_json::Value;

use crate::client::{Client, id, link};
use crate::installation::{Installation, SMALL, generated, settings};
use crate::served::Served;

/// Full reads of what has events, by the beginning of their types and by id.
type Mirror = BTreeMap<(String, String), Value>;

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

async fn read_all(client: &Client, version: &Version) -> Mirror {
    let mut mirror = Mirror::new();
    for object in Object::of(version) {
        let Some(prefix) = object.event_prefix(version) else {
            continue;
        };
        let address = format!("/{}/{}", version.name, object.collection());
        for document in all(client, &address).await {
            let key = (prefix.to_owned(), id(&document).to_owned());
            mirror.insert(key, document);
        }
    }
    mirror
}

fn unstamped(document: &Value) -> Value {
    let mut document = document.clone();
    let members = document.as_object_mut().unwrap();
    members.remove("last_modified");
    let roles = members.get_mut("roles").and_then(Value::as_object_mut);
    for role in roles.into_iter().flat_map(|roles| roles.values_mut()) {
        role.as_object_mut().unwrap().remove("last_modified");
    }
    document
}

fn replay(mirror: &mut Mirror, events: &[Value]) {
    for event in events {
        let (prefix, what) = event["type"].as_str().unwrap().split_once('.').unwrap();
        let object = &event["data"]["object"];
        let key = (prefix.to_owned(), id(object).to_owned());
        let was = match what {
            "deleted" => mirror.remove(&key),
            _ => mirror.insert(key, object.clone()),
        };
        assert_eq!(was.is_none(), what == "created", "{event}");
    }
}

/// One version's client: the cursor it stores, and its copy of the district.
struct Follower {
    version: &'static Version,
    cursor: String,
    mirror: Mirror,
    replayed: usize,
}

impl Follower {
    async fn begin(client: &Client, version: &'static Version) -> Self {
        let feed = format!("/{}/events?ending_before=last&limit=1", version.name);
        let last = client.read(&feed).await;
        Self {
            version,
            cursor: id(&last["data"][0]["data"]).to_owned(),
            mirror: read_all(client, version).await,
            replayed: 0,
        }
    }

    async fn follow(&mut self, client: &Client) {
        let address = format!(
            "/{}/events?starting_after={}",
            self.version.name, self.cursor
        );
        let events = all(client, &address).await;
        assert!(events.iter().map(id).is_sorted_by(|a, b| a < b));
        replay(&mut self.mirror, &events);
        if let Some(last) = events.last() {
            id(last).clone_into(&mut self.cursor);
        }
        self.replayed += events.len();
    }

    /// Compares the copy with a full read; how many documents differ in `last_modified` alone.
    async fn compare(&self, client: &Client) -> usize {
        let expected = read_all(client, self.version).await;
        let name = self.version.name;
        assert!(self.mirror.keys().eq(expected.keys()), "{name}");
        let mut exempt = 0;
        for (key, found) in &self.mirror {
            let expected = &expected[key];
            if found != expected {
                assert_eq!(unstamped(found), unstamped(expected), "{name} {key:?}");
                exempt += 1;
            }
        }
        exempt
    }
}

#[tokio::test]
async fn a_full_read_and_the_events_since_are_a_full_read_of_today() {
    let (days, seed) = (if soak() { 260 } else { 5 }, seed(1));
    let installation = Installation::new();
    let district = installation.add_district(1).await;
    installation
        .import(district, generated(SMALL, seed, 0))
        .await;
    let app = installation.add_app(1).await;
    let token = installation.connect_with_events(&app, district).await;
    let client = installation.client(settings()).with_token(&token);
    let mut followers = Vec::new();
    for version in VERSIONS {
        followers.push(Follower::begin(&client, version).await);
    }
    for day in 1..=days {
        installation.time.pass(Duration::from_hours(23));
        installation
            .import(district, generated(SMALL, seed, day))
            .await;
        installation.time.pass(Duration::from_secs(2));
        // Some look every day, some once in a while.
        for (place, follower) in (0u32..).zip(&mut followers) {
            if day % (place + 1) == 0 || day == days {
                follower.follow(&client).await;
            }
        }
        if soak() && day % 20 == 0 {
            installation.ingest.sweep(0).await.unwrap();
        }
    }
    for follower in &followers {
        let exempt = follower.compare(&client).await;
        eprintln!(
            "{}: {} events over {days} days lead to {} documents; exempt {exempt}: nothing but last_modified changed in this \
             version's shape",
            follower.version.name,
            follower.replayed,
            follower.mirror.len(),
        );
        assert!(follower.replayed > 0);
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
