//! Every type of event of every version, against our own schema and the published definitions.

use std::collections::BTreeSet;

use homeroom_model::{Field, Mask, Scope};
use homeroom_segment::Snapshot;
use homeroom_wire::{Object, Route, Shape, VERSIONS, Version, event_answer_schema};
use serde_json::Value;

use super::Moved;
use crate::published::Published;
use crate::roster::{Shared, plain_district};
use crate::sample::sample;

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
    shared.district.name = "Renamed".to_owned();
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
        (sample(), nothing()),
    ]
    .into_iter()
    .map(|(before, after)| Moved::new(before, after, None))
    .collect()
}

/// Types that nothing in these moves can make: a district neither comes nor goes, and what has nothing to hide and no ties
/// does not change.
fn never(prefix: &str, what: &str) -> bool {
    match what {
        "updated" => [
            "courses",
            "terms",
            "resources",
            "sections",
            "districtadmins",
        ]
        .contains(&prefix),
        _ => prefix == "districts",
    }
}

#[test]
fn every_type_of_every_version_keeps_its_contract() {
    let moves = moves();
    for version in VERSIONS {
        let published = Published::events(version);
        let mut met = BTreeSet::new();
        for route in Route::of_events(version).filter(|route| route.shape == Shape::List) {
            let own = event_answer_schema(version, route);
            let own = jsonschema::validator_for(&own).unwrap();
            let told = published.as_ref().map(|published| published.answer(route));
            let told = told.map(|schema| jsonschema::validator_for(&schema).unwrap());
            let mut filled = 0;
            for moved in &moves {
                for address in addresses(version, route, moved) {
                    let page = moved.page(&address);
                    filled += page["data"].as_array().unwrap().len();
                    for validator in [Some(&own), told.as_ref()].into_iter().flatten() {
                        let errors = validator.iter_errors(&page);
                        let errors: Vec<_> = errors
                            .map(|error| error.instance_path().to_string())
                            .collect();
                        assert!(errors.is_empty(), "{address}: {errors:?}: {page}");
                    }
                    let events = page["data"].as_array().unwrap().iter();
                    met.extend(
                        events.map(|item| item["data"]["type"].as_str().unwrap().to_owned()),
                    );
                }
            }
            eprintln!("{:6} {:28} {filled:5}", version.name, route.path);
            assert!(filled > 0, "{} {}", version.name, route.path);
        }
        let prefixes = Object::of(version).filter_map(|object| object.event_prefix(version));
        for prefix in prefixes {
            for what in ["created", "updated", "deleted"]
                .into_iter()
                .filter(|what| !never(prefix, what))
            {
                let kind = format!("{prefix}.{what}");
                assert!(met.contains(&kind), "{} {kind} never came", version.name);
            }
        }
        if let Some(published) = published {
            let routes: BTreeSet<_> = Route::of_events(version).map(|route| route.path).collect();
            assert_eq!(
                published.paths().into_iter().collect::<BTreeSet<_>>(),
                routes
            );
        }
    }
}

/// A route's addresses over a move: with the ids of the objects that its events are about.
fn addresses(version: &Version, route: &Route, moved: &Moved) -> Vec<String> {
    if !route.takes_id() {
        return vec![format!("/{}{}?limit=10000", version.name, route.path)];
    }
    let prefix = route.of.event_prefix(version).unwrap();
    let all = moved.all(&format!("/{}/events", version.name), 10_000);
    let about = |event: &&Value| event["type"].as_str().unwrap().split('.').next() == Some(prefix);
    all.iter()
        .filter(about)
        .map(|event| event["data"]["object"]["id"].as_str().unwrap())
        .map(|id| format!("/{}{}", version.name, route.path.replace("{id}", id)))
        .collect()
}
