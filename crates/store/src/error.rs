//! The one error of the port. It knows no database: an adapter's own error travels as an opaque source.

use std::error::Error;
use std::fmt;

/// Why a write was refused although the store works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Conflict {
    /// The values contradict each other or exceed a limit; repeating the call will not help.
    Invalid,
    /// Something the write relies on is not there, or not any more.
    Gone,
    /// There is one already, with an id, client id or token that must be unique.
    Exists,
    /// A newer lease of the district exists: whoever calls has been overtaken and must stop.
    Fenced,
    /// A pointer, generation or state is no longer the one the caller saw: read again and decide again.
    Moved,
    /// A named object has been condemned by garbage collection: pardon it, or write it again once it is gone.
    Condemned,
    /// Something else still needs it.
    InUse,
}

/// What callers can act upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorKind {
    /// The write was refused and changed nothing.
    Conflict(Conflict),
    /// The store cannot answer now: locked, disk full, closed, unreachable. A write may or may not have happened.
    Unavailable,
    /// What is stored cannot be read as what it should be. Restore a backup.
    Corrupt,
}

/// An error of the control store: a kind, a sentence for people, and the cause below it. Never holds personal data.
pub struct StoreError {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// A refusal; `message` says what was refused and how to repair it.
    pub fn conflict(conflict: Conflict, message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Conflict(conflict),
            message: message.into(),
            source: None,
        }
    }

    /// The store cannot answer now.
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

    /// Why a write was refused; `None` for the other kinds.
    pub fn refusal(&self) -> Option<Conflict> {
        match self.kind {
            ErrorKind::Conflict(conflict) => Some(conflict),
            ErrorKind::Unavailable | ErrorKind::Corrupt => None,
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreError")
            .field("kind", &self.kind)
            .field("message", &self.message)
            .field("source", &self.source)
            .finish()
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_is_kept_and_the_kind_can_be_asked() {
        let error = StoreError::unavailable("the disk is full; free some space and try again")
            .because(std::io::Error::other("no space"))
            .during("publishing");
        assert!(
            error
                .to_string()
                .starts_with("publishing: the disk is full")
        );
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert_eq!(error.refusal(), None);
        assert_eq!(error.source().unwrap().to_string(), "no space");
        let refused = StoreError::conflict(Conflict::Moved, "moved");
        assert_eq!(refused.refusal(), Some(Conflict::Moved));
        assert!(refused.source().is_none());
    }
}
