//! The one handler of every data path of every version.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use homeroom_wire::{Refusal, Shape, parse};

use crate::Api;
use crate::caller::Caller;
use crate::error::{ApiError, JSON};
use crate::views::{OpenError, Opened};

/// Pages up to this long are written on the thread that took the request; longer ones would keep it from others for
/// milliseconds, so they are written on the blocking pool.
const INLINE_PAGE: usize = 1000;
/// First guess of a record's size in bytes, for the size of the answer's buffer.
const RECORD_BYTES: usize = 1000;

/// Answers a data request.
pub(crate) async fn answer(State(api): State<Arc<Api>>, request: Request) -> Response {
    let began = api.clock.elapsed();
    let request_id = format!("{:032x}", api.request_ids.next());
    let mut route = "unknown";
    let mut window = HeaderMap::new();
    let (request, _) = request.into_parts();
    let outcome = respond(&api, &request, &mut route, &mut window).await;
    let mut response = outcome.unwrap_or_else(IntoResponse::into_response);
    let headers = response.headers_mut();
    headers.extend(window);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    let took = api.clock.elapsed().saturating_sub(began);
    let status = response.status();
    api.meter.count(route, status, took);
    tracing::debug!(
        request_id,
        route,
        status = status.as_u16(),
        micros = took.as_micros(),
        "answered"
    );
    response
}

async fn respond(
    api: &Api,
    request: &Parts,
    route: &mut &'static str,
    window: &mut HeaderMap,
) -> Result<Response, ApiError> {
    let caller = api.callers.find(&request.headers).await?;
    if let Some(allowance) = api.windows.count(&caller.token, api.clock.now()) {
        allowance.write(window);
        if !allowance.allowed {
            return Err(ApiError::TooMany);
        }
    }
    if request.method != Method::GET && request.method != Method::HEAD {
        return Err(Refusal::UnknownPath.into());
    }
    let uri = &request.uri;
    let asked = parse(uri.path(), uri.query())?;
    *route = asked.route.path;
    let (caller, opened) = open_view(api, caller).await?;
    let etag = etag(&caller, uri.path(), uri.query());
    if matches(&request.headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let body = write(asked, opened, caller).await?;
    Ok((
        [(header::CONTENT_TYPE, JSON), (header::ETAG, etag)],
        Body::from(body),
    )
        .into_response())
}

/// The snapshot the caller's pointer names. If it cannot be opened the pointer is read once more: it may have moved on
/// and the old objects may have been collected since it was remembered.
async fn open_view(api: &Api, caller: Caller) -> Result<(Caller, Arc<Opened>), ApiError> {
    match open_named(api, &caller).await? {
        Ok(opened) => Ok((caller, opened)),
        Err(first) => {
            let caller = api.callers.again(&caller).await?;
            let opened = open_named(api, &caller).await?.map_err(|error| {
                let district = caller.connection.district;
                tracing::error!(%district, %first, %error, "a snapshot cannot be opened");
                ApiError::Unavailable
            })?;
            Ok((caller, opened))
        }
    }
}

async fn open_named(
    api: &Api,
    caller: &Caller,
) -> Result<Result<Arc<Opened>, Arc<OpenError>>, ApiError> {
    let number = caller
        .connection
        .view
        .snapshot
        .ok_or(ApiError::NothingPublished)?;
    Ok(api.views.get(caller.connection.district, number).await)
}

async fn write(
    asked: homeroom_wire::Request,
    opened: Arc<Opened>,
    caller: Caller,
) -> Result<Bytes, ApiError> {
    let page = if asked.route.shape == Shape::List {
        asked.limit
    } else {
        1
    };
    let work = move || {
        let mut out = Vec::with_capacity(256 + page * RECORD_BYTES);
        homeroom_wire::answer(
            &asked,
            &opened.view(&caller.connection.view.document),
            &mut out,
        )?;
        Ok(Bytes::from(out))
    };
    if page <= INLINE_PAGE {
        return work();
    }
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| ApiError::Broken)?
}

/// The tag of an answer: it names the view (district, snapshot, move of the pointer), what was asked, and the program that
/// wrote it, so equal tags mean equal bytes. Weak, because a compressed body carries the same one (clever-api 9.2).
fn etag(caller: &Caller, path: &str, query: Option<&str>) -> HeaderValue {
    let connection = &caller.connection;
    let mut hasher = blake3::Hasher::new();
    hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
    hasher.update(connection.id.bytes());
    hasher.update(&connection.view.generation.to_le_bytes());
    hasher.update(&connection.view.snapshot.unwrap_or(0).to_le_bytes());
    hasher.update(path.as_bytes());
    hasher.update(b"?");
    hasher.update(query.unwrap_or("").as_bytes());
    let digest = hasher.finalize();
    let text = format!("W/\"{}\"", digest.to_hex().get(..32).unwrap_or_default());
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("W/\"\""))
}

/// Whether `If-None-Match` names the tag; weak comparison, `*` for any.
fn matches(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let Some(wanted) = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let tag = opaque(etag.to_str().unwrap_or_default());
    wanted.trim() == "*" || wanted.split(',').any(|candidate| opaque(candidate) == tag)
}
