//! The two read endpoints of attendance (clever-api 10.1).

use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use homeroom_wire::{AttendanceRequest, Object, attendance};

use crate::Api;
use crate::caller::Caller;
use crate::data::open_snapshot;
use crate::error::{ApiError, JSON};
use crate::etag;
use crate::exchange::Exchange;

/// Answers a request for attendance.
pub(crate) async fn answer(
    api: &Api,
    request: &Parts,
    asked: AttendanceRequest,
    caller: Caller,
    exchange: &mut Exchange<'_>,
) -> Result<Response, ApiError> {
    exchange.route = match asked.of {
        Object::School => "/attendance/schools/{id}",
        _ => "/attendance/sections/{id}",
    };
    let (caller, opened) = open_snapshot(api, request, caller).await?;
    let (connection, number) = (Arc::clone(&caller.connection), opened.number());
    exchange.snapshot = Some(number);
    let tag = etag::of(&connection, number, &request.uri);
    if etag::is_known(&request.headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let kept = api.views.attendance(connection.district, number).await;
    let kept = kept.map_err(ApiError::past)?;
    // A list may have to be read from end to end before a page of it is full.
    let reading = tokio::task::spawn_blocking(move || {
        let mut body = Vec::new();
        let view = opened.view(&connection.view.document);
        attendance(&asked, &view, &kept, &mut body).map(|()| body)
    });
    let body = reading
        .await
        .map_err(|_| ApiError::Broken("reading attendance"))??;
    let headers = [(header::CONTENT_TYPE, JSON), (header::ETAG, tag)];
    Ok((headers, body).into_response())
}
