//! Documents that a contract allows, from a seed.

use std::collections::BTreeSet;

use homeroom_testkit::{Dice, contract};
use homeroom_wire::Version;
use serde_json::{Map, Value, json};

use crate::mock::{DISTRICT, Mock, id};

/// Members that hold an id, where the contract says no more than that they are texts.
const IDS: [&str; 8] = [
    "id",
    "district",
    "school",
    "course",
    "term_id",
    "teacher",
    "student",
    "legacy_id",
];
/// Members that hold ids.
const LISTS_OF_IDS: [&str; 3] = ["schools", "students", "teachers"];

/// The paths that the published files of a version have.
pub(crate) fn paths(version: &Version) -> BTreeSet<String> {
    let files = [version.name.to_owned(), format!("{}-events", version.name)];
    let files = files.iter().filter_map(|name| contract(name));
    let paths = files.map(|file| file["paths"].as_object().unwrap().clone());
    paths.flatten().map(|(path, _)| path).collect()
}

/// Makes what a contract describes.
pub(crate) struct Maker<'a> {
    contract: &'a Value,
    dice: Dice,
    made: u32,
}

/// What a path answers with.
struct Answer<'a> {
    definition: &'a str,
    list: bool,
    bare: bool,
}

impl<'a> Maker<'a> {
    pub(crate) fn new(contract: &'a Value, seed: u64) -> Self {
        Self {
            contract,
            dice: Dice::new(seed),
            made: 0,
        }
    }

    /// Fills a server with an answer for every path, but for those of single records, which come from the lists.
    pub(crate) fn fill(&mut self, mock: &mut Mock) {
        let paths = self.contract["paths"].as_object().unwrap();
        for path in paths.keys().filter(|path| !path.contains("{id}")) {
            self.collection(mock, path);
        }
        for path in paths.keys().filter(|path| path.contains("{id}/")) {
            let collection = path.split("/{id}").next().unwrap();
            let origins = mock.lists[collection].clone();
            for origin in origins {
                let own = path.replace("{id}", origin["id"].as_str().unwrap());
                self.relation(mock, path, own);
            }
        }
    }

    fn collection(&mut self, mock: &mut Mock, path: &str) {
        let answer = self.answer(path);
        let number = match answer.definition {
            "District" => 1,
            // Enough for every type to come.
            "Event" => 120,
            _ => 1 + self.dice.below(40),
        };
        let list = (0..number)
            .map(|_| self.document(answer.definition))
            .collect();
        if answer.bare {
            mock.bare.push(path.to_owned());
        }
        mock.lists.insert(path.to_owned(), list);
    }

    fn relation(&mut self, mock: &mut Mock, path: &str, own: String) {
        let answer = self.answer(path);
        if answer.list {
            let number = if answer.definition.starts_with("District") {
                1
            } else {
                self.dice.below(4)
            };
            let list = (0..number)
                .map(|_| self.document(answer.definition))
                .collect();
            if answer.bare {
                mock.bare.push(own.clone());
            }
            mock.lists.insert(own, list);
        } else {
            let document = self.document(answer.definition);
            mock.ones.insert(own, document);
        }
    }

    /// What a path answers with, from its schema.
    fn answer(&self, path: &str) -> Answer<'a> {
        let schema = &self.contract["paths"][path]["get"]["responses"]["200"]["schema"];
        let data = &self.resolved(schema)["properties"]["data"];
        let items = &data["items"];
        if items.is_null() {
            return Answer {
                definition: name_of(data),
                list: false,
                bare: false,
            };
        }
        let inner = &self.resolved(items)["properties"]["data"];
        // Its texts are those of grade levels. A wrapped item has a reference in `data`.
        let bare = inner["$ref"].is_null();
        Answer {
            definition: name_of(if bare { items } else { inner }),
            list: true,
            bare,
        }
    }

    fn resolved(&self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(_) => &self.contract["definitions"][name_of(schema)],
            None => schema,
        }
    }

    /// A document of a definition: with an id of its own, and of our district.
    fn document(&mut self, definition: &str) -> Value {
        match definition {
            "" => return json!("5"),
            "Event" => return self.event(),
            _ => {}
        }
        let schema = &self.contract["definitions"][definition];
        let mut document = self.object(schema);
        self.made += 1;
        let own = if definition.starts_with("District") && definition != "DistrictAdmin" {
            DISTRICT
        } else {
            id(0x70, self.made)
        };
        document["id"] = json!(own.to_hex());
        if schema["properties"].get("district").is_some() {
            document["district"] = json!(DISTRICT.to_hex());
        }
        document
    }

    /// An event of any type.
    fn event(&mut self) -> Value {
        let definitions = self.contract["definitions"].as_object().unwrap();
        let types: Vec<_> = definitions
            .keys()
            .filter(|name| name.contains('.'))
            .collect();
        // One after the other, so that each comes.
        let kind = types[self.made as usize % types.len()].as_str();
        let object = &definitions[kind]["allOf"][1]["properties"]["data"];
        let object = &self.resolved(object)["properties"]["object"];
        let document = self.document(name_of(object));
        let mut event = json!({
            "id": id(0x71, self.made).to_hex(),
            "type": kind,
            "created": "2024-03-26T16:09:41.000Z",
            "data": {"object": document},
        });
        if kind.ends_with(".updated") {
            let previous = json!({"name": self.text()});
            // Where traffic has it, or where the drawing has it.
            if self.dice.below(2) == 0 {
                event["data"]["previous_attributes"] = previous;
            } else {
                event["previous_attributes"] = previous;
            }
        }
        event
    }

    fn object(&mut self, schema: &'a Value) -> Value {
        let mut members = Map::new();
        let properties = schema["properties"].as_object();
        for (name, schema) in properties.into_iter().flatten() {
            match self.dice.below(6) {
                0 | 1 if schema["x-nullable"] == true => {}
                2 if schema["x-nullable"] == true => {
                    members.insert(name.clone(), Value::Null);
                }
                _ => {
                    members.insert(name.clone(), self.value(name, schema));
                }
            }
        }
        if !schema["additionalProperties"].is_null() && self.dice.below(2) == 0 {
            members.insert("own field".to_owned(), self.text());
        }
        Value::Object(members)
    }

    fn value(&mut self, name: &str, schema: &'a Value) -> Value {
        let schema = self.resolved(schema);
        if let Some(values) = schema["enum"].as_array() {
            let at = self.dice.below(values.len() as u64);
            return values[usize::try_from(at).unwrap()].clone();
        }
        match schema["type"].as_str() {
            Some("array") => {
                let number = self.dice.below(4);
                let one = if LISTS_OF_IDS.contains(&name) {
                    "id"
                } else {
                    ""
                };
                (0..number)
                    .map(|_| self.value(one, &schema["items"]))
                    .collect()
            }
            Some("string") => self.string(name, schema),
            Some("boolean") => json!(self.dice.below(2) == 0),
            Some("integer" | "number") => json!(self.dice.below(100)),
            _ => self.object(schema),
        }
    }

    fn string(&mut self, name: &str, schema: &Value) -> Value {
        let day = 1 + self.dice.below(28);
        if schema["pattern"]
            .as_str()
            .is_some_and(|pattern| pattern.contains("4})"))
        {
            return json!(format!("{}/{day}/2012", 1 + self.dice.below(12)));
        }
        match schema["format"].as_str() {
            Some("datetime" | "date-time" | "date")
                if !name.ends_with("_date") && !name.starts_with("pause") =>
            {
                json!(format!("2024-03-{day:02}T16:09:41.123Z"))
            }
            Some("datetime" | "date-time" | "date") => {
                let forms = ["", "T00:00:00.000Z", " 00:00:00.000000"];
                let form = forms[usize::try_from(self.dice.below(3)).unwrap()];
                json!(format!("2024-03-{day:02}{form}"))
            }
            Some("mongo-id") => json!(self.any_id()),
            _ if IDS.contains(&name) => json!(self.any_id()),
            _ => self.text(),
        }
    }

    fn any_id(&mut self) -> String {
        let number = u32::try_from(self.dice.below(1000)).unwrap();
        id(0x72, number).to_hex()
    }

    /// A text of any kind, blank ones included.
    fn text(&mut self) -> Value {
        const TEXTS: [&str; 8] = [
            "",
            "Ada",
            "O'Hara-Núñez",
            "\"quoted\"",
            "tab\tand\nline",
            "\\",
            "漢字 🎒",
            "data",
        ];
        let at = usize::try_from(self.dice.below(TEXTS.len() as u64)).unwrap();
        json!(TEXTS[at])
    }
}

/// The name of a definition that is referred to.
fn name_of(schema: &Value) -> &str {
    let reference = schema["$ref"].as_str().unwrap_or_default();
    reference.rsplit('/').next().unwrap_or_default()
}
