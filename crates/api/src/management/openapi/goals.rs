//! What the document says of Goals.

use homeroom_goals::total::Correction;
use serde_json::{Map, Value, json};

use super::super::routes::{Posted, Route, Writes};
use super::{errors_of, in_path, object, reference};

/// A path to which something is posted.
pub(super) fn posted(route: &Route, posted: &Posted) -> Value {
    let (query, body, answer): (&[&str], _, _) = match posted.what {
        Writes::Targets => (
            &["of_app"],
            reference("schemas", "TargetWishes"),
            object(&[("set", "integer"), ("number", "integer")]),
        ),
        Writes::Correction => (
            &[],
            reference("schemas", "CorrectionWish"),
            object(&[
                ("student", "string"),
                ("app", "string"),
                ("what", "string"),
                ("value", "number"),
                ("shown", "number?"),
                ("done", "string"),
            ]),
        ),
    };
    let parameters = in_path(route).chain(query.iter().copied());
    let parameters: Vec<_> = parameters
        .map(|name| reference("parameters", name))
        .collect();
    let mut responses = errors_of(route);
    if posted.what == Writes::Correction {
        responses.insert("409".to_owned(), changed());
    }
    let schema =
        json!({ "type": "object", "properties": { "data": answer }, "required": ["data"] });
    responses.insert(
        "200".to_owned(),
        json!({ "description": "What was done.", "content": { "application/json": { "schema": schema } } }),
    );
    json!({
        "operationId": posted.operation,
        "summary": posted.summary,
        "parameters": parameters,
        "requestBody": { "required": true, "content": { "application/json": { "schema": body } } },
        "responses": responses,
    })
}

/// The schemas of figures, targets and corrections.
pub(super) fn schemas() -> Map<String, Value> {
    let entries = [
        (
            "StudentGoals",
            figure(&[
                ("student", "string"),
                ("name", "string"),
                ("language", "string"),
                ("apps", "array"),
            ]),
        ),
        (
            "ContactGoals",
            figure(&[
                ("contact", "string"),
                ("name", "string"),
                ("language", "string"),
                ("children", "array"),
            ]),
        ),
        (
            "TeacherGoals",
            figure(&[("teacher", "string"), ("name", "string"), ("apps", "array")]),
        ),
        (
            "SchoolGoals",
            figure(&[
                ("school", "string"),
                ("name", "string"),
                ("small_group", "integer"),
                ("apps", "array"),
            ]),
        ),
        (
            "DistrictGoals",
            figure(&[("small_group", "integer"), ("apps", "array")]),
        ),
    ];
    let entries = entries.into_iter().chain(others());
    entries
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect()
}

/// What is sent to set targets.
fn wishes() -> Value {
    let grade = json!({ "type": ["string", "null"], "description": "Only students in this grade, such as \"5\"." });
    let school_type =
        json!({ "type": ["string", "null"], "enum": ["elementary", "middle", "high", null] });
    let amount = json!({
        "type": ["number", "null"], "minimum": 0, "maximum": 1_000_000_000,
        "description": "For an ordinary week of school; 0 is no target, null takes back what was said before.",
    });
    let wish = json!({
        "type": "object",
        "properties": {
            "level": { "type": "string", "enum": ["district", "school", "section", "student"] },
            "id": { "type": ["string", "null"], "description": "Of the school, section or student." },
            "grade": grade,
            "school_type": school_type,
            "metric": { "type": "string", "enum": ["minutes", "progress"] },
            "per_week": amount,
            "from": { "type": ["string", "null"], "format": "date", "description": "The first day; today if left out." },
        },
        "required": ["level", "metric", "per_week"],
        "additionalProperties": false,
    });
    json!({
        "type": "object",
        "properties": { "targets": { "type": "array", "minItems": 1, "maxItems": 200, "items": wish } },
        "required": ["targets"],
        "additionalProperties": false,
    })
}

/// What is sent to confirm or dismiss.
fn correction() -> Value {
    let words = Correction::ALL.map(Correction::word);
    json!({
        "type": "object",
        "properties": {
            "app": { "type": "string" },
            "do": { "type": "string", "enum": ["confirm", "dismiss"] },
            "what": { "type": "string", "enum": words, "description": "Which of the values that wait." },
            "value": { "type": "number", "description": "The value that waits, as it was seen." },
            "shown": { "type": ["number", "null"], "description": "The value that is shown, as it was seen." },
        },
        "required": ["app", "do", "what", "value", "shown"],
        "additionalProperties": false,
    })
}

/// The answer where what was seen does not wait any more.
fn changed() -> Value {
    let schema = json!({
        "type": "object",
        "properties": { "message": { "type": "string" }, "open": reference("schemas", "OpenGoals") },
        "required": ["message", "open"],
    });
    json!({
        "description": "It does not wait any more as it was seen, and nothing was decided; what waits of the student now.",
        "content": { "application/json": { "schema": schema } },
    })
}

/// A figure with these members beside those that every figure has.
fn figure(members: &[(&str, &str)]) -> Value {
    let head = [
        ("audience", "string"),
        ("district", "string"),
        ("as_of", "object"),
    ];
    object(&[&head[..], members].concat())
}

/// The schemas that are not about students.
fn others() -> [(&'static str, Value); 5] {
    [
        (
            "AppGoals",
            figure(&[
                ("app", "object"),
                ("students", "integer"),
                ("reported", "integer"),
                ("reported_lately", "integer"),
                ("open", "object"),
                ("requests", "array"),
                ("certification", "array"),
            ]),
        ),
        (
            "TargetStatement",
            object(&[
                ("number", "integer"),
                ("level", "string"),
                ("id", "string?"),
                ("for_whom", "string"),
                ("metric", "string"),
                ("progress_key", "string?"),
                ("rests", "boolean"),
                ("per_week", "number?"),
                ("from", "string"),
                ("by", "string"),
                ("set_at", "string"),
            ]),
        ),
        ("TargetWishes", wishes()),
        ("CorrectionWish", correction()),
        (
            "OpenGoals",
            object(&[
                ("student", "string"),
                ("app", "string"),
                ("minutes", "number?"),
                ("progress", "number?"),
                ("lower_minutes", "object?"),
                ("lower_progress", "object?"),
                ("implausible_minutes", "object?"),
            ]),
        ),
    ]
}
