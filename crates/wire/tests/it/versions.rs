//! Every path of every version, walked over the sample with all its quirks, against the published definitions; and the
//! table of what is covered, which stands in the docs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use homeroom_wire::{Items, ROUTES, Route, Shape, VERSIONS, Version};
use serde_json::Value;

use crate::published::Published;
use crate::roster::{Shared, id};
use crate::sample::{bare_district, sample};

/// Paths of a version from which an answer with at least one record came, every answer valid.
fn covered(version: &'static Version) -> BTreeSet<&'static str> {
    let published = Published::read(version);
    let mut covered = BTreeSet::new();
    for shared in [sample(), bare_district()] {
        for route in Route::of_version(version) {
            let validator = published.as_ref().map(|published| {
                let schema = published.answer(route);
                jsonschema::validator_for(&schema).unwrap()
            });
            for address in addresses(&shared, version, route) {
                let Ok(body) = shared.get(&address) else {
                    assert_eq!(route.shape, Shape::Through, "{address}");
                    continue;
                };
                let answer: Value = serde_json::from_slice(&body).unwrap();
                if let Some(validator) = &validator {
                    let errors = validator.iter_errors(&answer).take(5);
                    let errors: Vec<_> = errors
                        .map(|error| format!("{error} at {}", error.instance_path()))
                        .collect();
                    assert!(errors.is_empty(), "{address}: {errors:#?}\n{answer}");
                }
                if check_data(route, &answer["data"], &address) {
                    covered.insert(route.path);
                }
            }
        }
    }
    if let Some(published) = published {
        let told: BTreeSet<_> = published.paths().into_iter().map(str::to_owned).collect();
        let ours = Route::of_version(version).map(|route| route.path.to_owned());
        assert_eq!(ours.collect::<BTreeSet<_>>(), told, "{}", version.name);
    }
    covered
}

/// A route from every record it may begin with.
fn addresses(shared: &Shared, version: &Version, route: &Route) -> Vec<String> {
    let name = version.name;
    if !route.takes_id() {
        return vec![format!("/{name}{}", route.path)];
    }
    let origins = shared.ids(&format!("/{name}/{}", route.of.collection()));
    let paths = origins.iter().map(|id| route.path.replace("{id}", id));
    paths.map(|path| format!("/{name}{path}")).collect()
}

/// Whether there is anything. Ids of lists ascend strictly, whatever they are ids of.
fn check_data(route: &Route, data: &Value, address: &str) -> bool {
    let Some(items) = data.as_array() else {
        return true;
    };
    if route.items != Items::Grades {
        let ids: Vec<_> = items
            .iter()
            .map(|item| id(item.get("data").unwrap_or(item)))
            .collect();
        assert!(ids.is_sorted_by(|a, b| a < b), "{address}: {ids:?}");
    }
    !items.is_empty()
}

/// The table as it stands in the docs.
fn table(covered: &BTreeMap<&'static str, BTreeSet<&'static str>>) -> String {
    let mut text = String::from(
        "# Versions of the API\n\n\
         Written by the test `versions` of `crates/wire`, which walks every path from every record of a sample district with\n\
         all quirks, in every version, and checks each answer against the published definition of that version\n\
         (`HOMEROOM_WRITE_DOCS=1 cargo nextest run -p homeroom-wire versions` writes this file anew). A path counts as covered\n\
         when every answer was valid and at least one of them held a record.\n\n\
         ## Data\n\n| version | paths covered / total |\n|---|---|\n",
    );
    for version in VERSIONS {
        let total = Route::of_version(version).count();
        let covered = covered[version.name].len();
        writeln!(text, "| {} | {covered} / {total} |", version.name).unwrap();
    }
    text.push_str("\n## Paths\n\n| path |");
    for version in VERSIONS {
        write!(text, " {} |", version.name).unwrap();
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(VERSIONS.len()));
    text.push('\n');
    let paths: BTreeSet<_> = ROUTES.iter().map(|route| route.path).collect();
    for path in paths {
        write!(text, "| `{path}` |").unwrap();
        for version in VERSIONS {
            let there = Route::of_version(version).any(|route| route.path == path);
            let mark = match (there, covered[version.name].contains(path)) {
                (false, _) => "",
                (true, true) => " y ",
                (true, false) => " not covered ",
            };
            write!(text, "{mark}|").unwrap();
        }
        text.push('\n');
    }
    text
}

#[test]
fn every_path_of_every_version_keeps_its_contract() {
    let covered: BTreeMap<_, _> = VERSIONS
        .iter()
        .map(|version| (version.name, covered(version)))
        .collect();
    for version in VERSIONS {
        let missing: Vec<_> = Route::of_version(version)
            .map(|route| route.path)
            .filter(|path| !covered[version.name].contains(path))
            .collect();
        assert!(missing.is_empty(), "{}: {missing:?}", version.name);
    }
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/versions.md");
    let table = table(&covered);
    if std::env::var_os("HOMEROOM_WRITE_DOCS").is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == table,
        "docs/versions.md is not what was found; HOMEROOM_WRITE_DOCS=1 writes it anew"
    );
}
