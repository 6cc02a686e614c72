//! `where` of versions 1.x (clever-api 4.5): a JSON document as a predicate over the fields that the view may see.
//!
//! A field that a mask hides, that the version does not have, or that there is no such field of, is absent from every
//! record alike, so nothing can be learnt from it. Fields are read from packed rows as their types; no document is made.

mod fields;
mod operand;
mod read;
mod test;

use homeroom_segment::View;
use serde_json::Value;

use crate::error_body::{FilterProblem, Refusal};
use crate::page::Run;
use crate::routes::Object;
use crate::rules::Rules;
use crate::version::Version;

use fields::{Source, source};
use operand::Operand;
use read::Look;
use test::Test;

pub(crate) use test::{LONGEST_PATTERN, MOST_MEMBERS};

/// Longest `where`, in bytes. Clients of the time sent some dozens.
const LONGEST: usize = 8 << 10;
/// Most conditions of one `where`.
pub(crate) const MOST_CONDITIONS: usize = 32;

/// What a `where` asks for: every condition must hold.
#[derive(Clone)]
pub struct Filter {
    rules: Rules,
    conditions: Vec<Condition>,
}

impl std::fmt::Debug for Filter {
    /// Shows no operand: those are mostly names of people.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Filter {{ {} conditions }}", self.conditions.len())
    }
}

#[derive(Clone)]
struct Condition {
    /// Where the field is found; `None` for a field that no record has.
    source: Option<Source>,
    test: Test,
}

/// How many records filters may still look at in a request.
pub(crate) struct Budget(u64);

impl Budget {
    pub(crate) fn new(rows: u64) -> Self {
        Self(rows)
    }

    fn take(&mut self) -> Result<(), Refusal> {
        self.0 = self.0.checked_sub(1).ok_or(Refusal::FilterTooCostly)?;
        Ok(())
    }
}

impl Filter {
    /// Reads the value of `where`, decoded, for the records of an object; `None` if it asks for nothing, as `{}` does,
    /// which old clients always send.
    pub(crate) fn parse(
        version: &Version,
        object: Object,
        text: &[u8],
    ) -> Result<Option<Self>, Refusal> {
        Self::read(version, object, text).map_err(Refusal::BadFilter)
    }

    fn read(version: &Version, object: Object, text: &[u8]) -> Result<Option<Self>, FilterProblem> {
        let text = text.trim_ascii();
        if text.is_empty() {
            return Ok(None);
        }
        if text.len() > LONGEST {
            return Err(FilterProblem::TooLong);
        }
        let value: Value = serde_json::from_slice(text).map_err(|_| FilterProblem::NotJson)?;
        let Value::Object(fields) = value else {
            return Err(FilterProblem::NotAnObject);
        };
        let mut conditions = Vec::new();
        for (name, told) in &fields {
            if name.starts_with('$') {
                return Err(FilterProblem::UnknownOperator);
            }
            let source = source(object, &version.rules, name);
            for test in Test::read(told)? {
                conditions.push(Condition { source, test });
            }
        }
        if conditions.len() > MOST_CONDITIONS {
            return Err(FilterProblem::TooLong);
        }
        Ok((!conditions.is_empty()).then_some(Self {
            rules: version.rules,
            conditions,
        }))
    }

    /// A list cut down to the records for which every condition holds. Each record looked at costs one of the budget.
    pub(crate) fn keep<'a>(
        &self,
        view: View<'a>,
        run: Run<'a>,
        budget: &mut Budget,
    ) -> Result<Run<'a>, Refusal> {
        let run = match self.only_id() {
            None => run,
            Some(operand) => run.only(operand.id().as_ref()),
        };
        let mut look = Look::new(view, self.rules);
        run.kept(|place| {
            budget.take()?;
            Ok(self.conditions.iter().all(|condition| {
                condition
                    .test
                    .holds(&mut look, condition.source.as_ref(), place)
            }))
        })
    }

    /// The value that the record's id must have, where the filter names one: clients look records up so.
    fn only_id(&self) -> Option<&Operand> {
        let mut of_id = self.conditions.iter().filter(|condition| {
            let source = condition.source.as_ref();
            source.is_some_and(Source::is_id)
        });
        of_id.find_map(|condition| condition.test.only())
    }
}

#[cfg(test)]
mod tests;
