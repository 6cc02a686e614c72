//! What is asked of HTTP: a GET, or a POST of one body; the answer whole, within a number of bytes.

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

/// What is asked. Its `Debug` shows no token.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The whole address.
    pub url: String,
    /// The value of `Authorization`.
    pub authorization: HeaderValue,
    /// An answer with a longer body is given up.
    pub most_bytes: usize,
}

/// What is sent. Its `Debug` shows no content.
#[derive(Clone)]
pub struct Content {
    /// The value of `Content-Type`.
    pub kind: &'static str,
    /// The body, as it goes over the wire.
    pub body: Bytes,
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Content({}, {} bytes)", self.kind, self.body.len())
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, unpacked.
    pub body: Bytes,
}

/// Why nothing came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// No connection, or it broke before an answer began.
    Unreachable,
    /// The answer ended before its end.
    Cut,
    /// The body is longer than was asked for.
    TooLarge,
}

/// Sends requests. It follows no redirection, retries nothing and needs no limit of time: whoever asks has all three.
#[async_trait]
pub trait Transport: Send + Sync + 'static {
    /// Asks, and waits for the whole answer. A request that is dropped is given up.
    async fn get(&self, ask: Ask) -> Result<Answer, Broken>;

    /// Sends a body, and waits for the whole answer. Where nothing comes back the other side may have taken the body all the
    /// same.
    async fn post(&self, ask: Ask, content: Content) -> Result<Answer, Broken>;
}
