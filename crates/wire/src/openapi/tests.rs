use std::collections::BTreeSet;

use super::*;
use crate::version::{V3_1, VERSIONS};

/// Every `$ref` in a document.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if let (true, Some(target)) = (name == "$ref", member.as_str()) {
                    found.insert(target.to_owned());
                }
                references(member, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_has_a_target_and_every_component_is_used() {
    for version in VERSIONS {
        let document = openapi(version);
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        for target in &found {
            assert!(document.pointer(&target[1..]).is_some(), "{target}");
        }
        for kind in ["parameters", "responses", "schemas"] {
            for name in document["components"][kind].as_object().unwrap().keys() {
                let target = format!("#/components/{kind}/{name}");
                assert!(found.contains(&target), "{} {target}", version.name);
            }
        }
    }
}

#[test]
fn operations_have_ids_of_their_own() {
    let document = openapi(&V3_1);
    let paths = document["paths"].as_object().unwrap();
    let ids: BTreeSet<_> = paths
        .values()
        .map(|path| path["get"]["operationId"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), 42);
    for version in VERSIONS {
        let document = openapi(version);
        let paths = document["paths"].as_object().unwrap();
        let ids: BTreeSet<_> = paths
            .values()
            .map(|path| path["get"]["operationId"].as_str().unwrap())
            .collect();
        assert_eq!(ids.len(), paths.len(), "{}", version.name);
    }
    for expected in [
        "listUsers",
        "getUser",
        "listUserMyStudents",
        "getSectionCourse",
    ] {
        assert!(ids.contains(expected), "{expected}");
    }
}

#[test]
fn marks_stand_at_the_fields() {
    let document = openapi(&V3_1);
    let student = &document["components"]["schemas"]["Student"]["properties"];
    assert_eq!(
        student["ell_status"]["x-homeroom-mark"],
        json!(["validated", "normalised", "opt-in"])
    );
    assert_eq!(student["sis_id"]["x-homeroom-mark"], json!(["guaranteed"]));
}
