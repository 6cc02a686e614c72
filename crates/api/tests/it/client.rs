//! A stand-in for an application.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Method, Request, header};
use futures::StreamExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::statuses;

/// Sends requests to a router.
#[derive(Clone)]
pub(crate) struct Client {
    router: Router,
    authorization: Option<String>,
    as_of: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Client {
    /// A client without a token.
    pub(crate) fn new(router: Router) -> Self {
        Self {
            router,
            authorization: None,
            as_of: None,
        }
    }

    /// The same client reading the past.
    pub(crate) fn as_of(&self, text: &str) -> Self {
        Self {
            as_of: Some(text.to_owned()),
            ..self.clone()
        }
    }

    /// What it authenticates with.
    pub(crate) fn authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }

    /// What it sends to.
    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// The same client without a token.
    pub(crate) fn anonymous(&self) -> Self {
        Self::new(self.router())
    }

    /// The same client with another `Authorization` header.
    pub(crate) fn authorized(&self, authorization: &str) -> Self {
        Self {
            router: self.router(),
            authorization: Some(authorization.to_owned()),
            as_of: None,
        }
    }

    /// The same client with a token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        self.authorized(&format!("Bearer {token}"))
    }

    /// Sends a request with further headers.
    pub(crate) async fn send(
        &self,
        method: Method,
        address: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let reads = method == Method::GET;
        let mut request = Request::builder().method(method).uri(address);
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        if let Some(as_of) = &self.as_of {
            request = request.header("homeroom-as-of", as_of);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        let (head, body) = self.router().oneshot(request).await.unwrap().into_parts();
        if reads {
            statuses::check(address, head.status.as_u16());
        }
        Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body: to_bytes(body, usize::MAX).await.unwrap(),
        }
    }

    /// The lengths of the parts in which an answer arrives.
    pub(crate) async fn parts(&self, address: &str) -> Vec<usize> {
        let mut request = Request::builder().uri(address);
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let request = request.body(Body::empty()).unwrap();
        let answer = self.router().oneshot(request).await.unwrap();
        let parts = answer.into_body().into_data_stream();
        parts.map(|part| part.unwrap().len()).collect().await
    }

    /// Asks for an address.
    pub(crate) async fn get(&self, address: &str) -> Answer {
        self.send(Method::GET, address, &[]).await
    }

    /// The body of an answer that must be 200.
    pub(crate) async fn read(&self, address: &str) -> Value {
        let answer = self.get(address).await;
        assert_eq!(answer.status, 200, "{address}: {}", answer.text());
        answer.json()
    }

    /// The status of an answer, which must have a message if it is an error.
    pub(crate) async fn status(&self, address: &str) -> u16 {
        let answer = self.get(address).await;
        if answer.status >= 400 {
            answer.refusal(address);
        }
        answer.status
    }
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body, which must say that it is JSON.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(
            self.header("content-type"),
            "application/json; charset=utf-8",
            "{}",
            self.text()
        );
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// What an answer that is an error says, which must have the form of the version that was asked: 1.x says it twice.
    pub(crate) fn refusal(&self, address: &str) -> String {
        let body = self.json();
        let message = body["message"].as_str().unwrap_or("").to_owned();
        assert!(message.len() > 10, "{address}: {body}");
        let twice = ["/v1.1/", "/v1.2/"]
            .iter()
            .any(|version| address.starts_with(version));
        let expected = if twice {
            serde_json::json!({ "error": message, "message": message })
        } else {
            serde_json::json!({ "message": message })
        };
        assert_eq!(body, expected, "{address}");
        message
    }

    /// A header's value; empty where it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// The id of a document.
pub(crate) fn id(document: &Value) -> &str {
    document["id"]
        .as_str()
        .unwrap_or_else(|| panic!("no id: {document}"))
}

/// The document of an item of a list: 1.x has lists of documents as they are.
pub(crate) fn document(item: &Value) -> &Value {
    item.get("data").unwrap_or(item)
}

/// The links of an answer, in their order.
pub(crate) fn links(answer: &Value) -> Vec<(&str, &str)> {
    let links = answer["links"].as_array().unwrap().iter();
    links
        .map(|link| (link["rel"].as_str().unwrap(), link["uri"].as_str().unwrap()))
        .collect()
}

/// A link of an answer.
pub(crate) fn link(answer: &Value, rel: &str) -> Option<String> {
    let found = links(answer).into_iter().find(|(other, _)| *other == rel)?;
    Some(found.1.to_owned())
}
