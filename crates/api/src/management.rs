//! The management API: what a district's own people and their scripts look up, and the little they may change; every path
//! stands in one table.
//!
//! It has tokens of its own (`homeroom admin token`), which open nothing else, and an app's token opens nothing here. A
//! token for one district sees that one as if there were no other.

mod caller;
mod documents;
mod goals;
mod lines;
mod listings;
mod look_up;
mod openapi;
mod paging;
mod path;
mod routes;
mod runs;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use homeroom_wire::Refusal;
use serde_json::Value;

use crate::Api;
use crate::error::{ApiError, JSON, preflight};
use crate::exchange::{Exchange, guarded};
use caller::Manager;
use path::Captured;
use routes::{Reads, Writes};

pub(crate) use openapi::openapi;

/// Every path of it, and whatever else somebody looks for beside them.
pub(crate) fn routes() -> Router<Arc<Api>> {
    Router::new()
        .route("/management", any(answer))
        .route("/management/{*rest}", any(answer))
}

/// Longest body that is read, in bytes.
const BODY: usize = 256 << 10;

/// A request that is understood, of a caller who may make it.
struct Asked<'a> {
    api: &'a Api,
    manager: Manager,
    captured: Captured,
    parts: &'a Parts,
    /// What was posted.
    body: Bytes,
}

async fn answer(State(api): State<Arc<Api>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut exchange = Exchange::begin(&api, parts.uri.path(), "management");
    if parts.method == Method::OPTIONS {
        return exchange.end(&api, Ok(preflight()));
    }
    // Boxed, because it is large: these are not the paths that are asked thousands of times a second.
    let outcome = guarded(Box::pin(respond(&api, &parts, body, &mut exchange))).await;
    exchange.end(&api, outcome)
}

async fn respond(
    api: &Api,
    parts: &Parts,
    body: Body,
    exchange: &mut Exchange<'_>,
) -> Result<Response, ApiError> {
    let manager = Manager::find(api, &parts.headers).await?;
    exchange.allowance = api.windows.count(&manager.digest, api.clock.now());
    if exchange.allowance.is_some_and(|window| !window.allowed) {
        return Err(ApiError::TooMany);
    }
    let found = path::find(parts.uri.path());
    let (route, captured) = found.ok_or(ApiError::Refused(Refusal::UnknownPath))?;
    exchange.route = route.path;
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    let writes = route
        .writes
        .as_ref()
        .filter(|_| parts.method == Method::POST);
    let mut asked = Asked {
        api,
        manager,
        captured,
        parts,
        body: Bytes::new(),
    };
    if let Some(writes) = writes {
        let body = to_bytes(body, BODY).await;
        asked.body = body.map_err(|_| {
            ApiError::BadRequest("The body cannot be read, or has more than 262144 bytes.")
        })?;
        return change(&asked, writes.what).await;
    }
    match route.reads.filter(|_| reads) {
        Some(reads) => read(&asked, reads).await,
        None if route.writes.is_none() => Err(ApiError::ReadOnly),
        None => Err(ApiError::Methods(route.allow())),
    }
}

async fn change(asked: &Asked<'_>, what: Writes) -> Result<Response, ApiError> {
    match what {
        Writes::Targets => goals::set_targets(asked).await,
        Writes::Correction => goals::correct(asked).await,
    }
}

async fn read(asked: &Asked<'_>, what: Reads) -> Result<Response, ApiError> {
    match what {
        Reads::Id => look_up::id(asked).await,
        Reads::Key => look_up::key(asked).await,
        Reads::Districts => listings::districts(asked).await,
        Reads::District => listings::district(asked).await,
        Reads::Runs => runs::list(asked).await,
        Reads::Run => runs::one(asked).await,
        Reads::Findings => runs::findings(asked).await,
        Reads::Plan => runs::plan(asked).await,
        Reads::Holds => listings::holds(asked).await,
        Reads::Audit => listings::audit(asked).await,
        Reads::Student => goals::student(asked).await,
        Reads::Contact => goals::contact(asked).await,
        Reads::Teacher => goals::teacher(asked).await,
        Reads::School => goals::school(asked).await,
        Reads::Goals => goals::district(asked).await,
        Reads::App => goals::app(asked).await,
        Reads::Targets => goals::targets(asked).await,
        Reads::Open => goals::open(asked).await,
    }
}

/// A document as an answer.
fn json(document: &Value) -> Response {
    ([(header::CONTENT_TYPE, JSON)], document.to_string()).into_response()
}
