//! Problems where only matters whether one of them makes publishing impossible.

use homeroom_model::{Problem, Problems, Severity};

/// Whether a fatal problem was reported.
#[derive(Default)]
pub(crate) struct Fatal(bool);

impl Fatal {
    pub(crate) fn is_there(&self) -> bool {
        self.0
    }
}

impl Problems for Fatal {
    fn report(&mut self, problem: Problem) {
        self.0 |= problem.code.severity() == Severity::Fatal;
    }
}
