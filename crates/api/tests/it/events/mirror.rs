//! The copy of a district that a client keeps by events alone, which checks each event against it.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_wire::Version;
use serde_json::Value;

use super::raw::{Documents, Event, Key, What, subjects};

/// One version's copy.
pub(crate) struct Mirror {
    pub(crate) version: &'static Version,
    pub(crate) documents: Documents,
    /// Events that were replayed, by what they did.
    pub(crate) replayed: [usize; 3],
    /// The types of events that were met.
    pub(crate) met: BTreeSet<(&'static str, What)>,
}

impl Mirror {
    pub(crate) fn new(version: &'static Version, documents: Documents) -> Self {
        Self {
            version,
            documents,
            replayed: [0; 3],
            met: BTreeSet::new(),
        }
    }

    /// The types of events that the version has and that were not met. A district neither comes nor goes, and a term that
    /// changes is another one.
    pub(crate) fn unmet(&self) -> Vec<String> {
        let all = [What::Created, What::Updated, What::Deleted];
        let types = subjects(self.version).flat_map(|(_, prefix)| all.map(|what| (prefix, what)));
        types
            .filter(|(prefix, what)| match *prefix {
                "districts" => *what == What::Updated,
                "terms" => *what != What::Updated,
                _ => true,
            })
            .filter(|kind| !self.met.contains(kind))
            .map(|(prefix, what)| format!("{prefix} {what:?}"))
            .collect()
    }

    /// Applies events in their order, each of which must fit what is there.
    pub(crate) fn replay(&mut self, events: &[Event]) {
        for event in events {
            let name = self.version.name;
            self.replayed[event.what as usize] += 1;
            self.met.insert((event.key.0, event.what));
            match event.what {
                What::Created => {
                    let there = self
                        .documents
                        .insert(event.key.clone(), event.object.clone());
                    assert!(there.is_none(), "{name}: it was known: {}", event.raw);
                    assert_eq!(event.previous, None);
                }
                What::Deleted => {
                    let was = self.documents.remove(&event.key);
                    let was = was.unwrap_or_else(|| panic!("{name}: unknown: {}", event.raw));
                    assert!(stamps_alone(&was, &event.object), "{name}: {}", event.raw);
                    assert_eq!(event.previous, None);
                }
                What::Updated => {
                    let was = self
                        .documents
                        .insert(event.key.clone(), event.object.clone());
                    let was = was.unwrap_or_else(|| panic!("{name}: unknown: {}", event.raw));
                    let was = unstamped(serde_json::from_str(&was).unwrap());
                    let told = unstamped(event.value_before().unwrap());
                    assert_eq!(told, was, "{name}: {}", event.raw);
                    let previous = event.previous.as_ref().unwrap();
                    let previous = serde_json::from_str(previous).unwrap();
                    let least = is_smallest(&previous, &event.value());
                    assert!(least, "{name}: more than changed: {}", event.raw);
                }
            }
        }
    }

    /// The documents that are not, byte for byte, what a full read gives: each differs in nothing but when it was last
    /// modified.
    pub(crate) fn exempt(&self, full: &Documents) -> BTreeSet<Key> {
        let name = self.version.name;
        let unknown = full.keys().find(|key| !self.documents.contains_key(*key));
        assert_eq!(unknown, None, "{name}: nothing was told of it");
        let gone = self.documents.keys().find(|key| !full.contains_key(*key));
        assert_eq!(gone, None, "{name}: it is gone and that was not told");
        let pairs = self.documents.iter().zip(full);
        let differ = pairs.filter(|((_, was), (_, is))| was != is);
        differ
            .map(|((key, was), (_, is))| {
                assert!(stamps_alone(was, is), "{name} {key:?}:\n{was}\n{is}");
                key.clone()
            })
            .collect()
    }
}

/// Why documents are not told anew, and how many.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exempt(pub(crate) BTreeMap<&'static str, usize>);

/// Nothing but `last_modified` changed in this version's shape, whoever looks.
pub(crate) const STAMPS: &str = "nothing but last_modified changed in this version's shape";
/// Something changed in this version's shape, where the view does not show it.
pub(crate) const OUTSIDE: &str = "what changed was outside scope or mask";

impl std::fmt::Display for Exempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, reason) in [STAMPS, OUTSIDE].into_iter().enumerate() {
            let number = self.0.get(reason).unwrap_or(&0);
            write!(f, "{}{number} ({reason})", [", ", ""][usize::from(at == 0)])?;
        }
        Ok(())
    }
}

/// Whether two documents of a version are, byte for byte, the same but for the values of `last_modified`.
pub(crate) fn stamps_alone(was: &str, is: &str) -> bool {
    const STAMP: &str = "\"last_modified\":\"";
    const LENGTH: usize = "2026-08-17T18:00:00.000Z".len();
    if was == is {
        return true;
    }
    let blank = |text: &str| {
        let mut text = text.to_owned();
        let mut from = 0;
        while let Some(at) = text[from..].find(STAMP) {
            let value = from + at + STAMP.len();
            text.replace_range(value..value + LENGTH, "");
            from = value;
        }
        text
    };
    let value = |text: &str| unstamped(serde_json::from_str(text).unwrap());
    // The first of the two keeps the order and spelling of members, the second what districts call so.
    was.len() == is.len() && blank(was) == blank(is) && value(was) == value(is)
}

/// A document without what events leave out.
fn unstamped(mut document: Value) -> Value {
    let members = document.as_object_mut().unwrap();
    members.remove("last_modified");
    let roles = members.get_mut("roles").and_then(Value::as_object_mut);
    for role in roles.into_iter().flat_map(|roles| roles.values_mut()) {
        role.as_object_mut().unwrap().remove("last_modified");
    }
    document
}

/// Whether old values hold nothing that is as it was, and `null` only for what is new; a name is given whole.
fn is_smallest(previous: &Value, now: &Value) -> bool {
    let previous = previous.as_object().unwrap();
    !previous.is_empty()
        && previous
            .iter()
            .all(|(name, was)| match (now.get(name), was) {
                (None, Value::Null) => false,
                (Some(now @ Value::Object(_)), Value::Object(_)) if name != "name" => {
                    is_smallest(was, now)
                }
                (Some(now), was) => now != was,
                (None, _) => true,
            })
}
