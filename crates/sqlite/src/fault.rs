//! What can go wrong with a database, and what of it is told.

use std::error::Error;
use std::fmt;

use rusqlite::{ErrorCode, ffi};

use crate::Database;

/// Something that went wrong with a database.
#[derive(Debug)]
pub enum Fault {
    /// SQLite says so.
    Sqlite(Cause),
    /// A value is stored that its column cannot hold; the name is of the column, in words.
    Unreadable(&'static str),
    /// The file cannot be used as what it should be.
    Unusable(Told),
}

/// What callers can act upon. Constraints speak up only where somebody came between looking and writing, because adapters
/// look before they write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A key is taken.
    Exists,
    /// Something that is referred to is not there, or something that is to go is still referred to.
    Gone,
    /// A value does not fit its column.
    Invalid,
    /// It cannot answer now: locked, disk full, made by a newer program.
    Unavailable,
    /// What is stored is damaged, or is something else.
    Corrupt,
}

/// A fault as an adapter passes it on. Never holds a value out of the database.
#[derive(Debug)]
pub struct Told {
    /// What happened, as far as a caller can act upon it.
    pub kind: Kind,
    /// What happened and how to repair it, for people.
    pub message: String,
    /// What it came from.
    pub cause: Option<Box<dyn Error + Send + Sync>>,
}

/// SQLite's error, showing its code and the names in its message, never a value out of the database.
pub struct Cause(rusqlite::Error);

const RESTORE: &str = "restore the newest backup";

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(Cause(error))
    }
}

impl From<Told> for Fault {
    fn from(told: Told) -> Self {
        Self::Unusable(told)
    }
}

impl Fault {
    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Told::new(Kind::Unavailable, message).into()
    }

    pub(crate) fn corrupt(message: impl Into<String>) -> Self {
        Told::new(Kind::Corrupt, message).into()
    }

    /// What happened, as far as a caller can act upon it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Sqlite(cause) => cause.kind(),
            Self::Unreadable(_) => Kind::Corrupt,
            Self::Unusable(told) => told.kind,
        }
    }
}

impl Database {
    /// What to tell of a fault met while doing `what`.
    pub fn tell(&self, fault: Fault, what: &str) -> Told {
        let kind = fault.kind();
        let name = self.name;
        match fault {
            Fault::Sqlite(cause) => {
                let why = cause.why(name);
                Told::new(kind, format!("{what}: {why}")).because(cause)
            }
            Fault::Unreadable(column) => Told::new(
                kind,
                format!("{what}: {column} in {name} is unreadable; {RESTORE}"),
            ),
            Fault::Unusable(told) => Told {
                message: format!("{what}: {}", told.message),
                ..told
            },
        }
    }
}

impl Told {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            cause: None,
        }
    }

    /// The same with what it came from.
    pub(crate) fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }
}

impl Cause {
    pub(crate) fn kind(&self) -> Kind {
        let Some(error) = self.0.sqlite_error() else {
            return Kind::Corrupt; // A value of another type than the column's.
        };
        match (error.code, error.extended_code) {
            (
                ErrorCode::ConstraintViolation,
                ffi::SQLITE_CONSTRAINT_PRIMARYKEY
                | ffi::SQLITE_CONSTRAINT_UNIQUE
                | ffi::SQLITE_CONSTRAINT_ROWID,
            ) => Kind::Exists,
            (ErrorCode::ConstraintViolation, ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => Kind::Gone,
            (ErrorCode::ConstraintViolation, _) => Kind::Invalid,
            (ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _) => Kind::Corrupt,
            _ => Kind::Unavailable,
        }
    }

    fn why(&self, name: &str) -> String {
        let code = self.0.sqlite_error_code();
        match (self.kind(), code) {
            (Kind::Exists, _) => "it is there already".to_owned(),
            (Kind::Gone, _) => "something it belongs to is gone".to_owned(),
            (Kind::Invalid, _) => "a value does not fit its column".to_owned(),
            (Kind::Corrupt, None) => format!("a value in {name} is unreadable; {RESTORE}"),
            (Kind::Corrupt, _) => format!("{name} is damaged; {RESTORE}"),
            (_, Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)) => {
                format!("another program is writing to {name}; try again")
            }
            (_, Some(ErrorCode::DiskFull)) => {
                "the disk is full; free some space and try again".to_owned()
            }
            (
                _,
                Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen),
            ) => format!(
                "{name} cannot be opened for writing; check that its folder is there and who owns it"
            ),
            _ => format!("{name} cannot be read or written; check the disk"),
        }
    }
}

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
