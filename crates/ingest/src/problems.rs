//! Problems where only their number counts.

use std::collections::BTreeMap;

use homeroom_model::{Problem, Problems, Severity};

/// Counts problems by code.
#[derive(Default)]
pub(crate) struct Counted {
    by_code: BTreeMap<String, u64>,
    is_fatal: bool,
}

impl Counted {
    /// How many there are of each code.
    pub(crate) fn into_counts(self) -> BTreeMap<String, u64> {
        self.by_code
    }

    /// Whether something makes publishing impossible.
    pub(crate) fn is_fatal(&self) -> bool {
        self.is_fatal
    }
}

impl Problems for Counted {
    fn report(&mut self, problem: Problem) {
        *self
            .by_code
            .entry(problem.code.text().to_owned())
            .or_default() += 1;
        self.is_fatal |= problem.code.severity() == Severity::Fatal;
    }
}
