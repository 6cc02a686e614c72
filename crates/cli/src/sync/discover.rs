//! Which districts a token or an app may read, asked of the server at once, so that a slip is told before anything is written.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use homeroom_client::{Answer, AppCredentials, Ask, Broken, Secret, Transport};
use homeroom_model::ObjectId;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// An answer with more bytes is not one of these.
const MOST_BYTES: usize = 16 << 20;
/// Somebody waits for the answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often, and how long apart, a server that does not answer is asked.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// Where to ask.
pub(crate) struct Server {
    /// The API's address, as it is written.
    pub(crate) api: String,
    /// Where `/oauth/tokens` is.
    pub(crate) oauth: String,
    /// The version's name.
    pub(crate) version: &'static str,
    /// What sends requests.
    pub(crate) transport: Arc<dyn Transport>,
}

/// A district that may be read.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// Its id.
    pub(crate) id: ObjectId,
    /// Its name.
    pub(crate) name: String,
    /// Its token.
    pub(crate) token: Secret,
}

/// The server could not be reached, or refused the token or secret.
#[derive(Debug)]
pub(crate) struct NotReached(String);

impl fmt::Display for NotReached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotReached {}

#[derive(Deserialize)]
struct List<T> {
    data: Vec<T>,
}

#[derive(Deserialize)]
struct Wrapped<T> {
    data: T,
}

#[derive(Deserialize)]
struct District {
    id: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Token {
    owner: Owner,
    access_token: String,
}

#[derive(Deserialize)]
struct Owner {
    id: String,
}

impl Server {
    /// The district of a token.
    pub(crate) async fn of_token(&self, token: &Secret) -> anyhow::Result<Found> {
        let url = format!(
            "{}/{}/districts",
            self.api.trim_end_matches('/'),
            self.version
        );
        let authorization = header(&format!("Bearer {}", token.expose()))?;
        let list: List<Wrapped<District>> = self.ask(&url, authorization, "token").await?;
        let mut districts = list.data.into_iter().map(|wrapped| wrapped.data);
        let (first, second) = (districts.next(), districts.next());
        let (Some(district), None) = (first, second) else {
            anyhow::bail!("{url} does not name one district; is this the token of a district?");
        };
        let id = ObjectId::from_hex(&district.id);
        let id =
            id.ok_or_else(|| anyhow::anyhow!("{url} names a district without an id of 24 digits"))?;
        Ok(Found {
            id,
            name: district.name,
            token: token.clone(),
        })
    }

    /// The districts of an app, by name.
    pub(crate) async fn of_app(&self, app: &AppCredentials) -> anyhow::Result<Vec<Found>> {
        let url = format!(
            "{}/oauth/tokens?owner_type=district",
            self.oauth.trim_end_matches('/')
        );
        let pair = STANDARD.encode(format!("{}:{}", app.client_id, app.client_secret.expose()));
        let authorization = header(&format!("Basic {pair}"))?;
        let list: List<Token> = self.ask(&url, authorization, "client id or secret").await?;
        let mut found = Vec::new();
        for token in list.data {
            let district = self.of_token(&Secret::new(&token.access_token)).await?;
            anyhow::ensure!(
                ObjectId::from_hex(&token.owner.id) == Some(district.id),
                "the token that {url} gives for district {} is one of district {}",
                token.owner.id,
                district.id.to_hex()
            );
            found.push(district);
        }
        found.sort_by(|one, two| (&one.name, one.id).cmp(&(&two.name, two.id)));
        Ok(found)
    }

    /// Whether anybody answers at all. A whole read tries every list again and again before it gives up; who waits at a
    /// terminal is told at once.
    pub(crate) async fn answers(&self, token: &Secret) -> anyhow::Result<()> {
        let url = format!(
            "{}/{}/districts",
            self.api.trim_end_matches('/'),
            self.version
        );
        for attempt in 1.. {
            let ask = Ask {
                url: url.clone(),
                authorization: header(&format!("Bearer {}", token.expose()))?,
                most_bytes: MOST_BYTES,
            };
            let asked = tokio::time::timeout(PATIENCE, self.transport.get(ask)).await;
            match asked {
                Ok(Err(Broken::Unreachable)) if attempt < TRIES => tokio::time::sleep(PAUSE).await,
                Ok(Err(Broken::Unreachable)) => break,
                // Whatever it says is the engine's to judge.
                _ => return Ok(()),
            }
        }
        Err(nobody(&url))
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        url: &str,
        authorization: HeaderValue,
        what: &str,
    ) -> anyhow::Result<T> {
        let ask = Ask {
            url: url.to_owned(),
            authorization,
            most_bytes: MOST_BYTES,
        };
        let not_reached = |why: String| anyhow::Error::new(NotReached(why));
        let asked = tokio::time::timeout(PATIENCE, self.transport.get(ask)).await;
        let answer = match asked {
            Ok(Ok(answer)) => answer,
            Ok(Err(Broken::Unreachable)) => return Err(nobody(url)),
            Ok(Err(Broken::Cut | Broken::TooLarge)) => {
                return Err(not_reached(format!("{url} did not answer whole")));
            }
            Err(_) => {
                return Err(not_reached(format!(
                    "{url} did not answer within {} seconds",
                    PATIENCE.as_secs()
                )));
            }
        };
        if let Some(why) = refused(&answer, url, what) {
            return Err(not_reached(why));
        }
        serde_json::from_slice(&answer.body).map_err(|_| {
            anyhow::anyhow!(
                "{url} answers with something else than this API does; is the address right?"
            )
        })
    }
}

fn nobody(url: &str) -> anyhow::Error {
    anyhow::Error::new(NotReached(format!(
        "nobody answers at {url}; is the address right, and does the server run?"
    )))
}

/// Why an answer is none.
fn refused(answer: &Answer, url: &str, what: &str) -> Option<String> {
    match answer.status {
        200 => None,
        401 | 403 => Some(format!(
            "the server refused the {what} ({url}, status {})",
            answer.status
        )),
        404 => Some(format!(
            "there is nothing at {url}; is this the server's address, and does it have this version?"
        )),
        429 => Some(format!(
            "{url} is asked too often at the moment; try again in a minute"
        )),
        status => Some(format!(
            "{url} answers with status {status}; try again later"
        )),
    }
}

fn header(text: &str) -> anyhow::Result<HeaderValue> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        anyhow::anyhow!(
            "the token or secret has characters that no header can hold; was it copied whole?"
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}
