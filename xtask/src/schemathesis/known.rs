//! What is there to be asked for: ids of records, events, runs. Ids that are made up are never found.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::district::Served;

/// Most values of one kind.
const MOST: usize = 40;

/// Values by what they are values of.
pub(super) type Values = BTreeMap<String, Vec<String>>;

/// What is known of every version, by its name, and of the management API.
pub(super) struct Known {
    versions: BTreeMap<String, Values>,
    management: Values,
}

impl Known {
    /// Asks the server.
    pub(super) fn read(served: &Served) -> Result<Self> {
        let mut versions: BTreeMap<String, Values> = BTreeMap::new();
        for name in served.documents()? {
            let Some(version) = version(&name) else {
                continue;
            };
            let document = served.read(&format!("/openapi/{name}.json"), &served.token)?;
            let paths = document.get("paths").and_then(Value::as_object);
            let values = versions.entry(version.to_owned()).or_default();
            for path in paths.context("a document without paths")?.keys() {
                let collection = path.trim_start_matches('/');
                if !collection.contains('/') {
                    let list =
                        served.read(&format!("/{version}{path}?limit=10000"), &served.token)?;
                    values.insert(collection.to_owned(), some(ids(&list)));
                }
            }
        }
        let management = management(served, &versions)?;
        Ok(Self {
            versions,
            management,
        })
    }

    /// What a document's requests may name.
    pub(super) fn of(&self, document: &str) -> &Values {
        let own = version(document).and_then(|version| self.versions.get(version));
        own.unwrap_or(&self.management)
    }
}

/// The version a document is about; `None` for the management API.
pub(super) fn version(document: &str) -> Option<&str> {
    let name = document.strip_suffix("-events").unwrap_or(document);
    name.starts_with('v').then_some(name)
}

fn management(served: &Served, versions: &BTreeMap<String, Values>) -> Result<Values> {
    const BASE: &str = "/management/v1/districts";
    let read = |address: &str| served.read(address, &served.management);
    let districts = ids(&read(BASE)?);
    let district = districts.first().context("there is no district")?;
    let runs = ids(&read(&format!("{BASE}/{district}/runs"))?);
    let mut given = Vec::new();
    for collection in ["students", "teachers", "schools", "sections"] {
        let older = versions
            .get("v2.1")
            .and_then(|values| values.get(collection));
        given.extend(older.into_iter().flatten().take(MOST / 4).cloned());
    }
    // A key is one of its kind: with keys of all kinds hardly any would be found.
    let students = served.read("/v2.1/students?limit=20", &served.token)?;
    Ok(Values::from([
        ("district".to_owned(), districts),
        ("run".to_owned(), runs),
        ("id".to_owned(), given),
        ("kind".to_owned(), vec!["students".to_owned()]),
        ("key".to_owned(), texts(&students, "sis_id")),
    ]))
}

/// The ids of a list.
fn ids(list: &Value) -> Vec<String> {
    texts(list, "id")
}

/// A text of every record of a list, wrapped or not.
fn texts(list: &Value, name: &str) -> Vec<String> {
    let items = list
        .get("data")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let records = items.map(|item| item.get("data").unwrap_or(item));
    let texts = records.filter_map(|record| record.get(name)?.as_str());
    texts.map(str::to_owned).collect()
}

/// Some of many, from all over the list.
fn some(all: Vec<String>) -> Vec<String> {
    let step = all.len().div_ceil(MOST).max(1);
    all.into_iter().step_by(step).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_found_wrapped_and_plain() {
        let list = json!({ "data": [{ "data": { "id": "a" }, "uri": "/a" }, { "id": "b" }, { "name": "c" }] });
        assert_eq!(ids(&list), ["a", "b"]);
        assert_eq!(ids(&json!({ "count": 3 })), Vec::<String>::new());
    }

    #[test]
    fn some_are_from_all_over() {
        let all: Vec<_> = (0..1000).map(|number: u32| number.to_string()).collect();
        let chosen = some(all);
        assert_eq!(
            (chosen.len(), chosen.last().map(String::as_str)),
            (MOST, Some("975"))
        );
        assert_eq!(some(Vec::new()).len(), 0);
    }

    #[test]
    fn documents_name_their_version() {
        assert_eq!(version("v3.1-events"), Some("v3.1"));
        assert_eq!(version("v1.1"), Some("v1.1"));
        assert_eq!(version("management-v1"), None);
    }
}
