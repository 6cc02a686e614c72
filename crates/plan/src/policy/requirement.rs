//! What an app requires of records (integration-side A2.1).

use std::collections::BTreeSet;

use homeroom_model::Kind;
use serde::Deserialize;

use super::{PolicyError, kind, resolve_one};
use crate::values::Field;

/// A rule for a field, and what happens to a record that breaks it.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// The kind of record.
    pub kind: Kind,
    pub(crate) field: Field,
    /// The rule.
    pub rule: Rule,
    /// What happens.
    pub reaction: Reaction,
}

/// What a value must be like. Blank values break only `Required`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// It must be there.
    Required,
    /// It must look like an email.
    Email,
    /// It has at most so many characters, counted as the eye does.
    MaxLength(usize),
    /// No two records of the kind in the district have the same.
    Unique,
    /// It is one of these.
    OneOf(BTreeSet<String>),
}

/// What happens to a record that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// The record is left out; an account that is there keeps its last good values.
    Reject,
    /// The value is replaced by a stand-in.
    Fill(String),
    /// The value is shortened where the eye accepts it.
    Truncate,
    /// The value is left out.
    Drop,
    /// It is told.
    Warn,
}

/// A requirement as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sent {
    of: String,
    field: String,
    rule: Rule,
    reaction: Reaction,
}

pub(super) fn resolve(sent: Vec<Sent>) -> Result<Vec<Requirement>, PolicyError> {
    let read = sent.into_iter().map(|sent| {
        let kind = kind(&sent.of)?;
        let senseless = |what: &str| {
            let place = format!("requirements: {} of {}", sent.field, sent.of);
            Err(PolicyError::Senseless(format!("in {place}: {what}")))
        };
        match (&sent.rule, &sent.reaction) {
            (Rule::MaxLength(0), _) => return senseless("max_length 0, which leaves nothing"),
            (Rule::Required, Reaction::Truncate | Reaction::Drop) => {
                return senseless("to shorten or drop a value that is missing");
            }
            (Rule::Email | Rule::Unique | Rule::OneOf(_), Reaction::Truncate) => {
                return senseless("to shorten a value whose length is not what is wrong");
            }
            _ => {}
        }
        Ok(Requirement {
            kind,
            field: resolve_one(kind, &sent.field)?,
            rule: sent.rule,
            reaction: sent.reaction,
        })
    });
    read.collect()
}
