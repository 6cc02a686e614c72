//! The one place where a status is chosen (layout, invariant 3; clever-api 9.1).

use std::any::Any;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use homeroom_wire::{Refusal, RefusalKind, error_body};

/// Why a request gets no data.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    /// What was asked cannot be answered.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// No token, or none that is known.
    #[error("The token is missing or not valid. Send the header Authorization: Bearer TOKEN.")]
    NoToken,
    /// No client credentials, or wrong ones.
    #[error(
        "The client id or secret is missing or not valid. Send them with HTTP Basic authentication."
    )]
    NoClient,
    /// A parameter of the token listing is wrong.
    #[error("{0}")]
    BadParameter(&'static str),
    /// The window's requests are used up.
    #[error("Too many requests. Wait until the time in X-RateLimit-Reset.")]
    TooMany,
    /// The district has not published anything yet.
    #[error("The district has no published data yet. Import its files first.")]
    NothingPublished,
    /// The store or the depot does not answer; what exactly is in the log under the request's id.
    #[error(
        "The server could not read its data. Try again; the log has more under this request's id."
    )]
    Unavailable,
    /// A bug.
    #[error("The server made a mistake. The log has more under this request's id.")]
    Broken,
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Refused(refusal) => match refusal.kind() {
                RefusalKind::BadRequest => StatusCode::BAD_REQUEST,
                RefusalKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
                RefusalKind::NotFound | RefusalKind::UnknownPath => StatusCode::NOT_FOUND,
            },
            Self::BadParameter(_) => StatusCode::BAD_REQUEST,
            Self::NoToken | Self::NoClient => StatusCode::UNAUTHORIZED,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::NothingPublished | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = match &self {
            Self::Refused(refusal) => refusal.body(),
            other => error_body(&other.to_string()),
        };
        let mut response = (self.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, JSON);
        match self {
            Self::NoToken => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
            }
            Self::NoClient => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic"))
            }
            _ => None,
        };
        response
    }
}

/// The content type of every answer of the API.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// The answer when a handler panicked: what the panic said goes to the log, never to the client.
pub(crate) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request made the server panic; the panic message stands before this line");
    ApiError::Broken.into_response()
}
