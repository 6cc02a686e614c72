//! The one place where a status is chosen (layout, invariant 3; clever-api 9.1).

use std::any::Any;
use std::error::Error;

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
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What the client has to authenticate with.
    fn challenge(&self) -> Option<HeaderValue> {
        match self {
            Self::NoToken => Some(HeaderValue::from_static("Bearer")),
            Self::NoClient => Some(HeaderValue::from_static("Basic realm=\"homeroom\"")),
            _ => None,
        }
    }

    /// Data paths say `message`; the token listing says what OAuth clients read (clever-api 9.1).
    fn body(&self) -> Vec<u8> {
        let code = match self {
            Self::NoClient => "invalid_client",
            Self::BadParameter(_) => "invalid_request",
            Self::Refused(refusal) => return refusal.body(),
            other => return error_body(&other.to_string()),
        };
        let body = serde_json::json!({ "error": code, "error_description": self.to_string() });
        body.to_string().into_bytes()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let headers = [(header::CONTENT_TYPE, JSON)];
        let mut response = (self.status(), headers, self.body()).into_response();
        if let Some(challenge) = self.challenge() {
            let headers = response.headers_mut();
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// The content type of every answer of the API.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// The answer when something outside the API proper panicked; the panic's message is in the log.
pub(crate) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    ApiError::Broken("a panic").into_response()
}

/// The answer to a method that a path outside the API proper does not have: like any path that is not there.
pub(crate) async fn no_such_method() -> ApiError {
    Refusal::UnknownPath.into()
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
        let body = String::from_utf8(error.body()).unwrap();
        assert!(!body.contains("torn") && !body.contains("secret"), "{body}");
        assert_eq!(ApiError::NoToken.cause(), None);
    }
}
