//! What can go wrong below the port, and what of it the port tells.

use homeroom_sqlite::{Kind, Told};

use crate::error::{Differs, Outcome};
use crate::sqlite::schema::DATABASE;
use crate::{Refusal, RosterError};

/// The answer of a step inside the adapter.
pub(crate) type Answer<T> = Result<T, Fault>;

/// Something that went wrong inside the adapter.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The port's own error.
    Roster(RosterError),
    /// The database.
    Database(homeroom_sqlite::Fault),
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
    /// A value is stored that this column cannot hold.
    pub(crate) fn unreadable(column: &'static str) -> Self {
        Self::Database(homeroom_sqlite::Fault::Unreadable(column))
    }

    /// What became of an action that met this fault, if the transaction can go on.
    pub(crate) fn into_outcome(self, what: &str) -> Result<Outcome, RosterError> {
        match self {
            Self::Differs(differs) => Ok(Outcome::Differs(differs)),
            Self::Refused(refusal) => Ok(Outcome::SetAside(refusal)),
            Self::Database(fault) => match refusal(fault.kind()) {
                Some(refusal) => Ok(Outcome::SetAside(refusal)),
                None => Err(Self::Database(fault).into_error(what)),
            },
            other @ Self::Roster(_) => Err(other.into_error(what)),
        }
    }

    /// The same fault; a reference that forbids a removal is said to be one.
    pub(crate) fn removing(self) -> Self {
        match self {
            Self::Database(fault) if fault.kind() == Kind::Gone => Self::Refused(Refusal::InUse),
            other => other,
        }
    }

    /// Whether a key is taken.
    pub(crate) fn is_taken(&self) -> bool {
        matches!(self, Self::Database(fault) if fault.kind() == Kind::Exists)
    }

    /// The port's error for this fault, met while doing `what`.
    pub(crate) fn into_error(self, what: &str) -> RosterError {
        match self {
            Self::Roster(error) => error.during(what),
            Self::Database(fault) => told(DATABASE.tell(fault, what)),
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

/// The refusal a violated constraint stands for.
fn refusal(kind: Kind) -> Option<Refusal> {
    match kind {
        Kind::Exists => Some(Refusal::Exists),
        Kind::Gone => Some(Refusal::Gone),
        Kind::Invalid => Some(Refusal::Invalid),
        Kind::Unavailable | Kind::Corrupt => None,
    }
}

fn told(told: Told) -> RosterError {
    let error = match (told.kind, refusal(told.kind)) {
        (_, Some(refusal)) => RosterError::refused(refusal, told.message),
        (Kind::Corrupt, None) => RosterError::corrupt(told.message),
        (_, None) => RosterError::unavailable(told.message),
    };
    match told.cause {
        Some(cause) => error.because(cause),
        None => error,
    }
}
