//! The settings of a run of schemathesis, as it reads them.

use std::path::Path;

use anyhow::Result;
use serde::Serialize;
use toml::{Table, Value};

use super::known::{Values, version};

/// Filters that find something, or nothing, in one way or another (clever-api 4.5).
const FILTERS: [&str; 14] = [
    "{}",
    r#"{"name":"Algebra"}"#,
    r#"{"name.last":{"$regex":"^[A-M]"}}"#,
    r#"{"grade":{"$in":["1","2","3"]}}"#,
    r#"{"grade":{"$ne":"5"},"name.first":{"$exists":true}}"#,
    r#"{"created":{"$gt":"2020-01-01"}}"#,
    r#"{"last_modified":{"$lte":"2020-01-01T00:00:00.000Z"}}"#,
    r#"{"schools":{"$size":1}}"#,
    r#"{"email":{"$exists":false}}"#,
    r#"{"dob":{"$lt":"1/1/2015"}}"#,
    r#"{"sis_id":{"$gte":"1","$lte":"5"}}"#,
    r#"{"subject":"math","grade":{"$nin":["1"]}}"#,
    r#"{"term.name":{"$regex":"a"}}"#,
    r#"{"no_such_field":null}"#,
];
/// Lists that `include` may name, and one that it may not.
const INCLUDED: [&str; 4] = [
    "schools",
    "students,teachers",
    "sections,schools,contacts",
    "pets",
];
/// Points of the past: snapshots there are, and a day before them. Days to come are made up often enough.
const POINTS: [&str; 4] = ["1", "2", "3", "2020-01-01"];
/// Days before, in and after a time of attendance.
const DAYS: [&str; 4] = ["2000-01-01", "2026-08-25", "2026-09-05", "2099-12-31"];

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Settings<'a> {
    seed: u64,
    hooks: &'a Path,
    continue_on_failure: bool,
    warnings: bool,
    headers: Table,
    generation: Generation,
    checks: Table,
    parameters: Table,
    dictionaries: Table,
    operations: Vec<Table>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Generation {
    max_examples: u64,
    database: &'static str,
}

/// The settings as a file.
pub(super) fn settings(
    document: &str,
    known: &Values,
    token: &str,
    (seed, cases, hooks): (u64, u64, &Path),
) -> Result<String> {
    let mut dictionaries: Table = known
        .iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(name, values)| (name.clone(), dictionary(values)))
        .collect();
    let mut parameters = Table::new();
    let mut operations = Vec::new();
    if version(document).is_some() {
        let cursors: Vec<_> = known.values().flat_map(|ids| ids.iter().take(5)).collect();
        dictionaries.insert("cursor".to_owned(), dictionary(&cursors));
        for (name, values) in [
            ("filter", &FILTERS[..]),
            ("included", &INCLUDED),
            ("point", &POINTS),
            ("day", &DAYS),
        ] {
            dictionaries.insert(name.to_owned(), dictionary(values));
        }
        for (parameter, name, probability) in [
            ("query.starting_after", "cursor", 0.7),
            ("query.ending_before", "cursor", 0.7),
            ("query.where", "filter", 0.6),
            ("query.include", "included", 0.8),
            ("query.school", "schools", 0.8),
            ("header.Homeroom-As-Of", "point", 0.8),
            ("query.date_range_start", "day", 0.8),
            ("query.date_range_end", "day", 0.8),
        ] {
            parameters.insert(parameter.to_owned(), binding(name, probability));
        }
        let collections = known.keys().filter(|name| dictionaries.contains_key(*name));
        operations.extend(collections.map(|name| by_id(name)));
    } else {
        for name in known.keys() {
            parameters.insert(format!("path.{name}"), binding(name, 0.9));
        }
        parameters.insert("query.district".to_owned(), binding("district", 0.8));
    }
    let settings = Settings {
        seed,
        hooks,
        continue_on_failure: true,
        warnings: false,
        headers: [("Authorization".to_owned(), format!("Bearer {token}").into())]
            .into_iter()
            .collect(),
        generation: Generation {
            max_examples: cases,
            database: "none",
        },
        checks: checks(),
        parameters,
        dictionaries,
        operations,
    };
    Ok(toml::to_string(&settings)?)
}

/// Every check is on. A wrong parameter may be refused with 413 or 414 too, which the tool does not expect by itself.
fn checks() -> Table {
    let statuses = ["400", "401", "404", "405", "413", "414"]
        .map(Value::from)
        .to_vec();
    let mut refused = Table::new();
    refused.insert("expected-statuses".to_owned(), statuses.into());
    [("negative_data_rejection".to_owned(), refused.into())]
        .into_iter()
        .collect()
}

fn dictionary(values: &[impl AsRef<str>]) -> Value {
    let values: Vec<Value> = values.iter().map(|value| value.as_ref().into()).collect();
    Table::from_iter([("values".to_owned(), Value::from(values))]).into()
}

fn binding(name: &str, probability: f64) -> Value {
    let name = ("dictionary".to_owned(), name.into());
    Table::from_iter([name, ("probability".to_owned(), probability.into())]).into()
}

/// What paths below a collection, and those of attendance, name by id.
fn by_id(collection: &str) -> Table {
    let path = format!(r"^(/attendance)?/{collection}/\{{id\}}");
    let id = Table::from_iter([("path.id".to_owned(), binding(collection, 0.9))]);
    Table::from_iter([
        ("include-path-regex".to_owned(), path.into()),
        ("parameters".to_owned(), id.into()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_name_what_is_known() {
        let known = Values::from([
            ("schools".to_owned(), vec!["5f".to_owned()]),
            ("resources".to_owned(), Vec::new()),
        ]);
        let text =
            settings("v3.1", &known, "secret", (7, 9, Path::new("hooks.py"))).expect("settings");
        let read: Table = text.parse().expect("TOML");
        assert_eq!(read["seed"].as_integer(), Some(7));
        assert_eq!(
            read["headers"]["Authorization"].as_str(),
            Some("Bearer secret")
        );
        assert_eq!(
            read["dictionaries"]["schools"]["values"][0].as_str(),
            Some("5f")
        );
        // An empty one would be an error.
        assert!(read["dictionaries"].get("resources").is_none());
        let operations = read["operations"].as_array().expect("a list");
        assert_eq!(operations.len(), 1);
        assert_eq!(
            operations[0]["include-path-regex"].as_str(),
            Some(r"^(/attendance)?/schools/\{id\}")
        );
    }
}
