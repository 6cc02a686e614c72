//! Answers against the schemas that come from the field table.

use std::collections::BTreeSet;

use homeroom_model::{Field, FieldSet};
use homeroom_wire::fields::{Form, ObjectFields, object_fields};
use homeroom_wire::{Object, Route, VERSIONS, Version, answer_schema, schema};
use serde_json::Value;

use crate::roster::Shared;
use crate::sample::{bare_district, sample};

/// The sample for an application that may see every sensitive field, in versions whose schema lacks them too.
fn opted_in() -> Shared {
    let mut shared = sample();
    shared.mask.opted_in = FieldSet::NONE
        .with(Field::StudentFrlStatus)
        .with(Field::StudentIepStatus)
        .with(Field::StudentHomeLanguage);
    shared
}

fn check(schema: &Value, value: &Value, what: &str) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors: Vec<_> = validator
        .iter_errors(value)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}");
}

#[test]
fn every_route_answers_what_its_schema_says() {
    for shared in [sample(), opted_in(), bare_district()] {
        for version in VERSIONS {
            for route in Route::of_version(version) {
                let schema = answer_schema(version, route);
                let origins = if route.takes_id() {
                    shared.ids(&format!("/{}/{}", version.name, route.of.collection()))
                } else {
                    vec![String::new()]
                };
                let mut answered = 0;
                for origin in origins {
                    let path = route.path.replace("{id}", &origin);
                    let address = format!("/{}{path}", version.name);
                    if shared.get(&address).is_ok() {
                        check(&schema, &shared.read(&address), &address);
                        answered += 1;
                    }
                }
                assert!(answered > 0, "{}", route.path);
            }
        }
    }
}

#[test]
fn the_schemas_refuse_what_is_not_so() {
    let shared = sample();
    let mut school = shared.read("/v3.1/schools/5f00aa11bb22cc33dd44ee10")["data"].take();
    let schema = schema(&homeroom_wire::V3_1, Object::School);
    assert!(jsonschema::is_valid(&schema, &school));
    for (name, value) in [
        ("low_grade", Value::from("14")),
        ("created", Value::from("2023-04-01")),
        ("id", Value::from("5F00AA11BB22CC33DD44EE10")),
        ("surprise", Value::from("")),
        ("ext", Value::Null),
    ] {
        let kept = school.clone();
        school[name] = value;
        assert!(!jsonschema::is_valid(&schema, &school), "{name}");
        school = kept;
    }
    school.as_object_mut().unwrap().remove("principal");
    assert!(!jsonschema::is_valid(&schema, &school));
}

/// Fields of the table that nothing fills yet: no source has them.
const UNFILLED: &[&str] = &[
    "District.lms_state",
    "District.lms_type",
    "Location.lat",
    "Location.lon",
    "Section.lms_status",
    "LmsStatus.synced_in_lms",
    "User.lms_status",
    "SchoolEnrollment.end_date",
    "SchoolEnrollment.school",
    "SchoolEnrollment.start_date",
];

/// Collects `Object.field` for every field of a document, and of every field the table knows.
fn visit(
    version: &Version,
    fields: &'static ObjectFields,
    value: Option<&Value>,
    known: &mut BTreeSet<String>,
    seen: &mut BTreeSet<String>,
) {
    for field in fields.of(version) {
        let name = format!("{}.{}", fields.name, field.name);
        let inner = value.and_then(|value| value.get(field.name));
        if inner.is_some() {
            seen.insert(name.clone());
        }
        known.insert(name);
        match (field.form, inner) {
            (Form::Object(object), inner) => visit(version, object, inner, known, seen),
            (Form::List(Form::Object(object)), inner) => {
                let first = inner.and_then(|items| items.get(0));
                visit(version, object, first, known, seen);
            }
            _ => {}
        }
    }
}

#[test]
fn every_field_of_the_table_is_written_somewhere() {
    let shared = opted_in();
    for version in VERSIONS {
        let (mut known, mut seen) = (BTreeSet::new(), BTreeSet::new());
        for object in Object::of(version).filter(|object| *object != Object::Status) {
            let path = format!("/{}/{}", version.name, object.collection());
            for document in shared.all(&path) {
                visit(
                    version,
                    object_fields(object),
                    Some(&document),
                    &mut known,
                    &mut seen,
                );
            }
        }
        let missing: Vec<_> = known
            .difference(&seen)
            .filter(|name| !UNFILLED.contains(&name.as_str()))
            .collect();
        assert!(missing.is_empty(), "{}: {missing:?}", version.name);
        assert!(UNFILLED.iter().all(|name| !seen.contains(*name)));
    }
}
