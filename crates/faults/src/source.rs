//! The server behind: asked for whole answers.

use std::convert::Infallible;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, Method, Request, StatusCode, Uri, header};
use axum::response::Response;
use bytes::Bytes;
use homeroom_wire::{Object, Route, Shape};
use serde_json::Value;
use tower::ServiceExt as _;
use tower::util::BoxCloneSyncService;

use crate::fault::Fault;

/// Any server of the published API.
pub(crate) type Server = BoxCloneSyncService<Request<Body>, Response, Infallible>;

/// Records to a page when the source is read ahead of its client.
const PAGE: usize = 1000;
/// Pages of one list; more would be a list without an end.
const PAGES: usize = 100_000;

/// The server behind, asked in a client's name.
pub(crate) struct Source<'a> {
    server: &'a Server,
    headers: HeaderMap,
    version: &'a str,
}

/// A whole answer.
pub(crate) struct Fetched {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// What made it so, where it was not the source.
    pub(crate) did: Vec<Fault>,
}

/// The source could not be read where its answer was needed to go on; what it said instead, if it answered.
pub(crate) struct Unreadable(pub(crate) Option<Box<Fetched>>);

impl Fetched {
    /// The body and the headers, if the answer is one of data.
    pub(crate) fn data(self) -> Result<(Value, HeaderMap), Unreadable> {
        let body = match self.status {
            StatusCode::OK => serde_json::from_slice(&self.body).ok(),
            _ => None,
        };
        match body {
            Some(body) => Ok((body, self.headers)),
            None => Err(Unreadable(Some(Box::new(self)))),
        }
    }
}

impl<'a> Source<'a> {
    /// The server, asked with a client's headers but for those that change the form of the answer.
    pub(crate) fn new(server: &'a Server, headers: &HeaderMap, version: &'a str) -> Self {
        let mut headers = headers.clone();
        for name in [
            header::ACCEPT_ENCODING,
            header::IF_NONE_MATCH,
            header::RANGE,
        ] {
            headers.remove(name);
        }
        Self {
            server,
            headers,
            version,
        }
    }

    /// Asks for a path and query.
    pub(crate) async fn get(&self, address: &str) -> Result<Fetched, Unreadable> {
        let uri: Uri = address.parse().map_err(|_| Unreadable(None))?;
        let mut request = Request::new(Body::empty());
        *request.method_mut() = Method::GET;
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers.clone();
        let Ok(response) = self.server.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await;
        Ok(Fetched {
            status: parts.status,
            headers: parts.headers,
            body: body.map_err(|_| Unreadable(None))?,
            did: Vec::new(),
        })
    }

    /// All records of a list, as they are.
    pub(crate) async fn all(&self, path: &str) -> Result<Vec<Value>, Unreadable> {
        self.all_at(format!("/{}{path}?", self.version)).await
    }

    /// The same of a list by its whole address, which ends with its query or with a question mark.
    pub(crate) async fn all_at(&self, list: String) -> Result<Vec<Value>, Unreadable> {
        let mut found = Vec::new();
        let joint = if list.ends_with('?') { "" } else { "&" };
        let mut address = Some(format!("{list}{joint}limit={PAGE}"));
        for _ in 0..PAGES {
            let Some(asked) = address.take() else { break };
            let fetched = self.get(&asked).await?;
            if fetched.status == StatusCode::NOT_FOUND {
                return Ok(found);
            }
            let (mut page, _) = fetched.data()?;
            let items = page.get_mut("data").and_then(Value::as_array_mut);
            found.extend(items.ok_or(Unreadable(None))?.drain(..).map(unwrapped));
            address = next_of(&page).filter(|next| *next != asked);
        }
        Ok(found)
    }

    /// One record, `None` where there is none.
    pub(crate) async fn one(&self, of: Object, id: &str) -> Result<Option<Value>, Unreadable> {
        let address = format!("/{}/{}/{id}", self.version, of.collection());
        let fetched = self.get(&address).await?;
        if fetched.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let (mut body, _) = fetched.data()?;
        Ok(body.get_mut("data").map(Value::take))
    }

    /// What lists a record: the records of the lists below it that are called so.
    pub(crate) async fn below(
        &self,
        routes: impl Iterator<Item = &'static Route>,
        of: Object,
        id: &str,
        relations: &[&str],
    ) -> Result<Vec<(Object, Value)>, Unreadable> {
        let mut found = Vec::new();
        for route in routes {
            let named = route
                .relation()
                .is_some_and(|name| relations.contains(&name));
            if route.of != of || route.shape != Shape::List || !named {
                continue;
            }
            let records = self.all(&route.path.replace("{id}", id)).await?;
            found.extend(records.into_iter().map(|record| (route.gives, record)));
        }
        Ok(found)
    }
}

/// The document of an item, wrapped or bare.
fn unwrapped(mut item: Value) -> Value {
    match item.get_mut("data") {
        Some(data) if data.is_object() => data.take(),
        _ => item,
    }
}

/// The address of the next page.
pub(crate) fn next_of(page: &Value) -> Option<String> {
    let links = page.get("links")?.as_array()?;
    let is_next = |link: &&Value| link.get("rel").and_then(Value::as_str) == Some("next");
    let next = links.iter().find(is_next)?.get("uri")?.as_str()?;
    Some(next.to_owned())
}

/// Headers that only hold between two neighbours.
pub(crate) const NEIGHBOURLY: [HeaderName; 5] = [
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::TRAILER,
    header::UPGRADE,
    header::TE,
];
