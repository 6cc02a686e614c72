//! Servers made from each published contract: every path answers with random documents that the contract allows, and every
//! walk is finite (issue 5, "What must be seen to work"). The client is so not only tried against our own server.

mod maker;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use homeroom_client::{
    Cancel, EventFilter, Http, HttpSettings, Lookup, Reading, Record, Scope, Source, Verb,
};
use homeroom_model::ObjectId;
use homeroom_testkit::{contract, seed};
use homeroom_wire::{Items, Object, Route, Shape, VERSIONS, Version};
use serde_json::Value;

use crate::mock::{DISTRICT, Mock, Server};
use crate::over_a_socket::served;
use maker::Maker;

/// A server of a version's data, and of its events.
fn mock(version: &'static Version, seed: u64) -> Option<Mock> {
    let mut mock = Mock::new(version);
    let data = contract(version.name)?;
    Maker::new(&data, seed).fill(&mut mock);
    let events = contract(&format!("{}-events", version.name))?;
    Maker::new(&events, seed + 1).fill(&mut mock);
    mock.splitting.trailing = seed.is_multiple_of(2);
    Some(mock)
}

fn seeds() -> std::ops::Range<u64> {
    let first = seed(1);
    first..first + 4
}

fn raw(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// The documents of a list, in its order.
fn told(records: &[Record], object: Object) -> impl Iterator<Item = Value> {
    let own = records.iter().filter(move |record| record.object == object);
    own.map(|record| raw(&record.raw))
}

#[tokio::test(start_paused = true)]
async fn every_collection_of_every_contract_is_read_whole() {
    for (version, seed) in VERSIONS
        .iter()
        .flat_map(|version| seeds().map(move |seed| (*version, seed)))
    {
        let Some(mock) = mock(version, seed) else {
            return;
        };
        let source = Server::new(mock.clone()).source();
        reads_whole(&source, &mock, &format!("{} of seed {seed}", version.name)).await;
    }
}

#[tokio::test]
async fn every_contract_is_read_over_a_socket() {
    for version in VERSIONS {
        let Some(mock) = mock(version, seed(1)) else {
            return;
        };
        let mocked = Server::new(mock.clone());
        let api = served(mock.clone()).await;
        let source = mocked.source_with(|parts| {
            parts.api = api;
            parts.transport = Arc::new(Http::new(&HttpSettings::default()).unwrap());
        });
        reads_whole(&source, &mock, version.name).await;
        assert!(mocked.log().is_empty());
    }
}

async fn reads_whole(source: &Source, mock: &Mock, what: &str) {
    let mut records = Vec::new();
    let report = source
        .read(&Reading::everything(), &mut records, &Cancel::default())
        .await;
    let report = report.unwrap();
    for collected in &report.collections {
        assert!(
            collected.is_complete() && collected.unreadable == 0,
            "{what}: {collected}"
        );
        let object = collected.object;
        if object != Object::District {
            let path = format!("/{}", object.collection());
            assert_eq!(
                told(&records, object).collect::<Vec<_>>(),
                mock.lists[&path],
                "{what}: {path}"
            );
        }
    }
    let read: BTreeSet<_> = report
        .collections
        .iter()
        .map(|collected| collected.object)
        .collect();
    let expected = Object::of(mock.version).filter(|object| *object != Object::Status);
    assert_eq!(read, expected.collect(), "{what}");
    assert!(
        records
            .iter()
            .any(|record| record.object == Object::District)
    );
    assert!(report.strange.is_empty(), "{what}: {:?}", report.strange);
}

#[tokio::test(start_paused = true)]
async fn every_path_of_every_contract_answers() {
    for version in VERSIONS {
        let Some(mock) = mock(version, seed(1)) else {
            return;
        };
        let published = maker::paths(version);
        for route in Route::of_version(version).chain(Route::of_events(version)) {
            let origins = &mock.lists[&format!("/{}", route.of.collection())];
            let id = origins
                .first()
                .and_then(|origin| origin["id"].as_str())
                .unwrap_or_default();
            if route.takes_id() && id.is_empty() {
                continue;
            }
            let path = route.path.replace("{id}", id);
            let reply = mock.answer(&format!("/{}{path}", version.name));
            // Paths that the file leaves out and the reference has are not this mock's.
            let published = published.contains(route.path);
            assert!(reply.status == 200 || !published, "{} {path}", version.name);
            let bare = mock.bare.contains(&path);
            let plain = route.shape == Shape::List && route.items == Items::Plain;
            assert!(
                !bare || plain || route.items == Items::Grades,
                "{} {path}",
                version.name
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn schools_sections_and_single_records_of_every_contract_are_read() {
    let cancel = Cancel::default();
    for version in VERSIONS {
        let Some(mock) = mock(version, seed(1)) else {
            return;
        };
        let source = Server::new(mock.clone()).source();
        for (path, scope) in [
            ("/schools", Scope::School as fn(ObjectId) -> Scope),
            ("/sections", Scope::Section),
        ] {
            for origin in &mock.lists[path] {
                let id = ObjectId::from_hex(origin["id"].as_str().unwrap()).unwrap();
                let mut records = Vec::new();
                let reading = Reading::of(scope(id));
                let report = source.read(&reading, &mut records, &cancel).await.unwrap();
                assert!(
                    report.is_complete(),
                    "{} {path}: {:?}",
                    version.name,
                    report.collections
                );
                let base = format!("{path}/{}/", id.to_hex());
                let listed = mock
                    .lists
                    .iter()
                    .filter(|(path, _)| path.starts_with(&base));
                let people = ["users", "students", "teachers"].map(|list| format!("{base}{list}"));
                let listed = listed
                    .filter(|(path, _)| people.contains(path))
                    .flat_map(|(_, list)| list);
                let roles = ["student", "teacher", "staff"];
                let wanted = listed.filter(|one| {
                    one.get("roles")
                        .is_none_or(|own| roles.iter().any(|role| own.get(*role).is_some()))
                });
                let expected: BTreeSet<_> = wanted.map(|one| one["id"].to_string()).collect();
                let of_people = records.iter().filter(|record| {
                    [Object::User, Object::Student, Object::Teacher].contains(&record.object)
                });
                let found: BTreeSet<_> = of_people
                    .map(|record| raw(&record.raw)["id"].to_string())
                    .collect();
                // A section is asked for its students and teachers only.
                assert!(found.is_subset(&expected), "{} {path}", version.name);
                assert!(
                    path == "/sections" || found == expected,
                    "{} {path}",
                    version.name
                );
            }
        }
        for object in Object::of(version).filter(|object| *object != Object::Status) {
            for origin in &mock.lists[&format!("/{}", object.collection())] {
                let id = ObjectId::from_hex(origin["id"].as_str().unwrap()).unwrap();
                let Lookup::Found(record) = source.look_up(object, id, &cancel).await.unwrap()
                else {
                    panic!("{} {object:?}", version.name)
                };
                assert_eq!((record.id, raw(&record.raw)), (Some(id), origin.clone()));
                if record.object == Object::Student || record.object == Object::User {
                    assert_eq!(
                        source.person(id, &cancel).await.unwrap(),
                        Lookup::Found(record)
                    );
                }
            }
        }
        let missing = source.look_up(Object::School, DISTRICT, &cancel).await;
        assert_eq!(missing.unwrap(), Lookup::Missing);
        assert_eq!(
            source.person(DISTRICT, &cancel).await.unwrap(),
            Lookup::Missing
        );
    }
}

#[tokio::test(start_paused = true)]
async fn every_feed_of_every_contract_is_followed() {
    for (version, seed) in VERSIONS
        .iter()
        .flat_map(|version| seeds().map(move |seed| (*version, seed)))
    {
        let Some(mock) = mock(version, seed) else {
            return;
        };
        let all = &mock.lists["/events"];
        let source = Server::new(mock.clone()).source();
        let mut feed = source.events(None, &EventFilter::default(), &Cancel::default());
        let mut events = Vec::new();
        while let Some(batch) = feed.next().await.unwrap() {
            assert_eq!(
                (batch.unreadable, batch.repeated, batch.disordered),
                (0, 0, 0)
            );
            events.extend(batch.events);
        }
        let told: Vec<_> = events.iter().map(|event| raw(&event.raw)).collect();
        assert_eq!(&told, all, "{} of seed {seed}", version.name);
        assert!(
            feed.strange().is_empty(),
            "{}: {:?}",
            version.name,
            feed.strange()
        );
        let mut kinds = BTreeMap::new();
        for event in &events {
            assert!(event.is_known(), "{}", event.kind);
            let record = event.record.as_ref().unwrap();
            assert!(
                record.read.is_ok(),
                "{} {}: {:?}",
                version.name,
                event.kind,
                record.read.as_ref().err()
            );
            assert_eq!(event.previous.is_some(), event.verb == Some(Verb::Updated));
            *kinds.entry(event.object).or_insert(0) += 1;
        }
        let possible = Object::of(version).filter(|object| object.event_prefix(version).is_some());
        assert_eq!(
            kinds.len(),
            possible.count(),
            "{}: every kind came",
            version.name
        );
    }
}
