//! Our own server, read in all six versions.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use homeroom_client::{
    Cancel, ClientError, EventFilter, Fault, Gap, Head, Http, HttpSettings, Lookup, Mark, Movement,
    Reading, Record, Report, Scope, Secret, Source, Verb,
};
use homeroom_model::ObjectId;
use homeroom_wire::read::Document;
use homeroom_wire::{Object, V2_1, V3_1, VERSIONS, Version};
use serde_json::Value;
use tower::ServiceExt;

use crate::installation::{Installation, TOKEN};
use crate::mock::id;
use crate::over_a_socket::serve;

/// What an application holds: every document as sent, by kind and id.
type Held = BTreeMap<(Object, ObjectId), Vec<u8>>;

async fn read(source: &Source, reading: &Reading) -> (Report, Held) {
    let mut records = Vec::new();
    let report = source
        .read(reading, &mut records, &Cancel::default())
        .await
        .unwrap();
    for collected in &report.collections {
        assert!(
            collected.is_complete() && collected.unreadable == 0,
            "{collected}"
        );
    }
    assert!(report.strange.is_empty(), "{:?}", report.strange);
    let keyed = |record: Record| ((record.object, record.id.unwrap()), record.raw.to_vec());
    (report, records.into_iter().map(keyed).collect())
}

/// All of a list in one page, asked for without the client.
async fn list(installation: &Installation, path: &str) -> Vec<Value> {
    let request = Request::builder()
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {TOKEN}"));
    let request = request.body(Body::empty()).unwrap();
    let answer = installation.router().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    let page: Value = serde_json::from_slice(&body).unwrap();
    let items = page["data"].as_array().unwrap().iter();
    items
        .map(|item| item.get("data").unwrap_or(item).clone())
        .collect()
}

fn documents(held: &Held, object: Object) -> Vec<Value> {
    let own = held.iter().filter(|((other, _), _)| *other == object);
    own.map(|(_, raw)| serde_json::from_slice(raw).unwrap())
        .collect()
}

#[tokio::test]
async fn a_walk_equals_what_is_there_in_every_version() {
    let installation = Installation::new().await;
    for version in VERSIONS {
        let source = installation.source(version);
        let (report, held) = read(&source, &Reading::everything()).await;
        assert_eq!(report.movement, Movement::Quiet, "{}", version.name);
        assert!(report.freshness.last_sync.is_some(), "{}", version.name);
        let mut found = 0;
        for object in Object::of(version).filter(|object| *object != Object::Status) {
            let path = format!("/{}/{}?limit=10000", version.name, object.collection());
            let expected = list(&installation, &path).await;
            assert_eq!(documents(&held, object), expected, "{path}");
            assert_eq!(
                report.collection(object).unwrap().is_complete(),
                report.says_gone(object)
            );
            found += expected.len();
        }
        assert!(found > 480, "{}: {found}", version.name);
        let pages: u64 = report
            .collections
            .iter()
            .map(|collected| collected.pages)
            .sum();
        assert!(pages > 15, "{}: {pages}", version.name);
    }
}

#[tokio::test]
async fn schools_and_sections_are_read_alone() {
    let installation = Installation::new().await;
    for version in [&V2_1, &V3_1] {
        let source = installation.source(version);
        let (_, all) = read(&source, &Reading::everything()).await;
        let first = |object| *all.keys().find(|(other, _)| *other == object).unwrap();
        let school = first(Object::School).1;
        let (report, held) = read(&source, &Reading::of(Scope::School(school))).await;
        assert_eq!(report.collection(Object::School).unwrap().records, 1);
        assert_eq!(
            report.collection(Object::Section).unwrap().scope,
            Scope::School(school)
        );
        let listed = format!(
            "/{}/schools/{}/sections?limit=10000",
            version.name,
            school.to_hex()
        );
        assert_eq!(
            documents(&held, Object::Section),
            list(&installation, &listed).await
        );
        assert!(
            held.iter().all(|(key, raw)| all.get(key) == Some(raw)),
            "the same documents"
        );
        assert!(
            held.len() * 2 < all.len(),
            "{} of {}",
            held.len(),
            all.len()
        );

        let section = first(Object::Section).1;
        let (_, held) = read(&source, &Reading::of(Scope::Section(section))).await;
        let body: Value = serde_json::from_slice(&held[&(Object::Section, section)]).unwrap();
        let people = ["students", "teachers"].map(|list| body[list].as_array().unwrap().len());
        let kinds = [Object::User, Object::Student, Object::Teacher];
        let found: usize = kinds.iter().map(|kind| documents(&held, *kind).len()).sum();
        assert_eq!(found, people.iter().sum::<usize>());
        for object in [Object::Course, Object::Term, Object::School] {
            assert_eq!(documents(&held, object).len(), 1, "{object:?}");
        }
        let (missing, mut records) = (Reading::of(Scope::Section(id(1, 1))), Vec::<Record>::new());
        let gone = source
            .read(&missing, &mut records, &Cancel::default())
            .await
            .unwrap();
        let own = gone.collection(Object::Section).unwrap();
        assert!(own.is_complete() && own.records == 0, "404 is an answer");
        let people = if version == &V3_1 {
            Object::User
        } else {
            Object::Student
        };
        assert!(!gone.collection(people).unwrap().is_complete());
    }
}

/// Follows everything after a mark and applies it to what is held; the number of events.
async fn follow(source: &Source, mark: &Mark, held: &mut Held) -> usize {
    let mut feed = source.events(mark.cursor(), &EventFilter::default(), &Cancel::default());
    let mut number = 0;
    while let Some(batch) = feed.next().await.unwrap() {
        assert_eq!(
            (
                batch.gap,
                batch.unreadable,
                batch.repeated,
                batch.disordered
            ),
            (None, 0, 0, 0)
        );
        for event in batch.events {
            number += 1;
            assert!(event.is_known(), "{}", event.kind);
            let key = (event.object.unwrap(), event.about().unwrap());
            if event.verb == Some(Verb::Deleted) {
                held.remove(&key);
            } else {
                assert_eq!(event.previous.is_some(), event.verb == Some(Verb::Updated));
                held.insert(key, event.document.to_vec());
            }
        }
    }
    number
}

/// What events tell of in a version. A record of which a version shows nothing that changed has no event in it, and still
/// another time of change (clever-api 6.3).
fn evented(version: &Version, held: &Held) -> BTreeMap<(Object, ObjectId), Value> {
    let told = held
        .iter()
        .filter(|((object, _), _)| object.event_prefix(version).is_some());
    let plain = told.map(|(key, raw)| (*key, untimed(serde_json::from_slice(raw).unwrap())));
    plain.collect()
}

fn untimed(document: Value) -> Value {
    match document {
        Value::Object(members) => {
            let kept = members
                .into_iter()
                .filter(|(name, _)| name != "last_modified");
            kept.map(|(name, value)| (name, untimed(value))).collect()
        }
        other => other,
    }
}

#[tokio::test]
async fn events_lead_to_what_a_full_reading_finds_in_every_version() {
    let installation = Installation::new().await;
    let cancel = Cancel::default();
    let mut before = Vec::new();
    for version in VERSIONS {
        let (report, held) = read(&installation.source(version), &Reading::everything()).await;
        assert!(matches!(report.mark.head, Head::At(_)), "{}", version.name);
        before.push((*version, report.mark, held));
    }
    installation.import(40).await;
    installation.import(41).await;
    for (version, mark, mut held) in before {
        let source = installation.source(version);
        assert_eq!(
            source.gap_since(&mark, &cancel).await.unwrap(),
            None,
            "{}",
            version.name
        );
        let number = follow(&source, &mark, &mut held).await;
        assert!(number > 20, "{}: {number}", version.name);
        let (report, whole) = read(&source, &Reading::everything()).await;
        let (told, whole) = (evented(version, &held), evented(version, &whole));
        let differs = |key: &&(Object, ObjectId)| told.get(key) != whole.get(key);
        let all = told.keys().chain(whole.keys());
        let different: Vec<_> = all.filter(differs).collect();
        assert_eq!(
            different,
            Vec::<&(Object, ObjectId)>::new(),
            "{}",
            version.name
        );
        assert_eq!(source.gap_since(&report.mark, &cancel).await.unwrap(), None);
        assert_eq!(follow(&source, &report.mark, &mut held).await, 0);
    }
}

#[tokio::test]
async fn events_that_were_off_for_a_while_are_a_gap() {
    let installation = Installation::new().await;
    let (source, cancel) = (installation.source(&V3_1), Cancel::default());
    let (report, _) = read(&source, &Reading::of(Scope::District)).await;
    installation.events(false).await;
    installation.import(40).await;
    assert_eq!(
        source.gap_since(&report.mark, &cancel).await.unwrap(),
        Some(Gap::Off)
    );
    installation.events(true).await;
    installation.import(41).await;
    let mut feed = source.events(report.mark.cursor(), &EventFilter::default(), &cancel);
    let batch = feed.next().await.unwrap().unwrap();
    let first = batch.events[0].id;
    assert!(
        matches!(batch.gap, Some(Gap::Told { whole_from }) if whole_from <= first),
        "{:?}",
        batch.gap
    );
}

#[tokio::test]
async fn single_records_are_looked_up_and_404_is_told_apart() {
    let installation = Installation::new().await;
    let cancel = Cancel::default();
    for version in VERSIONS {
        let source = installation.source(version);
        let (_, held) = read(&source, &Reading::of(Scope::District)).await;
        let people = held.keys().filter(|(object, _)| {
            [Object::User, Object::Student, Object::Teacher].contains(object)
        });
        for (object, person) in people.step_by(60) {
            let Lookup::Found(record) = source.person(*person, &cancel).await.unwrap() else {
                panic!("{} {object:?}", version.name)
            };
            assert_eq!(
                (record.object, record.raw.to_vec()),
                (*object, held[&(*object, *person)].clone())
            );
            assert!(matches!(record.read, Ok(Document::Person(..))));
        }
        let school = held
            .keys()
            .find(|(object, _)| *object == Object::School)
            .unwrap()
            .1;
        let asked = [school, id(1, 1)];
        let found = source
            .look_up_all(Object::School, &asked, &cancel)
            .await
            .unwrap();
        assert!(
            matches!(&found[..], [(_, Lookup::Found(_)), (_, Lookup::Missing)]),
            "{found:?}"
        );
        assert_eq!(
            source.person(id(1, 1), &cancel).await.unwrap(),
            Lookup::Missing
        );
    }
    let unknown = installation
        .source(&V2_1)
        .look_up(Object::User, id(1, 1), &cancel)
        .await;
    assert!(matches!(unknown, Err(ClientError::NotInVersion { .. })));
}

#[tokio::test]
async fn the_own_token_is_found_again_and_another_district_is_refused() {
    let installation = Installation::new().await;
    let replaced = |credentials| {
        installation.source_with(&V3_1, |parts| {
            parts.token = Secret::new("an older token");
            parts.credentials = credentials;
        })
    };
    let source = replaced(Some(Installation::credentials()));
    let (report, _) = read(&source, &Reading::of(Scope::District)).await;
    assert!(report.is_complete());
    assert_eq!(source.token().expose(), TOKEN);
    let refused = replaced(None)
        .read(
            &Reading::everything(),
            &mut Vec::<Record>::new(),
            &Cancel::default(),
        )
        .await;
    assert!(matches!(refused, Err(ClientError::TokenRevoked { .. })));

    let other = installation.source_with(&V3_1, |parts| parts.district = id(0x64, 2));
    let mut records = Vec::<Record>::new();
    let mismatch = other
        .read(&Reading::everything(), &mut records, &Cancel::default())
        .await;
    assert!(
        matches!(mismatch, Err(ClientError::DistrictMismatch { .. })),
        "{mismatch:?}"
    );
    assert!(records.is_empty());
}

#[tokio::test]
async fn a_socket_makes_no_difference() {
    let installation = Installation::new().await;
    let address = serve(installation.router()).await;
    let (_, expected) = read(&installation.source(&V3_1), &Reading::everything()).await;
    for compressed in [true, false] {
        let source = installation.source_with(&V3_1, |parts| {
            let settings = HttpSettings {
                compressed,
                ..HttpSettings::default()
            };
            parts.api = address.clone();
            parts.transport = Arc::new(Http::new(&settings).unwrap());
        });
        let (report, held) = read(&source, &Reading::everything()).await;
        assert!(held == expected && report.movement == Movement::Quiet);
    }
    let nobody = installation.source_with(&V3_1, |parts| {
        parts.api = homeroom_client::Address::parse("http://127.0.0.1:9").unwrap();
        parts.transport = Arc::new(Http::new(&HttpSettings::default()).unwrap());
        parts.settings.tries = 1;
    });
    let found = nobody
        .look_up(Object::School, id(1, 1), &Cancel::default())
        .await
        .unwrap();
    let Lookup::Unknown(failure) = found else {
        panic!("{found:?}")
    };
    assert_eq!(failure.fault, Fault::Unreachable);
}
