//! Every path of every version, walked over the sample with all its quirks, against the published definitions; and the
//! table of what is covered, which stands in the docs.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use homeroom_wire::{EVENT_ROUTES, Items, ROUTES, Route, Shape, VERSIONS, Version};
use serde_json::Value;

use crate::events::contract::{self, Covered};
use crate::roster::{Shared, id};
use crate::sample::{bare_district, sample};
use homeroom_testkit::Published;

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

/// What was met of a version.
struct Met {
    version: &'static Version,
    /// Paths of its data.
    data: BTreeSet<&'static str>,
    events: Covered,
    /// Paths of attendance.
    attendance: BTreeSet<&'static str>,
}

impl Met {
    fn of(version: &'static Version) -> Self {
        Self {
            version,
            data: covered(version),
            events: contract::covered(version),
            attendance: crate::attendance::covered(version),
        }
    }

    /// Whether it has a path, and whether that was covered.
    fn path(&self, path: &str) -> (bool, bool) {
        let mut routes = Route::of_version(self.version).chain(Route::of_events(self.version));
        let covered = self.data.contains(path) || self.events.paths.contains(path);
        (routes.any(|route| route.path == path), covered)
    }

    /// What is missing.
    fn missing(&self) -> Vec<String> {
        let routes = Route::of_version(self.version).chain(Route::of_events(self.version));
        let paths = routes.map(|route| route.path);
        let paths = paths.filter(|path| !self.path(path).1).map(str::to_owned);
        let types = contract::types(self.version).filter(|kind| contract::happens(*kind));
        let types = types.map(|(prefix, action)| format!("{prefix}.{action}"));
        let types = types.filter(|kind| !self.events.types.contains(kind));
        paths.chain(types).collect()
    }
}

/// The tables as they stand in the docs.
fn tables(all: &[Met]) -> String {
    let mut text = String::from(
        "# Versions of the API\n\n\
         Written by the test `versions` of `crates/wire`, which walks every path from every record of a sample district with\n\
         all quirks, and every path of events over what changes in it, in every version, and checks each answer against the\n\
         published definition of that version (`HOMEROOM_WRITE_DOCS=1 cargo nextest run -p homeroom-wire versions` writes this\n\
         file anew). A path counts as covered when every answer was valid and at least one of them held a record or an event;\n\
         a type of event, when there was one. The same definitions are asked over HTTP about generated districts (tests\n\
         `walks`, `contract` and `feeds` of `crates/api`).\n\n\
         | version | data: paths covered / total | events: paths covered / total | events: types covered / total |\n\
         |---|---|---|---|\n",
    );
    for met in all {
        writeln!(
            text,
            "| {} | {} / {} | {} / {} | {} / {} |",
            met.version.name,
            met.data.len(),
            Route::of_version(met.version).count(),
            met.events.paths.len(),
            Route::of_events(met.version).count(),
            met.events.types.len(),
            contract::types(met.version).count(),
        )
        .unwrap();
    }
    text.push_str(
        "\nThe two types that are not covered in any version are `districts.created` and `districts.deleted`. They never happen: a\n\
         connection shows one district for as long as it lasts.\n",
    );
    push_head(&mut text, "Paths of data", "path");
    let paths: BTreeSet<_> = ROUTES.iter().map(|route| route.path).collect();
    push_paths(&mut text, all, paths);
    push_head(&mut text, "Paths of attendance", "path");
    for path in ["/attendance/schools/{id}", "/attendance/sections/{id}"] {
        write!(text, "| `{path}` |").unwrap();
        for met in all {
            let covered = met.attendance.contains(path);
            text.push_str(if covered { " y |" } else { "|" });
        }
        text.push('\n');
    }
    push_head(&mut text, "Paths of events", "path");
    let paths: BTreeSet<_> = EVENT_ROUTES.iter().map(|route| route.path).collect();
    push_paths(&mut text, all, paths);
    push_head(&mut text, "Types of events", "type");
    push_types(&mut text, all);
    text
}

fn push_head(text: &mut String, title: &str, what: &str) {
    write!(text, "\n## {title}\n\n| {what} |").unwrap();
    for version in VERSIONS {
        write!(text, " {} |", version.name).unwrap();
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(VERSIONS.len()));
    text.push('\n');
}

fn push_paths(text: &mut String, all: &[Met], paths: BTreeSet<&str>) {
    for path in paths {
        write!(text, "| `{path}` |").unwrap();
        for met in all {
            let mark = match met.path(path) {
                (false, _) => "",
                (true, true) => " y ",
                (true, false) => " not covered ",
            };
            write!(text, "{mark}|").unwrap();
        }
        text.push('\n');
    }
}

fn push_types(text: &mut String, all: &[Met]) {
    let kinds = all.iter().flat_map(|met| contract::types(met.version));
    for (prefix, action) in kinds.collect::<BTreeSet<_>>() {
        let name = format!("{prefix}.{action}");
        write!(text, "| `{name}` |").unwrap();
        for met in all {
            let there = contract::types(met.version).any(|kind| kind == (prefix, action));
            let mark = match (there, met.events.types.contains(&name)) {
                (false, _) => "",
                (true, true) => " y ",
                (true, false) if contract::happens((prefix, action)) => " not covered ",
                (true, false) => " never ",
            };
            write!(text, "{mark}|").unwrap();
        }
        text.push('\n');
    }
}

#[test]
fn every_path_of_every_version_keeps_its_contract() {
    let all: Vec<_> = VERSIONS.iter().copied().map(Met::of).collect();
    for met in &all {
        let missing = met.missing();
        assert!(missing.is_empty(), "{}: {missing:?}", met.version.name);
    }
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/versions.md");
    let tables = tables(&all);
    if std::env::var_os("HOMEROOM_WRITE_DOCS").is_some() {
        std::fs::write(&file, &tables).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == tables,
        "docs/versions.md is not what was found; HOMEROOM_WRITE_DOCS=1 writes it anew"
    );
}
