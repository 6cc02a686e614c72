use serde_json::{Map, Value, json};

use super::{answer_name, reference};
use crate::routes::{Object, Route, Shape};

/// The answers that are errors. Which status stands for what is clever-api 9.1.
const ERRORS: &[(&str, &str, &str)] = &[
    (
        "400",
        "BadRequest",
        "A parameter is wrong, or Homeroom-As-Of names what is still to come; the message says which.",
    ),
    ("401", "Unauthorized", "The token is missing or not valid."),
    (
        "404",
        "NotFound",
        "No such record is shared with the application, or what stood at the time asked for is not kept.",
    ),
    ("413", "TooLarge", "limit is larger than the maximum."),
    (
        "429",
        "TooManyRequests",
        "The token's requests of this minute are used up; Retry-After says when to go on.",
    ),
    (
        "500",
        "Failure",
        "The server failed; the request may be repeated.",
    ),
];

pub(super) fn components() -> Map<String, Value> {
    let error = reference("schemas", "Error");
    ERRORS
        .iter()
        .map(|(_, name, meaning)| {
            let response = json!({
                "description": meaning,
                "content": { "application/json": { "schema": error } },
            });
            ((*name).to_owned(), response)
        })
        .collect()
}

/// The answers of a path.
pub(super) fn of(route: &Route) -> Map<String, Value> {
    let answer = reference("schemas", &answer_name(route));
    let schema = if route.counts {
        json!({ "oneOf": [answer, reference("schemas", "Count")] })
    } else {
        answer
    };
    let mut responses = Map::new();
    responses.insert(
        "200".to_owned(),
        json!({
            "description": success(route),
            "headers": headers(route),
            "content": { "application/json": { "schema": schema } },
        }),
    );
    for (status, error, _) in ERRORS {
        let applies = match *status {
            "413" => route.shape == Shape::List,
            _ => true,
        };
        if applies {
            responses.insert((*status).to_owned(), reference("responses", error));
        }
    }
    responses
}

fn headers(route: &Route) -> Value {
    let mut headers = json!({
        "Homeroom-Snapshot": {
            "description": "Number of the snapshot that is shown; 0 before the first publish.",
            "schema": { "type": "integer" },
        },
    });
    if route.gives == Object::Event
        && route.shape == Shape::List
        && let Value::Object(headers) = &mut headers
    {
        let gap = json!({
            "description": "There only if events between the cursor and now are not kept, or were never made: the id from which \
                on none is missing. Read the records anew.",
            "schema": { "type": "string" },
        });
        headers.insert("Homeroom-Events-Gap".to_owned(), gap);
    }
    headers
}

fn success(route: &Route) -> &'static str {
    match (route.shape, route.counts) {
        (Shape::List, true) => "A page of records, or their number.",
        (Shape::List, false) => "A page of records.",
        (Shape::One | Shape::Through, _) => "The record.",
    }
}
