//! The same for versions before 3, where people are listed by the ids of their roles and lists at schools are of those whose
//! primary school it is (clever-api 4.1).

use std::collections::BTreeSet;

use homeroom_model::Role;
use homeroom_wire::{Items, Route, Shape, Version};
use proptest::prelude::*;
use serde_json::Value;

use super::plan::{build, plan};
use super::{Ids, members, pointed_at, texts};
use crate::roster::{Shared, id};

/// What the collections of a version list.
struct Told<'s> {
    shared: &'s Shared,
    version: &'s Version,
    sections: Vec<Value>,
    students: Vec<Value>,
    teachers: Vec<Value>,
    school_admins: Vec<Value>,
    contacts: Vec<Value>,
}

impl<'s> Told<'s> {
    fn new(shared: &'s Shared, version: &'s Version) -> Self {
        let all = |collection: &str| shared.all(&format!("/{}/{collection}", version.name));
        Self {
            shared,
            version,
            sections: all("sections"),
            students: all("students"),
            teachers: all("teachers"),
            school_admins: all("school_admins"),
            contacts: all("contacts"),
        }
    }

    fn is_1_x(&self) -> bool {
        self.version.name.starts_with("v1")
    }

    fn same(&self, path: &str, expected: &Ids) {
        let listed = self.shared.ids(&format!("/{}{path}", self.version.name));
        assert!(listed.is_sorted_by(|a, b| a < b), "{path}: {listed:?}");
        assert_eq!(&listed.into_iter().collect::<Ids>(), expected, "{path}");
    }

    fn one(&self, path: &str, expected: Option<&str>) {
        let address = format!("/{}{path}", self.version.name);
        let found = self.shared.get(&address).ok();
        let found = found.map(|_| id(&self.shared.read(&address)["data"]));
        assert_eq!(found.as_deref(), expected, "{address}");
    }

    fn sections_where(&self, test: impl Fn(&Value) -> bool) -> Vec<&Value> {
        let sections = self.sections.iter();
        sections.filter(|section| test(section)).collect()
    }

    fn check_schools(&self) {
        for own in self.shared.ids(&format!("/{}/schools", self.version.name)) {
            let at_home = |people: &[Value]| -> Ids {
                let there = people.iter().filter(|person| person["school"] == *own);
                there.map(id).collect()
            };
            let path = |relation: &str| format!("/schools/{own}/{relation}");
            let sections = self.sections_where(|section| section["school"] == *own);
            self.same(&path("sections"), &sections.into_iter().map(id).collect());
            self.same(&path("students"), &at_home(&self.students));
            self.same(&path("teachers"), &at_home(&self.teachers));
        }
    }

    fn check_sections(&self) {
        for section in &self.sections {
            let path = |relation: &str| format!("/sections/{}/{relation}", id(section));
            self.same(&path("students"), &texts(&section["students"]));
            self.same(&path("teachers"), &texts(&section["teachers"]));
            self.one(&path("teacher"), section["teacher"].as_str());
            self.one(&path("school"), section["school"].as_str());
            assert_eq!(section.get("teacher"), section["teachers"].get(0));
            if !self.is_1_x() {
                self.one(&path("course"), section["course"].as_str());
                self.one(&path("term"), section["term_id"].as_str());
            }
        }
    }

    fn check_students(&self) {
        for student in &self.students {
            let own = id(student);
            let path = |relation: &str| format!("/students/{own}/{relation}");
            let sections =
                self.sections_where(|section| texts(&section["students"]).contains(&own));
            let ids = sections.iter().copied().map(id).collect();
            self.same(&path("sections"), &ids);
            self.one(&path("school"), student["school"].as_str());
            let (teachers, most) = if self.is_1_x() {
                (pointed_at(&sections, "teacher"), 4)
            } else {
                self.same(&path("schools"), &texts(&student["schools"]));
                (members(&sections, "teachers"), 10)
            };
            self.same(
                &path("teachers"),
                &teachers.into_iter().take(most).collect(),
            );
            let tied = self.contacts.iter().filter(|contact| {
                contact["student"] == *own || texts(&contact["students"]).contains(&own)
            });
            self.same(&path("contacts"), &tied.map(id).collect());
        }
    }

    fn check_teachers(&self) {
        for teacher in &self.teachers {
            let own = id(teacher);
            let path = |relation: &str| format!("/teachers/{own}/{relation}");
            let sections =
                self.sections_where(|section| texts(&section["teachers"]).contains(&own));
            let ids = sections.iter().copied().map(id).collect();
            self.same(&path("sections"), &ids);
            self.same(&path("students"), &members(&sections, "students"));
            self.one(&path("school"), teacher["school"].as_str());
            if !self.is_1_x() {
                self.same(&path("schools"), &texts(&teacher["schools"]));
            }
        }
        for admin in &self.school_admins {
            let path = format!("/school_admins/{}/schools", id(admin));
            self.same(&path, &texts(&admin["schools"]));
        }
        for contact in &self.contacts {
            let own = format!("/contacts/{}", id(contact));
            if self.is_1_x() {
                self.one(&format!("{own}/student"), contact["student"].as_str());
            } else {
                self.same(&format!("{own}/students"), &texts(&contact["students"]));
            }
        }
    }

    /// Ids that documents mention lead to records, and so do their links.
    fn check_mentions(&self) {
        let sections: Vec<_> = self.sections.iter().collect();
        let people: Vec<_> = self.students.iter().chain(&self.teachers).collect();
        let contacts: Vec<_> = self.contacts.iter().collect();
        let admins: Vec<_> = self.school_admins.iter().collect();
        for (collection, ids) in [
            ("schools", pointed_at(&sections, "school")),
            ("schools", pointed_at(&people, "school")),
            ("schools", members(&people, "schools")),
            ("schools", members(&admins, "schools")),
            ("courses", pointed_at(&sections, "course")),
            ("terms", pointed_at(&sections, "term_id")),
            ("teachers", members(&sections, "teachers")),
            ("students", members(&sections, "students")),
            ("students", members(&contacts, "students")),
            ("students", pointed_at(&contacts, "student")),
        ] {
            for id in ids {
                let address = format!("/{}/{collection}/{id}", self.version.name);
                assert!(self.shared.get(&address).is_ok(), "{address} is mentioned");
            }
        }
        for route in Route::of_version(self.version).filter(|route| route.shape == Shape::One) {
            let collection = format!("/{}/{}", self.version.name, route.of.collection());
            for own in self.shared.ids(&collection) {
                let answer = self.shared.read(&format!("{collection}/{own}"));
                for link in answer["links"].as_array().unwrap() {
                    let uri = link["uri"].as_str().unwrap();
                    assert!(self.shared.get(uri).is_ok(), "{uri} leads nowhere");
                }
            }
        }
    }

    /// Hidden roles have no records, by whatever path.
    fn check_hidden_roles(&self) {
        for (role, collection) in [
            (Role::Student, "students"),
            (Role::Teacher, "teachers"),
            (Role::Staff, "school_admins"),
            (Role::DistrictAdmin, "district_admins"),
            (Role::Contact, "contacts"),
        ] {
            if self.shared.mask.shows_role(role) {
                continue;
            }
            let lists = Route::of_version(self.version).filter(|route| {
                let gives = route.gives.collection() == collection;
                gives && route.shape == Shape::List && route.items != Items::Grades
            });
            for list in lists {
                let origins = if list.takes_id() {
                    self.shared
                        .ids(&format!("/{}/{}", self.version.name, list.of.collection()))
                } else {
                    vec![String::new()]
                };
                for origin in origins {
                    self.same(&list.path.replace("{id}", &origin), &BTreeSet::new());
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn documents_and_lists_of_older_versions_agree(plan in plan()) {
        let shared = build(&plan);
        for version in ["v1.1", "v1.2", "v2.0", "v2.1"] {
            let version = Version::from_name(version).unwrap();
            let told = Told::new(&shared, version);
            told.check_schools();
            told.check_sections();
            told.check_students();
            told.check_teachers();
            told.check_mentions();
            told.check_hidden_roles();
            let numbers = Route::of_version(version).filter(|route| route.counts && !route.takes_id());
            for route in numbers {
                let address = format!("/{}{}", version.name, route.path);
                let count = shared.read(&format!("{address}?count=true"));
                prop_assert_eq!(count["count"].as_u64().unwrap(), shared.ids(&address).len() as u64, "{}", address);
            }
        }
    }
}
