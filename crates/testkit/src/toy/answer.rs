//! Answers: tokens, lists in pages, single documents.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use homeroom_wire::{Family, Items, MAX_LIMIT, Object, Route, Shape, Version};
use serde_json::{Value, json};

use super::{Holding, Toy, World};

/// Answers a path and query.
pub(crate) fn answer(toy: &Toy, target: &str, authorization: &str) -> Response {
    let asked = Asked::of(target);
    let world = toy.world();
    if asked.path == "/oauth/tokens" {
        return tokens(&world, &asked);
    }
    let holds = |holding: &&Holding| {
        let token = holding.token.as_deref();
        token.is_some_and(|token| authorization == format!("Bearer {token}"))
    };
    let Some(holding) = world.districts.values().find(holds) else {
        return refuse(StatusCode::UNAUTHORIZED, "unauthorized");
    };
    let version = toy.version();
    let below = asked
        .path
        .strip_prefix('/')
        .and_then(|path| path.strip_prefix(version.name));
    let found = below.and_then(|below| find(version, below));
    let Some((route, id)) = found else {
        return refuse(StatusCode::NOT_FOUND, "no such path");
    };
    let feed: Vec<_>;
    if route.gives == Object::Event {
        let told = holding.feed(toy.now()).filter(|told| {
            let kinds = asked.all("record_type");
            let fits = |kind: &str| told.object.event_prefix(version) == Some(kind);
            (kinds.is_empty() || kinds.into_iter().any(fits))
                && asked
                    .one("school")
                    .is_none_or(|school| told.concerns(school))
        });
        feed = told.filter_map(|told| told.document(version)).collect();
        return match id {
            None => list(version, route, &asked, feed.iter().collect()),
            Some(id) => one(feed.iter().find(|event| event["id"] == id)),
        };
    }
    let own = own_document(version, route.gives, &holding.document);
    let all = || match route.gives {
        Object::District | Object::Status => vec![&own],
        object => holding.all(object).collect(),
    };
    match (route.relation(), id) {
        (Some(relation), Some(id)) => {
            let district = route.of == Object::District && holding.document["id"] == id;
            if !district && holding.one(route.of, id).is_none() {
                return refuse(StatusCode::NOT_FOUND, "not found");
            }
            let documents = if district {
                all()
            } else {
                holding.related(version, (route.of, id), (relation, route.gives))
            };
            if route.shape == Shape::List {
                list(version, route, &asked, documents)
            } else {
                one(documents.first().copied())
            }
        }
        (_, Some(id)) if route.of == Object::District => {
            one(Some(&own).filter(|own| own["id"] == id))
        }
        (_, Some(id)) => one(holding.one(route.of, id)),
        (_, None) => list(version, route, &asked, all()),
    }
}

/// The district's document, or its status where that is another one.
fn own_document(version: &Version, object: Object, document: &Value) -> Value {
    let members: &[&str] = match (object, version.family) {
        (Object::Status, _) => &[
            "id",
            "error",
            "instant_login",
            "last_sync",
            "launch_date",
            "pause_end",
            "pause_start",
            "sis_type",
            "state",
        ],
        (_, Family::One) => &["id", "name", "mdr_number"],
        _ => return document.clone(),
    };
    let mut document = document.clone();
    let all = document.as_object_mut().unwrap();
    all.retain(|name, _| members.contains(&name.as_str()));
    document
}

/// The route of a path below the version, and the id in it.
fn find<'p>(version: &Version, below: &'p str) -> Option<(&'static Route, Option<&'p str>)> {
    let parts: Vec<_> = below.split('/').filter(|part| !part.is_empty()).collect();
    let mut all = Route::of_version(version).chain(Route::of_events(version));
    let fits = |route: &&Route| {
        let own: Vec<_> = route.path.split('/').skip(1).collect();
        own.len() == parts.len()
            && own
                .iter()
                .zip(&parts)
                .all(|(own, part)| *own == "{id}" || own.eq_ignore_ascii_case(part))
    };
    let route = all.find(fits)?;
    Some((
        route,
        route.takes_id().then(|| parts.get(1).copied()).flatten(),
    ))
}

fn one(document: Option<&Value>) -> Response {
    match document {
        Some(document) => ok(&json!({ "data": document, "links": [] })),
        None => refuse(StatusCode::NOT_FOUND, "not found"),
    }
}

/// A page of a list (clever-api 5).
fn list(version: &Version, route: &Route, asked: &Asked<'_>, documents: Vec<&Value>) -> Response {
    let role = asked.one("role");
    let wanted = |document: &&Value| role.is_none_or(|role| document["roles"].get(role).is_some());
    let all: Vec<_> = documents.into_iter().filter(wanted).collect();
    if route.counts && asked.one("count") == Some("true") {
        return ok(&json!({ "count": all.len(), "links": [] }));
    }
    let limit = match asked.one("limit").map(str::parse::<usize>) {
        None => 100,
        Some(Ok(limit)) if (1..=MAX_LIMIT).contains(&limit) => limit,
        Some(Ok(0) | Err(_)) => return refuse(StatusCode::BAD_REQUEST, "limit"),
        Some(Ok(_)) => return refuse(StatusCode::PAYLOAD_TOO_LARGE, "limit"),
    };
    let key = |document: &Value| document["id"].as_str().unwrap_or_default().to_owned();
    let (after, before) = (asked.one("starting_after"), asked.one("ending_before"));
    let (page, more) = match (after, before) {
        (Some(_), Some(_)) => return refuse(StatusCode::BAD_REQUEST, "two cursors"),
        (after, None) => {
            let start = after.map_or(0, |after| all.partition_point(|one| *key(one) <= *after));
            let end = all.len().min(start + limit);
            (&all[start..end], end < all.len())
        }
        (None, Some(before)) => {
            let end = all.partition_point(|one| before == "last" || *key(one) < *before);
            (&all[end.saturating_sub(limit)..end], true)
        }
    };
    let mut links = vec![json!({ "rel": "self", "uri": asked.target })];
    if more {
        let cursor = page.last().map_or_else(String::new, |last| key(last));
        links.push(json!({ "rel": "next", "uri": asked.next(&cursor) }));
    }
    let wrap = |document: &&Value| match route.items {
        Items::Wrapped => {
            let uri = format!(
                "/{}/{}/{}",
                version.name,
                route.gives.collection(),
                key(document)
            );
            json!({ "data": document, "uri": uri })
        }
        _ => (*document).clone(),
    };
    let mut body = json!({ "data": page.iter().map(wrap).collect::<Vec<_>>(), "links": links });
    if version.family == Family::One {
        let pages = all.len().div_ceil(limit);
        body["paging"] = json!({ "current": 1, "total": pages, "count": all.len() });
    }
    ok(&body)
}

/// The districts' tokens (clever-api 7.5).
fn tokens(world: &World, asked: &Asked<'_>) -> Response {
    let wanted = asked.one("district");
    let listed = world.districts.iter().filter(|(id, holding)| {
        holding.listed && wanted.is_none_or(|wanted| id.to_hex() == wanted)
    });
    let grants = listed.filter_map(|(id, holding)| {
        let token = holding.token.as_deref()?;
        Some(json!({
            "id": id.to_hex(), "owner": { "type": "district", "id": id.to_hex() }, "access_token": token, "scopes": [],
        }))
    });
    ok(
        &json!({ "data": grants.collect::<Vec<_>>(), "links": [{ "rel": "self", "uri": asked.target }] }),
    )
}

fn ok(body: &Value) -> Response {
    (
        [(header::CONTENT_TYPE, "application/json; charset=utf-8")],
        body.to_string(),
    )
        .into_response()
}

fn refuse(status: StatusCode, message: &str) -> Response {
    (status, ok(&json!({ "message": message }))).into_response()
}

/// A path and query taken apart.
struct Asked<'a> {
    target: &'a str,
    path: &'a str,
    query: Vec<(&'a str, &'a str)>,
}

impl<'a> Asked<'a> {
    fn of(target: &'a str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let query = query.split('&').filter_map(|pair| pair.split_once('='));
        Self {
            target,
            path,
            query: query.collect(),
        }
    }

    fn all(&self, name: &str) -> Vec<&'a str> {
        let own = self.query.iter().filter(|(own, _)| *own == name);
        own.map(|(_, value)| *value).collect()
    }

    fn one(&self, name: &str) -> Option<&'a str> {
        self.all(name).first().copied()
    }

    /// The same list from a cursor on.
    fn next(&self, cursor: &str) -> String {
        let others = self
            .query
            .iter()
            .filter(|(name, _)| !["starting_after", "ending_before"].contains(name));
        let kept = others.fold(String::new(), |kept, (name, value)| {
            kept + name + "=" + value + "&"
        });
        format!("{}?{kept}starting_after={cursor}", self.path)
    }
}
