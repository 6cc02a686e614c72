use std::collections::BTreeSet;

use super::*;
use crate::version::{V3_0, V3_1, VERSIONS};

/// Every object reachable from the documents.
fn objects() -> Vec<&'static ObjectFields> {
    fn visit(fields: &'static ObjectFields, seen: &mut Vec<&'static ObjectFields>) {
        if seen.iter().all(|other| other.name != fields.name) {
            seen.push(fields);
            for field in fields.fields {
                let mut form = field.form;
                while let Form::List(item) = form {
                    form = *item;
                }
                if let Form::Object(inner) = form {
                    visit(inner, seen);
                }
            }
        }
    }
    let mut seen = Vec::new();
    for object in Object::ALL {
        visit(object_fields(object), &mut seen);
    }
    seen
}

#[test]
fn a_version_has_each_field_once() {
    for version in VERSIONS {
        for object in objects() {
            let names: Vec<_> = object.of(version).map(|field| field.name).collect();
            let once: BTreeSet<_> = names.iter().collect();
            assert_eq!(once.len(), names.len(), "{} {}", version.name, object.name);
        }
    }
}

#[test]
fn nothing_of_3_1_leaks_into_3_0() {
    let added: Vec<_> = objects()
        .iter()
        .flat_map(|object| {
            let old: BTreeSet<_> = object.of(&V3_0).map(|field| field.name).collect();
            object
                .of(&V3_1)
                .filter(move |field| !old.contains(field.name))
                .map(|field| format!("{}.{}", object.name, field.name))
        })
        .collect();
    assert_eq!(
        added,
        [
            "District.last_attendance_sync",
            "District.lms_state",
            "District.lms_type",
            "Section.lms_status",
            "User.lms_status",
            "Student.disability",
            "Student.gifted_status",
            "Student.home_language_code",
            "Student.preferred_name",
            "Student.section_504_status",
        ]
    );
}
