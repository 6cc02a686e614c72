//! Records from which relations are followed: every kind of situation, and an even spread inside each.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_wire::Object;
use serde_json::Value;

use super::documents::Documents;

/// Most records taken of one situation.
const EACH: usize = 10;

/// The ids of records to start from.
pub(crate) fn origins(
    told: &Documents,
    object: Object,
    attached: &BTreeSet<String>,
) -> Vec<String> {
    let in_class = in_class(told);
    let mut situations: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for (id, document) in told.all(object) {
        let situation = match object {
            Object::Section => section(document),
            Object::User => user(document, in_class.contains(id.as_str())),
            // There are few of these.
            _ => id.clone(),
        };
        let situation = format!("{situation} {}", attached.contains(id));
        situations.entry(situation).or_default().push(id);
    }
    let spread = situations.values().flat_map(|ids| {
        let step = ids.len().div_ceil(EACH);
        ids.iter().step_by(step).map(|id| (*id).clone())
    });
    spread.collect()
}

/// Everybody in some section.
fn in_class(told: &Documents) -> BTreeSet<&str> {
    let sections = told.all(Object::Section).values();
    let lists = sections.flat_map(|section| [&section["students"], &section["teachers"]]);
    let people = lists.flat_map(|list| list.as_array().unwrap());
    people.map(|id| id.as_str().unwrap()).collect()
}

fn section(section: &Value) -> String {
    let there = |field: &str| section.get(field).is_some();
    let teachers = section["teachers"].as_array().unwrap().len().min(3);
    format!("{} {} {teachers}", there("course"), there("term_id"))
}

fn user(user: &Value, in_class: bool) -> String {
    let count = |role: &str, list: &str| {
        let list = user["roles"][role][list].as_array();
        list.map_or(0, |list| list.len().min(3))
    };
    let roles: Vec<_> = user["roles"].as_object().unwrap().keys().collect();
    let schools = ["student", "teacher", "staff"].map(|role| count(role, "schools"));
    let students = count("contact", "student_relationships");
    format!("{roles:?} {schools:?} {students} {in_class}")
}
