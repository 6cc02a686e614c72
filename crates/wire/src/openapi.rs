//! The OpenAPI 3.1 document of a version, from the route table and the field table. What the documents promise is what
//! the contract test checks.

mod attendance;
mod operation;
mod parameters;
mod responses;

use serde_json::{Map, Value, json};

use crate::fields::{Form, Mark, ObjectFields, object_fields};
use crate::routes::{Items, Object, Route, Shape};
use crate::schema::{
    count_schema, event_schema, link_schema, list_schema, object_schema, single_schema, with_lists,
};
use crate::version::Version;

/// The OpenAPI document of a version. Paths stand below the server's `/v3.x`.
pub fn openapi(version: &Version) -> Value {
    let routes: Vec<_> = Route::of_version(version).collect();
    let mut document = document(version, &routes, "Homeroom roster API", &description());
    if version.rules.attendance {
        add_attendance(&mut document);
    }
    document
}

/// Adds the paths that are not in the route table, because they lead to no records of the roster.
fn add_attendance(document: &mut Value) {
    let mut add = |pointer: &str, members: Map<String, Value>| {
        if let Some(Value::Object(there)) = document.pointer_mut(pointer) {
            there.extend(members);
        }
    };
    add("/paths", attendance::paths().collect());
    add("/components/schemas", attendance::schemas());
    if let Some(Value::Array(tags)) = document.pointer_mut("/tags") {
        tags.push(attendance::tag());
    }
}

/// The OpenAPI document of a version's events.
pub fn events_openapi(version: &Version) -> Value {
    let routes: Vec<_> = Route::of_events(version).collect();
    let description = format!("{EVENTS}\n\n{HEADERS}");
    document(version, &routes, "Homeroom events API", &description)
}

const EVENTS: &str = "What happened to the records that an application may see. Events ascend by id and are kept for a time, thirty \
     days unless the installation says otherwise. Read `ending_before=last&limit=1` and remember the id, read the records \
     themselves, then follow `starting_after` from that id. They are made only while the connection's events are switched on.";

const HEADERS: &str = "Every answer to a known token carries `X-Request-Id`, by which the log knows it, and, unless the \
     installation sets no limit, `X-RateLimit-Bucket`, `X-RateLimit-Limit`, `X-RateLimit-Remaining` and `X-RateLimit-Reset` \
     (seconds since 1970). Methods other than GET, HEAD and OPTIONS find nothing: 404.";

fn document(version: &Version, routes: &[&'static Route], title: &str, description: &str) -> Value {
    let mut paths = Map::new();
    for route in routes {
        paths.insert(
            route.path.to_owned(),
            json!({ "get": operation::operation(version, route) }),
        );
    }
    let tagged = |object: &Object| routes.iter().any(|route| route.of == *object);
    let tags: Vec<_> = Object::of(version)
        .filter(|object| *object != Object::Status)
        .chain([Object::Event])
        .filter(tagged)
        .map(|object| json!({ "name": tag(object), "description": object_fields(object).meaning }))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": version.name.trim_start_matches('v'),
            "description": description,
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
            "parameters": parameters::components(version, routes),
            "responses": responses::components(),
            "schemas": schemas(version, routes),
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
         write it. Nothing is ever null. Lists ascend by id, and pages are walked by following `next` links.\n\n{HEADERS}",
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
    match object {
        // Both kinds of contact are found at `/contacts`.
        Object::StudentContact => "Contacts".to_owned(),
        _ => format!("{}s", object.name()),
    }
}

pub(crate) fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

fn schemas(version: &Version, routes: &[&'static Route]) -> Map<String, Value> {
    let link = reference("schemas", "Link");
    let mut schemas = Map::new();
    schemas.insert("Link".to_owned(), link_schema());
    if routes.iter().any(|route| route.counts) {
        schemas.insert("Count".to_owned(), count_schema(&link));
    }
    schemas.insert("Error".to_owned(), error_schema(version));
    let events = routes.iter().any(|route| route.gives == Object::Event);
    if events {
        let event = event_schema(version, &|object| reference("schemas", object.name()));
        schemas.insert(Object::Event.name().to_owned(), event);
    }
    let shown = |object: &Object| !events || object.event_prefix(version).is_some();
    for object in Object::of(version).filter(shown) {
        add_object(version, object_fields(object), &mut schemas);
    }
    for route in routes {
        let document = reference("schemas", route.gives.name());
        let name = answer_name(route);
        schemas.entry(name).or_insert_with(|| match route.shape {
            Shape::List => list_schema(version, route, &document, &link),
            Shape::One if route.includes => {
                let nested =
                    |_: &Version, inner: &'static ObjectFields| reference("schemas", inner.name);
                let whole = object_schema(version, object_fields(route.gives), &nested);
                single_schema(&with_lists(version, route, whole, &link), &link)
            }
            Shape::One | Shape::Through => single_schema(&document, &link),
        });
    }
    schemas
}

fn error_schema(version: &Version) -> Value {
    let text =
        json!({ "type": "string", "description": "What is wrong and what to do, for people." });
    if version.rules.error_twice {
        return json!({
            "type": "object",
            "properties": { "error": text, "message": text },
            "required": ["error", "message"],
            "additionalProperties": false,
        });
    }
    json!({
        "type": "object",
        "properties": { "message": text },
        "required": ["message"],
        "additionalProperties": false,
    })
}

/// The name of the schema of a route's answers.
pub(crate) fn answer_name(route: &Route) -> String {
    let name = route.gives.name();
    match (route.shape, route.items) {
        (Shape::List, Items::Wrapped) => format!("{name}List"),
        (Shape::List, Items::Plain) if route.show_links => format!("{name}Choice"),
        (Shape::List, Items::Plain) => format!("{name}BareList"),
        (Shape::List, Items::Grades) => "GradeList".to_owned(),
        (Shape::One, _) if route.includes => format!("{name}WithLists"),
        (Shape::One | Shape::Through, _) => format!("{name}Answer"),
    }
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
        // `listDistrictAdmins` is the collection.
        None if relation == "admins" => "OwnAdmins".to_owned(),
        None => relation.split('_').map(capitalised).collect(),
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
