//! What a check found: where, what, and how to repair it.

use std::fmt;

/// One broken rule. Ordered by place, so that a report is read from file to file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// Path from the root, with `/`.
    pub(crate) path: String,
    /// Counted from 1; 0 means the whole file.
    pub(crate) line: usize,
    /// The check's name, as the allow-list calls it.
    pub(crate) check: &'static str,
    /// What exactly, where one file may hold several: a function, a call, a literal.
    pub(crate) item: String,
    /// What is wrong.
    pub(crate) what: String,
    /// What to do about it.
    pub(crate) repair: String,
}

impl Finding {
    /// A finding about a line (0: about the file).
    pub(crate) fn new(
        check: &'static str,
        path: &str,
        line: usize,
        what: impl Into<String>,
        repair: impl Into<String>,
    ) -> Self {
        Self {
            path: path.to_owned(),
            line,
            check,
            item: String::new(),
            what: what.into(),
            repair: repair.into(),
        }
    }

    /// Names the item, for checks that the allow-list may bend.
    pub(crate) fn about(mut self, item: &str) -> Self {
        item.clone_into(&mut self.item);
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path, line, check, ..
        } = self;
        if *line == 0 {
            write!(f, "{path}: ")?;
        } else {
            write!(f, "{path}:{line}: ")?;
        }
        write!(f, "[{check}] {}\n    repair: {}", self.what, self.repair)
    }
}
