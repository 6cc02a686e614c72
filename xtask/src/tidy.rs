//! `cargo xtask tidy`: the rules of the house that no compiler knows. Every check is a function from the tree (a value)
//! to findings; the same checks run as an ordinary test at the end of this file.

mod allow;
mod architecture;
mod finding;
mod globals;
mod lengths;
mod lints;
mod manifest;
mod marks;
mod names;
mod places;
pub(crate) mod properties;
mod records;
mod rooms;
mod rust_file;
mod tree;
mod versions;

use anyhow::{Result, bail};

use crate::cargo;
use finding::Finding;
use manifest::Manifest;
use rust_file::RustFile;
use tree::Tree;

/// Everything a check may look at, read once.
pub(crate) struct House {
    tree: Tree,
    rust: Vec<RustFile>,
    manifests: Vec<Manifest>,
    rooms: architecture::Rooms,
    /// Files that could not be read as what they are.
    unread: Vec<Finding>,
}

const CHECKS: [fn(&House) -> Vec<Finding>; 13] = [
    architecture::check,
    architecture::check_paths,
    rooms::check,
    lengths::check,
    lengths::check_rooms,
    versions::check,
    globals::check,
    names::check,
    marks::check,
    lints::check,
    places::check,
    properties::check,
    records::check,
];

/// Prints every finding with its repair; any finding is an error.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if let Some(unknown) = arguments.first() {
        bail!("`cargo xtask tidy` takes no arguments, but got {unknown}");
    }
    let house = House::new(Tree::read(&cargo::root()?)?);
    let findings = findings(&house);
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => println!("tidy: {} Rust files, nothing found", house.rust.len()),
        1 => bail!("1 finding"),
        more => bail!("{more} findings"),
    }
    Ok(())
}

/// Every property of the product, as its sources tell.
pub(crate) fn properties() -> Result<Vec<properties::Property>> {
    let house = House::new(Tree::read(&cargo::root()?)?);
    Ok(properties::all(&house))
}

impl House {
    fn new(tree: Tree) -> Self {
        let (rust, not_rust) = rust_file::parse_all(tree.texts());
        let (manifests, no_toml) = Manifest::all(&tree);
        let unread = not_rust
            .into_iter()
            .chain(no_toml)
            .map(|(path, reason)| {
                let what = format!("cannot be read: {reason}");
                Finding::new("read", &path, 0, what, "make it compile first")
            })
            .collect();
        let rooms = architecture::Rooms::read(tree.text(architecture::FILE).unwrap_or_default());
        Self {
            tree,
            rust,
            manifests,
            rooms,
            unread,
        }
    }
}

/// All findings that the allow-list does not cover, in the order of places.
fn findings(house: &House) -> Vec<Finding> {
    let mut found = house.unread.clone();
    for check in CHECKS {
        found.extend(check(house));
    }
    let list = house.tree.text(allow::FILE).unwrap_or_default();
    let mut findings = allow::apply(list, found);
    findings.sort();
    findings
}

#[cfg(test)]
fn house_of(files: &[(&str, &str)]) -> House {
    House::new(Tree::of(files))
}

/// `path:line what`, the short form that tests compare.
#[cfg(test)]
fn lines_of(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|found| format!("{}:{} {}", found.path, found.line, found.what))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_tidy() {
        let root = cargo::root().expect("started by cargo");
        let house = House::new(Tree::read(&root).expect("a readable tree"));
        assert!(house.rust.len() > 10, "the sources were not found");
        let findings: Vec<_> = findings(&house).iter().map(Finding::to_string).collect();
        assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
    }

    #[test]
    fn every_check_takes_part() {
        let table = "| room | may use |\n|---|---|\n| `model` | – |\n";
        let long = "\n".repeat(401);
        let house = house_of(&[
            ("ARCHITECTURE.md", &format!("{table}\n`gone.rs`\n")),
            ("Cargo.toml", ""),
            (
                "crates/model/Cargo.toml",
                "[package]\nname = \"homeroom-model\"\n[dependencies]\nhomeroom-wire = \"0\"\n",
            ),
            ("crates/model/src/utils.rs", &long),
            (
                "crates/model/src/lib.rs",
                "fn f() { SystemTime::now(); g(V3_0); todo!(); proptest!() }\n",
            ),
            ("crates/model/src/broken.rs", "fn {"),
            ("docs/decisions/notes.md", ""),
            ("docs/a.md", concat!("/ro", "ot/x")),
            (
                allow::FILE,
                "[[allow]]\ncheck = \"globals\"\npath = \"b.rs\"\nreason = \"none\"\n",
            ),
            ("crates/attic/Cargo.toml", "[lints]\nworkspace = true\n"),
        ]);
        let mut checks: Vec<_> = findings(&house).iter().map(|found| found.check).collect();
        checks.sort_unstable();
        checks.dedup();
        assert_eq!(
            checks,
            [
                "allow-list",
                "architecture",
                "edges",
                "file-length",
                "globals",
                "lints",
                "marks",
                "names",
                "paths",
                "places",
                "properties",
                "read",
                "records",
                "versions",
            ]
        );
    }

    #[test]
    fn a_finding_names_place_rule_and_repair() {
        let finding = Finding::new("names", "a/utils.rs", 7, "says nothing", "rename it");
        assert_eq!(
            finding.to_string(),
            "a/utils.rs:7: [names] says nothing\n    repair: rename it"
        );
    }
}
