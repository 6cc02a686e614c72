use serde_json::{Value, json};

use super::reference;
use crate::request::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::routes::{Route, Shape};

/// The parameters that several paths share.
pub(super) fn components() -> Value {
    json!({
        "id": {
            "name": "id", "in": "path", "required": true,
            "description": "The record's id.",
            "schema": { "type": "string" },
        },
        "as_of": {
            "name": "Homeroom-As-Of", "in": "header", "required": false,
            "description": "Reads the past: the number of a snapshot, a day (its end, in the district's time zone), or a \
                moment as RFC 3339 writes it. What is shown of it is what the application may see today. Send it with \
                every page; each answer says in Homeroom-Snapshot which snapshot it shows.",
            "schema": { "type": "string", "examples": ["42", "2026-03-01", "2026-03-01T09:30:00Z"] },
        },
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
            "description": "With `true` the answer is the number of records. Anything else is as if it were left out.",
            "schema": { "type": "string", "enum": ["", "true", "false", "undefined"] },
        },
        "primary": {
            "name": "primary", "in": "query", "required": false,
            "description": "With `true` only primary schools count.",
            "schema": { "type": "string", "enum": ["", "true", "false"] },
        },
    })
}

/// The parameters of a path.
pub(super) fn of(route: &Route) -> Vec<Value> {
    let shared = [
        ("id", route.takes_id()),
        ("limit", route.shape == Shape::List),
        ("starting_after", route.shape == Shape::List),
        ("ending_before", route.shape == Shape::List),
        ("count", route.counts),
        ("primary", route.primary),
        ("as_of", true),
    ];
    let mut parameters: Vec<_> = shared
        .into_iter()
        .filter(|(_, there)| *there)
        .map(|(name, _)| reference("parameters", name))
        .collect();
    if !route.roles.is_empty() {
        let roles: Vec<_> = route.roles.iter().map(|role| role.text()).collect();
        parameters.push(json!({
            "name": "role", "in": "query", "required": false,
            "description": "Only people with this role. They are shown with all their roles.",
            "schema": { "type": "string", "enum": roles },
        }));
    }
    parameters
}
