use serde_json::{Map, Value, json};

use super::{answer_name, reference};
use crate::routes::{Object, Route, Shape};

/// The answers without a body.
const EMPTY: &[(&str, &str, &str)] = &[
    (
        "304",
        "NotModified",
        "Nothing changed since the answer whose ETag was sent as If-None-Match.",
    ),
    (
        "414",
        "AddressTooLong",
        "The address is longer than 65,534 bytes. Told before anything is looked at, so without a body.",
    ),
];

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
        "The server made a mistake; the request may be repeated.",
    ),
    (
        "503",
        "Unavailable",
        "The server could not read its data; the request may be repeated.",
    ),
];

pub(super) fn components() -> Map<String, Value> {
    let error = reference("schemas", "Error");
    let empty = EMPTY.iter();
    let empty = empty.map(|(_, name, meaning)| (*name, json!({ "description": meaning })));
    let errors = ERRORS.iter().map(|(status, name, meaning)| {
        let mut response = json!({
            "description": meaning,
            "content": { "application/json": { "schema": error } },
        });
        if let ("429", Value::Object(response)) = (*status, &mut response) {
            response.insert("headers".to_owned(), wait());
        }
        (*name, response)
    });
    let all = empty.chain(errors);
    all.map(|(name, response)| (name.to_owned(), response))
        .collect()
}

fn wait() -> Value {
    json!({
        "Retry-After": {
            "description": "Seconds to wait.",
            "schema": { "type": "integer", "minimum": 1 },
        },
    })
}

/// The answers of a path.
pub(super) fn of(route: &Route) -> Map<String, Value> {
    let answer = reference("schemas", &answer_name(route));
    let schema = if route.counts {
        json!({ "oneOf": [answer, reference("schemas", "Count")] })
    } else {
        answer
    };
    let success = json!({
        "description": success(route),
        "headers": headers(route),
        "content": { "application/json": { "schema": schema } },
    });
    all(success, route.has_pages())
}

/// The answers of a path outside of the route table, whose pages have another largest size.
pub(super) fn of_list(meaning: &str, schema: &Value) -> Map<String, Value> {
    let success = json!({
        "description": meaning,
        "headers": shared_headers(),
        "content": { "application/json": { "schema": schema } },
    });
    all(success, false)
}

fn all(success: Value, too_large: bool) -> Map<String, Value> {
    let mut responses = Map::new();
    responses.insert("200".to_owned(), success);
    for (status, name, _) in EMPTY.iter().chain(ERRORS) {
        if *status != "413" || too_large {
            responses.insert((*status).to_owned(), reference("responses", name));
        }
    }
    responses
}

fn shared_headers() -> Value {
    json!({
        "Homeroom-Snapshot": {
            "description": "Number of the snapshot that is shown; 0 before the first publish.",
            "schema": { "type": "integer", "minimum": 0 },
        },
        "ETag": {
            "description": "Names the answer: sent as If-None-Match, it asks for the body only if something changed.",
            "schema": { "type": "string" },
        },
    })
}

fn headers(route: &Route) -> Value {
    let mut headers = shared_headers();
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
