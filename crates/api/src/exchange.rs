//! One request being answered: its id, and what every answer carries whatever comes of it.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use futures::FutureExt;

use crate::Api;
use crate::error::ApiError;
use crate::limits::Allowance;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Headers that are added here.
const HEADERS: usize = 11;
const SNAPSHOT: HeaderName = HeaderName::from_static("homeroom-snapshot");
/// What pages of other hosts may read of an answer besides its body.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "ETag, Homeroom-Events-Gap, Homeroom-Snapshot, Link, Retry-After, X-RateLimit-Bucket, X-RateLimit-Limit, X-RateLimit-Remaining, \
     X-RateLimit-Reset, X-Request-Id",
);
/// What an answer depends on besides its address.
const VARIES: HeaderValue = HeaderValue::from_static("authorization, homeroom-as-of");

/// A request that has begun. What is learnt on the way is noted here, so that refusals carry it too.
pub(crate) struct Exchange<'a> {
    id: RequestId,
    /// The path as it was sent, whose version says what errors look like.
    path: &'a str,
    began: Duration,
    /// The path the request asks for, as its metrics name it; never what was sent.
    pub(crate) route: &'static str,
    /// The snapshot that is answered from, once it is known; 0 before the first publish.
    pub(crate) snapshot: Option<u64>,
    /// What the caller's window allows, where there is a caller and a limit.
    pub(crate) allowance: Option<Allowance>,
}

impl<'a> Exchange<'a> {
    /// Begins with a request.
    pub(crate) fn begin(api: &Api, path: &'a str, route: &'static str) -> Self {
        Self {
            id: RequestId::new(api.request_ids.next()),
            path,
            began: api.clock.elapsed(),
            route,
            snapshot: None,
            allowance: None,
        }
    }

    /// Ends with the answer: the headers that every answer has (clever-api 9.2), the metrics, and a line in the log for
    /// what was not the client's fault.
    pub(crate) fn end(self, api: &Api, outcome: Result<Response, ApiError>) -> Response {
        let mut response = outcome.unwrap_or_else(|error| {
            if let Some(cause) = error.cause() {
                tracing::error!(request_id = self.id.text(), route = self.route, cause);
            }
            error.answer(self.path)
        });
        let headers = response.headers_mut();
        headers.reserve(HEADERS);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            HeaderValue::from_static("*"),
        );
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        if let Some(snapshot) = self.snapshot {
            headers.insert(SNAPSHOT, HeaderValue::from(snapshot));
            headers.insert(header::VARY, VARIES);
        }
        if let Some(allowance) = self.allowance {
            allowance.write(headers);
        }
        if let Ok(id) = HeaderValue::from_str(self.id.text()) {
            headers.insert(REQUEST_ID, id);
        }
        let took = api.clock.elapsed().saturating_sub(self.began);
        let status = response.status();
        api.meter.count(self.route, status, took);
        tracing::debug!(
            request_id = self.id.text(),
            route = self.route,
            status = status.as_u16(),
            micros = took.as_micros(),
            "answered"
        );
        response
    }
}

/// What a piece of work comes to; a panic in it is an answer like any other.
pub(crate) async fn guarded(
    work: impl Future<Output = Result<Response, ApiError>>,
) -> Result<Response, ApiError> {
    // What the work shares with others (caches, windows) is only changed in single steps that do not panic half way.
    AssertUnwindSafe(work)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| {
            Err(ApiError::Broken(
                "a panic; its message stands before this line",
            ))
        })
}

/// The id of a request, as the text of a random UUID: the form that live answers carry (clever-api 9.2).
#[derive(Clone, Copy)]
struct RequestId([u8; RequestId::LEN]);

impl RequestId {
    const LEN: usize = 36;

    fn new(number: u128) -> Self {
        // Version 4, variant 1.
        let number = number & !(0xf << 76) | 0x4 << 76;
        let number = number & !(0x3 << 62) | 0x2 << 62;
        let bytes = number.to_be_bytes().into_iter();
        let mut digits = bytes.flat_map(|byte| [byte >> 4, byte & 0xf]);
        Self(std::array::from_fn(|at| match at {
            8 | 13 | 18 | 23 => b'-',
            _ => match digits.next().unwrap_or_default() {
                digit @ 0..10 => b'0' + digit,
                digit => b'a' + (digit - 10),
            },
        }))
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_random_uuids() {
        for (number, text) in [
            (0, "00000000-0000-4000-8000-000000000000"),
            (u128::MAX, "ffffffff-ffff-4fff-bfff-ffffffffffff"),
            (
                0x0123_4567_89ab_cdef_0123_4567_89ab_cdef,
                "01234567-89ab-4def-8123-456789abcdef",
            ),
        ] {
            assert_eq!(RequestId::new(number).text(), text);
        }
    }
}
