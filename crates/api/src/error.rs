//! The one place where a status is chosen (layout, invariant 3; clever-api 9.1).

use std::any::Any;
use std::error::Error;

use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use homeroom_history::HistoryError;
use homeroom_progress::targets::TargetError;
use homeroom_wire::{Refusal, RefusalKind, error_body_at};

/// Why a request gets no data.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    /// What was asked cannot be answered.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// No token, or none that is known.
    #[error("The token is missing or not valid. Send the header Authorization: Bearer TOKEN.")]
    NoToken,
    /// No management token, or none that is good.
    #[error(
        "The management token is missing or not valid. Send the header Authorization: Bearer TOKEN with one that `homeroom \
         admin token add` made and that is neither run out nor revoked."
    )]
    NoManagementToken,
    /// No client credentials, or wrong ones.
    #[error(
        "The client id or secret is missing or not valid. Send them with HTTP Basic authentication."
    )]
    NoClient,
    /// The header that names a point of the past cannot be read.
    #[error(
        "Homeroom-As-Of takes the number of a snapshot, a day as YYYY-MM-DD, or a moment as 2026-03-01T09:30:00Z, once."
    )]
    BadAsOf,
    /// A point of the past that is not there to be read: in the future, before the first publish, or not kept.
    #[error("{}.", sentence(.0))]
    Past(HistoryError),
    /// A parameter of the management API is wrong.
    #[error("{0}")]
    BadRequest(&'static str),
    /// What was posted cannot be used.
    #[error("{0}")]
    Unusable(String),
    /// A method that a path does not have; these it has.
    #[error("This path answers {0}.")]
    Methods(&'static str),
    /// What the management API was asked for is not there, or not for this token.
    #[error("{0}")]
    NotThere(&'static str),
    /// What was to be decided does not wait any more as it was seen; what waits now.
    #[error("Nothing was decided: what was named is not what waits now. That stands in open.")]
    Changed(serde_json::Value),
    /// A method that changes something, where nothing can be changed.
    #[error("Nothing can be changed here. Use GET or HEAD.")]
    ReadOnly,
    /// A parameter of the token listing is wrong.
    #[error("{0}")]
    BadParameter(&'static str),
    /// A body that is longer than may be, and how long it may be.
    #[error("{0}")]
    TooLarge(String),
    /// A body of a kind that is not read here.
    #[error("{0}")]
    UnsupportedType(&'static str),
    /// Others' bodies are at work, and no room came free in time.
    #[error("Too much is being taken in at once. Try again in a moment.")]
    Full,
    /// The window's requests are used up.
    #[error("Too many requests. Wait until the time in X-RateLimit-Reset.")]
    TooMany,
    /// Others' filters are at work, and no place came free in time.
    #[error(
        "Too many requests with where are being answered. Try again in a moment, or read the list page by page."
    )]
    TooManyFilters,
    /// The store or the depot does not answer. The cause is for the log only.
    #[error(
        "The server could not read its data. Try again; the log has more under this request's id."
    )]
    Unavailable(Box<dyn Error + Send + Sync>),
    /// A bug. What is known of it is for the log only.
    #[error("The server made a mistake. The log has more under this request's id.")]
    Broken(&'static str),
}

impl ApiError {
    /// The server cannot read its data, because of something.
    pub(crate) fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unavailable(cause.into())
    }

    /// Targets were not set, because of something.
    pub(crate) fn targets(error: TargetError) -> Self {
        match error {
            TargetError::Wish(..) | TargetError::Many => {
                Self::Unusable(format!("Nothing was set: {error}."))
            }
            TargetError::NoFeed => {
                Self::NotThere("Goals were never switched on for this app and district.")
            }
            TargetError::Figure(error) => Self::unavailable(error),
        }
    }

    /// The past cannot be read, because of something.
    pub(crate) fn past(error: HistoryError) -> Self {
        match error {
            HistoryError::Future { .. }
            | HistoryError::BeforeFirst { .. }
            | HistoryError::NotKept { .. }
            | HistoryError::NotKeptThen { .. } => Self::Past(error),
            other => Self::unavailable(other),
        }
    }

    /// What the log says of a failure of the server; `None` where the client has to change something.
    pub(crate) fn cause(&self) -> Option<String> {
        match self {
            Self::Unavailable(cause) => {
                let mut text = cause.to_string();
                let mut below = cause.source();
                while let Some(error) = below {
                    text = format!("{text}: {error}");
                    below = error.source();
                }
                Some(text)
            }
            Self::Broken(what) => Some((*what).to_owned()),
            _ => None,
        }
    }

    /// The status of the answer.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Refused(refusal) => match refusal.kind() {
                RefusalKind::BadRequest => StatusCode::BAD_REQUEST,
                RefusalKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
                RefusalKind::NotFound | RefusalKind::UnknownPath => StatusCode::NOT_FOUND,
            },
            Self::BadParameter(_)
            | Self::BadRequest(_)
            | Self::Unusable(_)
            | Self::BadAsOf
            | Self::Past(HistoryError::Future { .. }) => StatusCode::BAD_REQUEST,
            Self::Past(_) | Self::NotThere(_) => StatusCode::NOT_FOUND,
            Self::Changed(_) => StatusCode::CONFLICT,
            Self::ReadOnly | Self::Methods(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::NoToken | Self::NoManagementToken | Self::NoClient => StatusCode::UNAUTHORIZED,
            Self::TooMany | Self::TooManyFilters => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unavailable(_) | Self::Full => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What the client has to authenticate with.
    fn challenge(&self) -> Option<HeaderValue> {
        match self {
            Self::NoToken | Self::NoManagementToken => Some(HeaderValue::from_static("Bearer")),
            Self::NoClient => Some(HeaderValue::from_static("Basic realm=\"homeroom\"")),
            _ => None,
        }
    }

    /// Data paths say `message`, and in 1.x also `error`; the token listing says what OAuth clients read (clever-api 9.1).
    fn body(&self, path: &str) -> Vec<u8> {
        let code = match self {
            Self::Changed(open) => {
                let body = serde_json::json!({ "message": self.to_string(), "open": open });
                return body.to_string().into_bytes();
            }
            Self::NoClient => "invalid_client",
            Self::BadParameter(_) => "invalid_request",
            Self::Refused(refusal) => return refusal.body_at(path),
            other => return error_body_at(path, &other.to_string()),
        };
        let body = serde_json::json!({ "error": code, "error_description": self.to_string() });
        body.to_string().into_bytes()
    }
}

/// The error as a sentence begins.
fn sentence(error: &HistoryError) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_ascii_uppercase().to_string() + letters.as_str()
    })
}

impl ApiError {
    /// The answer to a request for a path, in the form that the path's version has.
    pub(crate) fn answer(&self, path: &str) -> Response {
        let headers = [(header::CONTENT_TYPE, JSON)];
        let mut response = (self.status(), headers, self.body(path)).into_response();
        if matches!(self, Self::TooManyFilters | Self::Full) {
            response.headers_mut().insert(header::RETRY_AFTER, MOMENT);
        }
        if matches!(self, Self::ReadOnly) {
            response.headers_mut().insert(header::ALLOW, READS);
        }
        if let Self::Methods(allow) = self {
            let allow = HeaderValue::from_static(allow);
            response.headers_mut().insert(header::ALLOW, allow);
        }
        if let Some(challenge) = self.challenge() {
            let headers = response.headers_mut();
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// A path without a version, whose errors have the form of the newest.
pub(crate) const NO_VERSION: &str = "/";

/// How soon a filter may be tried again, in seconds: one takes about this long at most.
const MOMENT: HeaderValue = HeaderValue::from_static("1");

/// The content type of every answer of the API.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// The answer when something outside the API proper panicked; the panic's message is in the log.
pub(crate) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    ApiError::Broken("a panic").answer(NO_VERSION)
}

/// The answer to a method that a path outside the API proper does not have: like any path that is not there.
pub(crate) async fn no_such_method(method: Method) -> Response {
    if method == Method::OPTIONS {
        return preflight();
    }
    ApiError::from(Refusal::UnknownPath).answer(NO_VERSION)
}

/// The methods that are answered.
const READS: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");

/// The answer to `OPTIONS`, which browsers ask without a token before they let a page of another host send one: everything
/// may be read from anywhere by whoever has a token (clever-api 9.2 shows the headers; ours name what there is).
pub(crate) fn preflight() -> Response {
    let headers = [
        (header::ALLOW, READS),
        (
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            HeaderValue::from_static("*"),
        ),
        (header::ACCESS_CONTROL_ALLOW_METHODS, READS),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static(
                "Authorization, Accept, Content-Type, Homeroom-As-Of, If-None-Match, X-Requested-With",
            ),
        ),
        // A day; browsers take less if they like.
        (
            header::ACCESS_CONTROL_MAX_AGE,
            HeaderValue::from_static("86400"),
        ),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the page is torn")]
    struct Torn(#[source] io::Error);

    #[test]
    fn causes_reach_the_log_with_all_below_them_and_never_the_client() {
        let error = ApiError::unavailable(Torn(io::Error::other("secret path")));
        assert_eq!(
            error.cause().as_deref(),
            Some("the page is torn: secret path")
        );
        let body = String::from_utf8(error.body(NO_VERSION)).unwrap();
        assert!(!body.contains("torn") && !body.contains("secret"), "{body}");
        assert_eq!(ApiError::NoToken.cause(), None);
    }

    #[test]
    fn filters_that_found_no_place_are_told_when_to_come_back() {
        let answer = ApiError::TooManyFilters.answer("/v1.1/students");
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answer.headers()[header::RETRY_AFTER], "1");
        assert_eq!(ApiError::TooManyFilters.cause(), None);
    }
}
