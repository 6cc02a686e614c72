//! The one error of the port, and the answers that are no errors.

use std::error::Error;
use std::fmt;

use crate::Field;

/// Why a call was refused although the database works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// A newer writer of the district exists: whoever calls has been overtaken and must stop (integration-side B12).
    Fenced,
    /// The district is no longer at the mirror the caller planned from: plan again.
    Moved,
    /// Something named is not there.
    Gone,
    /// There is one already: a natural key, a login name, an open hold.
    Exists,
    /// Something still refers to it.
    InUse,
    /// The values contradict each other or the schema.
    Invalid,
}

impl Refusal {
    /// The refusal in a word, for reports.
    pub fn text(self) -> &'static str {
        match self {
            Self::Fenced => "fenced",
            Self::Moved => "moved",
            Self::Gone => "gone",
            Self::Exists => "exists",
            Self::InUse => "in_use",
            Self::Invalid => "invalid",
        }
    }
}

/// What callers can act upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorKind {
    /// The call was refused and changed nothing.
    Refused(Refusal),
    /// The database cannot answer now: locked, disk full, unreachable.
    Unavailable,
    /// What is stored cannot be read as what it should be. Restore a backup.
    Corrupt,
}

/// An error of the app roster: a kind, a sentence for people, and the cause below it. Never holds personal data.
pub struct RosterError {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl RosterError {
    /// A refusal; `message` says what was refused and how to repair it.
    pub fn refused(refusal: Refusal, message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Refused(refusal),
            message: message.into(),
            source: None,
        }
    }

    /// The database cannot answer now.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Unavailable,
            message: message.into(),
            source: None,
        }
    }

    /// What is stored is damaged.
    pub fn corrupt(message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Corrupt,
            message: message.into(),
            source: None,
        }
    }

    /// The same error with the adapter's own error as its cause.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The same error, saying first what was being done.
    #[must_use]
    pub fn during(mut self, what: &str) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }

    /// What happened, as far as a caller can act upon it.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Why the call was refused; `None` for the other kinds.
    pub fn refusal(&self) -> Option<Refusal> {
        match self.kind {
            ErrorKind::Refused(refusal) => Some(refusal),
            ErrorKind::Unavailable | ErrorKind::Corrupt => None,
        }
    }
}

impl fmt::Display for RosterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for RosterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RosterError")
            .field("kind", &self.kind)
            .field("message", &self.message)
            .field("source", &self.source)
            .finish()
    }
}

impl Error for RosterError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}

/// What became of one action. Everything but `Done` left the database as it was; the rest of the transaction goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Applied; the record it was about (of a creation, the new one) and its number in the audit, if it left one there.
    Done {
        /// Local id of the record.
        id: i64,
        /// Number of the audit row. Findings, suggestions and hashes leave none.
        seq: Option<i64>,
    },
    /// The database no longer holds what the action says stood there before: somebody changed it meanwhile. The action has
    /// to be planned again (integration-side B12).
    Differs(Differs),
    /// The record cannot be written so: set aside and reported (integration-side A4.7).
    SetAside(Refusal),
}

impl Outcome {
    /// The id, if the action was applied.
    pub fn id(&self) -> Option<i64> {
        match self {
            Self::Done { id, .. } => Some(*id),
            Self::Differs(_) | Self::SetAside(_) => None,
        }
    }

    /// Whether the action was applied.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done { .. })
    }
}

/// What differs from the action's `before`. Values are left out: they may be personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Differs {
    /// A field has another value.
    Field(Field),
    /// A state is another one, or the record is gone.
    State,
    /// A link is there already, is gone, or says something else.
    Link,
    /// A role is there already, or is gone.
    Role,
    /// The schools of a role are others.
    Schools,
    /// A membership of this person.
    Member(i64),
    /// A tie between two people.
    Tie,
    /// A cell.
    Cell,
}
