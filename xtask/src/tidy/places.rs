//! Nothing in the tree knows the machine it was written on, nor where that machine gets its packages.

use super::{House, finding::Finding};

const CHECK: &str = "places";
// Written in halves, so that this file does not find itself.
const FOLDERS: [&str; 2] = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];
const HOMES: &str = concat!("/ho", "me/");
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";
/// Sections of `.cargo/config.toml` that say how this one machine reaches the world.
const MACHINE_SECTIONS: [&str; 6] = [
    "source",
    "registry",
    "registries",
    "net",
    "http",
    "credential",
];

/// Machine paths anywhere, and registries other than the public one.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in house.tree.texts() {
        for (at, line) in text.lines().enumerate() {
            if let Some(place) = machine_path(line) {
                findings.push(Finding::new(
                    CHECK,
                    path,
                    at + 1,
                    format!("names {place}…, a path of one machine"),
                    "write it relative to the checkout, or take it as an argument",
                ));
            }
            if names_a_registry(path, line) {
                findings.push(Finding::new(
                    CHECK,
                    path,
                    at + 1,
                    "names a package registry of one machine",
                    "leave that to the configuration in the user's home; Cargo.lock names the public one",
                ));
            }
        }
    }
    findings
}

fn machine_path(line: &str) -> Option<&'static str> {
    let stands = |folder: &str| {
        line.match_indices(folder).any(|(at, _)| {
            let before = line.get(..at).and_then(|part| part.chars().next_back());
            let within_a_path = |c: char| c.is_alphanumeric() || "_-.~}])>*$".contains(c);
            let after = line.get(at + folder.len()..).unwrap_or_default();
            let names_one = folder != HOMES || after.starts_with(|c: char| c.is_alphanumeric());
            names_one && !before.is_some_and(within_a_path)
        })
    };
    FOLDERS
        .into_iter()
        .chain([HOMES])
        .find(|folder| stands(folder))
}

fn names_a_registry(path: &str, line: &str) -> bool {
    let line = line.trim();
    if line.contains(concat!("sparse", "+http")) {
        return true;
    }
    if path.ends_with("Cargo.lock") {
        return line
            .strip_prefix("source = ")
            .is_some_and(|source| source.trim_matches('"') != REGISTRY);
    }
    path.starts_with(".cargo/")
        && line.strip_prefix('[').is_some_and(|header| {
            let first = header.split(['.', ']']).next().unwrap_or_default();
            MACHINE_SECTIONS.contains(&first)
        })
}

#[cfg(test)]
mod tests {
    use super::{FOLDERS, HOMES};
    use crate::tidy::{house_of, lines_of};

    fn check(path: &str, text: &str) -> Vec<String> {
        lines_of(&super::check(&house_of(&[(path, text)])))
    }

    #[test]
    fn paths_of_one_machine_are_found() {
        for folder in FOLDERS {
            for before in ["", "see `", "file://", "DIR="] {
                let line = format!("{before}{folder}x\n");
                let expected = format!("docs/a.md:1 names {folder}…, a path of one machine");
                assert_eq!(check("docs/a.md", &line), [expected]);
            }
            assert!(
                check(
                    "docs/a.md",
                    &format!("target{folder}x and {{dir}}{folder}x")
                )
                .is_empty()
            );
        }
        assert_eq!(check("docs/a.md", &format!("{HOMES}ada/x")).len(), 1);
        assert!(check("docs/a.md", &format!("{HOMES}<you>/x")).is_empty());
    }

    #[test]
    fn registries_of_one_machine_are_found() {
        let found = ["names a package registry of one machine"];
        let check = |path: &str, text: &str| {
            let lines = check(path, text);
            let what = |line: &String| line.split_once(' ').map(|(_, what)| what.to_owned());
            lines.iter().filter_map(what).collect::<Vec<_>>()
        };
        assert_eq!(
            check("Cargo.lock", "source = \"registry+https://mirror/index\""),
            found
        );
        assert_eq!(check(".cargo/config.toml", "[source.crates-io]"), found);
        let public = format!("source = \"{}\"", super::REGISTRY);
        assert!(check("Cargo.lock", &public).is_empty());
        assert!(check(".cargo/config.toml", "[alias]\nxtask = \"run\"").is_empty());
    }
}
