//! Reading the past: the header that names a point of it (our choice; no peer has one).

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName};
use homeroom_history::AsOf;

use crate::Api;
use crate::caller::Caller;
use crate::error::ApiError;
use crate::views::Opened;

/// What a request names a snapshot, a day or a moment with. Sent with each request, so links need not carry it.
pub(crate) const AS_OF: HeaderName = HeaderName::from_static("homeroom-as-of");

/// The point of the past a request asks about; `None` for the present.
pub(crate) fn asked(headers: &HeaderMap) -> Result<Option<AsOf>, ApiError> {
    let mut values = headers.get_all(AS_OF).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value.to_str().ok().filter(|_| values.next().is_none());
    let as_of = text.and_then(AsOf::parse).ok_or(ApiError::BadAsOf)?;
    Ok(Some(as_of))
}

/// The past, under what the caller may see today.
pub(crate) async fn opened(
    api: &Api,
    caller: &Caller,
    as_of: AsOf,
) -> Result<Arc<Opened>, ApiError> {
    let opened = api.views.as_of(&caller.connection, as_of, api.clock.now());
    opened.await.map_err(ApiError::past)
}
