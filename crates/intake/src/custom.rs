//! Records kept by hand beside the files (district-side 9.6), as files that are read like the district's own.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::Problem;

use crate::file_set::Origin;
use crate::header::{Need, documented};
use crate::{FileSet, InMemory, Settings, Stem, exercise};

/// One custom record: its file, and its cells by the names of their columns.
pub type CustomRecord<'a> = (Stem, &'a BTreeMap<String, String>);

/// Files that hold records kept by hand, and the set that says which they are: to be read after the district's files. What
/// is wrong with the n-th record of a file, counted from 1 in the order given, is reported at `custom students n`.
pub fn custom<'a>(records: impl IntoIterator<Item = CustomRecord<'a>>) -> (InMemory, FileSet) {
    let mut by_stem: BTreeMap<Stem, Vec<&BTreeMap<String, String>>> = BTreeMap::new();
    for (stem, cells) in records {
        by_stem.entry(stem).or_default().push(cells);
    }
    let mut source = InMemory::default();
    let mut files = FileSet::default().from(Origin::Custom);
    for (stem, records) in by_stem {
        source = source.with(stem.text(), file(stem, &records));
        files = files.and(stem, stem.text());
    }
    (source, files)
}

/// What is wrong with a custom record by itself: what reading it would report, references and keys not looked at.
pub fn check_custom(
    stem: Stem,
    cells: &BTreeMap<String, String>,
    settings: &Settings,
) -> Vec<Problem> {
    exercise(stem, file(stem, &[cells]).as_bytes(), settings).problems
}

/// A file of records. Required columns are there even if no record has them, so that what is missing is missing in one
/// record and not in the file.
fn file(stem: Stem, records: &[&BTreeMap<String, String>]) -> String {
    let required = stem
        .columns()
        .iter()
        .filter(|column| column.need != Need::Optional);
    let required: Vec<&str> = required.map(|column| column.name).collect();
    let is_required = |name: &str| {
        let known = documented(stem.columns(), name).and_then(|at| stem.columns().get(at));
        known.is_some_and(|known| required.contains(&known.name))
    };
    let keys = records.iter().flat_map(|record| record.keys());
    let named: BTreeSet<&str> = keys.map(String::as_str).collect();
    let others = named.iter().copied().filter(|name| !is_required(name));
    let columns: Vec<&str> = required.iter().copied().chain(others).collect();
    let value = |record: &BTreeMap<String, String>, column: &str| {
        let exact = record.get(column);
        let known = || {
            let mut others = record.iter();
            others.find(|(name, _)| {
                documented(stem.columns(), name).is_some_and(|at| {
                    stem.columns()
                        .get(at)
                        .is_some_and(|known| known.name == column)
                })
            })
        };
        exact
            .cloned()
            .or_else(|| known().map(|(_, value)| value.clone()))
            .unwrap_or_default()
    };
    let mut file = String::new();
    line(&mut file, columns.iter().map(|name| (*name).to_owned()));
    for record in records {
        line(
            &mut file,
            columns.iter().map(|column| value(record, column)),
        );
    }
    file
}

/// Writes one line: cells in quotation marks, line breaks in them as blanks, so that every record has one.
fn line(file: &mut String, cells: impl Iterator<Item = String>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            file.push(',');
        }
        file.push('"');
        file.push_str(&cell.replace('"', "\"\"").replace(['\r', '\n'], " "));
        file.push('"');
    }
    file.push('\n');
}
