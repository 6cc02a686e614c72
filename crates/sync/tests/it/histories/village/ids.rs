//! Ids and documents: what names what.

use std::collections::BTreeSet;

use homeroom_model::ObjectId;
use serde_json::{Map, Value, json};

/// The end of an id, which is what a person recognises: kind and number.
pub(crate) fn short(id: ObjectId) -> String {
    let hex = id.to_hex();
    let kind = match &hex[2..4] {
        "5c" => "school",
        "7e" => "term",
        "c0" => "course",
        "5e" => "section",
        "50" => "student",
        "7a" => "teacher",
        "5a" => "staff",
        "ad" => "admin",
        "ca" => "contact",
        _ => "record",
    };
    format!("{kind} {}", hex[4..].trim_start_matches('0'))
}

/// The next id of who is known by one: the same number a thousand higher.
pub(super) fn next_id(id: ObjectId) -> ObjectId {
    let hex = id.to_hex();
    let number: u64 = hex[4..].parse().unwrap();
    ObjectId::from_hex(&format!("{}{:020}", &hex[..4], number + 1000)).unwrap()
}

pub(super) fn id_of(document: &Value) -> ObjectId {
    document["id"]
        .as_str()
        .and_then(ObjectId::from_hex)
        .unwrap()
}

pub(super) fn with_id(document: &mut Value, id: ObjectId) {
    let old = document["id"].clone();
    document["id"] = json!(id.to_hex());
    for role in document["roles"]
        .as_object_mut()
        .into_iter()
        .flat_map(Map::values_mut)
    {
        if role["legacy_id"] == old {
            role["legacy_id"] = json!(id.to_hex());
        }
    }
}

pub(super) fn fields<'d>(
    document: &'d mut Value,
    three: bool,
    role: &str,
) -> &'d mut Map<String, Value> {
    let place = if three {
        &mut document["roles"][role]
    } else {
        document
    };
    place.as_object_mut().unwrap()
}

pub(super) fn names(section: &Value, id: ObjectId) -> bool {
    let hex = id.to_hex();
    ["students", "teachers"].iter().any(|list| {
        let list = section[*list].as_array();
        list.is_some_and(|list| list.iter().any(|one| *one == hex))
    })
}

/// SIS ids of a person's roles, with the role.
pub(super) fn sis_ids(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let roles = document["roles"].as_object().into_iter().flatten();
    let places = roles.map(|(_, fields)| fields).chain([document]);
    for place in places {
        for field in ["sis_id", "staff_id"] {
            found.extend(place[field].as_str().map(|id| format!("{field} {id}")));
        }
    }
    found
}
