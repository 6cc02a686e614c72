//! The OpenAPI document of what apps send (`/openapi/goals-v1.json`).

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::routes::{Does, ROUTES};

/// The document.
pub(crate) fn openapi() -> Value {
    let paths: Map<_, _> = ROUTES
        .iter()
        .map(|route| {
            let methods = route
                .methods()
                .map(|(method, does)| (name(method), operation(*does)));
            (route.path.to_owned(), Value::Object(methods.collect()))
        })
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Homeroom Goals",
            "version": "1",
            "description": "What an application tells about its students in one district, with the token it has for that district: \
                totals for the school year, what it counts, and what became of its requests. Only where the district switched \
                Goals on for it: everything else is 404.",
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": { "Error": {
                "type": "object",
                "required": ["message"],
                "properties": { "message": { "type": "string" } },
            } },
        },
    })
}

fn name(method: &Method) -> String {
    method.as_str().to_ascii_lowercase()
}

fn operation(does: Does) -> Value {
    let (id, summary, refused, body) = told(does);
    let mut responses = Map::new();
    responses.insert(
        "200".to_owned(),
        json!({ "description": "Done.", "content": { "application/json": { "schema": { "type": "object" } } } }),
    );
    for status in refused.iter().chain(&[401, 404, 429]) {
        responses.insert(status.to_string(), error());
    }
    let mut operation = Map::new();
    operation.insert("operationId".to_owned(), id.into());
    operation.insert("summary".to_owned(), summary.into());
    operation.insert("responses".to_owned(), Value::Object(responses));
    if let Some(content) = body {
        let body = json!({ "required": true, "content": content });
        operation.insert("requestBody".to_owned(), body);
    }
    if does == Does::Deliveries {
        operation.insert("parameters".to_owned(), paging());
    }
    Value::Object(operation)
}

fn paging() -> Value {
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": 100 });
    let after = json!({ "type": "integer", "minimum": 1 });
    json!([
        { "name": "limit", "in": "query", "schema": limit },
        { "name": "starting_after", "in": "query", "schema": after },
    ])
}

/// What an operation is called, what it does, how it is refused beside what every one is, and what it takes.
type Told = (&'static str, &'static str, &'static [u16], Option<Value>);

fn told(does: Does) -> Told {
    match does {
        Does::Submit => (
            "submitMetrics",
            "Totals of students since the school year began: minutes, and the app's progress metric. The same again changes \
             nothing, and students who are left out stay as they are.",
            &[400, 413, 415],
            Some(submission()),
        ),
        Does::ShowApp => (
            "showApp",
            "What the app declared, and what the district settled about it.",
            &[],
            None,
        ),
        Does::Declare => (
            "declareApp",
            "What the app counts, when a student has finished, and where its reports are. All of it each time; the key stays.",
            &[400, 413],
            Some(json!({ "application/json": { "schema": declaration() } })),
        ),
        Does::Deliveries => (
            "listDeliveries",
            "The app's requests with what became of them, newest first.",
            &[400],
            None,
        ),
        Does::Check => (
            "checkFeed",
            "Every criterion of a certification with pass, fail or unknown, as the district sees it.",
            &[],
            None,
        ),
        Does::ShowTargets => (
            "listTargets",
            "The app's recommendations in force and, where the district allows, the targets set for it.",
            &[],
            None,
        ),
        Does::Recommend => (
            "recommendTargets",
            "What the app recommends for a week of school: for everybody, for a grade or for a type of school.",
            &[400, 413],
            Some(json!({ "application/json": { "schema": recommendations() } })),
        ),
        Does::ActiveMinutes => (
            "countActiveMinutes",
            "Active minutes out of heartbeats. Nothing is kept.",
            &[400, 413],
            Some(json!({ "application/json": { "schema": heartbeats() } })),
        ),
    }
}

fn error() -> Value {
    let schema = json!({ "$ref": "#/components/schemas/Error" });
    json!({ "description": "Nothing was done, and why.", "content": { "application/json": { "schema": schema } } })
}

fn submission() -> Value {
    let metrics = json!({
        "type": "object",
        "properties": { "minutes": { "type": "number", "minimum": 0 } },
        "additionalProperties": { "type": "number", "minimum": 0 },
    });
    let student = json!({
        "type": "object",
        "required": ["clever_id", "metrics"],
        "properties": { "clever_id": { "type": "string" }, "metrics": metrics },
    });
    let students = json!({ "type": "array", "items": student });
    let data = json!({ "type": "object", "required": ["students"], "properties": { "students": students } });
    let body = json!({ "type": "object", "required": ["data"], "properties": { "data": data } });
    let example = json!({ "data": { "students": [
        { "clever_id": "5f00aa11bb22cc33dd44ee21", "metrics": { "minutes": 126, "lessons_completed": 23 } },
    ] } });
    json!({
        "application/json": { "schema": body, "example": example },
        "text/csv": {
            "schema": { "type": "string" },
            "example": "clever_id,minutes,lessons_completed\n5f00aa11bb22cc33dd44ee21,126,23\n",
        },
        "multipart/form-data": { "schema": {
            "type": "object",
            "properties": { "file": { "type": "string", "contentMediaType": "text/csv" } },
        } },
    })
}

fn declaration() -> Value {
    let address =
        json!({ "type": "string", "description": "https, with {id} where the id belongs." });
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "progress": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "key": { "type": "string", "maxLength": 64 },
                    "label": { "type": "string", "maxLength": 64 },
                    "ceiling": { "type": "number", "exclusiveMinimum": 0 },
                    "counts_finished_work": { "type": "boolean" },
                },
            },
            "may_fall": { "type": "boolean" },
            "reports": {
                "type": "object",
                "additionalProperties": false,
                "properties": { "student": address, "section": address, "school": address, "district": address },
            },
        },
    })
}

fn recommendations() -> Value {
    let target = json!({
        "type": "object",
        "required": ["metric", "per_week"],
        "additionalProperties": false,
        "properties": {
            "grade": { "type": ["string", "null"] },
            "school_type": { "type": ["string", "null"], "enum": ["elementary", "middle", "high", null] },
            "metric": { "type": "string", "enum": ["minutes", "progress"] },
            "per_week": { "type": ["number", "null"], "minimum": 0, "maximum": 1_000_000_000 },
            "from": { "type": ["string", "null"], "format": "date" },
        },
    });
    json!({
        "type": "object",
        "required": ["targets"],
        "additionalProperties": false,
        "properties": { "targets": { "type": "array", "minItems": 1, "maxItems": 200, "items": target } },
    })
}

fn heartbeats() -> Value {
    let millis = json!({ "type": "integer", "description": "Milliseconds since 1970." });
    let heartbeat = json!({
        "type": "object",
        "required": ["session", "at", "visible", "last_input", "page"],
        "properties": {
            "session": { "type": "string" },
            "at": millis,
            "visible": { "type": "boolean" },
            "last_input": millis,
            "page": { "type": "string" },
        },
    });
    let student = json!({
        "type": "object",
        "required": ["student", "heartbeats"],
        "properties": {
            "student": { "type": "string" },
            "heartbeats": { "type": "array", "items": heartbeat },
        },
    });
    json!({
        "type": "object",
        "required": ["students"],
        "properties": {
            "rules": { "type": "object" },
            "from": millis,
            "to": millis,
            "students": { "type": "array", "items": student },
        },
    })
}
