//! One condition on a field.

use std::cmp::Ordering;

use regex::bytes::{Regex, RegexBuilder};
use serde_json::Value;

use super::fields::Source;
use super::operand::Operand;
use super::read::{Found, Look};
use crate::error_body::FilterProblem;
use crate::select::Place;

/// Most members of a `$in` or `$nin`.
pub(crate) const MOST_MEMBERS: usize = 1000;
/// Longest pattern, in bytes, and how much memory it may take, which bounds what a match costs: matching is linear in the
/// text whatever the pattern.
pub(crate) const LONGEST_PATTERN: usize = 256;
const PATTERN_BYTES: usize = 256 << 10;

/// What is asked of a field.
#[derive(Clone)]
pub(super) enum Test {
    /// A value, or one of several.
    In(Vec<Operand>),
    /// None of several values.
    NotIn(Vec<Operand>),
    /// Compares in one of some ways.
    Compares(&'static [Ordering], Operand),
    /// Is there, or not.
    Exists(bool),
    /// A pattern is found in it.
    Matches(Regex),
    /// A list of so many elements.
    Size(u64),
}

impl Test {
    /// What is told of a field: a value, or an object of operators that must all hold.
    pub(super) fn read(told: &Value) -> Result<Vec<Self>, FilterProblem> {
        let Value::Object(operators) = told else {
            let operand = Operand::read(told).ok_or(FilterProblem::BadOperand)?;
            return Ok(vec![Self::In(vec![operand])]);
        };
        if operators.is_empty() {
            return Err(FilterProblem::BadOperand);
        }
        operators
            .iter()
            .map(|(operator, told)| Self::operator(operator, told))
            .collect()
    }

    fn operator(operator: &str, told: &Value) -> Result<Self, FilterProblem> {
        let scalar = || Operand::read(told).ok_or(FilterProblem::BadOperand);
        Ok(match operator {
            "$gt" => Self::Compares(&[Ordering::Greater], scalar()?),
            "$gte" => Self::Compares(&[Ordering::Greater, Ordering::Equal], scalar()?),
            "$lt" => Self::Compares(&[Ordering::Less], scalar()?),
            "$lte" => Self::Compares(&[Ordering::Less, Ordering::Equal], scalar()?),
            "$ne" => Self::NotIn(vec![scalar()?]),
            "$in" => Self::In(members(told)?),
            "$nin" => Self::NotIn(members(told)?),
            "$exists" => Self::Exists(told.as_bool().ok_or(FilterProblem::BadOperand)?),
            "$regex" => Self::Matches(pattern(told)?),
            "$size" => Self::Size(told.as_u64().ok_or(FilterProblem::BadOperand)?),
            _ if operator.starts_with('$') => return Err(FilterProblem::UnknownOperator),
            // An object to be equal to: nested fields are named with a dot.
            _ => return Err(FilterProblem::BadOperand),
        })
    }

    /// Whether it holds for a record.
    pub(super) fn holds(&self, look: &mut Look<'_>, source: Option<&Source>, place: Place) -> bool {
        let found = source.map_or(Found::Absent, |source| look.find(source, place));
        match self {
            Self::In(members) => is_one_of(look, &found, members),
            Self::NotIn(members) => !is_one_of(look, &found, members),
            Self::Compares(ways, operand) => look.any(&found, |found| {
                let order = operand.compare(found);
                order.is_some_and(|order| ways.contains(&order))
            }),
            Self::Exists(there) => *there != matches!(found, Found::Absent),
            Self::Matches(pattern) => {
                look.any(&found, |found| found.written(|text| pattern.is_match(text)))
            }
            Self::Size(number) => look.size(&found) == Some(*number),
        }
    }

    /// The one value a field must have, if there is only one that it may.
    pub(super) fn only(&self) -> Option<&Operand> {
        match self {
            Self::In(members) => match &**members {
                [only] => Some(only),
                _ => None,
            },
            _ => None,
        }
    }
}

fn is_one_of(look: &Look<'_>, found: &Found<'_>, members: &[Operand]) -> bool {
    if matches!(found, Found::Absent) {
        return members
            .iter()
            .any(|member| matches!(member, Operand::Nothing));
    }
    look.any(found, |found| {
        members
            .iter()
            .any(|member| member.compare(found) == Some(Ordering::Equal))
    })
}

fn members(told: &Value) -> Result<Vec<Operand>, FilterProblem> {
    let members = told.as_array().ok_or(FilterProblem::BadOperand)?;
    if members.len() > MOST_MEMBERS {
        return Err(FilterProblem::TooLong);
    }
    let members = members.iter().map(Operand::read);
    members
        .collect::<Option<_>>()
        .ok_or(FilterProblem::BadOperand)
}

fn pattern(told: &Value) -> Result<Regex, FilterProblem> {
    let text = told.as_str().ok_or(FilterProblem::BadOperand)?;
    if text.len() > LONGEST_PATTERN {
        return Err(FilterProblem::BadPattern);
    }
    RegexBuilder::new(text)
        .size_limit(PATTERN_BYTES)
        .dfa_size_limit(PATTERN_BYTES)
        .nest_limit(16)
        .build()
        .map_err(|_| FilterProblem::BadPattern)
}
