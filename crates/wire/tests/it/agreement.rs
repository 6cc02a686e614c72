//! Documents and lists must tell the same story: whatever the roster, the scope and the mask, each relation is exactly what
//! the documents of the same view say, and no id in any document leads to a 404. The rosters are arbitrary and the scopes
//! are not even closed, so nothing here holds by luck.

mod older;
pub(crate) mod plan;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::Value;

use crate::roster::{Shared, id};
use plan::{build, plan};

type Ids = BTreeSet<String>;

/// The documents of a view, and relations as they say.
struct Told {
    sections: Vec<Value>,
    users: Vec<Value>,
    /// Courses of each resource: the one relation that no document shows.
    attached: BTreeMap<String, Ids>,
    resources: BTreeMap<String, Value>,
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn texts(value: &Value) -> Ids {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(text).collect()
}

impl Told {
    fn new(shared: &Shared) -> Self {
        let resources = shared.all("/v3.1/resources");
        let attached = resources.iter().map(|resource| {
            let id = id(resource);
            let courses = shared.ids(&format!("/v3.1/resources/{id}/courses"));
            (id, courses.into_iter().collect())
        });
        Self {
            sections: shared.all("/v3.1/sections"),
            users: shared.all("/v3.1/users"),
            attached: attached.collect(),
            resources: resources.iter().map(|one| (id(one), one.clone())).collect(),
        }
    }

    fn sections_where(&self, test: impl Fn(&Value) -> bool) -> Vec<&Value> {
        self.sections
            .iter()
            .filter(|section| test(section))
            .collect()
    }

    fn sections_of(&self, user: &str) -> Vec<&Value> {
        self.sections_where(|section| {
            texts(&section["students"]).contains(user) || texts(&section["teachers"]).contains(user)
        })
    }

    fn users_where(&self, test: impl Fn(&Value) -> bool) -> Ids {
        self.users
            .iter()
            .filter(|user| test(user))
            .map(id)
            .collect()
    }

    fn is_for(&self, resource: &str, role: &str) -> bool {
        let roles = texts(&self.resources[resource]["roles"]);
        roles.is_empty() || roles.contains(role)
    }

    /// Resources attached to the course of a section.
    fn resources_of(&self, section: &Value) -> Ids {
        let Some(course) = text(&section["course"]) else {
            return Ids::new();
        };
        let attached = self
            .attached
            .iter()
            .filter(|(_, courses)| courses.contains(&course));
        attached.map(|(resource, _)| resource.clone()).collect()
    }
}

fn schools_of(user: &Value, roles: &[&str]) -> Ids {
    let lists = roles
        .iter()
        .map(|role| texts(&user["roles"][role]["schools"]));
    lists.flatten().collect()
}

fn primary_of(user: &Value) -> Ids {
    let roles = ["student", "teacher"].iter();
    roles
        .filter_map(|role| text(&user["roles"][role]["school"]))
        .collect()
}

fn members(sections: &[&Value], list: &str) -> Ids {
    sections
        .iter()
        .flat_map(|section| texts(&section[list]))
        .collect()
}

fn pointed_at(sections: &[&Value], field: &str) -> Ids {
    sections
        .iter()
        .filter_map(|section| text(&section[field]))
        .collect()
}

fn same(shared: &Shared, path: &str, expected: &Ids) {
    let listed = shared.ids(&format!("/v3.1{path}"));
    assert!(listed.is_sorted_by(|a, b| a < b), "{path}: {listed:?}");
    assert_eq!(&listed.into_iter().collect::<Ids>(), expected, "{path}");
}

fn check_users(shared: &Shared, told: &Told) {
    for user in &told.users {
        let own = id(user);
        let path = |relation: &str| format!("/users/{own}/{relation}");
        let sections = told.sections_of(&own);
        same(
            shared,
            &path("sections"),
            &sections.iter().copied().map(id).collect(),
        );
        same(
            shared,
            &path("schools"),
            &schools_of(user, &["student", "teacher", "staff"]),
        );
        same(shared, &path("schools?primary=true"), &primary_of(user));
        let is = |role: &str| user["roles"].get(role).is_some();
        let relationships = user["roles"]["contact"]["student_relationships"].as_array();
        let related = |contact: &Value, student: &str| {
            let ties = contact["roles"]["contact"]["student_relationships"].as_array();
            ties.is_some_and(|ties| ties.iter().any(|tie| tie["student"] == student))
        };
        let students = if is("teacher") {
            members(&sections, "students")
        } else {
            let ties = relationships.into_iter().flatten();
            ties.filter_map(|tie| text(&tie["student"])).collect()
        };
        same(shared, &path("mystudents"), &students);
        let (teachers, contacts) = if is("student") {
            (
                members(&sections, "teachers"),
                told.users_where(|other| related(other, &own)),
            )
        } else {
            (Ids::new(), Ids::new())
        };
        same(shared, &path("myteachers"), &teachers);
        same(shared, &path("mycontacts"), &contacts);
        let role = if is("student") { "student" } else { "teacher" };
        let resources: Ids = sections
            .iter()
            .flat_map(|section| told.resources_of(section))
            .filter(|resource| told.is_for(resource, role))
            .collect();
        same(shared, &path("resources"), &resources);
    }
}

fn check_schools(shared: &Shared, told: &Told) {
    for own in shared.ids("/v3.1/schools") {
        let path = |relation: &str| format!("/schools/{own}/{relation}");
        let sections = told.sections_where(|section| section["school"] == *own);
        same(
            shared,
            &path("sections"),
            &sections.iter().copied().map(id).collect(),
        );
        same(shared, &path("courses"), &pointed_at(&sections, "course"));
        same(shared, &path("terms"), &pointed_at(&sections, "term_id"));
        for (query, roles) in [
            ("users", &["student", "teacher", "staff"][..]),
            ("users?role=student", &["student"]),
            ("users?role=teacher", &["teacher"]),
            ("users?role=staff", &["staff"]),
        ] {
            let there = told.users_where(|user| schools_of(user, roles).contains(&own));
            same(shared, &path(query), &there);
        }
        let primary = told.users_where(|user| primary_of(user).contains(&own));
        same(shared, &path("users?primary=true"), &primary);
    }
}

fn check_classes(shared: &Shared, told: &Told) {
    for (collection, field) in [("courses", "course"), ("terms", "term_id")] {
        for own in shared.ids(&format!("/v3.1/{collection}")) {
            let path = |relation: &str| format!("/{collection}/{own}/{relation}");
            let sections = told.sections_where(|section| section[field] == *own);
            same(
                shared,
                &path("sections"),
                &sections.iter().copied().map(id).collect(),
            );
            same(shared, &path("schools"), &pointed_at(&sections, "school"));
            if field == "course" {
                let attached = told
                    .attached
                    .iter()
                    .filter(|(_, courses)| courses.contains(&own));
                let attached = attached.map(|(resource, _)| resource.clone()).collect();
                same(shared, &path("resources"), &attached);
            }
        }
    }
    for section in &told.sections {
        let path = |relation: &str| format!("/sections/{}/{relation}", id(section));
        let (students, teachers) = (texts(&section["students"]), texts(&section["teachers"]));
        same(
            shared,
            &path("users"),
            &students.union(&teachers).cloned().collect(),
        );
        same(shared, &path("users?role=student"), &students);
        same(shared, &path("users?role=teacher"), &teachers);
        same(shared, &path("resources"), &told.resources_of(section));
        assert_eq!(section.get("teacher"), section["teachers"].get(0));
        for (relation, field) in [
            ("school", "school"),
            ("course", "course"),
            ("term", "term_id"),
        ] {
            let address = format!("/v3.1{}", path(relation));
            let found = shared
                .get(&address)
                .ok()
                .map(|_| id(&shared.read(&address)["data"]));
            assert_eq!(found, text(&section[field]), "{address}");
        }
    }
}

fn check_resources(shared: &Shared, told: &Told) {
    for (own, courses) in &told.attached {
        let path = |relation: &str| format!("/resources/{own}/{relation}");
        let sections = told.sections_where(|section| {
            text(&section["course"]).is_some_and(|course| courses.contains(&course))
        });
        same(
            shared,
            &path("sections"),
            &sections.iter().copied().map(id).collect(),
        );
        let in_role = |list: &str, role: &str| {
            if told.is_for(own, role) {
                members(&sections, list)
            } else {
                Ids::new()
            }
        };
        let (students, teachers) = (
            in_role("students", "student"),
            in_role("teachers", "teacher"),
        );
        same(
            shared,
            &path("users"),
            &students.union(&teachers).cloned().collect(),
        );
        same(shared, &path("users?role=student"), &students);
        same(shared, &path("users?role=teacher"), &teachers);
    }
}

/// Ids that documents mention, with the collection they must be found in.
fn mentioned(told: &Told) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let mut all = |collection, ids: Ids| found.extend(ids.into_iter().map(|id| (collection, id)));
    let sections: Vec<_> = told.sections.iter().collect();
    for (field, collection) in [
        ("school", "schools"),
        ("course", "courses"),
        ("term_id", "terms"),
        ("teacher", "users"),
    ] {
        all(collection, pointed_at(&sections, field));
    }
    all("users", members(&sections, "students"));
    all("users", members(&sections, "teachers"));
    for user in &told.users {
        all(
            "schools",
            schools_of(user, &["student", "teacher", "staff"]),
        );
        all("schools", primary_of(user));
        let ties = user["roles"]["contact"]["student_relationships"].as_array();
        let ties = ties.into_iter().flatten();
        all(
            "users",
            ties.filter_map(|tie| text(&tie["student"])).collect(),
        );
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn documents_and_lists_agree_and_nothing_leaks(plan in plan()) {
        let shared = build(&plan);
        let told = Told::new(&shared);
        check_users(&shared, &told);
        check_schools(&shared, &told);
        check_classes(&shared, &told);
        check_resources(&shared, &told);
        for (collection, id) in mentioned(&told) {
            let address = format!("/v3.1/{collection}/{id}");
            prop_assert!(shared.get(&address).is_ok(), "{} is mentioned and not found", address);
        }
        for user in &told.users {
            for school in primary_of(user) {
                prop_assert!(schools_of(user, &["student", "teacher"]).contains(&school));
            }
        }
    }
}
