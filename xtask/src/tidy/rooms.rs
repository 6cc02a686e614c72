//! Which room may use which: the table of ARCHITECTURE.md against the manifests.

use super::{
    House,
    architecture::{self, Rooms},
    finding::Finding,
    manifest::{Dependency, Manifest, room_of},
};

const CHECK: &str = "edges";

/// Rooms without I/O, clock, randomness, SQL or HTTP (invariant 1); those that do not exist yet may be named here.
pub(crate) const PURE: [&str; 10] = [
    "model",
    "segment",
    "intake",
    "derive",
    "change",
    "sharing",
    "wire",
    "plan",
    "goals",
    "simulator",
];

/// Crates that bring what a pure room must not have; with them absent from a manifest, the compiler does the proving.
const BRINGS_THE_WORLD: [&str; 20] = [
    "async-trait",
    "aws-lc-rs",
    "axum",
    "futures",
    "getrandom",
    "hyper",
    "memmap2",
    "metrics",
    "moka",
    "object_store",
    "refinery",
    "reqwest",
    "rusqlite",
    "tempfile",
    "tokio",
    "tokio-postgres",
    "tokio-util",
    "tower",
    "tower-http",
    "tracing-subscriber",
];

/// Every edge to one of our rooms is in the table, and pure rooms have nothing that reaches outside.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for manifest in &house.manifests {
        for dependency in manifest.dependencies() {
            findings.extend(edge(&house.rooms, manifest, &dependency));
            findings.extend(reach(manifest, &dependency));
        }
    }
    findings
}

fn edge(rooms: &Rooms, manifest: &Manifest, dependency: &Dependency) -> Option<Finding> {
    let room = manifest.room.as_str();
    let used = room_of(&dependency.package)?;
    let finding = |what: String, repair: &str| {
        let place = (manifest.path.as_str(), dependency.line);
        Some(Finding::new(CHECK, place.0, place.1, what, repair))
    };
    if used == "cli" && room != "cli" {
        return finding(
            format!("`{room}` depends on `cli`, the binary, which nobody may"),
            "move what is shared into the room it belongs to",
        );
    }
    if dependency.dev || room == used {
        return None;
    }
    let row = |name: &str| rooms.rows.get(name);
    if manifest.is_product() && row(used).is_some_and(|row| row.dev_only) {
        return finding(
            format!("`{room}` uses `{used}` in the product; it is for tests only"),
            "move it to [dev-dependencies]",
        );
    }
    // A room without a row is the document's finding; here it would only be said twice.
    let allowed = row(room).is_none_or(|row| row.may_use.allows(used));
    if allowed {
        return None;
    }
    finding(
        format!(
            "`{room}` may not use `{used}`: {} does not list it",
            architecture::FILE
        ),
        "take a value or a trait of a room it may use; or, if the design is better for it, change the table and say why \
         in docs/decisions/",
    )
}

fn reach(manifest: &Manifest, dependency: &Dependency) -> Option<Finding> {
    let pure = manifest.is_product() && PURE.contains(&manifest.room.as_str());
    if !pure || dependency.dev || !BRINGS_THE_WORLD.contains(&dependency.package.as_str()) {
        return None;
    }
    Some(Finding::new(
        CHECK,
        &manifest.path,
        dependency.line,
        format!(
            "`{}` is a pure room and cannot use `{}`",
            manifest.room, dependency.package
        ),
        "let the caller do it and hand in the bytes, the time or the number",
    ))
}

#[cfg(test)]
mod tests {
    use crate::tidy::{house_of, lines_of};

    const TABLE: &str = "\
| room | begins … ends | may use |
|---|---|---|
| `model` | nouns | – |
| `api` | http | model |
| `cli` | the binary | everything |
| `testkit` (dev only) | fixtures | everything but cli |
";

    fn check(path: &str, dependencies: &str) -> Vec<String> {
        let house = house_of(&[("ARCHITECTURE.md", TABLE), (path, dependencies)]);
        lines_of(&super::check(&house))
    }

    #[test]
    fn listed_edges_and_tests_are_free() {
        let listed = "[dependencies]\nhomeroom-model.workspace = true\n[dev-dependencies]\nhomeroom-store.workspace = true\n";
        assert!(check("crates/api/Cargo.toml", listed).is_empty());
        let everything = "[dependencies]\nhomeroom-api.workspace = true\n";
        assert!(check("crates/cli/Cargo.toml", everything).is_empty());
    }

    #[test]
    fn an_edge_that_is_not_listed_is_found() {
        let manifest = "[dependencies]\nserde = \"1\"\nhomeroom-store.workspace = true\n";
        assert_eq!(
            check("crates/api/Cargo.toml", manifest),
            ["crates/api/Cargo.toml:3 `api` may not use `store`: ARCHITECTURE.md does not list it"]
        );
    }

    #[test]
    fn nobody_depends_on_the_binary_not_even_in_tests() {
        let manifest = "[dev-dependencies]\nhomeroom = { path = \"../cli\" }\n";
        assert_eq!(
            check("crates/testkit/Cargo.toml", manifest),
            [
                "crates/testkit/Cargo.toml:2 `testkit` depends on `cli`, the binary, which nobody may"
            ]
        );
    }

    #[test]
    fn what_is_for_tests_stays_out_of_the_product() {
        let manifest = "[dependencies]\nhomeroom-testkit.workspace = true\n";
        assert_eq!(
            check("crates/cli/Cargo.toml", manifest),
            ["crates/cli/Cargo.toml:2 `cli` uses `testkit` in the product; it is for tests only"]
        );
    }

    #[test]
    fn a_pure_room_does_not_reach_outside() {
        let manifest = "[dependencies]\ntokio.workspace = true\n[dev-dependencies]\ntempfile.workspace = true\n";
        assert_eq!(
            check("crates/model/Cargo.toml", manifest),
            ["crates/model/Cargo.toml:2 `model` is a pure room and cannot use `tokio`"]
        );
        assert!(check("crates/api/Cargo.toml", manifest).is_empty());
    }
}
