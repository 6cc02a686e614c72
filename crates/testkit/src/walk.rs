//! Everything an app can read, page by page.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::names::{self, Names};
use crate::server::Server;

/// The collections of the newest version.
const COLLECTIONS: [&str; 7] = [
    "districts",
    "schools",
    "courses",
    "terms",
    "sections",
    "users",
    "resources",
];

/// Small enough that a test's district has several pages.
const PAGE: usize = 40;

/// All documents of all collections, by id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Walk(BTreeMap<&'static str, BTreeMap<String, Value>>);

impl Walk {
    /// Walks every collection to its end. Each page must answer 200, ids must ascend strictly.
    pub fn of(server: &Server, token: &str) -> Self {
        let collection = |name| (name, documents(server, token, name));
        Self(COLLECTIONS.into_iter().map(collection).collect())
    }

    /// The documents of a collection, by id.
    pub fn documents(&self, collection: &str) -> &BTreeMap<String, Value> {
        &self.0[collection]
    }

    /// What each id stands for.
    pub(crate) fn names(&self) -> Names {
        names::names(&self.0)
    }

    /// Checks that another walk found the very same documents; only the district's may differ, which tells of runs.
    /// An error names the first record that differs.
    pub fn same(&self, other: &Self) -> Result<(), String> {
        for collection in COLLECTIONS.into_iter().filter(|name| *name != "districts") {
            differ(
                collection,
                self.documents(collection),
                other.documents(collection),
            )?;
        }
        Ok(())
    }

    /// The content without what depends on when and in which order it came: ids replaced by what they stand for, no
    /// times. Two installations that hold the same files are alike in it, whatever their past. An id that stands for
    /// nothing is an error.
    pub fn content(&self) -> Result<BTreeMap<String, Value>, String> {
        let names = self.names();
        let mut content = BTreeMap::new();
        for (collection, documents) in self.0.iter().filter(|(name, _)| **name != "districts") {
            for (id, document) in documents {
                let name = names
                    .text(id)
                    .ok_or_else(|| format!("{collection}: {id} has no name"))?;
                let plain =
                    names::plain(document, &names).map_err(|error| format!("{name}: {error}"))?;
                if content.insert(name.clone(), plain).is_some() {
                    return Err(format!("{collection}: {name} is served twice"));
                }
            }
        }
        Ok(content)
    }

    /// Checks that this holds the same content as another; an error names the first record that differs.
    pub fn same_content(&self, content: &BTreeMap<String, Value>) -> Result<(), String> {
        differ("content", &self.content()?, content)
    }
}

fn differ(
    what: &str,
    found: &BTreeMap<String, Value>,
    expected: &BTreeMap<String, Value>,
) -> Result<(), String> {
    for (key, value) in expected {
        match found.get(key) {
            None => return Err(format!("{what}: {key} is missing")),
            Some(other) if other != value => {
                return Err(format!("{what}: {key} is {other} instead of {value}"));
            }
            Some(_) => {}
        }
    }
    match found.keys().find(|key| !expected.contains_key(*key)) {
        Some(key) => Err(format!("{what}: {key} is there and should not be")),
        None => Ok(()),
    }
}

fn documents(server: &Server, token: &str, collection: &str) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    let mut path = Some(format!("/v3.1/{collection}?limit={PAGE}"));
    let mut last = String::new();
    while let Some(asked) = path {
        let answer = server.get(&asked, token);
        assert_eq!(answer.status, 200, "{asked}: {}", answer.text());
        let page = answer.json();
        for item in page["data"].as_array().expect("a list") {
            let document = item["data"].clone();
            let id = document["id"].as_str().expect("an id").to_owned();
            assert!(id > last, "{asked}: {id} comes after {last}");
            last.clone_from(&id);
            found.insert(id, document);
        }
        let links = page["links"].as_array().expect("links");
        let next = links.iter().find(|link| link["rel"] == "next");
        path = next.map(|link| link["uri"].as_str().expect("an address").to_owned());
    }
    found
}
