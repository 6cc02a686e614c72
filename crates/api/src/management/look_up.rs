//! What became of ids.

use axum::response::Response;
use homeroom_history::Keyed;
use homeroom_model::ObjectId;
use serde_json::json as value;

use super::{Asked, json};
use crate::error::ApiError;

/// What became of an id.
pub(super) async fn id(asked: &Asked<'_>) -> Result<Response, ApiError> {
    let district = one_district(asked).await?;
    let never = ApiError::NotThere("This id was never given in this district.");
    let Some(id) = asked.captured.id("id") else {
        return Err(never);
    };
    let became = asked.api.history.became(district, id).await;
    let became = became.map_err(ApiError::unavailable)?.ok_or(never)?;
    Ok(json(&value!({ "data": became })))
}

/// What became of every id of a natural key.
pub(super) async fn key(asked: &Asked<'_>) -> Result<Response, ApiError> {
    let district = one_district(asked).await?;
    let keyed = Keyed::from_text(asked.captured.text("kind")).ok_or(ApiError::NotThere(
        "Records with ids of their own are schools, students, teachers, staff, contacts, sections, courses and resources.",
    ))?;
    let key = asked.captured.text("key");
    let became = asked.api.history.became_of_key(district, keyed, key).await;
    let became = became.map_err(ApiError::unavailable)?;
    if became.is_empty() {
        return Err(ApiError::NotThere(
            "This key never had an id in this district. Keys are compared exactly, capital letters and zeros in front too.",
        ));
    }
    Ok(json(&value!({ "data": became })))
}

/// The district that is asked about: the token's own, the one the query names, or the only one there is.
async fn one_district(asked: &Asked<'_>) -> Result<ObjectId, ApiError> {
    let (api, manager) = (asked.api, &asked.manager);
    if let Some(named) = asked.parameter("district")? {
        let named = ObjectId::from_hex(&named);
        return Ok(manager.district(api, named).await?.document.id);
    }
    if manager.only.is_some() {
        return Ok(manager.district(api, manager.only).await?.document.id);
    }
    let districts = api.ask(api.store.districts(None, 2)).await?;
    match districts.as_slice() {
        [only] => Ok(only.document.id),
        [] => Err(ApiError::NotThere("There is no district yet.")),
        _ => Err(ApiError::BadRequest(
            "There are several districts; say which one with ?district=ID.",
        )),
    }
}
