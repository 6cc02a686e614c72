//! The published Swagger files as JSON schemas of answers (contracts/README.md says what they lack).

use std::collections::BTreeSet;
use std::fs;

use homeroom_wire::{Family, Items, Route, Shape, Version};
use serde_json::{Map, Value, json};

use crate::shared;

/// The published definition of a version, by the file's name (`v3.1`, `v3.1-events`); `None` where the shared folder is
/// absent, as [`shared`] says.
pub fn contract(name: &str) -> Option<Value> {
    let file = shared()?.join("contracts").join(format!("{name}.yml"));
    let text = fs::read_to_string(file).unwrap();
    Some(serde_saphyr::from_str(&text).unwrap())
}

/// The definitions of a version, made strict: known members only, and all that are not flagged nullable are there.
pub struct Published {
    version: &'static Version,
    paths: Value,
    definitions: Map<String, Value>,
}

/// Guaranteed there, and not by us; each is settled.
fn not_required(version: &Version, object: &str) -> &'static [&'static str] {
    match object {
        // They stand on the user.
        "Teacher" if version.family == Family::Three => {
            &["created", "district", "last_modified", "name"]
        }
        // Left out while there is no district admin.
        "District" => &["district_contact"],
        // May be empty objects.
        "Credentials" => &["district_username"],
        "LmsStatus" => &["synced_in_lms"],
        // Left out where nothing of it is known (the tables of clever-api 3 say optional).
        "School" | "Student" => &["location"],
        "Section" => &["term"],
        _ => &[],
    }
}

impl Published {
    /// The definitions of a version's data.
    pub fn read(version: &'static Version) -> Option<Self> {
        let mut contract = contract(version.name)?;
        let definitions = contract["definitions"].as_object().unwrap().iter();
        let definitions =
            definitions.map(|(name, definition)| (name.clone(), object(version, name, definition)));
        Some(Self {
            version,
            definitions: definitions.collect(),
            paths: contract["paths"].take(),
        })
    }

    /// The definitions of a version's events.
    pub fn events(version: &'static Version) -> Option<Self> {
        let mut contract = contract(&format!("{}-events", version.name))?;
        let all = contract["definitions"].as_object().unwrap().iter();
        let all: Vec<_> = all.collect();
        let mut definitions = Map::new();
        for (name, definition) in all.iter().filter(|(name, _)| !name.contains('.')) {
            // What has no members is told of by those that have.
            if definition["properties"].is_object() {
                definitions.insert((*name).clone(), object(version, name, definition));
                definitions.insert(format!("{name}{BEFORE}"), before(version, name, definition));
            }
        }
        let kinds = all.iter().filter(|(name, _)| name.contains('.'));
        let kinds: Vec<_> = kinds
            .map(|(name, definition)| kind(name, definition))
            .collect();
        definitions.insert("Event".to_owned(), json!({ "oneOf": kinds }));
        Some(Self {
            version,
            definitions,
            paths: contract["paths"].take(),
        })
    }

    /// Every type of event that is published, if these are the definitions of events.
    pub fn event_types(&self) -> BTreeSet<String> {
        let kinds = self.definitions["Event"]["oneOf"].as_array().unwrap();
        let name = |kind: &Value| {
            kind["properties"]["type"]["const"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        kinds.iter().map(name).collect()
    }

    /// Every path that is published.
    pub fn paths(&self) -> Vec<&str> {
        let paths = self.paths.as_object().unwrap();
        paths.keys().map(String::as_str).collect()
    }

    /// The schema of a path's answers: the published documents, in the envelopes of clever-api 4.3.
    pub fn answer(&self, route: &Route) -> Value {
        let told = &self.paths[route.path]["get"]["responses"]["200"]["schema"]["$ref"];
        assert!(told.is_string(), "{} is not in the contract", route.path);
        let document = json!({ "$ref": format!("#/$defs/{}", route.gives.name()) });
        let links = json!({ "type": "array", "minItems": 1 });
        let numbered = self.version.rules.numbered_pages;
        let wrapped = if numbered {
            json!({
                "type": "object",
                "properties": { "data": document, "uri": { "type": "string" }, "links": links },
                "required": ["data", "uri", "links"],
                "additionalProperties": false,
            })
        } else {
            json!({
                "type": "object",
                "properties": { "data": document, "uri": { "type": "string" } },
                "required": ["data", "uri"],
                "additionalProperties": false,
            })
        };
        let data = match (route.shape, route.items) {
            (Shape::List, Items::Wrapped) => json!({ "type": "array", "items": wrapped }),
            (Shape::List, Items::Plain) => json!({ "type": "array", "items": document }),
            (Shape::List, Items::Grades) => {
                json!({ "type": "array", "items": { "type": "string" } })
            }
            _ => document,
        };
        let mut properties = json!({ "data": data, "links": links });
        if numbered && route.shape == Shape::List && route.items != Items::Grades {
            properties["paging"] = json!({
                "type": "object",
                "properties": {
                    "current": { "type": "integer" }, "total": { "type": "integer" }, "count": { "type": "integer" },
                },
                "required": ["current", "total", "count"],
            });
        }
        let required: Vec<_> = properties.as_object().unwrap().keys().cloned().collect();
        json!({
            "$defs": self.definitions,
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    }
}

/// What the definition of an object's old values is called, behind the object's name.
const BEFORE: &str = ".before";

/// The schema of a type of events. `previous_attributes` stands inside `data` (clever-api 12, item 2).
fn kind(name: &str, definition: &Value) -> Value {
    let own = &definition["allOf"][1]["properties"];
    let holder = own["data"]["$ref"].as_str().unwrap();
    let object = holder.replace("#/definitions/", "#/$defs/");
    let object = object.strip_suffix("Object").unwrap();
    let mut data = json!({ "object": { "$ref": object } });
    let mut required = vec!["object"];
    if own["previous_attributes"].is_object() {
        data["previous_attributes"] = json!({ "$ref": format!("{object}{BEFORE}") });
        required.push("previous_attributes");
    }
    json!({
        "type": "object",
        "properties": {
            "id": { "type": "string" },
            "type": { "const": name },
            "created": { "type": "string" },
            "data": { "type": "object", "properties": data, "required": required, "additionalProperties": false },
        },
        "required": ["id", "type", "created", "data"],
        "additionalProperties": false,
    })
}

/// An object's definition: known properties only, and all that are not flagged nullable.
fn object(version: &Version, name: &str, definition: &Value) -> Value {
    let excepted = not_required(version, name);
    let properties = definition["properties"].as_object().unwrap();
    let required: Vec<_> = properties
        .iter()
        .filter(|(name, property)| {
            property["x-nullable"] != true && !excepted.contains(&name.as_str())
        })
        .map(|(name, _)| name)
        .collect();
    let as_sent = version.family == Family::One && name == "Term";
    let properties: Map<_, _> = properties
        .iter()
        .map(|(name, property)| (name.clone(), value(property, as_sent)))
        .collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// What `previous_attributes` may hold of an object: old values of some of its members, at least one, objects descended
/// into, lists whole; `null` where there was nothing. Stamps do not show (clever-api 6.3).
fn before(version: &Version, name: &str, definition: &Value) -> Value {
    let as_sent = version.family == Family::One && name == "Term";
    let properties = definition["properties"].as_object().unwrap().iter();
    let shown = properties.filter(|(name, _)| *name != "last_modified");
    let properties: Map<_, _> = shown
        .map(|(name, property)| {
            let was = match property["$ref"].as_str() {
                Some(reference) => {
                    let object = reference.replace("#/definitions/", "#/$defs/");
                    json!({ "$ref": format!("{object}{BEFORE}") })
                }
                None => value(property, as_sent),
            };
            let was = json!({ "anyOf": [was, { "type": "null" }] });
            (name.clone(), was)
        })
        .collect();
    json!({
        "type": "object",
        "properties": properties,
        "minProperties": 1,
        "additionalProperties": false,
    })
}

fn value(property: &Value, as_sent: bool) -> Value {
    if let Some(reference) = property["$ref"].as_str() {
        return json!({ "$ref": reference.replace("#/definitions/", "#/$defs/") });
    }
    let mut schema = Map::new();
    for (key, told) in property.as_object().unwrap() {
        let told = match key.as_str() {
            "type" | "enum" | "pattern" => told.clone(),
            "items" => value(told, as_sent),
            // Dates of terms stand as sent in versions 1.x (clever-api 2.1).
            "format" if as_sent => continue,
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
