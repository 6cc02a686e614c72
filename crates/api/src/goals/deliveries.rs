//! `/goals/v1/deliveries`: the log of an app's requests, newest first.

use axum::response::Response;
use homeroom_progress::receive::{DeliveryReport, report_of};
use homeroom_store::GoalsDelivery;
use serde::Serialize;
use serde_json::{Value, json as value};

use super::{Asked, json};
use crate::error::ApiError;

/// Requests on a page when `limit` is not given.
const DEFAULT_LIMIT: u32 = 20;
/// The largest `limit`.
const MAX_LIMIT: u32 = 100;

#[derive(Serialize)]
struct Shown {
    number: u64,
    at: String,
    day: String,
    status: u16,
    accepted: bool,
    bytes: u64,
    body: String,
    received: u32,
    updated: u32,
    unchanged: u32,
    rejected: u32,
    warnings: u32,
    report: DeliveryReport,
}

impl Shown {
    fn of(kept: &GoalsDelivery) -> Self {
        let digest = kept.body.iter().map(|byte| format!("{byte:02x}"));
        Self {
            number: kept.number,
            at: kept.at.to_iso(),
            day: kept.day.to_string(),
            status: kept.status,
            accepted: kept.accepted,
            bytes: kept.bytes,
            body: digest.collect(),
            received: kept.rows.received,
            updated: kept.rows.updated,
            unchanged: kept.rows.unchanged,
            rejected: kept.rows.rejected,
            warnings: kept.rows.warnings,
            report: report_of(kept),
        }
    }
}

/// Lists requests.
pub(super) async fn list(asked: &Asked<'_>) -> Result<Response, ApiError> {
    asked.feed().await?;
    let limit = number(asked, "limit")?.unwrap_or(u64::from(DEFAULT_LIMIT));
    let limit = u32::try_from(limit).unwrap_or(u32::MAX);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(ApiError::BadRequest(
            "limit must be a whole number from 1 to 100.",
        ));
    }
    let before = number(asked, "starting_after")?;
    let listing = asked
        .api
        .store
        .goals_deliveries(asked.key(), before, limit + 1);
    let mut found = asked.api.ask(listing).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let path = asked.parts.uri.path();
    let mut links = vec![value!({ "rel": "self", "uri": asked.parts.uri.to_string() })];
    if let Some(last) = found.last().filter(|_| more) {
        let next = format!("{path}?limit={limit}&starting_after={}", last.number);
        links.push(value!({ "rel": "next", "uri": next }));
    }
    let shown: Vec<Shown> = found.iter().map(Shown::of).collect();
    let data = serde_json::to_value(shown).map_err(ApiError::unavailable)?;
    let page: Value = value!({ "data": data, "links": links });
    json(&page)
}

/// A parameter of the query that is a whole number.
fn number(asked: &Asked<'_>, name: &str) -> Result<Option<u64>, ApiError> {
    let query = asked.parts.uri.query().unwrap_or_default().split('&');
    let mut found = query.rev().filter_map(|part| part.split_once('='));
    let Some((_, text)) = found.find(|(other, _)| *other == name) else {
        return Ok(None);
    };
    let number = text.parse().ok();
    number.map(Some).ok_or(ApiError::BadRequest(
        "limit and starting_after take whole numbers.",
    ))
}
