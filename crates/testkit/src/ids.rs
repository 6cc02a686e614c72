//! The book of ids: what each one ever stood for.

use std::collections::BTreeMap;

use crate::walk::Walk;

/// Nouns that one person may be at once; nothing else shares an id.
const EMPLOYEE: [&str; 3] = ["teacher", "staff", "district_admin"];

/// Nouns whose records keep their id when they leave and return within 300 days (district-side 5.2).
const RETURNING: [&str; 4] = ["school", "student", "section", "resource"];

/// Every id that was ever served, with what it stood for then.
#[derive(Clone, Debug, Default)]
pub struct IdBook {
    named: BTreeMap<String, BTreeMap<&'static str, String>>,
    ids: BTreeMap<(&'static str, String), String>,
}

impl IdBook {
    /// A book without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// Enters a walk. An error if an id stood for something else before, or a record that is back has another id.
    pub fn enter(&mut self, walk: &Walk) -> Result<(), String> {
        for (id, nouns) in walk.names().iter() {
            for (noun, key) in nouns {
                self.enter_one(id, noun, key)?;
            }
        }
        Ok(())
    }

    /// How many ids were ever served.
    pub fn len(&self) -> usize {
        self.named.len()
    }

    /// Whether nothing was ever served.
    pub fn is_empty(&self) -> bool {
        self.named.is_empty()
    }

    fn enter_one(&mut self, id: &str, noun: &'static str, key: &str) -> Result<(), String> {
        let before = self.named.entry(id.to_owned()).or_default();
        let stranger = before.keys().find(|other| {
            **other != noun && !(EMPLOYEE.contains(other) && EMPLOYEE.contains(&noun))
        });
        if let Some(other) = stranger {
            return Err(format!("id {id} was a {other} and is a {noun}"));
        }
        if let Some(other) = before
            .insert(noun, key.to_owned())
            .filter(|other| other != key)
        {
            return Err(format!("id {id} was {noun} {other} and is {noun} {key}"));
        }
        if !RETURNING.contains(&noun) {
            return Ok(());
        }
        match self.ids.insert((noun, key.to_owned()), id.to_owned()) {
            Some(other) if other != id => Err(format!("{noun} {key} had id {other} and has {id}")),
            _ => Ok(()),
        }
    }
}
