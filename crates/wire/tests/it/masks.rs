//! Masks: what a view leaves out of documents.

use std::collections::BTreeSet;

use homeroom_model::{Field, FieldSet, Role};
use serde_json::Value;

use crate::roster::{Shared, id};
use crate::sample::sample;

/// Where each field stands, as pointers into documents; a field may stand in several places.
const FIELDS: &[(Field, &str, &[&str])] = &[
    (Field::SchoolExt, "schools", &["/ext"]),
    (Field::SchoolPrincipal, "schools", &["/principal"]),
    (Field::SchoolPhone, "schools", &["/phone"]),
    (Field::SchoolLocation, "schools", &["/location"]),
    (
        Field::StudentNumber,
        "users",
        &["/roles/student/student_number"],
    ),
    (Field::StudentStateId, "users", &["/roles/student/state_id"]),
    (
        Field::StudentPreferredName,
        "users",
        &["/roles/student/preferred_name"],
    ),
    (Field::StudentGrade, "users", &["/roles/student/grade"]),
    (Field::StudentGender, "users", &["/roles/student/gender"]),
    (
        Field::StudentGraduationYear,
        "users",
        &["/roles/student/graduation_year"],
    ),
    (Field::StudentDob, "users", &["/roles/student/dob"]),
    (Field::StudentRace, "users", &["/roles/student/race"]),
    (
        Field::StudentHispanicEthnicity,
        "users",
        &["/roles/student/hispanic_ethnicity"],
    ),
    (
        Field::StudentHomeLanguage,
        "users",
        &[
            "/roles/student/home_language",
            "/roles/student/home_language_code",
        ],
    ),
    (
        Field::StudentEllStatus,
        "users",
        &["/roles/student/ell_status"],
    ),
    (
        Field::StudentIepStatus,
        "users",
        &["/roles/student/iep_status"],
    ),
    (
        Field::StudentFrlStatus,
        "users",
        &["/roles/student/frl_status"],
    ),
    (
        Field::StudentSection504Status,
        "users",
        &["/roles/student/section_504_status"],
    ),
    (
        Field::StudentGiftedStatus,
        "users",
        &["/roles/student/gifted_status"],
    ),
    (
        Field::StudentDisability,
        "users",
        &["/roles/student/disability"],
    ),
    (
        Field::StudentLocation,
        "users",
        &["/roles/student/location"],
    ),
    (Field::StudentEmail, "users", &["student /email"]),
    (
        Field::StudentCredentials,
        "users",
        &["/roles/student/credentials"],
    ),
    (Field::StudentExt, "users", &["/roles/student/ext"]),
    (
        Field::TeacherNumber,
        "users",
        &["/roles/teacher/teacher_number"],
    ),
    (Field::TeacherStateId, "users", &["/roles/teacher/state_id"]),
    (Field::TeacherTitle, "users", &["/roles/teacher/title"]),
    (
        Field::TeacherCredentials,
        "users",
        &["/roles/teacher/credentials"],
    ),
    (Field::TeacherExt, "users", &["/roles/teacher/ext"]),
    (
        Field::StaffDepartment,
        "users",
        &["/roles/staff/department"],
    ),
    (Field::StaffTitle, "users", &["/roles/staff/title"]),
    (
        Field::StaffCredentials,
        "users",
        &["/roles/staff/credentials"],
    ),
    (Field::StaffExt, "users", &["/roles/staff/ext"]),
    (
        Field::EmployeeEmail,
        "users",
        &["teacher /email", "staff /email", "district_admin /email"],
    ),
    (Field::ContactEmail, "users", &["contact /email"]),
    (
        Field::ContactPhone,
        "users",
        &["/roles/contact/phone", "/roles/contact/phone_type"],
    ),
    (Field::SectionExt, "sections", &["/ext"]),
];

/// Takes a field out of a document, as a mask should: `ext` is emptied, everything else goes. A pointer may begin with the
/// role of the users it is about.
fn take(document: &mut Value, pointer: &str) -> bool {
    let (role, pointer) = pointer.split_once(' ').unwrap_or(("", pointer));
    if !role.is_empty() && document["roles"].get(role).is_none() {
        return false;
    }
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let Some(Value::Object(parent)) = document.pointer_mut(parent) else {
        return false;
    };
    match parent.get_mut(name) {
        Some(Value::Object(ext)) if name == "ext" => {
            let had_some = !ext.is_empty();
            ext.clear();
            had_some
        }
        Some(_) => parent.remove(name).is_some(),
        None => false,
    }
}

#[test]
fn a_hidden_field_goes_and_nothing_else_does() {
    for &(field, collection, pointers) in FIELDS {
        let path = format!("/v3.1/{collection}");
        let mut shared = sample();
        let mut expected = shared.all(&path);
        let mut changed = false;
        for document in &mut expected {
            for pointer in pointers {
                changed |= take(document, pointer);
            }
        }
        assert!(changed, "the sample has no {field:?}");
        shared.mask.hidden = FieldSet::NONE.with(field);
        assert_eq!(shared.all(&path), expected, "{field:?}");
        for other in ["schools", "sections", "users"]
            .iter()
            .filter(|other| **other != collection)
        {
            let other = format!("/v3.1/{other}");
            assert_eq!(shared.all(&other), sample().all(&other), "{field:?}");
        }
    }
}

#[test]
fn unpublished_fields_need_both_sides() {
    let read = |shared: &Shared, version: &str, digits: &str| {
        let address = format!("/{version}/users/5f00aa11bb22cc33dd44ee{digits}");
        shared.read(&address)["data"]["roles"]["student"].clone()
    };
    let sensitive = [
        Field::StudentFrlStatus,
        Field::StudentIepStatus,
        Field::StudentHomeLanguage,
    ];
    let mut shared = sample();
    for name in [
        "frl_status",
        "iep_status",
        "home_language",
        "home_language_code",
    ] {
        assert_eq!(read(&shared, "v3.0", "20").get(name), None, "{name}");
        assert!(read(&shared, "v3.1", "20")[name].is_string(), "{name}");
    }
    shared.mask.opted_in = sensitive.into_iter().collect();
    let old = read(&shared, "v3.0", "20");
    assert_eq!(old["frl_status"], "Reduced");
    assert_eq!(old["iep_status"], "Y");
    assert_eq!(old["home_language"], "Spanish");
    assert_eq!(old.get("home_language_code"), None);
    // Values that only the newer version knows: blank where the list allows it, else left out.
    let old = read(&shared, "v3.0", "22");
    assert_eq!(old["frl_status"], "");
    assert_eq!(old.get("home_language"), None);
    assert_eq!(read(&shared, "v3.0", "21")["home_language"], "");
    // Switched on by both sides and then hidden: hidden wins.
    shared.mask.hidden = sensitive.into_iter().collect();
    for version in ["v3.0", "v3.1"] {
        for name in [
            "frl_status",
            "iep_status",
            "home_language",
            "home_language_code",
        ] {
            assert_eq!(
                read(&shared, version, "20").get(name),
                None,
                "{version} {name}"
            );
        }
    }
}

/// The roles of a user.
fn roles(user: &Value) -> BTreeSet<&str> {
    let roles = user["roles"].as_object().unwrap();
    roles.keys().map(String::as_str).collect()
}

#[test]
fn a_hidden_role_is_nowhere() {
    for hidden in Role::ALL {
        let mut shared = sample();
        let everybody = shared.all("/v3.1/users");
        shared.mask.roles = shared.mask.roles.without(hidden);
        let shown = shared.all("/v3.1/users");
        for user in &everybody {
            let mut left = roles(user);
            left.remove(hidden.text());
            let now = shown.iter().find(|other| other["id"] == user["id"]);
            assert_eq!(
                now.map_or_else(BTreeSet::new, roles),
                left,
                "{hidden:?} {}",
                id(user)
            );
            let address = format!("/v3.1/users/{}", id(user));
            assert_eq!(shared.get(&address).is_ok(), !left.is_empty());
        }
        let role = hidden.text();
        assert!(shared.ids(&format!("/v3.1/users?role={role}")).is_empty());
        let count = shared.read(&format!("/v3.1/users?role={role}&count=true"));
        assert_eq!(count["count"], 0);
        assert_eq!(shared.read("/v3.1/users?count=true")["count"], shown.len());
    }
}

#[test]
fn name_and_email_come_from_a_role_that_is_shown() {
    let mut shared = sample();
    let address = "/v3.1/users/5f00aa11bb22cc33dd44ee30";
    assert_eq!(shared.read(address)["data"]["name"]["first"], "Rue");
    shared.mask.roles = shared.mask.roles.without(Role::Teacher);
    let staff = shared.read(address);
    assert_eq!(staff["data"]["name"]["first"], "Ruth");
    assert_eq!(staff["data"]["email"], "R.Oak@example.org");
    let rels: Vec<_> = staff["links"]
        .as_array()
        .unwrap()
        .iter()
        .map(|link| &link["rel"])
        .collect();
    assert_eq!(rels, ["self", "district", "schools"]);
}

/// The collections of versions before 3 in which a field stands, by its name.
fn older_collections(field: Field) -> &'static [&'static str] {
    let name = format!("{field:?}");
    let starts = |prefix: &str| name.starts_with(prefix);
    match () {
        () if starts("School") => &["schools"],
        () if starts("Section") => &["sections"],
        () if starts("Student") => &["students"],
        () if starts("Teacher") => &["teachers"],
        () if starts("Staff") => &["school_admins"],
        () if starts("Contact") => &["contacts"],
        () => &["teachers", "school_admins", "district_admins"],
    }
}

#[test]
fn in_older_versions_too() {
    let opted_in = [
        Field::StudentFrlStatus,
        Field::StudentIepStatus,
        Field::StudentHomeLanguage,
    ];
    for version in ["v1.2", "v2.1"] {
        for &(field, _, pointers) in FIELDS {
            let mut shared = sample();
            shared.mask.opted_in = opted_in.into_iter().collect();
            let all = |shared: &Shared| {
                [
                    "schools",
                    "sections",
                    "students",
                    "teachers",
                    "school_admins",
                    "district_admins",
                    "contacts",
                ]
                .map(|collection| (collection, shared.all(&format!("/{version}/{collection}"))))
            };
            let mut expected = all(&shared);
            let names = pointers
                .iter()
                .filter_map(|pointer| pointer.rsplit('/').next());
            let names: BTreeSet<_> = names.collect();
            for (collection, documents) in &mut expected {
                if !older_collections(field).contains(collection) {
                    continue;
                }
                for document in documents {
                    for name in &names {
                        take(document, &format!("/{name}"));
                    }
                }
            }
            shared.mask.hidden = FieldSet::NONE.with(field);
            assert_eq!(all(&shared), expected, "{version} {field:?}");
        }
    }
}
