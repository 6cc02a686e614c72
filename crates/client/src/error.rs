//! What can go wrong. Errors name paths and collections; what a document holds, a query or a token never shows.

use homeroom_wire::Object;

use crate::transport::Broken;

/// Why an answer could not be had, or cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Fault {
    /// No connection.
    #[error("the server cannot be reached")]
    Unreachable,
    /// The answer ended before its end.
    #[error("the answer is cut short")]
    Cut,
    /// Nothing came in time.
    #[error("the server did not answer in time")]
    TimedOut,
    /// The answer is longer than may be.
    #[error("the answer is longer than the limit allows")]
    TooLarge,
    /// A status other than 200.
    #[error("the server answered with status {0}")]
    Status(u16),
    /// Rate windows kept closing.
    #[error("the server's rate limit did not let the request through")]
    Throttled,
    /// A web page instead of data: usually the wrong kind of token (integration-side 0).
    #[error("the answer is a web page; is the token one of this kind of server and endpoint?")]
    Html,
    /// Another kind of content.
    #[error("the answer does not say that it is JSON")]
    ContentType,
    /// No JSON.
    #[error("the answer is not JSON")]
    NotJson,
    /// JSON without what every answer has.
    #[error("the answer has no {0}")]
    NoEnvelope(&'static str),
    /// The token was refused, and no other is known.
    #[error("the token was refused and there is no other")]
    TokenRefused,
    /// The token reads the district, and the server has no place for the app's metrics: the district has not switched Goals on
    /// for it (clever-api 8.3).
    #[error("Goals are not switched on for this app at the district")]
    GoalsOff,
    /// The server has no place for the app's metrics, and nothing of use came back when it was asked whether the token reads the
    /// district: Goals may be off there, or the token of another kind.
    #[error(
        "the server has no place for the metrics: Goals may be off, or the token of another kind; it did not say which"
    )]
    GoalsOffOrToken,
    /// A token or secret that no header can hold.
    #[error("the token or secret has characters that no header can hold")]
    UnusableToken,
    /// The next page is on another host, or nowhere.
    #[error("the link to the next page leads away from the server")]
    ForeignLink,
    /// The next page is one that was read before.
    #[error("the link to the next page leads to a page that was read before")]
    LinkRepeats,
    /// Pages go on and bring nothing new.
    #[error("the pages go on without anything new")]
    NoProgress,
    /// More pages than may be.
    #[error("the list has more pages than the limit allows")]
    TooManyPages,
    /// More bytes than may be.
    #[error("the list has more bytes than the limit allows")]
    TooManyBytes,
    /// The time for the whole reading is up.
    #[error("the time for the whole reading is up")]
    Deadline,
    /// Somebody asked to stop.
    #[error("the reading was cancelled")]
    Cancelled,
}

impl Fault {
    /// Whether it is about the token, so that nothing else can be read either.
    pub(crate) fn is_of_token(self) -> bool {
        matches!(self, Self::TokenRefused | Self::UnusableToken)
    }
}

impl From<Broken> for Fault {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Unreachable => Self::Unreachable,
            Broken::Cut => Self::Cut,
            Broken::TooLarge => Self::TooLarge,
        }
    }
}

/// A fault and where it was met.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {fault}")]
pub struct Failure {
    /// The path that was asked for, without its query.
    pub path: String,
    /// What was wrong.
    pub fault: Fault,
}

/// What ends a reading. Nothing that was handed over before may be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// A record belongs to another district than the one that is read (integration-side A1.1, `district_mismatch`).
    #[error("{path}: a record of {collection} belongs to another district")]
    DistrictMismatch {
        /// The path it was found at.
        path: String,
        /// The collection.
        collection: &'static str,
    },
    /// The district's token was refused, and there is no other to be had (integration-side C8, `token_revoked`).
    #[error("{path}: the district's token was refused, and there is no other")]
    TokenRevoked {
        /// The path that was asked for.
        path: String,
    },
    /// Whoever takes the records asked to stop.
    #[error("whoever takes the records asked to stop")]
    Stopped,
    /// The version has no such documents or paths.
    #[error("version {version} has no {collection} to be asked for")]
    NotInVersion {
        /// The version's name.
        version: &'static str,
        /// What was asked for.
        collection: &'static str,
    },
    /// What was asked for could not be had.
    #[error(transparent)]
    Failed(Failure),
}

impl From<Failure> for ClientError {
    fn from(failure: Failure) -> Self {
        if failure.fault == Fault::TokenRefused {
            Self::TokenRevoked { path: failure.path }
        } else {
            Self::Failed(failure)
        }
    }
}

impl ClientError {
    pub(crate) fn not_in_version(version: &homeroom_wire::Version, object: Object) -> Self {
        Self::NotInVersion {
            version: version.name,
            collection: object.collection(),
        }
    }
}
