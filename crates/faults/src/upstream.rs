//! A server elsewhere, as a service: what makes the layer a proxy.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::source::NEIGHBOURLY;

/// Patience with the server behind, per request.
const PATIENCE: Duration = Duration::from_mins(5);
/// Largest body of a request that is passed on, in bytes.
const LARGEST: usize = 64 << 20;

/// Why there is no proxy.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// The address is none.
    #[error(
        "{0} is no address of a server; write it as https://api.example.org or http://127.0.0.1:8080, without a path"
    )]
    Address(String),
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made: {0}")]
    Client(#[from] reqwest::Error),
}

#[derive(Clone)]
struct Upstream {
    client: reqwest::Client,
    base: String,
}

/// A router that passes every request on to the server at an address, and its answer back. A server that cannot be reached
/// is a 502 that says so in `message`.
pub fn upstream(address: &str) -> Result<Router, UpstreamError> {
    let wrong = || UpstreamError::Address(address.to_owned());
    let base: reqwest::Url = address.parse().map_err(|_| wrong())?;
    let plain = matches!(base.scheme(), "http" | "https")
        && base.has_host()
        && base.path() == "/"
        && base.query().is_none();
    if !plain {
        return Err(wrong());
    }
    let client = reqwest::Client::builder()
        .no_gzip()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()?;
    let base = address.trim_end_matches('/').to_owned();
    Ok(Router::new()
        .fallback(pass)
        .with_state(Upstream { client, base }))
}

async fn pass(State(upstream): State<Upstream>, request: Request) -> Response {
    match upstream.answer(request).await {
        Ok(response) => response,
        Err(error) => {
            tracing::warn!(cause = %error.without_url(), "the server behind does not answer");
            let told = "{\"message\":\"homeroom faults: the server behind does not answer\"}";
            let json = [(header::CONTENT_TYPE, "application/json")];
            (StatusCode::BAD_GATEWAY, json, told).into_response()
        }
    }
}

impl Upstream {
    async fn answer(&self, request: Request) -> Result<Response, reqwest::Error> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let Ok(body) = axum::body::to_bytes(body, LARGEST).await else {
            return Ok(StatusCode::PAYLOAD_TOO_LARGE.into_response());
        };
        let mut headers = passed(parts.headers);
        headers.remove(header::HOST);
        headers.remove(header::CONTENT_LENGTH);
        let asked = self
            .client
            .request(parts.method, format!("{}{path}", self.base))
            .headers(headers)
            .body(body);
        let answer = asked.send().await?;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = answer.status();
        *response.headers_mut() = passed(answer.headers().clone());
        *response.body_mut() = Body::from_stream(answer.bytes_stream());
        Ok(response)
    }
}

fn passed(mut headers: HeaderMap) -> HeaderMap {
    for name in NEIGHBOURLY {
        headers.remove(name);
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn addresses_are_checked() {
        for address in ["http://127.0.0.1:8080", "https://api.example.org/"] {
            assert!(upstream(address).is_ok(), "{address}");
        }
        for address in [
            "",
            "127.0.0.1:8080",
            "ftp://x",
            "http://x/v3.1",
            "http://x/?a",
        ] {
            let error = upstream(address).unwrap_err().to_string();
            assert!(error.contains("without a path"), "{address}: {error}");
        }
    }
}
