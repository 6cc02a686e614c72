//! Problems as they are found: every one counted, the first of each code kept for showing.

use std::collections::BTreeMap;

use homeroom_model::{Code, Problem, Problems, Severity};

/// How many problems of one code are kept to be shown; all are counted.
const KEPT: usize = 100;

/// Collected problems.
#[derive(Default)]
pub(crate) struct Collected {
    by_code: BTreeMap<Code, (u64, Vec<Problem>)>,
}

impl Problems for Collected {
    fn report(&mut self, problem: Problem) {
        let (count, kept) = self.by_code.entry(problem.code).or_default();
        *count += 1;
        if kept.len() < KEPT {
            kept.push(problem);
        }
    }
}

impl Collected {
    /// Whether something makes publishing impossible.
    pub(crate) fn fatal(&self) -> bool {
        self.by_code
            .keys()
            .any(|code| code.severity() == Severity::Fatal)
    }

    /// How many problems of each code there are.
    pub(crate) fn counts(&self) -> BTreeMap<String, u64> {
        self.by_code
            .iter()
            .map(|(code, (count, _))| (code.text().to_owned(), *count))
            .collect()
    }

    /// The problems to show: the worst first, then as the codes are listed and the files run.
    pub(crate) fn shown(&self) -> Vec<Problem> {
        let mut shown: Vec<_> = self
            .by_code
            .values()
            .flat_map(|(_, kept)| kept.iter().cloned())
            .collect();
        shown.sort_by(|a, b| {
            b.code
                .severity()
                .cmp(&a.code.severity())
                .then_with(|| a.cmp(b))
        });
        shown
    }
}
