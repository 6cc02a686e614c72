//! JSON Schema from the field table: what a document, and a whole answer, of a version looks like.

use serde_json::{Map, Value, json};

use crate::fields::{FieldSpec, Form, Mark, ObjectFields, object_fields};
use crate::routes::{Object, Route, Shape};
use crate::version::Version;

/// The schema of an object's documents, complete in itself: every property known, guaranteed ones required, nothing else
/// allowed.
pub fn schema(version: &Version, object: Object) -> Value {
    object_schema(version, object_fields(object), &inline)
}

/// The schema of a route's answer with data, complete in itself.
pub fn answer_schema(version: &Version, route: &Route) -> Value {
    let document = schema(version, route.gives);
    match route.shape {
        Shape::List => list_schema(&document, &link_schema()),
        Shape::One | Shape::Through => single_schema(&document, &link_schema()),
    }
}

/// How an object inside another is written: in place, or as a reference.
pub(crate) type Nested = dyn Fn(&Version, &'static ObjectFields) -> Value;

fn inline(version: &Version, fields: &'static ObjectFields) -> Value {
    object_schema(version, fields, &inline)
}

pub(crate) fn object_schema(
    version: &Version,
    object: &'static ObjectFields,
    nested: &Nested,
) -> Value {
    let properties: Map<String, Value> = object
        .of(version)
        .map(|field| (field.name.to_owned(), field_schema(version, field, nested)))
        .collect();
    let required: Vec<_> = object
        .of(version)
        .filter(|field| field.marks.contains(Mark::Guaranteed))
        .map(|field| field.name)
        .collect();
    json!({
        "type": "object",
        "description": object.meaning,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn field_schema(version: &Version, field: &FieldSpec, nested: &Nested) -> Value {
    let mut schema = form_schema(version, field.form, nested);
    let marks: Vec<_> = field.marks.iter().map(Mark::text).collect();
    if let Value::Object(schema) = &mut schema {
        schema.insert("description".to_owned(), field.meaning.into());
        schema.insert("x-homeroom-mark".to_owned(), marks.into());
    }
    schema
}

fn form_schema(version: &Version, form: Form, nested: &Nested) -> Value {
    match form {
        Form::Text => json!({ "type": "string" }),
        Form::Id => json!({ "type": "string", "pattern": "^[0-9a-f]{24}$" }),
        Form::Instant => json!({
            "type": "string",
            "format": "date-time",
            "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$",
        }),
        Form::Day => json!({
            "type": "string",
            "format": "date",
            "pattern": r"^\d{4}-\d{2}-\d{2}$",
        }),
        Form::BirthDay => json!({
            "type": "string",
            "pattern": "^([1-9]|1[0-2])/([1-9]|[12][0-9]|3[01])/[0-9]{4}$",
        }),
        Form::Flag => json!({ "type": "boolean" }),
        Form::OneOf(values) => json!({ "type": "string", "enum": values.all() }),
        Form::Object(fields) => nested(version, fields),
        Form::Map => json!({
            "type": "object",
            "additionalProperties": { "type": "string" },
        }),
        Form::List(item) => json!({
            "type": "array",
            "items": form_schema(version, *item, nested),
        }),
    }
}

/// A page of documents.
pub(crate) fn list_schema(document: &Value, link: &Value) -> Value {
    let item = json!({
        "type": "object",
        "properties": {
            "data": document,
            "uri": { "type": "string", "description": "The record's own address." },
        },
        "required": ["data", "uri"],
        "additionalProperties": false,
    });
    json!({
        "type": "object",
        "properties": { "data": { "type": "array", "items": item }, "links": links(link) },
        "required": ["data", "links"],
        "additionalProperties": false,
    })
}

/// One document.
pub(crate) fn single_schema(document: &Value, link: &Value) -> Value {
    json!({
        "type": "object",
        "properties": { "data": document, "links": links(link) },
        "required": ["data", "links"],
        "additionalProperties": false,
    })
}

/// The number of records.
pub(crate) fn count_schema(link: &Value) -> Value {
    json!({
        "type": "object",
        "properties": {
            "count": { "type": "integer", "minimum": 0 },
            "links": links(link),
        },
        "required": ["count", "links"],
        "additionalProperties": false,
    })
}

/// A link.
pub(crate) fn link_schema() -> Value {
    json!({
        "type": "object",
        "description": "An address: path and query, without scheme and host. A link that does not apply is left out.",
        "properties": {
            "rel": { "type": "string", "description": "What is found there." },
            "uri": { "type": "string", "pattern": "^/" },
        },
        "required": ["rel", "uri"],
        "additionalProperties": false,
    })
}

fn links(link: &Value) -> Value {
    json!({ "type": "array", "items": link, "minItems": 1 })
}
