//! JSON Schema from the field table: what a document, and a whole answer, of a version looks like.

use serde_json::{Map, Value, json};

use crate::fields::{FieldSpec, Form, Mark, ObjectFields, object_fields};
use crate::routes::{Items, Object, Route, Shape};
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
        Shape::List => list_schema(version, route, &document, &link_schema()),
        Shape::One | Shape::Through => single_schema(&document, &link_schema()),
    }
}

/// The schema of the answer of a path that leads to events, complete in itself.
pub fn event_answer_schema(version: &Version, route: &Route) -> Value {
    let document = event_schema(version, &|object| schema(version, object));
    match route.shape {
        Shape::List => list_schema(version, route, &document, &link_schema()),
        Shape::One | Shape::Through => single_schema(&document, &link_schema()),
    }
}

/// The schema of a version's events: one per kind of record, which `object` gives the schema of.
pub(crate) fn event_schema(version: &Version, object: &dyn Fn(Object) -> Value) -> Value {
    let of = |object_of: Object| {
        let prefix = object_of.event_prefix(version)?;
        Some([true, false].map(|updated| {
            let types = if updated {
                vec![format!("{prefix}.updated")]
            } else {
                vec![format!("{prefix}.created"), format!("{prefix}.deleted")]
            };
            event_of(&types, &object(object_of), updated)
        }))
    };
    json!({
        "description": object_fields(Object::Event).meaning,
        "oneOf": Object::of(version).filter_map(of).flatten().collect::<Vec<_>>(),
    })
}

fn event_of(types: &[String], object: &Value, updated: bool) -> Value {
    let mut data = json!({
        "type": "object",
        "properties": { "object": object },
        "required": ["object"],
        "additionalProperties": false,
    });
    if updated && let Value::Object(data) = &mut data {
        let previous = json!({
            "type": "object",
            "minProperties": 1,
            "description": "The old values of what changed, nested as in the object; null for what was not there.",
        });
        data.insert(
            "properties".to_owned(),
            json!({ "object": object, "previous_attributes": previous }),
        );
        data.insert(
            "required".to_owned(),
            json!(["object", "previous_attributes"]),
        );
    }
    json!({
        "type": "object",
        "properties": {
            "id": { "type": "string", "pattern": "^[0-9a-f]{24}$" },
            "type": { "type": "string", "enum": types },
            "created": { "type": "string", "format": "date-time", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$" },
            "data": data,
        },
        "required": ["id", "type", "created", "data"],
        "additionalProperties": false,
    })
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

/// A page of a route's documents; of their grades, where the route gives those.
pub(crate) fn list_schema(
    version: &Version,
    route: &Route,
    document: &Value,
    link: &Value,
) -> Value {
    let numbered = version.rules.numbered_pages && route.items != Items::Grades;
    let items = match route.items {
        Items::Wrapped => item_schema(version, document, link),
        Items::Plain if route.show_links => {
            json!({ "oneOf": [document, item_schema(version, document, link)] })
        }
        Items::Plain => document.clone(),
        Items::Grades => json!({ "type": "string" }),
    };
    let mut properties = Map::new();
    properties.insert(
        "data".to_owned(),
        json!({ "type": "array", "items": items }),
    );
    if numbered {
        properties.insert("paging".to_owned(), paging_schema());
    }
    properties.insert("links".to_owned(), links(link));
    all_required(&properties)
}

fn item_schema(version: &Version, document: &Value, link: &Value) -> Value {
    let mut properties = Map::new();
    properties.insert("data".to_owned(), document.clone());
    let uri = json!({ "type": "string", "description": "The record's own address." });
    properties.insert("uri".to_owned(), uri);
    if version.rules.numbered_pages {
        properties.insert("links".to_owned(), links(link));
    }
    all_required(&properties)
}

/// An object that has all of some properties and no others.
fn all_required(properties: &Map<String, Value>) -> Value {
    // In the order of documents, whatever the map's is.
    let order = ["data", "uri", "paging", "links"];
    let required = order
        .into_iter()
        .filter(|name| properties.contains_key(*name));
    json!({
        "type": "object",
        "properties": properties,
        "required": required.collect::<Vec<_>>(),
        "additionalProperties": false,
    })
}

fn paging_schema() -> Value {
    let number = |least: u64, meaning: &str| json!({ "type": "integer", "minimum": least, "description": meaning });
    json!({
        "type": "object",
        "properties": {
            "current": number(1, "Number of this page; 1 where pages are walked by cursors."),
            "total": number(1, "Number of pages."),
            "count": number(0, "Number of records."),
        },
        "required": ["current", "total", "count"],
        "additionalProperties": false,
    })
}

/// A document's schema with the lists that `include` may add (clever-api 12, item 19).
pub(crate) fn with_lists(
    version: &Version,
    route: &Route,
    mut document: Value,
    link: &Value,
) -> Value {
    let Some(properties) = document
        .get_mut("properties")
        .and_then(Value::as_object_mut)
    else {
        return document;
    };
    for list in Route::of_version(version).filter(|list| list.may_be_included(route)) {
        let Some(name) = list.relation() else {
            continue;
        };
        let item = json!({ "$ref": format!("#/components/schemas/{}", list.gives.name()) });
        let items = json!({ "type": "array", "items": item_schema(version, &item, link) });
        let schema = match properties.get(name) {
            // Where the document has a list of ids of that name, the included one takes its place.
            Some(own) => json!({ "anyOf": [own, items] }),
            None => items,
        };
        properties.insert(name.to_owned(), schema);
    }
    document
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
