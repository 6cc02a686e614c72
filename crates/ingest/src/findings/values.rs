//! Which values the findings are about, and how often: one word wrong in ten thousand rows is one thing to repair.

use std::borrow::Cow;
use std::collections::BTreeMap;

use homeroom_model::Problem;
use serde::{Deserialize, Serialize};

/// Different values that are counted of each code. Where there are more, they are ids or the like, and say nothing as words.
const DIFFERENT: usize = 50;

/// Values by code, with how many findings are about each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Values(BTreeMap<Cow<'static, str>, OfCode>);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct OfCode {
    counts: BTreeMap<String, u64>,
    /// Findings about values that are not counted one by one.
    #[serde(default)]
    others: u64,
}

impl Values {
    /// The values of a code with their findings, the most frequent first, equally frequent ones in ascending order; none if
    /// there are more than fifty different ones.
    pub fn of(&self, code: &str) -> Vec<(&str, u64)> {
        let Some(of_code) = self.0.get(code).filter(|of_code| of_code.others == 0) else {
            return Vec::new();
        };
        let counts = of_code.counts.iter();
        let mut values: Vec<_> = counts
            .map(|(value, count)| (value.as_str(), *count))
            .collect();
        values.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        values
    }

    pub(super) fn count(&mut self, problem: &Problem) {
        if problem.value.is_empty() {
            return;
        }
        let of_code = self
            .0
            .entry(Cow::Borrowed(problem.code.text()))
            .or_default();
        if of_code.others > 0 {
            // Too many already: nobody will ask which.
            of_code.others += 1;
        } else if let Some(count) = of_code.counts.get_mut(&problem.value) {
            *count += 1;
        } else if of_code.counts.len() < DIFFERENT {
            of_code.counts.insert(problem.value.clone(), 1);
        } else {
            of_code.others += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use homeroom_model::{Code, Place};

    #[test]
    fn values_are_counted_unless_they_are_too_many() {
        let mut values = Values::default();
        let grade = |value: &str| Problem::new(Code::GradeInvalid, Place::default()).value(value);
        for value in ["Year 6", "8B", "Year 6", "", "Senior"] {
            values.count(&grade(value));
        }
        assert_eq!(
            values.of("GRADE_INVALID"),
            [("Year 6", 2), ("8B", 1), ("Senior", 1)]
        );
        assert_eq!(values.of("NOT_UNIQUE"), []);
        for number in 0..100 {
            values.count(&grade(&number.to_string()));
        }
        assert_eq!(values.of("GRADE_INVALID"), []);
    }
}
