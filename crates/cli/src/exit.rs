//! Exit codes scripts rely on.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done: published, planned, nothing changed, or whatever else was asked.
    Done,
    /// It could not be done; the message says why and what to do. Of a check: records would be left out.
    Error,
    /// The command line is wrong.
    Usage,
    /// An import is held: somebody has to look before it is published.
    Held,
    /// The files of a check would be refused, or could not be read.
    Refused,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Error => 1,
            Exit::Usage => 2,
            Exit::Held | Exit::Refused => 3,
        })
    }
}
