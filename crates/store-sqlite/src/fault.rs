//! What can go wrong below the port, and what of it the port tells.

use homeroom_sqlite::Kind;
use homeroom_store::{Conflict, StoreError};

use crate::schema::DATABASE;

/// The answer of a step inside the adapter.
pub(crate) type Answer<T> = Result<T, Fault>;

/// Something that went wrong inside the adapter.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The port's own refusal.
    Store(StoreError),
    /// The database.
    Database(homeroom_sqlite::Fault),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<homeroom_sqlite::Fault> for Fault {
    fn from(fault: homeroom_sqlite::Fault) -> Self {
        Self::Database(fault)
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

impl Fault {
    /// A refusal.
    pub(crate) fn refused(conflict: Conflict, message: &str) -> Self {
        Self::Store(StoreError::conflict(conflict, message))
    }

    /// A value is stored that this column cannot hold.
    pub(crate) fn unreadable(column: &'static str) -> Self {
        Self::Database(homeroom_sqlite::Fault::Unreadable(column))
    }

    /// The port's error for this fault, met while doing `what`.
    pub(crate) fn into_error(self, what: &str) -> StoreError {
        let told = match self {
            Self::Store(error) => return error.during(what),
            Self::Database(fault) => DATABASE.tell(fault, what),
        };
        let error = match told.kind {
            Kind::Exists => StoreError::conflict(Conflict::Exists, told.message),
            Kind::Gone => StoreError::conflict(Conflict::Gone, told.message),
            Kind::Invalid => StoreError::conflict(Conflict::Invalid, told.message),
            Kind::Unavailable => StoreError::unavailable(told.message),
            Kind::Corrupt => StoreError::corrupt(told.message),
        };
        match told.cause {
            Some(cause) => error.because(cause),
            None => error,
        }
    }
}
