//! What ids stand for: the district's own key of each record.

use std::collections::BTreeMap;

use serde_json::Value;

/// What an id stands for, by noun: one key as a rule, several for a person with several roles.
pub(crate) struct Names(BTreeMap<String, BTreeMap<&'static str, String>>);

type Walked = BTreeMap<&'static str, BTreeMap<String, Value>>;

/// The roles of people, with the key of each.
const ROLES: [(&str, &str); 5] = [
    ("student", "sis_id"),
    ("teacher", "sis_id"),
    ("staff", "staff_id"),
    ("contact", "sis_id"),
    ("district_admin", "email"),
];

impl Names {
    /// Each id with its nouns and keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &BTreeMap<&'static str, String>)> {
        self.0.iter()
    }

    /// An id's name in one text.
    pub(crate) fn text(&self, id: &str) -> Option<String> {
        let parts: Vec<_> = self
            .0
            .get(id)?
            .iter()
            .map(|(noun, key)| format!("{noun} {key}"))
            .collect();
        Some(parts.join(" + "))
    }

    fn add(&mut self, id: &str, noun: &'static str, key: &str) {
        let before = self
            .0
            .entry(id.to_owned())
            .or_default()
            .insert(noun, key.to_owned());
        assert!(
            before.as_deref().is_none_or(|before| before == key),
            "{id} is {noun} {before:?} and {key}"
        );
    }
}

pub(crate) fn names(walked: &Walked) -> Names {
    let mut names = Names(BTreeMap::new());
    let documents = |name: &str| walked.get(name).into_iter().flatten();
    for (id, _) in documents("districts") {
        names.add(id, "district", "");
    }
    for (collection, noun, key) in [
        ("schools", "school", "sis_id"),
        ("sections", "section", "sis_id"),
        ("resources", "resource", "resource_id"),
    ] {
        for (id, document) in documents(collection) {
            names.add(id, noun, &text(document, key));
        }
    }
    for (id, course) in documents("courses") {
        let number = text(course, "number");
        let name = if number.is_empty() {
            text(course, "name")
        } else {
            number
        };
        names.add(id, "course", &name);
    }
    for (id, term) in documents("terms") {
        let parts = ["name", "start_date", "end_date"].map(|key| text(term, key));
        names.add(id, "term", &parts.join("|"));
    }
    for (id, user) in documents("users") {
        for (noun, key) in ROLES {
            let Some(role) = user["roles"].get(noun) else {
                continue;
            };
            let mut key = text(role, key);
            if key.is_empty() {
                key = format!("{}|{}", text(user, "email"), user["name"]);
            }
            names.add(id, noun, &key);
            let legacy = text(role, "legacy_id");
            if !legacy.is_empty() {
                names.add(&legacy, noun, &key);
            }
        }
    }
    names
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

/// Keys of documents whose value is a time.
const TIMES: [&str; 4] = ["created", "last_modified", "updated", "last_sync"];

/// A document with names instead of ids, without times, lists whose order means nothing in the order of their texts.
pub(crate) fn plain(value: &Value, names: &Names) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) if is_id(text) => {
            let name = names.text(text);
            Value::String(
                name.ok_or_else(|| format!("it refers to {text}, which nothing has as its id"))?,
            )
        }
        Value::Array(items) => {
            let items: Result<Vec<_>, _> = items.iter().map(|item| plain(item, names)).collect();
            Value::Array(items?)
        }
        Value::Object(fields) => {
            let mut plainer = serde_json::Map::new();
            for (key, field) in fields
                .iter()
                .filter(|(key, _)| !TIMES.contains(&key.as_str()))
            {
                let mut field = plain(field, names)?;
                // The first teacher is the primary one; all other lists are in the order of ids.
                if let Some(items) = field.as_array_mut().filter(|_| key != "teachers") {
                    items.sort_by_key(Value::to_string);
                }
                plainer.insert(key.clone(), field);
            }
            Value::Object(plainer)
        }
        other => other.clone(),
    })
}

fn is_id(text: &str) -> bool {
    text.len() == 24
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}
