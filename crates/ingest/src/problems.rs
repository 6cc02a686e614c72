//! Problems where only their number counts.

use std::collections::BTreeMap;

use homeroom_model::{Problem, Problems};

/// Counts problems by code.
#[derive(Default)]
pub(crate) struct Counted(BTreeMap<String, u64>);

impl Counted {
    /// How many there are of each code.
    pub(crate) fn into_counts(self) -> BTreeMap<String, u64> {
        self.0
    }
}

impl Problems for Counted {
    fn report(&mut self, problem: Problem) {
        *self.0.entry(problem.code.text().to_owned()).or_default() += 1;
    }
}
