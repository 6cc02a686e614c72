//! What apps tell about students, and about themselves (clever-api 8; issue 6): totals under `/v2.0/metrics`, whatever version
//! of the roster an app reads, and the rest under `/goals/v1`.
//!
//! All of it takes the token of an app for one district. There is nothing here for a management token.

mod active_minutes;
mod app;
mod arrival;
mod bodies;
mod check;
mod deliveries;
mod multipart;
mod openapi;
mod routes;
mod submission;
mod targets;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use homeroom_store::{FeedKey, GoalsFeed};
use homeroom_wire::Refusal;
use serde::Serialize;

use crate::Api;
use crate::caller::{Caller, bearer};
use crate::error::{ApiError, JSON, preflight};
use crate::exchange::{Exchange, guarded};
use crate::secrets::token_digest;
use bodies::Rest;
use routes::Does;

pub(crate) use bodies::Bodies;
pub(crate) use openapi::openapi;

/// The paths of Goals. Every one that is not there is answered here too, so that nobody without a token learns which are.
pub(crate) fn routes() -> Router<Arc<Api>> {
    Router::new()
        .route(routes::SUBMISSION, any(answer))
        .route("/goals", any(answer))
        .route("/goals/{*rest}", any(answer))
}

/// A request of an app that may make it.
struct Asked<'a> {
    api: &'a Api,
    caller: Caller,
    parts: &'a Parts,
}

impl Asked<'_> {
    /// Whose feed it is about.
    fn key(&self) -> FeedKey {
        FeedKey {
            district: self.caller.connection.district,
            app: self.caller.connection.app,
        }
    }

    /// The feed, which has to be on.
    async fn feed(&self) -> Result<GoalsFeed, ApiError> {
        let feed = self.api.ask(self.api.reception.feed(self.key())).await?;
        feed.ok_or(OFF)
    }
}

/// Goals are not on, or not for this kind of token: the same as a path that is not there (issue 6, "Settled").
const OFF: ApiError = ApiError::NotThere(
    "Goals are not switched on for this app and district. The district does that.",
);

async fn answer(State(api): State<Arc<Api>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut exchange = Exchange::begin(&api, parts.uri.path(), "goals");
    if parts.method == Method::OPTIONS {
        return exchange.end(&api, Ok(preflight()));
    }
    // Boxed, because it is large: these are not the paths that are asked thousands of times a second.
    let rest = Rest::of(body);
    let responding = respond(&api, &parts, rest.body(), &mut exchange);
    let outcome = guarded(Box::pin(responding)).await;
    rest.drain(&parts.headers).await;
    exchange.end(&api, outcome)
}

async fn respond(
    api: &Api,
    parts: &Parts,
    body: Body,
    exchange: &mut Exchange<'_>,
) -> Result<Response, ApiError> {
    let caller = match api.callers.find(&parts.headers).await {
        Err(ApiError::NoToken) => return Err(stranger(api, parts).await?),
        found => found?,
    };
    exchange.allowance = api.windows.count(&caller.token, api.clock.now());
    if exchange.allowance.is_some_and(|window| !window.allowed) {
        return Err(ApiError::TooMany);
    }
    let route = routes::find(parts.uri.path()).ok_or(Refusal::UnknownPath)?;
    exchange.route = route.path;
    let asked = Asked { api, caller, parts };
    match route.does(&parts.method).ok_or(Refusal::UnknownPath)? {
        Does::Submit => submission::take(&asked, body).await,
        Does::ShowApp => app::show(&asked).await,
        Does::Declare => app::declare(&asked, body).await,
        Does::Deliveries => deliveries::list(&asked).await,
        Does::Check => check::check(&asked).await,
        Does::ShowTargets => targets::list(&asked).await,
        Does::Recommend => targets::recommend(&asked, body).await,
        Does::ActiveMinutes => active_minutes::count(&asked, body).await,
    }
}

/// Why a token that is no app's opens nothing: a management token is one of another kind, any other is not known.
async fn stranger(api: &Api, parts: &Parts) -> Result<ApiError, ApiError> {
    let Some(token) = bearer(&parts.headers) else {
        return Ok(ApiError::NoToken);
    };
    let (digest, now) = (token_digest(token), api.clock.now());
    let found = api.ask(api.store.management_token_by_digest(&digest, now));
    Ok(match found.await? {
        Some(_) => ApiError::NotThere(
            "A management token opens nothing here. Goals take the token of an app for one district.",
        ),
        None => ApiError::NoToken,
    })
}

/// An answer in JSON.
fn json(value: &impl Serialize) -> Result<Response, ApiError> {
    let body = serde_json::to_vec(value).map_err(ApiError::unavailable)?;
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, JSON)], body).into_response())
}
