//! The manifests of the house: workspace members and `fuzz`.

use toml::{Table, Value};

use super::tree::Tree;

/// One `Cargo.toml`.
#[derive(Debug)]
pub(crate) struct Manifest {
    /// Path of the file.
    pub(crate) path: String,
    /// The room's name in ARCHITECTURE.md: its folder's.
    pub(crate) room: String,
    pub(crate) table: Table,
    text: String,
}

/// A dependency as a manifest names it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Dependency {
    /// The package, also where it was renamed.
    pub(crate) package: String,
    pub(crate) line: usize,
    /// Under `[dev-dependencies]`.
    pub(crate) dev: bool,
}

impl Manifest {
    /// Every manifest below the root's; those that are no TOML come back as (path, reason).
    pub(crate) fn all(tree: &Tree) -> (Vec<Self>, Vec<(String, String)>) {
        let mut manifests = Vec::new();
        let mut unread = Vec::new();
        for (path, text) in tree.texts() {
            let Some(folder) = path.strip_suffix("/Cargo.toml") else {
                continue;
            };
            match text.parse::<Table>() {
                Ok(table) => manifests.push(Self {
                    path: path.to_owned(),
                    room: folder.rsplit('/').next().unwrap_or(folder).to_owned(),
                    table,
                    text: text.to_owned(),
                }),
                Err(error) => unread.push((path.to_owned(), error.message().to_owned())),
            }
        }
        (manifests, unread)
    }

    /// Whether the room is part of the product (below `crates/`), not a helper beside it.
    pub(crate) fn is_product(&self) -> bool {
        self.path.starts_with("crates/")
    }

    /// All dependencies, those for one platform included.
    pub(crate) fn dependencies(&self) -> Vec<Dependency> {
        let mut found = self.dependencies_in(&self.table);
        let targets = self.table.get("target").and_then(Value::as_table);
        for target in targets.into_iter().flat_map(Table::values) {
            if let Some(table) = target.as_table() {
                found.extend(self.dependencies_in(table));
            }
        }
        found
    }

    fn dependencies_in(&self, table: &Table) -> Vec<Dependency> {
        let sections = [
            ("dependencies", false),
            ("build-dependencies", false),
            ("dev-dependencies", true),
        ];
        let mut found = Vec::new();
        for (section, dev) in sections {
            let listed = table.get(section).and_then(Value::as_table);
            for (name, value) in listed.into_iter().flatten() {
                let package = value.get("package").and_then(Value::as_str);
                found.push(Dependency {
                    package: package.unwrap_or(name).to_owned(),
                    line: self.line_of(section, name),
                    dev,
                });
            }
        }
        found
    }

    /// The line of a key in a section whose header ends with `section`; 0 where it cannot be found.
    fn line_of(&self, section: &str, key: &str) -> usize {
        let mut inside = false;
        for (at, line) in self.text.lines().enumerate() {
            let line = line.trim();
            if let Some(header) = line.strip_prefix('[') {
                let header = header.trim_end_matches(']');
                inside = header.rsplit('.').next() == Some(section);
            } else if inside
                && line
                    .strip_prefix(key)
                    .is_some_and(|rest| rest.starts_with([' ', '.', '=']))
            {
                return at + 1;
            }
        }
        0
    }
}

/// The room behind a package name: `homeroom` is the binary's, `homeroom-x` is `x`; nothing for others' packages.
pub(crate) fn room_of(package: &str) -> Option<&str> {
    if package == "homeroom" {
        return Some("cli");
    }
    package.strip_prefix("homeroom-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_found_in_every_section_with_their_lines() {
        let text = "\
[package]
name = \"homeroom-api\"

[dependencies]
homeroom-store.workspace = true
renamed = { package = \"homeroom-wire\", path = \"../wire\" }

[target.'cfg(unix)'.dependencies]
homeroom-depot = { workspace = true }

[dev-dependencies]
homeroom-store = { workspace = true, features = [\"suite\"] }
";
        let tree = Tree::of(&[("crates/api/Cargo.toml", text)]);
        let (manifests, unread) = Manifest::all(&tree);
        assert!(unread.is_empty());
        let manifest = manifests.first().expect("one manifest");
        assert_eq!(manifest.room, "api");
        let found: Vec<_> = manifest
            .dependencies()
            .into_iter()
            .map(|found| (found.package, found.line, found.dev))
            .collect();
        let expected = [
            ("homeroom-store", 5, false),
            ("homeroom-wire", 6, false),
            ("homeroom-store", 12, true),
            ("homeroom-depot", 9, false),
        ];
        let expected = expected.map(|(package, line, dev)| (package.to_owned(), line, dev));
        assert_eq!(found, expected);
    }

    #[test]
    fn package_names_lead_to_rooms() {
        assert_eq!(room_of("homeroom"), Some("cli"));
        assert_eq!(room_of("homeroom-store-sqlite"), Some("store-sqlite"));
        assert_eq!(room_of("serde"), None);
    }
}
