use std::collections::BTreeSet;

use super::*;
use crate::version::{V1_1, V1_2, V2_0, V2_1, V3_0, V3_1, VERSIONS};

/// Every object reachable from the documents of a version.
fn objects(version: &Version) -> Vec<&'static ObjectFields> {
    fn visit(
        version: &Version,
        fields: &'static ObjectFields,
        seen: &mut Vec<&'static ObjectFields>,
    ) {
        if seen.iter().all(|other| !std::ptr::eq(*other, fields)) {
            seen.push(fields);
            for field in fields.of(version) {
                let mut form = field.form;
                while let Form::List(item) = form {
                    form = *item;
                }
                if let Form::Object(inner) = form {
                    visit(version, inner, seen);
                }
            }
        }
    }
    let mut seen = Vec::new();
    for object in Object::of(version) {
        visit(version, object_fields(object), &mut seen);
    }
    seen
}

#[test]
fn a_version_has_each_field_once() {
    for version in VERSIONS {
        for object in objects(version) {
            let names: Vec<_> = object.of(version).map(|field| field.name).collect();
            let once: BTreeSet<_> = names.iter().collect();
            assert_eq!(once.len(), names.len(), "{} {}", version.name, object.name);
        }
    }
}

/// Fields of objects that both versions have, in the second and not in the first.
fn added(old: &Version, new: &Version) -> Vec<String> {
    let objects = objects(old);
    let both = objects.into_iter();
    both.flat_map(|object| {
        let before: BTreeSet<_> = object.of(old).map(|field| field.name).collect();
        object
            .of(new)
            .filter(move |field| !before.contains(field.name))
            .map(|field| format!("{}.{}", object.name, field.name))
    })
    .collect()
}

/// Clever-api 1.3, step by step.
#[test]
fn each_step_brings_its_fields_and_no_others() {
    let steps: [(&Version, &Version, &[&str]); 4] = [
        (
            &V1_1,
            &V1_2,
            &[
                "DistrictStatus.launch_date",
                "DistrictStatus.pause_end",
                "DistrictStatus.pause_start",
                "Student.graduation_year",
                "Student.schools",
                "Teacher.schools",
                "StudentContact.sis_id",
            ],
        ),
        (
            &V1_2,
            &V2_0,
            &[
                "District.error",
                "District.last_sync",
                "District.launch_date",
                "District.nces_id",
                "District.pause_end",
                "District.pause_start",
                "District.sis_type",
                "District.state",
                "Section.course",
                "Section.term_id",
            ],
        ),
        (
            &V2_0,
            &V2_1,
            &[
                "District.district_contact",
                "District.login_methods",
                "District.portal_url",
                "School.ext",
                "Section.ext",
                "Student.enrollments",
                "Student.ext",
                "Teacher.ext",
                "SchoolAdmin.department",
                "SchoolAdmin.ext",
            ],
        ),
        (
            &V3_0,
            &V3_1,
            &[
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
            ],
        ),
    ];
    for (old, new, expected) in steps {
        let mut expected: Vec<_> = expected.iter().map(ToString::to_string).collect();
        let mut added = added(old, new);
        // How objects are reached decides their order here, which says nothing.
        expected.sort_unstable();
        added.sort_unstable();
        assert_eq!(added, expected, "{} to {}", old.name, new.name);
    }
}
