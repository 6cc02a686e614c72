//! Names that say nothing. Each of them becomes the largest file of its codebase.

use super::{House, finding::Finding};

const EMPTY: [&str; 9] = [
    "util", "utils", "common", "helper", "helpers", "misc", "stuff", "core", "handlers",
];

/// No Rust file and no folder with Rust files is called after nothing.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for path in house.tree.paths() {
        let Some(stem) = path.strip_suffix(".rs") else {
            continue;
        };
        let empty = stem.split('/').find(|part| EMPTY.contains(part));
        findings.extend(empty.map(|name| {
            Finding::new(
                "names",
                path,
                0,
                format!("`{name}` says nothing about what is inside"),
                "call it after the noun it is about, or put its functions where they are used",
            )
        }));
    }
    findings
}

#[cfg(test)]
mod tests {
    use crate::tidy::{house_of, lines_of};

    #[test]
    fn names_that_say_nothing_are_found() {
        let house = house_of(&[
            ("crates/wire/src/utils.rs", ""),
            ("crates/wire/tests/it/common/mod.rs", ""),
            ("crates/wire/src/commons.rs", ""),
            ("docs/common/readme.md", ""),
        ]);
        assert_eq!(
            lines_of(&super::check(&house)),
            [
                "crates/wire/src/utils.rs:0 `utils` says nothing about what is inside",
                "crates/wire/tests/it/common/mod.rs:0 `common` says nothing about what is inside",
            ]
        );
    }
}
