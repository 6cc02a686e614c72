//! `GET /oauth/tokens`: the district-app tokens granted to an app (clever-api 7.5).

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use homeroom_model::ObjectId;
use homeroom_store::{App, Connection};
use homeroom_wire::Grant;
use subtle::ConstantTimeEq;

use crate::Api;
use crate::error::{ApiError, JSON};
use crate::exchange::{Exchange, guarded};
use crate::secrets::client_secret_digest;

/// Lists the tokens of the app whose client id and secret come with HTTP Basic authentication.
pub(crate) async fn tokens(
    State(api): State<Arc<Api>>,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Response {
    let exchange = Exchange::begin(&api, "/oauth/tokens", "/oauth/tokens");
    let outcome = guarded(list(&api, &query, &headers)).await;
    exchange.end(&api, outcome)
}

async fn list(
    api: &Api,
    query: &[(String, String)],
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let app = authenticate(api, headers).await?;
    let value = |name: &str| {
        let found = query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    };
    if value("owner_type") != Some("district") {
        return Err(ApiError::BadParameter("owner_type must be district."));
    }
    let connections = api.ask(api.store.connections_of_app(app.id)).await?;
    let district = value("district");
    let wanted = |connection: &&Connection| {
        district.is_none_or(|district| ObjectId::from_hex(district) == Some(connection.district))
    };
    let opened = open_all(api, connections.iter().filter(wanted))?;
    let scopes: Vec<Vec<&str>> = opened
        .iter()
        .map(|(connection, _)| connection.scopes.iter().map(String::as_str).collect())
        .collect();
    let grants: Vec<_> = opened
        .iter()
        .zip(&scopes)
        .map(|((connection, token), scopes)| Grant {
            id: connection.id,
            created: connection.created,
            district: connection.district,
            access_token: token,
            scopes,
        })
        .collect();
    let district = district.and_then(ObjectId::from_hex);
    let body = homeroom_wire::tokens(&grants, district.as_ref());
    Ok(([(header::CONTENT_TYPE, JSON)], body).into_response())
}

/// The tokens of connections. One that cannot be opened is left out and logged: the other districts of the app are none
/// the worse for it. But where none opens the key is another, and an empty list would say that every district left.
fn open_all<'a>(
    api: &Api,
    connections: impl Iterator<Item = &'a Connection>,
) -> Result<Vec<(&'a Connection, String)>, ApiError> {
    let (mut opened, mut failed) = (Vec::new(), None);
    for connection in connections {
        match api.master.open(connection.id, &connection.sealed) {
            Ok(token) => opened.push((connection, token)),
            Err(error) => {
                tracing::error!(connection = %connection.id, %error, "a token is not listed");
                failed = Some(error);
            }
        }
    }
    match failed {
        Some(error) if opened.is_empty() => Err(ApiError::unavailable(error)),
        _ => Ok(opened),
    }
}

async fn authenticate(api: &Api, headers: &HeaderMap) -> Result<App, ApiError> {
    let (client_id, secret) = basic(headers).ok_or(ApiError::NoClient)?;
    let app = api.ask(api.store.app_by_client(&client_id)).await?;
    let app = app.ok_or(ApiError::NoClient)?;
    let same: bool = app.secret.ct_eq(&client_secret_digest(&secret)).into();
    if same {
        Ok(app)
    } else {
        Err(ApiError::NoClient)
    }
}

/// User name and password of `Authorization: Basic …`.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let (scheme, coded) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let plain = String::from_utf8(STANDARD.decode(coded.trim()).ok()?).ok()?;
    let (name, password) = plain.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}
