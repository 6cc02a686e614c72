//! The two paths of attendance in the document of a version (clever-api 10.1).

use homeroom_model::{AttendanceStatus, AttendanceType, ClosedList};
use serde_json::{Map, Value, json};

use super::{reference, responses};
use crate::attendance::MAX_ATTENDANCE_LIMIT;
use crate::request::DEFAULT_LIMIT;

/// What the paths belong to.
pub(super) fn tag() -> Value {
    json!({ "name": "Attendance", "description": "Whether students were there, of days and of sections." })
}

/// The paths: of a school and of a section.
pub(super) fn paths() -> impl Iterator<Item = (String, Value)> {
    let of = [
        ("schools", "School", "school"),
        ("sections", "Section", "section"),
    ];
    of.into_iter().map(|(collection, name, word)| {
        let operation = json!({
            "operationId": format!("listAttendanceFor{name}"),
            "tags": ["Attendance"],
            "summary": format!("The attendance of a {word}, ascending by day"),
            "parameters": parameters(),
            "responses": responses::of_list("A page of records.", &reference("schemas", "AttendanceList")),
        });
        (format!("/attendance/{collection}/{{id}}"), json!({ "get": operation }))
    })
}

fn parameters() -> Value {
    let day = |name: &str, meaning: &str| {
        json!({
            "name": name, "in": "query", "required": false, "description": meaning,
            "schema": { "type": "string", "format": "date", "examples": ["2026-03-02"] },
        })
    };
    json!([
        reference("parameters", "id"),
        day("date_range_start", "Only records of this day and later ones."),
        day("date_range_end", "Only records of this day and earlier ones."),
        {
            "name": "attendance_status", "in": "query", "required": false,
            "description": "Only records of this status.",
            "schema": { "type": "string", "enum": texts::<AttendanceStatus>() },
        },
        {
            "name": "limit", "in": "query", "required": false,
            "description": "Largest number of records on the page. More than the maximum is refused with 400.",
            "schema": { "type": "integer", "minimum": 1, "maximum": MAX_ATTENDANCE_LIMIT, "default": DEFAULT_LIMIT },
        },
        reference("parameters", "starting_after"),
        reference("parameters", "ending_before"),
        reference("parameters", "as_of"),
    ])
}

/// The schemas of a record and of a page.
pub(super) fn schemas() -> Map<String, Value> {
    let id = |whose: &str| json!({ "type": "string", "pattern": "^[0-9a-f]{24}$", "description": format!("Id of the {whose}.") });
    let instant = |meaning: &str| {
        json!({
            "type": "string", "format": "date-time", "description": meaning,
            "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$",
        })
    };
    let record = json!({
        "type": "object",
        "description": "Whether a student was there. It has no id: pages are walked by following links.",
        "properties": {
            "student_id": id("student"),
            "school_id": id("school"),
            "section_id": id("section, where the record names one"),
            "district_id": id("district"),
            "attendance_type": {
                "type": "string", "enum": texts::<AttendanceType>(),
                "description": "What the record is about: a whole day, or a section's meeting on it.",
            },
            "attendance_status": { "type": "string", "enum": texts::<AttendanceStatus>() },
            "excuse_code": { "type": "string", "description": "Why not, as the district says it." },
            "sis_id": { "type": "string", "description": "The record's id in the district's system." },
            "created": instant("When the record was first published."),
            "last_modified": instant("When the record last changed."),
            "attendance_date": { "type": "string", "format": "date" },
        },
        "required": [
            "student_id", "school_id", "district_id", "attendance_type", "attendance_status", "created", "last_modified",
            "attendance_date",
        ],
        "additionalProperties": false,
    });
    let list = json!({
        "type": "object",
        "properties": {
            "data": { "type": "array", "items": reference("schemas", "Attendance") },
            "links": {
                "type": "array", "items": reference("schemas", "Link"), "minItems": 1,
                "description": "There only if there are other pages.",
            },
        },
        "required": ["data"],
        "additionalProperties": false,
    });
    let schemas = [("Attendance", record), ("AttendanceList", list)];
    schemas
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect()
}

fn texts<L: ClosedList>() -> Vec<&'static str> {
    L::ALL.iter().map(|value| value.text()).collect()
}
