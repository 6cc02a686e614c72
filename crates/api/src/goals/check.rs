//! `/goals/v1/check`: what certification says of the app's feed, seen from the district's side (issue 6).

use axum::response::Response;
use serde_json::json as value;

use super::{Asked, OFF, json};
use crate::error::ApiError;

/// Every criterion with pass, fail or unknown, and what it was judged by.
pub(super) async fn check(asked: &Asked<'_>) -> Result<Response, ApiError> {
    let (key, now) = (asked.key(), asked.api.clock.now());
    let figure = asked.api.figures.app(key.district, key.app, now);
    let figure = asked.api.within(figure).await?;
    let figure = figure.map_err(ApiError::unavailable)?.ok_or(OFF)?;
    json(&value!({ "data": {
        "as_of": figure.head.as_of,
        "students": figure.students,
        "reported": figure.reported,
        "reported_lately": figure.reported_lately,
        "open": figure.open,
        "findings": figure.certification,
    } }))
}
