//! Targets: what was said about them, and saying more.

use axum::response::Response;
use homeroom_progress::targets::{Setter, Statement, TargetWish};
use serde::Deserialize;
use serde_json::json as value;

use super::super::json;
use super::Asked;
use crate::error::ApiError;

/// What is sent to set targets.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wishes {
    targets: Vec<TargetWish>,
}

/// Every statement about the targets of an app, newest first.
pub(in super::super) async fn list(asked: &Asked<'_>) -> Result<Response, ApiError> {
    const AFTER: &str = "starting_after takes what the next link of the page before says.";
    let feed = asked.feed().await?;
    let limit = asked.limit()?;
    let before: Option<u64> = match asked.parameter("starting_after")? {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| ApiError::BadRequest(AFTER))?),
    };
    let mut found = asked.told(asked.api.figures.targets(feed)).await?;
    found.retain(|statement| before.is_none_or(|before| statement.number < before));
    found.truncate(limit.saturating_add(1));
    let of_student = |statement: &Statement| statement.level == "student";
    if found.iter().take(limit).any(of_student) {
        let whose = format!("targets of app {}", feed.app);
        asked.note(feed.district, whose).await?;
    }
    let page = asked.page(
        found,
        limit,
        |statement| value!(statement),
        |last| last.number.to_string(),
    );
    Ok(json(&page))
}

/// Sets targets of an app, all or none of them.
pub(in super::super) async fn set(asked: &Asked<'_>) -> Result<Response, ApiError> {
    let feed = asked.feed().await?;
    let wishes: Wishes = asked.wish()?;
    let actor = asked.manager.actor();
    let by = asked.api.by(&actor);
    let set = asked
        .api
        .figures
        .set_targets(feed, &wishes.targets, Setter::District, by);
    let number = asked.api.within(set).await?.map_err(ApiError::targets)?;
    let count = wishes.targets.len();
    Ok(json(
        &value!({ "data": { "set": count, "number": number } }),
    ))
}
