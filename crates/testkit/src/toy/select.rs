//! Which documents stand under a path (clever-api 4.1 and 4.2).

use std::collections::BTreeSet;

use homeroom_wire::{Family, Object, Version};
use serde_json::Value;

use super::Holding;

impl Holding {
    /// All documents of a kind, by id.
    pub(crate) fn all(&self, object: Object) -> impl Iterator<Item = &Value> {
        self.records
            .get(&object)
            .into_iter()
            .flat_map(|records| records.values())
    }

    /// A document by its id.
    pub(crate) fn one(&self, object: Object, id: &str) -> Option<&Value> {
        self.records.get(&object)?.get(id)
    }

    /// What a record leads to by the name of a relation.
    pub(crate) fn related(
        &self,
        version: &Version,
        (of, id): (Object, &str),
        (relation, gives): (&str, Object),
    ) -> Vec<&Value> {
        let Some(record) = self.one(of, id) else {
            return Vec::new();
        };
        let relation = relation.to_ascii_lowercase();
        match (of, relation.as_str()) {
            (Object::Section, "school") => self.named(gives, &record["school"]),
            (Object::Section, "course") => self.named(gives, &record["course"]),
            (Object::Section, "term") => self.named(gives, &record["term_id"]),
            (Object::Section, "teacher") => self.named(gives, &record["teacher"]),
            (Object::Section, "users") => {
                let mut people = texts(&record["students"]);
                people.extend(texts(&record["teachers"]));
                self.among(gives, &people)
            }
            (Object::Section, list) => self.among(gives, &texts(&record[list])),
            (Object::School, "sections") => self.sections(|section| section["school"] == id),
            (Object::School, "users" | "students" | "teachers") => {
                let belongs = |person: &&Value| in_school(version, person, id);
                self.all(gives).filter(belongs).collect()
            }
            (Object::School, "courses") => self.of_sections(gives, "course", id),
            (Object::School, "terms") => self.of_sections(gives, "term_id", id),
            (Object::Course, "sections") => self.sections(|section| section["course"] == id),
            (Object::Term, "sections") => self.sections(|section| section["term_id"] == id),
            (_, "sections") => self.sections(|section| {
                ["students", "teachers"]
                    .iter()
                    .any(|list| texts(&section[*list]).contains(id))
            }),
            (_, "schools") => self.among(gives, &schools_of(record)),
            (_, "school") => self.named(gives, &record["school"]),
            (Object::Student, "contacts") => {
                self.all(gives).filter(|one| of_student(one, id)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn named(&self, object: Object, id: &Value) -> Vec<&Value> {
        let found = id.as_str().and_then(|id| self.one(object, id));
        found.into_iter().collect()
    }

    /// Those of a kind whose ids are among these, by id.
    fn among(&self, object: Object, ids: &BTreeSet<&str>) -> Vec<&Value> {
        ids.iter().filter_map(|id| self.one(object, id)).collect()
    }

    fn sections(&self, wanted: impl Fn(&Value) -> bool) -> Vec<&Value> {
        self.all(Object::Section)
            .filter(|section| wanted(section))
            .collect()
    }

    /// What the sections of a school name.
    fn of_sections(&self, gives: Object, field: &str, school: &str) -> Vec<&Value> {
        let sections = self.sections(|section| section["school"] == school);
        let ids = sections
            .iter()
            .filter_map(|section| section[field].as_str())
            .collect();
        self.among(gives, &ids)
    }
}

fn texts(list: &Value) -> BTreeSet<&str> {
    let all = list.as_array().into_iter().flatten();
    all.filter_map(Value::as_str).collect()
}

/// The schools that a person's roles, or a record of one role, name.
fn schools_of(person: &Value) -> BTreeSet<&str> {
    let mut schools = texts(&person["schools"]);
    schools.extend(person["school"].as_str());
    for role in person["roles"]
        .as_object()
        .into_iter()
        .flat_map(|roles| roles.values())
    {
        schools.extend(texts(&role["schools"]));
        schools.extend(role["school"].as_str());
    }
    schools
}

/// Before version 3 the primary school alone counts.
fn in_school(version: &Version, person: &Value, school: &str) -> bool {
    match version.family {
        Family::Three => schools_of(person).contains(school),
        _ => person["school"] == school,
    }
}

fn of_student(contact: &Value, student: &str) -> bool {
    contact["student"] == student || texts(&contact["students"]).contains(student)
}
