//! Districts, their holds, and who did what.

use axum::response::Response;
use homeroom_model::ObjectId;

use super::paging::{cursor, one_more};
use super::{Asked, documents, json};
use crate::error::ApiError;

/// The districts the token is for.
pub(super) async fn districts(asked: &Asked<'_>) -> Result<Response, ApiError> {
    let limit = asked.limit()?;
    let after = match asked.parameter("starting_after")? {
        None => None,
        Some(text) => Some(ObjectId::from_hex(&text).ok_or(ApiError::BadRequest(
            "starting_after takes the id of a district.",
        ))?),
    };
    let (api, manager) = (asked.api, &asked.manager);
    let found = match manager.only {
        None => api.ask(api.store.districts(after, one_more(limit))).await?,
        Some(only) => {
            let found = api.ask(api.store.district(only)).await?;
            let behind = |found: &homeroom_store::DistrictRecord| {
                after.is_none_or(|after| found.document.id > after)
            };
            found.into_iter().filter(behind).collect()
        }
    };
    Ok(json(&asked.page(
        found,
        limit,
        documents::district,
        |last| last.document.id.to_hex(),
    )))
}

/// The district the path names.
pub(super) async fn district(asked: &Asked<'_>) -> Result<Response, ApiError> {
    Ok(json(&documents::district(&asked.district().await?)))
}

/// The holds of a district.
pub(super) async fn holds(asked: &Asked<'_>) -> Result<Response, ApiError> {
    let district = asked.district().await?.document.id;
    let (limit, before) = (asked.limit()?, asked.before()?);
    let holds = asked.api.store.holds(district, before, one_more(limit));
    let holds = asked.api.ask(holds).await?;
    Ok(json(&asked.page(holds, limit, documents::hold, |last| {
        cursor(last.opened, last.run)
    })))
}

/// The audit of a district, or of everything the token is for.
pub(super) async fn audit(asked: &Asked<'_>) -> Result<Response, ApiError> {
    let district = if asked.captured.has("district") {
        Some(asked.district().await?.document.id)
    } else {
        asked.manager.only
    };
    let (limit, before) = (asked.limit()?, asked.before()?);
    let entries = asked.api.store.audit(district, before, one_more(limit));
    let entries = asked.api.ask(entries).await?;
    Ok(json(&asked.page(
        entries,
        limit,
        documents::audit,
        |last| cursor(last.at, last.id),
    )))
}
