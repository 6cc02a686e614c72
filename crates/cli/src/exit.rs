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
    /// An import or a sync is held: somebody has to look before it is published or applied.
    Held,
    /// The files of a check would be refused, or could not be read.
    Refused,
    /// Of `sync plan --exit-code`: the plan would change something.
    Changes,
    /// What was approved is not what would be done now.
    Stale,
    /// A sync did not read everything: nothing that is missing was taken for gone.
    Partial,
    /// The server cannot be reached, or refuses the token.
    Unreachable,
    /// Of `sync status` and `sync verify`: something is not as it should be.
    Overdue,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Error => 1,
            Exit::Usage => 2,
            Exit::Held | Exit::Refused => 3,
            Exit::Changes => 4,
            Exit::Stale => 5,
            Exit::Partial => 6,
            Exit::Unreachable => 7,
            Exit::Overdue => 8,
        })
    }
}
