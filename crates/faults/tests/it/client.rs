//! A client of a few lines, without patience: what it gets is what the test looks at.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt as _;

/// A client with a token.
#[derive(Clone)]
pub(crate) struct Client {
    service: Router,
    token: String,
}

/// What it got.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// `None` if the connection broke in its middle.
    pub(crate) body: Option<Vec<u8>>,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn faults(&self) -> &str {
        self.header("x-homeroom-fault")
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone().expect("a whole body")).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text()).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Whether it is what a client may use: 200, JSON by name and by content, with `data`.
    pub(crate) fn is_good(&self) -> bool {
        let json = self.header("content-type").starts_with("application/json");
        let body = self.body.as_deref().unwrap_or_default();
        let body: Option<Value> = serde_json::from_slice(body).ok();
        self.status == StatusCode::OK && json && body.is_some_and(|body| body.get("data").is_some())
    }
}

impl Client {
    pub(crate) fn new(service: Router, token: &str) -> Self {
        Self {
            service,
            token: token.to_owned(),
        }
    }

    /// The same server, asked with another token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self::new(self.service.clone(), token)
    }

    pub(crate) async fn get(&self, address: &str) -> Got {
        let authorization = format!("Bearer {}", self.token);
        let request = Request::get(address).header("authorization", authorization);
        let request = request.body(Body::empty()).unwrap();
        let response = self.service.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await;
        Got {
            status: parts.status,
            headers: parts.headers,
            body: body.ok().map(|body| body.to_vec()),
        }
    }

    /// An answer that must be good.
    pub(crate) async fn read(&self, address: &str) -> Value {
        let got = self.get(address).await;
        assert!(got.is_good(), "{address}: {got:?}");
        got.json()
    }

    /// The documents of one page.
    pub(crate) async fn page(&self, address: &str) -> Vec<Value> {
        documents(&self.read(address).await)
    }

    /// All documents of a list, in the order of its pages.
    pub(crate) async fn walk(&self, address: &str) -> Vec<Value> {
        self.pages(address).await.concat()
    }

    /// The documents of each page.
    pub(crate) async fn pages(&self, address: &str) -> Vec<Vec<Value>> {
        let (mut pages, mut next) = (Vec::new(), Some(address.to_owned()));
        while let Some(asked) = next {
            let page = self.read(&asked).await;
            pages.push(documents(&page));
            next = link(&page, "next");
            assert!(pages.len() < 500, "a walk without an end");
        }
        pages
    }

    /// A document by its id.
    pub(crate) async fn one(&self, address: &str) -> Option<Value> {
        let got = self.get(address).await;
        match got.status {
            StatusCode::OK => Some(got.json()["data"].clone()),
            StatusCode::NOT_FOUND => None,
            _ => panic!("{address}: {got:?}"),
        }
    }
}

pub(crate) fn documents(page: &Value) -> Vec<Value> {
    let items = page["data"].as_array().expect("a list");
    let documents = items.iter().map(|item| item.get("data").unwrap_or(item));
    documents.cloned().collect()
}

pub(crate) fn link(page: &Value, rel: &str) -> Option<String> {
    let links = page["links"].as_array()?;
    let found = links.iter().find(|link| link["rel"] == rel)?;
    Some(found["uri"].as_str().unwrap().to_owned())
}

pub(crate) fn id(document: &Value) -> &str {
    document["id"].as_str().expect("an id")
}

pub(crate) fn ids(documents: &[Value]) -> Vec<String> {
    documents
        .iter()
        .map(|document| id(document).to_owned())
        .collect()
}

/// Documents by what nobody renames: the SIS id of students, or whatever else tells them apart.
pub(crate) fn by(documents: &[Value], pointer: &str) -> BTreeMap<String, Value> {
    let of = |document: &Value| {
        let key = document.pointer(pointer)?.as_str()?;
        Some((key.to_owned(), document.clone()))
    };
    documents.iter().filter_map(of).collect()
}
