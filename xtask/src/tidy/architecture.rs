//! ARCHITECTURE.md as a source of rules: its table of rooms, its length, the paths it names.
//!
//! The table has a header whose first cell is `room` and whose last is `may use`. A row may stand for several rooms
//! (each name in backticks). The last cell is `–` for nothing, `everything`, `everything but` some rooms, or room
//! names, with or without backticks, between commas or dots (` · `). A note `dev only` or `never in the product` in
//! the row marks rooms that the product may only use in its tests.

use std::collections::BTreeMap;

use super::{House, finding::Finding, tree::Tree};

pub(crate) const FILE: &str = "ARCHITECTURE.md";
const CHECK: &str = "architecture";
const MOST_LINES: usize = 300;

/// What the table says, by room.
#[derive(Debug, Default)]
pub(crate) struct Rooms {
    pub(crate) rows: BTreeMap<String, Row>,
}

#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) line: usize,
    pub(crate) may_use: MayUse,
    pub(crate) dev_only: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MayUse {
    EverythingBut(Vec<String>),
    Only(Vec<String>),
}

impl MayUse {
    pub(crate) fn allows(&self, room: &str) -> bool {
        let listed = self.names().iter().any(|name| name == room);
        match self {
            Self::EverythingBut(_) => !listed,
            Self::Only(_) => listed,
        }
    }

    fn names(&self) -> &[String] {
        match self {
            Self::EverythingBut(names) | Self::Only(names) => names,
        }
    }
}

impl Rooms {
    /// Reads the table; empty where there is none.
    pub(crate) fn read(text: &str) -> Self {
        let mut rooms = Self::default();
        let mut inside = false;
        for (at, line) in text.lines().enumerate() {
            let Some(cells) = cells(line) else {
                inside = false;
                continue;
            };
            let (Some(first), Some(last)) = (cells.first(), cells.last()) else {
                continue;
            };
            if first.eq_ignore_ascii_case("room") && last.eq_ignore_ascii_case("may use") {
                inside = true;
            } else if inside && !first.starts_with("--") && !first.starts_with(":-") {
                let row = Row {
                    line: at + 1,
                    may_use: may_use(last),
                    dev_only: ["dev only", "never in the product"]
                        .iter()
                        .any(|note| line.contains(note)),
                };
                let names = backticked(first).map(str::to_owned);
                rooms.rows.extend(names.map(|name| (name, row.clone())));
            }
        }
        rooms
    }
}

/// The cells of a table line, trimmed; nothing for another line.
fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.trim().strip_prefix('|')?;
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    Some(inner.split('|').map(str::trim).collect())
}

fn may_use(cell: &str) -> MayUse {
    let names = |text: &str| {
        text.split([',', '·'])
            .map(|name| name.trim().trim_matches('`').to_owned())
            .filter(|name| !name.is_empty())
            .collect()
    };
    if ["–", "-", "—", "none", "nothing"].contains(&cell) {
        return MayUse::Only(Vec::new());
    }
    match cell.strip_prefix("everything") {
        Some(rest) => MayUse::EverythingBut(names(rest.trim().trim_start_matches("but"))),
        None => MayUse::Only(names(cell)),
    }
}

/// Every span in single backticks of a line.
fn backticked(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// The document is there, has the table, keeps it true, and is short enough to be read.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let Some(text) = house.tree.text(FILE) else {
        return vec![Finding::new(
            CHECK,
            FILE,
            0,
            "is missing, and with it the table that says which room may use which",
            "write it, with a table `| room | begins … ends | may use |` that has a row for every room",
        )];
    };
    let mut findings = Vec::new();
    let lines = text.lines().count();
    if lines >= MOST_LINES {
        findings.push(Finding::new(
            CHECK,
            FILE,
            0,
            format!("has {lines} lines; under {MOST_LINES} is what gets read"),
            "move detail into the doc comments of the files it describes, or into docs/",
        ));
    }
    if house.rooms.rows.is_empty() {
        findings.push(Finding::new(
            CHECK,
            FILE,
            0,
            "has no table of rooms (a first column `room`, a last column `may use`)",
            "add it, with a row for every room",
        ));
        return findings;
    }
    for (room, row) in &house.rooms.rows {
        check_row(house, room, row, &mut findings);
    }
    for manifest in &house.manifests {
        if !house.rooms.rows.contains_key(&manifest.room) {
            findings.push(Finding::new(
                CHECK,
                &manifest.path,
                0,
                format!("the room `{}` has no row in {FILE}", manifest.room),
                format!(
                    "add its row: | `{}` | begins … ends | may use |",
                    manifest.room
                ),
            ));
        }
    }
    findings
}

fn check_row(house: &House, room: &str, row: &Row, findings: &mut Vec<Finding>) {
    if !house.manifests.iter().any(|manifest| manifest.room == room) {
        findings.push(Finding::new(
            CHECK,
            FILE,
            row.line,
            format!("the room `{room}` does not exist"),
            "remove its row (or its name) until its first inhabitant arrives",
        ));
    }
    for name in row.may_use.names() {
        if !house.rooms.rows.contains_key(name) {
            findings.push(Finding::new(
                CHECK,
                FILE,
                row.line,
                format!("`{room}` may use `{name}`, which is no room of the table"),
                "name a room that has a row, `–` for none, or `everything`",
            ));
        }
    }
}

/// The documents whose paths must exist.
const DOCUMENTS: [&str; 2] = [FILE, "CONTRIBUTING.md"];

/// Every path in backticks exists: from the root, or as the end of a path (`wire/src/routes.rs`, `routes.rs`).
pub(crate) fn check_paths(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for document in DOCUMENTS {
        let text = house.tree.text(document).unwrap_or_default();
        let mut fenced = false;
        for (at, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                fenced = !fenced;
            }
            if fenced {
                continue;
            }
            let named = backticked(line).filter(|span| is_path(&house.tree, span));
            findings.extend(named.filter(|span| !house.tree.has_tail(span)).map(|span| {
                Finding::new(
                    "paths",
                    document,
                    at + 1,
                    format!("names `{span}`, which does not exist"),
                    "correct the path, or take the sentence out with what it described",
                )
            }));
        }
    }
    findings
}

/// Whether a span means a path of the checkout: one that begins with a folder we have, or ends like a source file. URL
/// paths (`/v3.1/users`), patterns (`<room>`, `*`), commands, media types and files of an installation do not.
fn is_path(tree: &Tree, span: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    if !span.chars().all(plain) || span.starts_with(['/', '-']) || span.starts_with("..") {
        return false;
    }
    let name = span.rsplit('/').next().unwrap_or(span);
    let is_source = name
        .rsplit_once('.')
        .is_some_and(|(stem, ending)| !stem.is_empty() && ["rs", "md", "sql"].contains(&ending));
    let begins_in_the_house = span
        .split_once('/')
        .is_some_and(|(first, _)| tree.has(first) || tree.has(&format!("crates/{first}")));
    is_source || begins_in_the_house
}

#[cfg(test)]
mod tests;
