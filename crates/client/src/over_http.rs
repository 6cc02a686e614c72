//! The usual transport: HTTP/1.1 and 2, TLS with the certificates of the system.

use std::time::Duration;

use async_trait::async_trait;
use bytes::BytesMut;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use reqwest::redirect::Policy;

use crate::transport::{Answer, Ask, Broken, Content, Transport};

/// How connections are made.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// How long making a connection may take. Default 10 s.
    pub connect_timeout: Duration,
    /// Whether answers may come compressed: worth it over the internet, not within one machine. Default yes.
    pub compressed: bool,
    /// What servers are told is asking.
    pub user_agent: String,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            compressed: true,
            user_agent: concat!("homeroom/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// Why there is no transport: the settings, or the certificates of the system, are of no use.
#[derive(Debug, thiserror::Error)]
#[error("HTTP cannot be set up")]
pub struct HttpError(#[source] reqwest::Error);

/// Connections to any number of servers. Sources may share one.
#[derive(Clone, Debug)]
pub struct Http(reqwest::Client);

impl Http {
    /// Sets up HTTP; connects to nothing yet.
    pub fn new(settings: &HttpSettings) -> Result<Self, HttpError> {
        let client = reqwest::Client::builder()
            .connect_timeout(settings.connect_timeout)
            .user_agent(&settings.user_agent)
            .gzip(settings.compressed)
            // A token goes to the host that it was given for and to no other.
            .redirect(Policy::none())
            .referer(false);
        client.build().map(Self).map_err(HttpError)
    }
}

#[async_trait]
impl Transport for Http {
    async fn get(&self, ask: Ask) -> Result<Answer, Broken> {
        answered(self.0.get(&ask.url), ask).await
    }

    async fn post(&self, ask: Ask, content: Content) -> Result<Answer, Broken> {
        let request = self.0.post(&ask.url).header(CONTENT_TYPE, content.kind);
        answered(request.body(content.body), ask).await
    }
}

async fn answered(request: reqwest::RequestBuilder, ask: Ask) -> Result<Answer, Broken> {
    let request = request
        .header(AUTHORIZATION, ask.authorization)
        .header(ACCEPT, "application/json");
    let sent = request.send().await;
    let mut response = sent.map_err(|_| Broken::Unreachable)?;
    let status = response.status().as_u16();
    let headers = std::mem::take(response.headers_mut());
    let told = response.content_length().unwrap_or(0);
    let room = usize::try_from(told).unwrap_or(usize::MAX);
    if room > ask.most_bytes {
        return Err(Broken::TooLarge);
    }
    let mut body = BytesMut::with_capacity(room);
    while let Some(part) = response.chunk().await.map_err(|_| Broken::Cut)? {
        if part.len() > ask.most_bytes - body.len() {
            return Err(Broken::TooLarge);
        }
        body.extend_from_slice(&part);
    }
    Ok(Answer {
        status,
        headers,
        body: body.freeze(),
    })
}
