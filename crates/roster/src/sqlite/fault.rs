//! What can go wrong below the port, and what of it the port tells.

use std::error::Error;
use std::fmt;

use rusqlite::{ErrorCode, ffi};

use crate::error::{Differs, Outcome};
use crate::{Refusal, RosterError};

/// The answer of a step inside the adapter.
pub(crate) type Answer<T> = Result<T, Fault>;

/// Something that went wrong inside the adapter.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The port's own error.
    Roster(RosterError),
    /// SQLite.
    Sqlite(rusqlite::Error),
    /// A value is stored that this column cannot hold.
    Unreadable(&'static str),
    /// Something is not as the action says.
    Differs(Differs),
    /// The action does not fit.
    Refused(Refusal),
}

impl From<RosterError> for Fault {
    fn from(error: RosterError) -> Self {
        Self::Roster(error)
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl Fault {
    /// What became of an action that met this fault, if the transaction can go on.
    pub(crate) fn into_outcome(self, what: &str) -> Result<Outcome, RosterError> {
        match self {
            Self::Differs(differs) => Ok(Outcome::Differs(differs)),
            Self::Refused(refusal) => Ok(Outcome::SetAside(refusal)),
            Self::Sqlite(error) => match constraint(&error) {
                Some(refusal) => Ok(Outcome::SetAside(refusal)),
                None => Err(Self::Sqlite(error).into_error(what)),
            },
            other => Err(other.into_error(what)),
        }
    }

    /// The same fault; a reference that forbids a removal is said to be one.
    pub(crate) fn removing(self) -> Self {
        match self {
            Self::Sqlite(error) if constraint(&error) == Some(Refusal::Gone) => {
                Self::Refused(Refusal::InUse)
            }
            other => other,
        }
    }

    /// Whether a key is taken.
    pub(crate) fn is_taken(&self) -> bool {
        match self {
            Self::Sqlite(error) => constraint(error) == Some(Refusal::Exists),
            _ => false,
        }
    }

    /// The port's error for this fault, met while doing `what`.
    pub(crate) fn into_error(self, what: &str) -> RosterError {
        match self {
            Self::Roster(error) => error.during(what),
            Self::Unreadable(column) => RosterError::corrupt(format!(
                "{what}: {column} in the app roster is unreadable; {RESTORE}"
            )),
            Self::Sqlite(error) => sqlite(error, what),
            Self::Differs(_) => RosterError::refused(
                Refusal::Moved,
                format!("{what}: it is no longer as it was; look again"),
            ),
            Self::Refused(refusal) => {
                RosterError::refused(refusal, format!("{what}: refused ({})", refusal.text()))
            }
        }
    }
}

const RESTORE: &str = "restore the newest backup";

/// The refusal a violated constraint stands for.
fn constraint(error: &rusqlite::Error) -> Option<Refusal> {
    let cause = error.sqlite_error()?;
    if cause.code != ErrorCode::ConstraintViolation {
        return None;
    }
    Some(match cause.extended_code {
        ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | ffi::SQLITE_CONSTRAINT_UNIQUE
        | ffi::SQLITE_CONSTRAINT_ROWID => Refusal::Exists,
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Refusal::Gone,
        _ => Refusal::Invalid,
    })
}

fn sqlite(error: rusqlite::Error, what: &str) -> RosterError {
    if let Some(refusal) = constraint(&error) {
        let message = format!("{what}: refused ({})", refusal.text());
        return RosterError::refused(refusal, message).because(Cause(error));
    }
    let Some(cause) = error.sqlite_error().copied() else {
        // Everything else is a value of another type than the column's.
        let message = format!("{what}: a value in the app roster is unreadable; {RESTORE}");
        return RosterError::corrupt(message).because(Cause(error));
    };
    let unavailable = |why: &str| RosterError::unavailable(format!("{what}: {why}"));
    let error_of_kind = match cause.code {
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
            RosterError::corrupt(format!("{what}: the app roster is damaged; {RESTORE}"))
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            unavailable("another program is writing to the app roster; try again")
        }
        ErrorCode::DiskFull => unavailable("the disk is full; free some space and try again"),
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen => unavailable(
            "the app roster cannot be opened for writing; check that its folder is there and who owns it",
        ),
        _ => unavailable("the app roster cannot be read or written; check the disk"),
    };
    error_of_kind.because(Cause(error))
}

/// SQLite's error as a cause: its code and the names in its message, never a value out of the database.
struct Cause(rusqlite::Error);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            rusqlite::Error::SqliteFailure(_, Some(message)) => f.write_str(message),
            rusqlite::Error::SqliteFailure(cause, None) => cause.fmt(f),
            rusqlite::Error::InvalidColumnType(_, name, kind) => {
                write!(f, "column {name} holds {kind}")
            }
            _ => f.write_str("a value of an unexpected form"),
        }
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for Cause {}
