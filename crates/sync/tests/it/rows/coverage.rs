//! docs/sync-coverage.md names tests that exist, and every row and scenario stands in it.

use std::collections::BTreeSet;
use std::path::Path;

/// Names of the tests in the files of a folder.
fn tests(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<_> = text.lines().map(str::trim_start).collect();
        for pair in lines.windows(2) {
            let is_test = pair[0].starts_with("#[tokio::test") || pair[0] == "#[test]";
            let name = pair[1].trim_start_matches("async ").strip_prefix("fn ");
            if let Some(name) = name.filter(|_| is_test) {
                found.insert(name.split('(').next().unwrap().to_owned());
            }
        }
    }
}

/// The rows of the table: which row, and the tests that stand for it.
fn table(text: &str) -> Vec<(String, Vec<String>)> {
    let mut rows = Vec::new();
    for line in text.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [row, _, by] = cells[..] else {
            panic!("{line}")
        };
        if row != "row" {
            let names = by.split(", ").map(|name| name.trim_matches('`').to_owned());
            rows.push((row.to_owned(), names.collect()));
        }
    }
    rows
}

#[test]
fn the_table_of_coverage_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut found, mut own) = (BTreeSet::new(), BTreeSet::new());
    tests(&root.join("tests/it"), &mut found);
    for folder in ["tests/it/scenarios", "tests/it/rows"] {
        tests(&root.join(folder), &mut own);
    }
    let text = std::fs::read_to_string(root.join("../../docs/sync-coverage.md")).unwrap();
    let rows = table(&text);
    let mut seen = BTreeSet::new();
    for (row, names) in &rows {
        assert!(seen.insert(row.clone()), "{row} stands there twice");
        for name in names {
            assert!(found.contains(name), "{row}: there is no test {name}");
            own.remove(name);
        }
    }
    own.remove("the_table_of_coverage_is_true");
    assert_eq!(own, BTreeSet::new(), "tests that the table does not name");
    let mut wanted: BTreeSet<String> = BTreeSet::from(["A6.4b".to_owned()]);
    for (part, last) in [("A1", 12), ("A2", 9), ("A3", 14), ("A4", 14), ("A6", 14)] {
        wanted.extend((1..=last).map(|number| format!("{part}.{number}")));
    }
    let scenarios = (1..=18).chain(21..=26).chain(37..=40);
    wanted.extend(scenarios.map(|number| format!("S{number:02}")));
    let missing: Vec<_> = wanted.difference(&seen).collect();
    assert_eq!(
        missing,
        [] as [&String; 0],
        "rows that the table does not have"
    );
}
