use serde_json::{Map, Value, json};

use super::reference;
use crate::filter::{LONGEST_PATTERN, MOST_CONDITIONS, MOST_MEMBERS};
use crate::request::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::routes::{Object, Route};
use crate::version::Version;

/// The parameters that several paths share, of those that a version has.
pub(super) fn components(version: &Version, routes: &[&'static Route]) -> Value {
    let every = [everywhere(), of_lists(), of_some()];
    let every = every.into_iter().filter_map(|shared| match shared {
        Value::Object(shared) => Some(shared),
        _ => None,
    });
    let taken = |name: &str| {
        routes
            .iter()
            .any(|route| takes(version, route).contains(&name))
    };
    let all: Map<_, _> = every.flatten().filter(|(name, _)| taken(name)).collect();
    Value::Object(all)
}

fn everywhere() -> Value {
    json!({
        "id": {
            "name": "id", "in": "path", "required": true,
            "description": "The record's id.",
            "schema": { "type": "string", "pattern": "^[0-9a-fA-F]{24}$" },
        },
        "as_of": {
            "name": "Homeroom-As-Of", "in": "header", "required": false,
            "description": "Reads the past: the number of a snapshot, a day (its end, in the district's time zone), or a \
                moment as RFC 3339 writes it. What is shown of it is what the application may see today. Send it with \
                every page; each answer says in Homeroom-Snapshot which snapshot it shows.",
            "schema": {
                "anyOf": [
                    { "type": "string", "pattern": "^[1-9][0-9]{0,17}$", "examples": ["1"] },
                    { "type": "string", "format": "date", "examples": ["2026-03-01"] },
                    { "type": "string", "format": "date-time", "examples": ["2026-03-01T09:30:00Z"] },
                ],
            },
        },
    })
}

/// What pages of records take (clever-api 5).
fn of_lists() -> Value {
    json!({
        "limit": {
            "name": "limit", "in": "query", "required": false,
            "description": "Largest number of records on the page. More than the maximum is refused with 413.",
            "schema": { "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT },
        },
        "starting_after": {
            "name": "starting_after", "in": "query", "required": false,
            "description": "The page begins after this id. It need not exist any more.",
            "schema": { "type": "string", "pattern": "^[0-9a-fA-F]{24}$" },
        },
        "ending_before": {
            "name": "ending_before", "in": "query", "required": false,
            "description": "The page ends before this id, or at the end of the list with `last`. Not together with starting_after.",
            "schema": { "type": "string", "pattern": "^([0-9a-fA-F]{24}|last)$" },
        },
        "count": {
            "name": "count", "in": "query", "required": false,
            "description": "With `true` the answer is the number of records, whatever the parameters of pages say. Anything else is as \
                if it were left out.",
            "schema": { "type": "string", "examples": ["true"] },
        },
        "page": {
            "name": "page", "in": "query", "required": false,
            "description": "The number of a page of `limit` records, from 1. Not together with starting_after or ending_before.",
            "schema": { "type": "integer", "minimum": 1 },
        },
    })
}

/// What some paths take.
fn of_some() -> Value {
    json!({
        "primary": {
            "name": "primary", "in": "query", "required": false,
            "description": "With `true` only primary schools count.",
            "schema": { "type": "string", "enum": ["", "true", "false"] },
        },
        "where": {
            "name": "where", "in": "query", "required": false,
            "description": "A JSON object of fields and what they must be: a value, or an object of $gt, $gte, $lt, $lte, $ne, $in, $nin, \
                $exists, $regex and $size. Fields inside fields are written with a dot. Lists match if one element does. `{}` asks \
                for nothing. At most 8192 bytes; what would have to look at too many records is refused with 400.",
            "content": { "application/json": { "schema": filter() } },
        },
        "include": {
            "name": "include", "in": "query", "required": false,
            "description": "Names of lists, parted by commas, to put into the document as arrays of wrapped items: those that have a path below this one. Other names are ignored.",
            "schema": { "type": "string" },
        },
        "school": {
            "name": "school", "in": "query", "required": false,
            "description": "Only events about what belongs to the school with this id: the school, its sections, its people.",
            "schema": { "type": "string", "pattern": "^[0-9a-fA-F]{24}$" },
        },
        "show_links": {
            "name": "show_links", "in": "query", "required": false,
            "description": "With `true` items are wrapped, with links. Anything else is as if it were left out.",
            "schema": { "type": "string", "examples": ["true"] },
        },
    })
}

/// What `where` takes (clever-api 4.5).
fn filter() -> Value {
    let scalar = json!({ "type": ["string", "number", "boolean", "null"] });
    let members = json!({ "type": "array", "items": scalar, "maxItems": MOST_MEMBERS });
    let mut operators = Map::new();
    for operator in ["$gt", "$gte", "$lt", "$lte", "$ne"] {
        operators.insert(operator.to_owned(), scalar.clone());
    }
    for operator in ["$in", "$nin"] {
        operators.insert(operator.to_owned(), members.clone());
    }
    let pattern = json!({
        "type": "string", "format": "regex", "maxLength": LONGEST_PATTERN,
        "description": "Without look-around and references back.",
    });
    operators.insert("$regex".to_owned(), pattern);
    operators.insert("$exists".to_owned(), json!({ "type": "boolean" }));
    let size = json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX });
    operators.insert("$size".to_owned(), size);
    let operators = json!({
        "type": "object", "properties": operators, "minProperties": 1, "additionalProperties": false,
    });
    json!({
        "type": "object",
        "maxProperties": MOST_CONDITIONS,
        "propertyNames": { "type": "string", "pattern": "^([^$]|$)" },
        "additionalProperties": { "anyOf": [scalar, operators] },
        "examples": [{ "name.last": { "$regex": "^M" } }],
    })
}

/// The names of the shared parameters of a path.
fn takes(version: &Version, route: &Route) -> Vec<&'static str> {
    let list = route.has_pages();
    let shared = [
        ("id", route.takes_id()),
        ("limit", list),
        ("starting_after", list),
        ("ending_before", list),
        ("page", list && version.rules.numbered_pages),
        ("where", route.filters),
        ("include", route.includes),
        ("show_links", route.show_links),
        ("count", route.counts),
        ("primary", route.primary),
        ("school", route.event_filters),
        ("as_of", route.gives != Object::Event),
    ];
    let there = shared.into_iter().filter(|(_, there)| *there);
    there.map(|(name, _)| name).collect()
}

/// The parameters of a path.
pub(super) fn of(version: &Version, route: &Route) -> Vec<Value> {
    let names = takes(version, route).into_iter();
    let mut parameters: Vec<_> = names.map(|name| reference("parameters", name)).collect();
    if !route.roles.is_empty() {
        let roles: Vec<_> = route.roles.iter().map(|role| role.text()).collect();
        parameters.push(json!({
            "name": "role", "in": "query", "required": false,
            "description": "Only people with this role. They are shown with all their roles.",
            "schema": { "type": "string", "enum": roles },
        }));
    }
    if route.event_filters {
        let types = Object::of(version).filter_map(|object| object.event_prefix(version));
        parameters.push(json!({
            "name": "record_type", "in": "query", "required": false,
            "description": "Only events about these kinds of records; may be repeated. `record_type[]` is the same parameter.",
            "style": "form", "explode": true,
            "schema": { "type": "array", "items": { "type": "string", "enum": types.collect::<Vec<_>>() } },
        }));
    }
    parameters
}
