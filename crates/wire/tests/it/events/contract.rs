//! Every path and type of event of every version, against our own schema and the published definitions.

use std::collections::BTreeSet;

use homeroom_model::{Field, Mask, Scope};
use homeroom_segment::Snapshot;
use homeroom_testkit::Published;
use homeroom_wire::{Object, Route, Shape, VERSIONS, Version, event_answer_schema};
use jsonschema::Validator;
use serde_json::{Value, json};

use super::Moved;
use crate::roster::{Shared, id, plain_district};
use crate::sample::{renamed_sample, sample};

fn nothing() -> Shared {
    Shared {
        snapshot: Snapshot::empty(),
        scope: Scope::default(),
        mask: Mask::EVERYTHING,
        district: plain_district(),
    }
}

/// The sample with fields hidden that no version guarantees, so that their return changes each kind of record.
fn bare() -> Shared {
    let mut shared = sample();
    "Renamed".clone_into(&mut shared.district.name);
    shared.mask.hidden = [
        Field::SchoolExt,
        Field::SchoolPhone,
        Field::SchoolLocation,
        Field::StudentGrade,
        Field::StudentDob,
        Field::TeacherNumber,
        Field::TeacherTitle,
        Field::StaffTitle,
        Field::ContactEmail,
        Field::ContactPhone,
        Field::SectionExt,
    ]
    .into_iter()
    .collect();
    shared
}

fn moves() -> Vec<Moved> {
    [
        (nothing(), sample()),
        (bare(), sample()),
        (sample(), bare()),
        (sample(), renamed_sample()),
        (sample(), nothing()),
    ]
    .into_iter()
    .map(|(before, after)| Moved::new(before, after, None))
    .collect()
}

/// What of a version's events was met, every answer valid.
pub(crate) struct Covered {
    /// Paths from which an answer with at least one event came.
    pub(crate) paths: BTreeSet<&'static str>,
    /// Types of events.
    pub(crate) types: BTreeSet<String>,
}

/// Every type that a version has. The district of a connection neither comes nor goes, so two of them never happen.
pub(crate) fn types(version: &Version) -> impl Iterator<Item = (&'static str, &'static str)> {
    let prefixes = Object::of(version).filter_map(|object| object.event_prefix(version));
    let prefixes: Vec<_> = prefixes.collect();
    prefixes.into_iter().flat_map(|prefix| {
        let actions = ["created", "updated", "deleted"].into_iter();
        actions.map(move |action| (prefix, action))
    })
}

/// Whether a type can happen at all.
pub(crate) fn happens((prefix, action): (&str, &str)) -> bool {
    prefix != "districts" || action == "updated"
}

/// Walks every path of a version's events.
pub(crate) fn covered(version: &'static Version) -> Covered {
    let published = Published::events(version);
    let mut covered = Covered {
        paths: BTreeSet::new(),
        types: BTreeSet::new(),
    };
    let moves = moves();
    for route in Route::of_events(version) {
        let own = event_answer_schema(version, route);
        let told = published.as_ref().map(|published| published.answer(route));
        let schemas = [Some(own), told];
        let validators = schemas.iter().flatten();
        let validators: Vec<_> = validators
            .map(|schema| jsonschema::validator_for(schema).unwrap())
            .collect();
        for moved in &moves {
            for address in addresses(version, route, moved) {
                let answer = if route.shape == Shape::List {
                    moved.page(&address)
                } else {
                    moved.one(&address).unwrap()
                };
                check(&validators, &answer, &address);
                for event in events(&answer) {
                    covered.paths.insert(route.path);
                    let kind = event["type"].as_str().unwrap();
                    covered.types.insert(kind.to_owned());
                }
            }
        }
    }
    if let Some(published) = published {
        let ours: BTreeSet<_> = Route::of_events(version).map(|route| route.path).collect();
        let told: BTreeSet<_> = published.paths().into_iter().collect();
        assert_eq!(ours, told, "{}", version.name);
        let ours = types(version).map(|(prefix, action)| format!("{prefix}.{action}"));
        let ours: BTreeSet<_> = ours.collect();
        assert_eq!(ours, published.event_types(), "{}", version.name);
    }
    covered
}

/// The events of an answer. Those of a page ascend strictly by id.
fn events(answer: &Value) -> Vec<&Value> {
    let Some(items) = answer["data"].as_array() else {
        return vec![&answer["data"]];
    };
    let events: Vec<_> = items.iter().map(|item| &item["data"]).collect();
    assert!(events.is_sorted_by(|a, b| id(a) < id(b)));
    events
}

fn check(validators: &[Validator], answer: &Value, address: &str) {
    for validator in validators {
        let errors = validator.iter_errors(answer);
        let errors: Vec<_> = errors
            .map(|error| error.instance_path().to_string())
            .collect();
        assert!(errors.is_empty(), "{address}: {errors:?}: {answer}");
    }
}

/// A route's addresses over a move: with the ids of its events, or of the objects that its events are about.
fn addresses(version: &Version, route: &Route, moved: &Moved) -> Vec<String> {
    if !route.takes_id() {
        return vec![format!("/{}{}?limit=10000", version.name, route.path)];
    }
    let all = moved.all(&format!("/{}/events", version.name), 10_000);
    let address = |id: String| format!("/{}{}", version.name, route.path.replace("{id}", &id));
    if route.of == Object::Event {
        return all.iter().map(id).map(address).collect();
    }
    let prefix = route.of.event_prefix(version).unwrap();
    let about = |event: &&Value| event["type"].as_str().unwrap().split('.').next() == Some(prefix);
    all.iter()
        .filter(about)
        .map(|event| address(id(&event["data"]["object"])))
        .collect()
}

#[test]
fn the_published_definitions_refuse_what_is_not_so() {
    let moved = Moved::new(bare(), sample(), None);
    for version in VERSIONS {
        let Some(published) = Published::events(version) else {
            return;
        };
        let route = Route::of_events(version).find(|route| !route.takes_id());
        let schema = published.answer(route.unwrap());
        let validator = jsonschema::validator_for(&schema).unwrap();
        let page = moved.page(&format!("/{}/events", version.name));
        let items = page["data"].as_array().unwrap().iter();
        let mut items = items.filter(|item| item["data"]["type"] == "schools.updated");
        let event = items.next().unwrap();
        let with = |change: &dyn Fn(&mut Value)| {
            let (mut page, mut event) = (page.clone(), event.clone());
            change(&mut event["data"]);
            page["data"] = json!([event]);
            validator.is_valid(&page)
        };
        assert!(with(&|_| {}), "{}", version.name);
        let refused: [&dyn Fn(&mut Value); 7] = [
            &|event| event["type"] = "schools.changed".into(),
            &|event| event["type"] = "sections.updated".into(),
            &|event| event["data"]["object"]["newer"] = "x".into(),
            &|event| event["data"]["previous_attributes"] = json!({}),
            &|event| event["data"]["previous_attributes"] = json!({ "newer": "x" }),
            &|event| event["data"]["previous_attributes"]["location"] = json!({ "newer": "x" }),
            &|event| event["data"]["previous_attributes"]["low_grade"] = "Form 3".into(),
        ];
        for (at, change) in refused.into_iter().enumerate() {
            assert!(!with(change), "{} {at}", version.name);
        }
    }
}
