//! The decision records of docs/decisions/: numbered, no number twice, each with a line in the index.

use std::collections::BTreeMap;

use super::{House, finding::Finding};

const CHECK: &str = "records";
const FOLDER: &str = "docs/decisions/";
const INDEX: &str = "docs/decisions/README.md";

/// Names, numbers and index lines of the records.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let index = house.tree.text(INDEX).unwrap_or_default();
    let mut numbers: BTreeMap<&str, &str> = BTreeMap::new();
    let mut findings = Vec::new();
    for path in house.tree.paths() {
        let Some(name) = path.strip_prefix(FOLDER) else {
            continue;
        };
        if path == INDEX || name.contains('/') {
            continue;
        }
        let mut finding = |what: String, repair: &str| {
            findings.push(Finding::new(CHECK, path, 0, what, repair));
        };
        let Some(number) = number(name) else {
            finding(
                "is not named like a record".to_owned(),
                "call it NNNN-short-name.md; put what belongs to a record into a folder beside it",
            );
            continue;
        };
        if let Some(first) = numbers.insert(number, path) {
            finding(
                format!("has the number of {first}"),
                "take the next free number",
            );
        }
        if !index.contains(name) {
            finding(
                "has no line in the index".to_owned(),
                "add its line, with a link, at the end of docs/decisions/README.md",
            );
        }
    }
    findings
}

/// The number of `NNNN-short-name.md`.
fn number(name: &str) -> Option<&str> {
    let (number, rest) = name.split_once('-')?;
    let digits = number.len() == 4 && number.chars().all(|c| c.is_ascii_digit());
    let named = rest
        .strip_suffix(".md")
        .is_some_and(|title| !title.is_empty());
    (digits && named).then_some(number)
}

#[cfg(test)]
mod tests {
    use crate::tidy::{house_of, lines_of};

    #[test]
    fn records_are_numbered_once_and_indexed() {
        let house = house_of(&[
            ("docs/decisions/README.md", "| [0001](0001-rows.md) |"),
            ("docs/decisions/0001-rows.md", ""),
            ("docs/decisions/0001-rows/plot.txt", ""),
            ("docs/decisions/0001-packs.md", ""),
            ("docs/decisions/notes.md", ""),
        ]);
        assert_eq!(
            lines_of(&super::check(&house)),
            [
                "docs/decisions/0001-packs.md:0 has no line in the index",
                "docs/decisions/0001-rows.md:0 has the number of docs/decisions/0001-packs.md",
                "docs/decisions/notes.md:0 is not named like a record",
            ]
        );
    }
}
