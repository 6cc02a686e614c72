//! Answers that are none, and answers that come badly.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use homeroom_model::Timestamp;
use homeroom_wire::error_body_at;

use crate::fault::Fault;

/// Pieces in which a dripping body comes.
const PIECES: u32 = 20;
/// Requests to a window, as the original has it (clever-api 9.2).
const WINDOW: u32 = 1200;
/// How long a page takes that is too heavy.
const HEAVY: Duration = Duration::from_secs(1);

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// The moment so many seconds from now.
pub(crate) fn in_seconds(now: Timestamp, seconds: u64) -> Timestamp {
    let millis = i64::try_from(seconds.saturating_mul(1000)).unwrap_or(i64::MAX);
    Timestamp::from_millis(now.millis().saturating_add(millis))
}

/// The answer that a fault gives instead of the source's, `None` for those that need it.
pub(crate) async fn instead(
    fault: Fault,
    number: u64,
    path: &str,
    now: Timestamp,
) -> Option<Response> {
    Some(match fault {
        Fault::Html => html(
            StatusCode::OK,
            "<h1>Sign in</h1><p>Your session is not valid for this page.</p>",
        ),
        Fault::HtmlNotFound => {
            let mut response = html(
                StatusCode::NOT_FOUND,
                &format!("<pre>Cannot GET {}</pre>", plain(path)),
            );
            let headers = response.headers_mut();
            rate(
                headers,
                "bearer",
                &WINDOW.to_string(),
                &(WINDOW - 1).to_string(),
                &{ in_seconds(now, 60).seconds().to_string() },
            );
            response
        }
        Fault::EmptyObject => json(StatusCode::OK, b"{}".to_vec()),
        Fault::Error500 => {
            let said = "Something went wrong on our side.";
            json(StatusCode::INTERNAL_SERVER_ERROR, error_body_at(path, said))
        }
        Fault::Error502 => html(StatusCode::BAD_GATEWAY, "<h1>502 Bad Gateway</h1>"),
        Fault::Error503 => {
            let wait = [(header::RETRY_AFTER, HeaderValue::from_static("1"))];
            (StatusCode::SERVICE_UNAVAILABLE, wait).into_response()
        }
        Fault::Timeout => {
            tokio::time::sleep(Duration::from_secs(number)).await;
            gateway_timeout()
        }
        _ => return None,
    })
}

/// The answer to a list that is too long for the source.
pub(crate) async fn heavy() -> Response {
    tokio::time::sleep(HEAVY).await;
    gateway_timeout()
}

fn gateway_timeout() -> Response {
    html(StatusCode::GATEWAY_TIMEOUT, "<h1>504 Gateway Time-out</h1>")
}

/// 429 until a moment, told in one of three ways (clever-api 9.2).
pub(crate) fn throttled(now: Timestamp, until: Timestamp, form: u64) -> Response {
    let mut response = StatusCode::TOO_MANY_REQUESTS.into_response();
    let headers = response.headers_mut();
    // Resets are whole seconds: the first in which requests are answered again.
    let reset = until
        .millis()
        .saturating_add(999)
        .div_euclid(1000)
        .to_string();
    if form % 3 == 2 {
        let later = format!("{}, {reset}", in_seconds(now, 60).seconds());
        rate(
            headers,
            "all, none",
            &format!("200, {WINDOW}"),
            "17, 0",
            &later,
        );
    } else {
        rate(headers, "bearer", &WINDOW.to_string(), "0", &reset);
    }
    if !form.is_multiple_of(3) {
        let wait = until.millis().saturating_sub(now.millis()).max(0);
        let wait = wait.saturating_add(999).div_euclid(1000).max(1);
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
    response
}

fn rate(headers: &mut HeaderMap, bucket: &str, limit: &str, remaining: &str, reset: &str) {
    let told = [
        ("x-ratelimit-bucket", bucket),
        ("x-ratelimit-limit", limit),
        ("x-ratelimit-remaining", remaining),
        ("x-ratelimit-reset", reset),
    ];
    for (name, value) in told {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// 401, as for a token that is none.
pub(crate) fn unauthorized(path: &str) -> Response {
    let said = "This token is not valid (any more).";
    json(StatusCode::UNAUTHORIZED, error_body_at(path, said))
}

pub(crate) fn json(status: StatusCode, body: Vec<u8>) -> Response {
    (status, crate::telling::json_headers(), body).into_response()
}

fn html(status: StatusCode, inner: &str) -> Response {
    let page = format!("<!DOCTYPE html><html><body>{inner}</body></html>\n");
    (status, [(header::CONTENT_TYPE, HTML)], page).into_response()
}

/// A path as text of HTML.
fn plain(path: &str) -> String {
    path.replace('&', "&amp;").replace('<', "&lt;")
}

/// Sends an answer in the bad way that a fault has.
pub(crate) async fn send(
    fault: Option<(Fault, u64)>,
    status: StatusCode,
    mut headers: HeaderMap,
    body: Bytes,
) -> Response {
    let half = body.slice(..body.len() / 2);
    let body = match fault {
        Some((Fault::CutJson, _)) => Body::from(half),
        Some((Fault::CutBody, _)) => {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
            Body::from_stream(stream::once(async { Ok(half) }).chain(stream::once(breaking())))
        }
        Some((Fault::WrongType, _)) => {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
            Body::from(body)
        }
        Some((Fault::Slow, millis)) => {
            tokio::time::sleep(Duration::from_millis(millis)).await;
            Body::from(body)
        }
        Some((Fault::Drip, millis)) => {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
            drip(&body, Duration::from_millis(millis) / PIECES)
        }
        _ => Body::from(body),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// The end of a body that has none. What came before it is sent first.
async fn breaking() -> Result<Bytes, std::io::Error> {
    tokio::task::yield_now().await;
    Err(std::io::Error::other("cut on purpose"))
}

fn drip(body: &Bytes, pause: Duration) -> Body {
    let size = body.len().div_ceil(PIECES as usize).max(1);
    let starts = (0..body.len()).step_by(size);
    let pieces: Vec<_> = starts
        .map(|start| body.slice(start..body.len().min(start + size)))
        .collect();
    let dripping = stream::iter(pieces).then(move |piece| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, std::io::Error>(piece)
    });
    Body::from_stream(dripping)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_is_told_in_three_ways() {
        let (now, until) = (
            Timestamp::from_millis(10_200),
            Timestamp::from_millis(30_200),
        );
        let told = |form| {
            let response = throttled(now, until, form);
            let header = |name: &str| {
                let value = response.headers().get(name);
                value.map(|value| value.to_str().unwrap().to_owned())
            };
            let names = [
                "x-ratelimit-bucket",
                "x-ratelimit-remaining",
                "x-ratelimit-reset",
                "retry-after",
            ];
            names.map(header)
        };
        let texts = |texts: [&str; 4]| {
            texts.map(|text| Some(text.to_owned()).filter(|text| !text.is_empty()))
        };
        assert_eq!(told(0), texts(["bearer", "0", "31", ""]));
        assert_eq!(told(1), texts(["bearer", "0", "31", "20"]));
        assert_eq!(told(2), texts(["all, none", "17, 0", "70, 31", "20"]));
    }
}
