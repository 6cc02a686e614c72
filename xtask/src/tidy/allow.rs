//! The allow-list: what may break a rule, and why. An entry that nothing needs any more is a finding itself.

use serde::Deserialize;

use super::finding::Finding;

pub(crate) const FILE: &str = "xtask/tidy-allow.toml";
const CHECK: &str = "allow-list";
/// Checks that may be bent for a reason; the others hold everywhere.
const BENDABLE: [&str; 5] = [
    "file-length",
    "function-length",
    "crate-length",
    "globals",
    "versions",
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    allow: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    check: String,
    path: String,
    #[serde(default)]
    item: Option<String>,
    reason: String,
}

impl Entry {
    fn covers(&self, finding: &Finding) -> bool {
        self.check == finding.check
            && self.path == finding.path
            && self.item.as_ref().is_none_or(|item| *item == finding.item)
    }

    /// What is wrong with the entry itself.
    fn fault(&self) -> Option<(String, &'static str)> {
        if !BENDABLE.contains(&self.check.as_str()) {
            let what = format!("`{}` is no check that may be bent", self.check);
            return Some((what, "repair the finding instead"));
        }
        if self.reason.trim().is_empty() {
            let what = format!("the entry for {} has no reason", self.path);
            return Some((what, "say why this place is better as it is"));
        }
        None
    }
}

/// Takes away what the list allows and adds what is wrong with the list.
pub(crate) fn apply(list: &str, findings: Vec<Finding>) -> Vec<Finding> {
    let finding = |what: String, repair: &str| Finding::new(CHECK, FILE, 0, what, repair);
    let list: List = match toml::from_str(list) {
        Ok(list) => list,
        Err(error) => {
            let mut findings = findings;
            let what = format!("cannot be read: {}", error.message());
            findings.push(finding(
                what,
                "see the head of the file for the form of an entry",
            ));
            return findings;
        }
    };
    let mut added = Vec::new();
    for entry in &list.allow {
        if let Some((what, repair)) = entry.fault() {
            added.push(finding(what, repair));
        } else if !findings.iter().any(|found| entry.covers(found)) {
            let item = entry.item.as_deref().map(|item| format!(" ({item})"));
            let what = format!(
                "nothing needs the entry {} {}{} any more",
                entry.check,
                entry.path,
                item.unwrap_or_default()
            );
            added.push(finding(what, "take it out"));
        }
    }
    let covered = |found: &Finding| {
        list.allow
            .iter()
            .any(|entry| entry.fault().is_none() && entry.covers(found))
    };
    findings
        .into_iter()
        .filter(|found| !covered(found))
        .chain(added)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::lines_of;

    fn entry(check: &str, item: &str, reason: &str) -> String {
        let item = if item.is_empty() {
            String::new()
        } else {
            format!("item = \"{item}\"\n")
        };
        format!("[[allow]]\ncheck = \"{check}\"\npath = \"a.rs\"\n{item}reason = \"{reason}\"\n")
    }

    fn found() -> Vec<Finding> {
        ["f", "g"]
            .map(|name| {
                Finding::new(
                    "function-length",
                    "a.rs",
                    3,
                    format!("{name} is long"),
                    "split",
                )
                .about(name)
            })
            .to_vec()
    }

    #[test]
    fn an_entry_allows_its_item_or_the_whole_file() {
        let one = entry("function-length", "f", "a table");
        assert_eq!(lines_of(&apply(&one, found())), ["a.rs:3 g is long"]);
        let all = entry("function-length", "", "tables");
        assert!(apply(&all, found()).is_empty());
    }

    #[test]
    fn an_entry_that_nothing_needs_is_found() {
        let list = entry("function-length", "h", "was a table");
        assert_eq!(
            lines_of(&apply(&list, Vec::new())),
            ["xtask/tidy-allow.toml:0 nothing needs the entry function-length a.rs (h) any more"]
        );
    }

    #[test]
    fn an_entry_needs_a_reason_and_a_check_that_bends() {
        let list = entry("function-length", "f", " ") + &entry("edges", "", "convenient");
        assert_eq!(
            lines_of(&apply(&list, found())),
            [
                "a.rs:3 f is long",
                "a.rs:3 g is long",
                "xtask/tidy-allow.toml:0 the entry for a.rs has no reason",
                "xtask/tidy-allow.toml:0 `edges` is no check that may be bent",
            ]
        );
    }

    #[test]
    fn a_broken_list_is_said() {
        let findings = apply("[[allow]]\nfile = \"a.rs\"\n", Vec::new());
        assert_eq!(findings.len(), 1);
        assert!(
            findings
                .iter()
                .all(|found| found.what.starts_with("cannot be read"))
        );
    }
}
