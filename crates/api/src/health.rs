//! Is the process alive, and can it serve?

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::Api;
use crate::error::{JSON, NO_VERSION};

/// 200 as long as the process answers at all.
pub(crate) async fn health() -> Response {
    ([(header::CONTENT_TYPE, JSON)], "{\"status\":\"ok\"}").into_response()
}

/// 200 once the control store answers; else 503.
pub(crate) async fn ready(State(api): State<Arc<Api>>) -> Response {
    match api.ask(api.store.counts()).await {
        Ok(counts) => {
            let body = serde_json::json!({
                "status": "ready", "districts": counts.districts, "connections": counts.connections,
            });
            ([(header::CONTENT_TYPE, JSON)], body.to_string()).into_response()
        }
        Err(error) => {
            tracing::error!(cause = error.cause(), "not ready");
            error.answer(NO_VERSION)
        }
    }
}
