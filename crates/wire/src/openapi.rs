//! The OpenAPI 3.1 document of a version, from the route table and the field table. What the documents promise is what
//! the contract test checks.

mod operation;
mod parameters;
mod responses;

use serde_json::{Map, Value, json};

use crate::fields::{Form, Mark, ObjectFields, object_fields};
use crate::routes::{Object, ROUTES, Route, Shape};
use crate::schema::{count_schema, link_schema, list_schema, object_schema, single_schema};
use crate::version::Version;

/// The OpenAPI document of a version. Paths stand below the server's `/v3.x`.
pub fn openapi(version: &Version) -> Value {
    let mut paths = Map::new();
    for route in ROUTES.iter().filter(|route| route.span.contains(version)) {
        paths.insert(
            route.path.to_owned(),
            json!({ "get": operation::operation(route) }),
        );
    }
    let tags: Vec<_> = Object::ALL
        .into_iter()
        .map(|object| json!({ "name": tag(object), "description": object_fields(object).meaning }))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Homeroom roster API",
            "version": version.name.trim_start_matches('v'),
            "description": description(),
        },
        "servers": [{ "url": format!("/{}", version.name) }],
        "security": [{ "token": [] }],
        "tags": tags,
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token of an application's connection to one district.",
                },
            },
            "parameters": parameters::components(),
            "responses": responses::components(),
            "schemas": schemas(version),
        },
    })
}

fn description() -> String {
    let marks: Vec<_> = Mark::ALL
        .into_iter()
        .map(|mark| format!("* **{}**: {}", mark.text(), meaning(mark)))
        .collect();
    format!(
        "Read access to the rosters of a school district. Every field carries its marks as `x-homeroom-mark`:\n\n{}\n\nFields \
         that are not guaranteed are left out when nothing is known, except that closed lists which allow the empty text \
         write it. Nothing is ever null. Lists ascend by id, and pages are walked by following `next` links.",
        marks.join("\n")
    )
}

fn meaning(mark: Mark) -> &'static str {
    match mark {
        Mark::Guaranteed => "every record has the field; objects and lists may be empty.",
        Mark::Validated => "the value always has the stated form.",
        Mark::Normalised => "the value is rewritten or derived from what the district sent.",
        Mark::OptIn => {
            "sensitive: shown only where both the district and the application switched it on."
        }
    }
}

pub(crate) fn tag(object: Object) -> String {
    format!("{}s", object.name())
}

pub(crate) fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

fn schemas(version: &Version) -> Map<String, Value> {
    let link = reference("schemas", "Link");
    let mut schemas = Map::new();
    schemas.insert("Link".to_owned(), link_schema());
    schemas.insert("Count".to_owned(), count_schema(&link));
    schemas.insert(
        "Error".to_owned(),
        json!({
            "type": "object",
            "properties": {
                "message": { "type": "string", "description": "What is wrong and what to do, for people." },
            },
            "required": ["message"],
        }),
    );
    for object in Object::ALL {
        add_object(version, object_fields(object), &mut schemas);
        let document = reference("schemas", object.name());
        schemas.insert(
            format!("{}List", object.name()),
            list_schema(&document, &link),
        );
        schemas.insert(
            format!("{}Answer", object.name()),
            single_schema(&document, &link),
        );
    }
    schemas
}

/// Adds an object's schema and those of the objects in it.
fn add_object(version: &Version, object: &'static ObjectFields, schemas: &mut Map<String, Value>) {
    if schemas.contains_key(object.name) {
        return;
    }
    let schema = object_schema(version, object, &|_, inner| {
        reference("schemas", inner.name)
    });
    schemas.insert(object.name.to_owned(), schema);
    for field in object.of(version) {
        let mut form = field.form;
        while let Form::List(item) = form {
            form = *item;
        }
        if let Form::Object(inner) = form {
            add_object(version, inner, schemas);
        }
    }
}

/// The id of a route's operation: `listSectionUsers`, `getSectionCourse`.
pub(crate) fn operation_id(route: &Route) -> String {
    let verb = match route.shape {
        Shape::List => "list",
        Shape::One | Shape::Through => "get",
    };
    let Some(relation) = route.relation() else {
        return match route.shape {
            Shape::List => format!("{verb}{}", tag(route.of)),
            _ => format!("{verb}{}", route.of.name()),
        };
    };
    let relation = match relation.strip_prefix("my") {
        Some(people) => format!("My{}", capitalised(people)),
        None => capitalised(relation),
    };
    format!("{verb}{}{relation}", route.of.name())
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_ascii_uppercase().to_string() + letters.as_str()
    })
}

#[cfg(test)]
mod tests;
