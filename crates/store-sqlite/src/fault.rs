//! What can go wrong below the port, and what of it the port tells.

use std::error::Error;
use std::fmt;

use homeroom_store::{Conflict, StoreError};
use rusqlite::ErrorCode;
use rusqlite::ffi;

/// The answer of a step inside the adapter.
pub(crate) type Answer<T> = Result<T, Fault>;

/// Something that went wrong inside the adapter.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The port's own refusal.
    Store(StoreError),
    /// SQLite.
    Sqlite(rusqlite::Error),
    /// A value is stored that this column cannot hold.
    Unreadable(&'static str),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl Fault {
    /// A refusal.
    pub(crate) fn refused(conflict: Conflict, message: &str) -> Self {
        Self::Store(StoreError::conflict(conflict, message))
    }

    /// The port's error for this fault, met while doing `what`.
    pub(crate) fn into_error(self, what: &str) -> StoreError {
        match self {
            Self::Store(error) => error.during(what),
            Self::Unreadable(column) => StoreError::corrupt(format!(
                "{what}: {column} in the control store is unreadable; {RESTORE}"
            )),
            Self::Sqlite(error) => sqlite(error, what),
        }
    }
}

const RESTORE: &str = "restore the newest backup";

fn sqlite(error: rusqlite::Error, what: &str) -> StoreError {
    let Some(cause) = error.sqlite_error().copied() else {
        // Everything else is a value of another type than the column's.
        let message = format!("{what}: a value in the control store is unreadable; {RESTORE}");
        return StoreError::corrupt(message).because(Cause(error));
    };
    let unavailable = |why: &str| StoreError::unavailable(format!("{what}: {why}"));
    let error_of_kind = match cause.code {
        ErrorCode::ConstraintViolation => constraint(cause, what),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
            StoreError::corrupt(format!("{what}: the control store is damaged; {RESTORE}"))
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            unavailable("another process is writing to the control store; try again")
        }
        ErrorCode::DiskFull => unavailable("the disk is full; free some space and try again"),
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen => unavailable(
            "the control store cannot be opened for writing; check that its folder is there and \
             who owns it",
        ),
        _ => unavailable("the control store cannot be read or written; check the disk"),
    };
    error_of_kind.because(Cause(error))
}

/// The port checks before it writes, so a constraint speaks up only where another process came between.
fn constraint(cause: ffi::Error, what: &str) -> StoreError {
    match cause.extended_code {
        ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_UNIQUE => {
            StoreError::conflict(Conflict::Exists, format!("{what}: it is there already"))
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => StoreError::conflict(
            Conflict::Gone,
            format!("{what}: something it belongs to is gone"),
        ),
        _ => StoreError::conflict(
            Conflict::Invalid,
            format!("{what}: a value does not fit its column"),
        ),
    }
}

/// SQLite's error as a cause: its code and the names in its message, never a value out of the store.
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
