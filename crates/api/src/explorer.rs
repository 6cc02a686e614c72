//! The explorer: every version's OpenAPI document, and a page to try it from.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use homeroom_wire::VERSIONS;
use utoipa_swagger_ui::{Config, SwaggerUi, Url};

use crate::Api;
use crate::error::JSON;
use crate::{goals, management};

/// `GET /`: whoever types the address of an installation wants to know what it is.
pub(crate) async fn start() -> Redirect {
    Redirect::temporary("/docs/")
}

/// `/docs` and the documents it shows: `/openapi/v3.1.json` and so on, newest first, then `/openapi/v3.1-events.json` and so on.
pub(crate) fn routes() -> Router<Arc<Api>> {
    let mut router = Router::new();
    let mut urls = Vec::new();
    for version in VERSIONS.iter().rev() {
        let path = format!("/openapi/{}.json", version.name);
        let body = Bytes::from(homeroom_wire::openapi(version).to_string());
        router = router.route(
            &path,
            get(move || {
                let body = body.clone();
                async move { ([(header::CONTENT_TYPE, JSON)], body).into_response() }
            }),
        );
        // The page keeps its addresses for as long as the process lives, and there is one a version.
        urls.push(Url::new(version.name, Box::leak(path.into_boxed_str())));
    }
    for version in VERSIONS.iter().rev() {
        let path = format!("/openapi/{}-events.json", version.name);
        let body = Bytes::from(homeroom_wire::events_openapi(version).to_string());
        router = router.route(
            &path,
            get(move || {
                let body = body.clone();
                async move { ([(header::CONTENT_TYPE, JSON)], body).into_response() }
            }),
        );
        let name: &str = Box::leak(format!("{} events", version.name).into_boxed_str());
        urls.push(Url::new(name, Box::leak(path.into_boxed_str())));
    }
    for (name, path, document) in [
        ("goals", "/openapi/goals-v1.json", goals::openapi()),
        (
            "management",
            "/openapi/management-v1.json",
            management::openapi(),
        ),
    ] {
        let body = Bytes::from(document.to_string());
        router = router.route(
            path,
            get(move || {
                let body = body.clone();
                async move { ([(header::CONTENT_TYPE, JSON)], body).into_response() }
            }),
        );
        urls.push(Url::new(name, path));
    }
    let page = SwaggerUi::new("/docs").config(
        Config::new(urls)
            .try_it_out_enabled(true)
            .validator_url("none"),
    );
    router.merge(page)
}
