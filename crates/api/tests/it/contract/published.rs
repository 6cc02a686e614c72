//! The published Swagger files as JSON schemas.

use homeroom_testkit::shared;
use homeroom_wire::{ROUTES, Route, Shape, V3_1, Version};
use serde_json::{Map, Value, json};

/// The definitions of a version.
pub(crate) struct Published {
    paths: Value,
    definitions: Map<String, Value>,
}

/// Guaranteed there, and not by us; each is settled.
const NOT_REQUIRED: &[(&str, &[&str])] = &[
    // They stand on the user.
    ("Teacher", &["created", "district", "last_modified", "name"]),
    // Left out while there is no district admin.
    ("District", &["district_contact"]),
    // May be empty objects.
    ("Credentials", &["district_username"]),
    ("LmsStatus", &["synced_in_lms"]),
];

impl Published {
    /// Reads the file of a version; `None` where it is absent, which was said aloud.
    pub(crate) fn read(version: &Version) -> Option<Self> {
        let file = shared()?
            .join("contracts")
            .join(format!("{}.yml", version.name));
        let text = std::fs::read_to_string(&file).expect("the contract can be read");
        let mut contract: Value = serde_saphyr::from_str(&text).expect("the contract is YAML");
        let definitions = contract["definitions"].as_object().unwrap().iter();
        let definitions =
            definitions.map(|(name, definition)| (name.clone(), object(name, definition)));
        Some(Self {
            definitions: definitions.collect(),
            paths: contract["paths"].take(),
        })
    }

    /// The schema of a path's answers. The files know neither the `uri` of items nor the `links` of single objects
    /// (contracts/README.md); those are checked by our own table.
    pub(crate) fn answer(&self, route: &Route) -> Value {
        let told = &self.paths[route.path]["get"]["responses"]["200"]["schema"]["$ref"];
        let told = told
            .as_str()
            .unwrap_or_else(|| panic!("{} is not in the contract", route.path));
        let document = json!({ "$ref": format!("#/$defs/{}", route.gives.name()) });
        let links = json!({ "type": "array", "items": {} });
        let (suffix, data, links) = match route.shape {
            Shape::List => {
                let item = json!({
                    "type": "object",
                    "properties": { "data": document, "uri": { "type": "string" } },
                    "required": ["data", "uri"],
                    "additionalProperties": false,
                });
                let link = json!({ "$ref": "#/$defs/Link" });
                (
                    "sResponse",
                    json!({ "type": "array", "items": item }),
                    json!({ "type": "array", "items": link }),
                )
            }
            Shape::One | Shape::Through => ("Response", document, links),
        };
        assert_eq!(
            told,
            format!("#/definitions/{}{suffix}", route.gives.name()),
            "{}",
            route.path
        );
        json!({
            "$defs": self.definitions,
            "type": "object",
            "properties": { "data": data, "links": links },
            "required": ["data", "links"],
            "additionalProperties": false,
        })
    }
}

/// An object's definition: known properties only, and all that are not flagged nullable.
fn object(name: &str, definition: &Value) -> Value {
    let excepted = NOT_REQUIRED.iter().find(|(object, _)| *object == name);
    let excepted = excepted.map_or(&[][..], |(_, fields)| fields);
    let properties = definition["properties"].as_object().unwrap();
    let required: Vec<_> = properties
        .iter()
        .filter(|(name, property)| {
            property["x-nullable"] != true && !excepted.contains(&name.as_str())
        })
        .map(|(name, _)| name)
        .collect();
    let properties: Map<_, _> = properties
        .iter()
        .map(|(name, property)| (name.clone(), value(property)))
        .collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn value(property: &Value) -> Value {
    if let Some(reference) = property["$ref"].as_str() {
        return json!({ "$ref": reference.replace("#/definitions/", "#/$defs/") });
    }
    let mut schema = Map::new();
    for (key, told) in property.as_object().unwrap() {
        let told = match key.as_str() {
            "type" | "enum" | "pattern" => told.clone(),
            "items" => value(told),
            // Days are called times there; live answers have days (clever-api 2.1).
            "format" => {
                schema.insert(
                    "pattern".to_owned(),
                    r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}\.\d{3}Z)?$".into(),
                );
                continue;
            }
            "x-nullable" | "x-validation" => continue,
            other => panic!("the contract says {other}, which nothing here understands"),
        };
        schema.insert(key.clone(), told);
    }
    // An object without properties of its own is open: `ext`.
    Value::Object(schema)
}

#[test]
fn the_published_definitions_refuse_what_they_do_not_say() {
    let Some(published) = Published::read(&V3_1) else {
        return;
    };
    let route = ROUTES
        .iter()
        .find(|route| route.path == "/resources/{id}")
        .unwrap();
    let validator = jsonschema::validator_for(&published.answer(route)).unwrap();
    let answer = json!({
        "data": {
            "id": "5f00aa11bb22cc33dd44ee01", "district": "5f00aa11bb22cc33dd44ee00",
            "created": "2026-09-01T09:00:00.000Z", "updated": "2026-09-01T09:00:00.000Z",
            "resource_id": "r", "roles": ["student"], "title": "T",
        },
        "links": [],
    });
    assert!(validator.is_valid(&answer));
    for (field, wrong) in [
        ("title", Value::Null),
        ("title", json!(1)),
        ("roles", json!(["staff"])),
        ("roles", json!("student")),
        ("created", json!("yesterday")),
        ("surprise", json!("")),
    ] {
        let mut answer = answer.clone();
        answer["data"][field] = wrong;
        assert!(!validator.is_valid(&answer), "{answer}");
    }
    let mut answer = answer.clone();
    answer["data"].as_object_mut().unwrap().remove("title");
    assert!(!validator.is_valid(&answer));
}
