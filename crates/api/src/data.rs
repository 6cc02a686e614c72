//! The one handler of every data path of every version.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use homeroom_wire::{AttendanceRequest, Object, Refusal, parse};

use crate::Api;
use crate::as_of;
use crate::attendance;
use crate::body::Chosen;
use crate::caller::Caller;
use crate::error::{ApiError, JSON, preflight};
use crate::etag;
use crate::events;
use crate::exchange::{Exchange, guarded};
use crate::views::Opened;

/// Answers a data request.
pub(crate) async fn answer(State(api): State<Arc<Api>>, request: Request) -> Response {
    let (request, _) = request.into_parts();
    let mut exchange = Exchange::begin(&api, request.uri.path(), "unknown");
    if request.method == Method::OPTIONS {
        return exchange.end(&api, Ok(preflight()));
    }
    let outcome = guarded(respond(&api, &request, &mut exchange)).await;
    exchange.end(&api, outcome)
}

async fn respond(
    api: &Api,
    request: &Parts,
    exchange: &mut Exchange<'_>,
) -> Result<Response, ApiError> {
    let caller = api.callers.find(&request.headers).await?;
    exchange.allowance = api.windows.count(&caller.token, api.clock.now());
    if exchange.allowance.is_some_and(|window| !window.allowed) {
        return Err(ApiError::TooMany);
    }
    if request.method != Method::GET && request.method != Method::HEAD {
        return Err(Refusal::UnknownPath.into());
    }
    let (path, query) = (request.uri.path(), request.uri.query());
    if let Some(asked) = AttendanceRequest::parse(path, query)? {
        return Box::pin(attendance::answer(api, request, asked, caller, exchange)).await;
    }
    let asked = parse(path, query)?;
    exchange.route = asked.route.path;
    if asked.route.gives == Object::Event {
        return Box::pin(events::answer(api, request, asked, &caller, exchange)).await;
    }
    let (caller, opened) = open_snapshot(api, request, caller).await?;
    exchange.snapshot = Some(opened.number());
    let tag = etag::of(&caller.connection, opened.number(), &request.uri);
    if etag::is_known(&request.headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let headers = [(header::CONTENT_TYPE, JSON), (header::ETAG, tag)];
    let chosen = if asked.filter.is_some() {
        // Boxed, because it is rare, and every request's future would have room for it.
        let connection = caller.connection;
        let choose = move |rows| Chosen::within(asked, opened, connection, rows);
        Box::pin(api.filters.run(choose)).await?
    } else {
        Chosen::new(asked, opened, caller.connection)?
    };
    Ok((headers, chosen.into_body()).into_response())
}

/// The snapshot that answers a request: the one the caller's pointer names, or one of the past.
pub(crate) async fn open_snapshot(
    api: &Api,
    request: &Parts,
    caller: Caller,
) -> Result<(Caller, Arc<Opened>), ApiError> {
    match as_of::asked(&request.headers)? {
        None => open_view(api, caller).await,
        // Boxed, because it is rare and large, and every request's future would have room for it.
        Some(as_of) => {
            let opened = Box::pin(as_of::opened(api, &caller, as_of)).await?;
            Ok((caller, opened))
        }
    }
}

/// The snapshot the caller's pointer names. If it cannot be opened the pointer is read once more: it may have moved on
/// and the old objects may have been collected since it was remembered.
pub(crate) async fn open_view(
    api: &Api,
    caller: Caller,
) -> Result<(Caller, Arc<Opened>), ApiError> {
    if let Ok(opened) = api.views.of(&caller.connection).await {
        return Ok((caller, opened));
    }
    let caller = api.callers.again(&caller).await?;
    let opened = api.views.of(&caller.connection).await;
    Ok((caller, opened.map_err(ApiError::unavailable)?))
}
