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
    assert_eq!(ids.len(), 44);
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

/// Every status that the API chooses, and what the HTTP server tells by itself.
#[test]
fn every_status_is_told_for_every_path() {
    for version in VERSIONS {
        for (document, routes) in [
            (
                openapi(version),
                Route::of_version(version).collect::<Vec<_>>(),
            ),
            (events_openapi(version), Route::of_events(version).collect()),
        ] {
            for route in routes {
                let told = document["paths"][route.path]["get"]["responses"].as_object();
                let told: Vec<_> = told.unwrap().keys().map(String::as_str).collect();
                let all = [
                    "200", "304", "400", "401", "404", "413", "414", "429", "500", "503",
                ];
                let expected = all
                    .into_iter()
                    .filter(|status| *status != "413" || route.has_pages());
                assert_eq!(told, expected.collect::<Vec<_>>(), "{}", route.path);
            }
        }
    }
}

#[test]
fn parameters_are_told_as_they_are_read() {
    let document = openapi(&crate::version::V1_1);
    let parameters = &document["components"]["parameters"];
    // Any text is taken, and only `true` asks for something.
    for name in ["count", "show_links"] {
        assert_eq!(parameters[name]["schema"]["type"], "string");
        assert!(parameters[name]["schema"].get("enum").is_none());
    }
    let filter = &parameters["where"]["content"]["application/json"]["schema"];
    let filter = jsonschema::validator_for(filter).unwrap();
    for (told, valid) in [
        (json!({}), true),
        (json!({ "name.last": "Moss", "grade": null }), true),
        (json!({ "grade": { "$in": ["1", 2], "$ne": "3" } }), true),
        (json!({ "schools": { "$size": 2 } }), true),
        (json!({ "email": { "$exists": "yes" } }), false),
        (json!({ "$or": [] }), false),
        (json!({ "grade": { "$near": "3" } }), false),
        (json!({ "grade": {} }), false),
        (json!({ "name": { "last": "Moss" } }), false),
        (json!(["grade"]), false),
    ] {
        assert_eq!(filter.is_valid(&told), valid, "{told}");
        let read = crate::filter::Filter::parse(
            &crate::version::V1_1,
            Object::Student,
            told.to_string().as_bytes(),
        );
        assert_eq!(read.is_ok(), valid, "{told}");
    }
    let grades = &document["paths"]["/teachers/{id}/grade_levels"]["get"]["parameters"];
    let names = grades.as_array().unwrap().iter();
    let names: Vec<_> = names
        .map(|one| one["$ref"].as_str().unwrap().rsplit('/').next().unwrap())
        .collect();
    assert_eq!(names, ["id", "as_of"], "a list of grades is always whole");
}
