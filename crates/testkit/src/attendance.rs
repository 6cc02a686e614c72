//! The published definition of attendance as a JSON schema of its answers.

use serde_json::{Map, Value, json};

use crate::contract;

/// The schema of an answer: known members only, each in its form, and those that every record has. `None` where the shared
/// folder is absent.
pub fn attendance_answer() -> Option<Value> {
    let contract = contract("v3.1-attendance")?;
    let definitions = contract["definitions"].as_object().unwrap();
    let told = definitions["Attendance"]["properties"].as_object().unwrap();
    let properties: Map<_, _> = told
        .iter()
        .map(|(name, told)| (name.clone(), value(told, definitions)))
        .collect();
    assert_eq!(properties.len(), 11);
    let record = json!({
        "type": "object",
        "properties": properties,
        "required": [
            "attendance_date", "attendance_status", "attendance_type", "created", "district_id", "last_modified",
            "school_id", "student_id",
        ],
        "additionalProperties": false,
    });
    let answer = definitions["AttendanceResponse"]["properties"].as_object();
    let members: Vec<_> = answer.unwrap().keys().cloned().collect();
    assert_eq!(members, ["data", "links"]);
    let link = json!({
        "type": "object",
        "properties": { "rel": { "enum": ["next", "prev"] }, "uri": { "type": "string" } },
        "required": ["rel", "uri"],
        "additionalProperties": false,
    });
    Some(json!({
        "type": "object",
        "properties": {
            "data": { "type": "array", "items": record },
            "links": { "type": "array", "items": link, "minItems": 1 },
        },
        "required": ["data"],
        "additionalProperties": false,
    }))
}

/// A member's form.
fn value(told: &Value, definitions: &Map<String, Value>) -> Value {
    if let Some(target) = told["$ref"].as_str() {
        let name = target.rsplit('/').next().unwrap();
        return json!({ "type": "string", "enum": definitions[name]["enum"] });
    }
    assert_eq!(told["type"], "string");
    match told["format"].as_str() {
        Some("mongo-id") => json!({ "type": "string", "pattern": "^[0-9a-f]{24}$" }),
        Some("date") => json!({ "type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$" }),
        Some("datetime") => {
            json!({ "type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$" })
        }
        // Without a value it is left out.
        None => json!({ "type": "string", "minLength": 1 }),
        Some(other) => panic!("a format that is not known: {other}"),
    }
}
