//! Pages of lists: how many, from where on, and the address of the next one.

use homeroom_model::{ObjectId, Timestamp};
use serde_json::{Value, json};

use super::Asked;
use crate::error::ApiError;

/// Records on a page when `limit` is not given.
pub(super) const DEFAULT_LIMIT: usize = 100;
/// The largest `limit`.
pub(super) const MAX_LIMIT: usize = 1000;

impl Asked<'_> {
    /// The value of a parameter of the query, decoded; of a repeated one the last counts.
    pub(super) fn parameter(&self, name: &str) -> Result<Option<String>, ApiError> {
        let query = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&self.parts.uri);
        let query = query.map_err(|_| ApiError::BadRequest("The query cannot be read."))?;
        let found = query.0.into_iter().rev().find(|(other, _)| other == name);
        Ok(found.map(|(_, value)| value))
    }

    /// How many records the page is to have.
    pub(super) fn limit(&self) -> Result<usize, ApiError> {
        let Some(text) = self.parameter("limit")? else {
            return Ok(DEFAULT_LIMIT);
        };
        let limit = text.parse().ok();
        limit
            .filter(|limit| (1..=MAX_LIMIT).contains(limit))
            .ok_or(ApiError::BadRequest(
                "limit must be a whole number from 1 to 1000.",
            ))
    }

    /// Where a list that is ordered by moments goes on.
    pub(super) fn before(&self) -> Result<Option<(Timestamp, ObjectId)>, ApiError> {
        let Some(text) = self.parameter("starting_after")? else {
            return Ok(None);
        };
        let read = || {
            let (millis, id) = text.split_once('.')?;
            let millis = millis.parse().ok()?;
            Some((Timestamp::from_millis(millis), ObjectId::from_hex(id)?))
        };
        match read() {
            Some(before) => Ok(Some(before)),
            None => Err(ApiError::BadRequest(
                "starting_after takes what the next link of the page before says.",
            )),
        }
    }

    /// The address of the page after a cursor: the same query otherwise.
    pub(super) fn next(&self, cursor: &str) -> String {
        let (uri, query) = (self.parts.uri.path(), self.parts.uri.query().unwrap_or(""));
        let others = query.split('&').filter(|part| {
            let name = part.split('=').next().unwrap_or("");
            !part.is_empty() && name != "starting_after"
        });
        let cursor = format!("starting_after={cursor}");
        let query: Vec<_> = others.chain([cursor.as_str()]).collect();
        format!("{uri}?{}", query.join("&"))
    }

    /// A page of a list of which one record more than fits was read; `cursor` is where the page after a record begins.
    pub(super) fn page<T>(
        &self,
        mut records: Vec<T>,
        limit: usize,
        document: impl Fn(&T) -> Value,
        cursor: impl Fn(&T) -> String,
    ) -> Value {
        let more = records.len() > limit;
        records.truncate(limit);
        let data: Vec<_> = records.iter().map(document).collect();
        let mut page = json!({ "data": data });
        if let Some(last) = records.last().filter(|_| more)
            && let Some(page) = page.as_object_mut()
        {
            page.insert("next".to_owned(), self.next(&cursor(last)).into());
        }
        page
    }
}

/// The cursor after a record of a list that is ordered by moments.
pub(super) fn cursor(at: Timestamp, id: ObjectId) -> String {
    format!("{}.{id}", at.millis())
}

/// One more than fits on a page, as the store takes it.
pub(super) fn one_more(limit: usize) -> u32 {
    u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1)
}
