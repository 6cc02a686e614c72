//! Sending what students reached in an app (clever-api 8, integration-side D2): one request, and what came of it.
//!
//! Nothing here is tried again: whoever sends keeps the totals, and knows whether the same bytes still say what is true. An
//! answer counts as one only if it accounts for the rows that were sent; anything else leaves open what the server took.

use std::time::Duration;

use bytes::Bytes;
use homeroom_wire::METRICS;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::cancel::{Cancel, Run};
use crate::error::{ClientError, Failure, Fault};
use crate::fetch::says_json;
use crate::secret::Secret;
use crate::source::{Inner, Source};
use crate::transport::{Answer, Content};
use crate::window;

/// A body to be sent.
#[derive(Clone, Debug)]
pub struct Metrics {
    /// It, with its kind: JSON or CSV.
    pub content: Content,
    /// How many students' rows are in it; the answer has to account for as many.
    pub rows: u32,
}

/// What came of sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The last status that came back, if any did.
    pub status: Option<u16>,
    /// Requests this took: more than one where the district's token had to be looked for, or whether it is of the right kind.
    pub requests: u64,
    /// What it means.
    pub told: Told,
}

/// What an answer means to the sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The server took the body, and says so row by row.
    Receipt(MetricsReceipt),
    /// The server says that all is well (a status of the 200s), and not in words that account for the rows.
    Unreadable(Fault),
    /// Nothing of use came back. The same body may be sent again, after so long if the server said how long.
    TryAgain {
        /// What happened.
        fault: Fault,
        /// How long the server wants to be left alone.
        after: Option<Duration>,
    },
    /// The body is too large: a smaller one may pass.
    TooLarge,
    /// Refused; the same body again is of no use.
    Refused(Fault),
}

/// What a server did with a body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct MetricsReceipt {
    /// Rows that came.
    pub received: u32,
    /// Rows that changed a figure.
    #[serde(default)]
    pub updated: u32,
    /// Rows that said what was known.
    #[serde(default)]
    pub unchanged: u32,
    /// Rows that were not taken.
    #[serde(default)]
    pub rejected: Vec<MetricsRow>,
    /// What was noticed about rows that were.
    #[serde(default)]
    pub warnings: Vec<MetricsRow>,
    /// The key that was taken as the progress metric, if the server says so.
    #[serde(default, deserialize_with = "key")]
    pub progress_metric: Option<String>,
    /// The key that it takes, if it says that another one came in its place.
    #[serde(default, deserialize_with = "key")]
    pub expected_metric: Option<String>,
    /// Keys that it left out.
    #[serde(default, deserialize_with = "keys")]
    pub ignored_metrics: Vec<String>,
}

impl MetricsReceipt {
    /// Whether the progress that was sent under a key was left out, as far as the server says: it took another key for the app's
    /// progress, or none and this one not. Of a server that says nothing about keys it was taken.
    pub fn left_out(&self, key: &str) -> bool {
        match &self.progress_metric {
            Some(taken) => taken != key,
            None => self.ignored_metrics.iter().any(|ignored| ignored == key),
        }
    }
}

/// A row that a receipt names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct MetricsRow {
    /// Its place in the body, from 0.
    pub index: u32,
    /// The student's id as it was sent.
    #[serde(default)]
    pub clever_id: String,
    /// Why, in a word.
    #[serde(default)]
    pub reason: String,
}

/// A key; what is none says nothing, for servers that mean something else by the name.
fn key<'de, D: Deserializer<'de>>(json: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(json)? {
        Value::String(key) => Some(key),
        _ => None,
    })
}

/// The keys of a list of them, each by itself or with what is said of it.
fn keys<'de, D: Deserializer<'de>>(json: D) -> Result<Vec<String>, D::Error> {
    let Value::Array(list) = Value::deserialize(json)? else {
        return Ok(Vec::new());
    };
    let key = |one: Value| match one {
        Value::String(key) => Some(key),
        one => one.get("key").and_then(Value::as_str).map(str::to_owned),
    };
    Ok(list.into_iter().filter_map(key).collect())
}

#[derive(Deserialize)]
struct Envelope {
    data: MetricsReceipt,
}

impl Source {
    /// Sends a body of metrics for this district, once, with this district's token. Waits for the rate window that reading
    /// shares; a token that was refused is looked for, and only another one is tried; where there is no place for metrics, the
    /// district is asked for, to tell Goals that are off from a token of another kind. These two questions are asked again as
    /// any other reading is. An error is only that somebody asked to stop, or that there is no time left.
    pub async fn send_metrics(
        &self,
        metrics: &Metrics,
        cancel: &Cancel,
    ) -> Result<Sent, ClientError> {
        let sent = self.0.send(metrics, cancel).await;
        sent.map_err(|fault| ClientError::Failed(failure(fault)))
    }
}

fn failure(fault: Fault) -> Failure {
    Failure {
        path: METRICS.to_owned(),
        fault,
    }
}

impl Inner {
    async fn send(&self, metrics: &Metrics, cancel: &Cancel) -> Result<Sent, Fault> {
        let run = self.begin(cancel);
        let mut requests = 0;
        let mut looked = false;
        loop {
            let closed = self.closed_for();
            if !closed.is_zero() {
                run.pause(&*self.clock, closed).await?;
            }
            let token = self.token();
            let url = self.api.url(&self.api.target(METRICS));
            let Ok(ask) = self.ask(url, token.bearer()) else {
                let told = Told::Refused(Fault::UnusableToken);
                return Ok(Sent {
                    status: None,
                    requests,
                    told,
                });
            };
            requests += 1;
            let posting = self.transport.post(ask, metrics.content.clone());
            let answer = match self.in_time(&run, posting).await {
                Err(fault @ (Fault::Cancelled | Fault::Deadline)) => return Err(fault),
                other => other,
            };
            let status = answer.as_ref().ok().map(|answer| answer.status);
            if status == Some(401) && !looked {
                looked = true;
                match self.find_token(&run, &token).await {
                    Ok(asked) => {
                        requests += asked;
                        continue;
                    }
                    Err(fault @ (Fault::Cancelled | Fault::Deadline)) => return Err(fault),
                    Err(_) => {}
                }
            }
            let mut told = self.told(answer, metrics.rows);
            if told == Told::Refused(Fault::Status(404)) {
                let (fault, asked) = self.not_there(&run, &token).await?;
                requests += asked;
                told = Told::Refused(fault);
            }
            return Ok(Sent {
                status,
                requests,
                told,
            });
        }
    }

    /// What a 404 means, and how many requests it took to find out: of a token that reads the district it is Goals that are
    /// off; one that the server refuses there too is of another kind. Where nobody says which, it is neither.
    async fn not_there(&self, run: &Run, token: &Secret) -> Result<(Fault, u64), Fault> {
        let url = self.api.url(&self.target("/districts"));
        let (answer, asked) = self.answered(run, &url, token.bearer()).await?;
        let fault = match answer {
            None => Fault::GoalsOffOrToken,
            Some(answer) if answer.status == 200 && says_json(&answer.headers).is_ok() => {
                Fault::GoalsOff
            }
            Some(_) => Fault::Status(404),
        };
        Ok((fault, asked))
    }

    fn told(&self, answer: Result<Answer, Fault>, rows: u32) -> Told {
        let answer = match answer {
            Ok(answer) => answer,
            Err(fault) => return Told::TryAgain { fault, after: None },
        };
        let now = self.clock.now();
        match answer.status {
            200..=299 => match receipt(&answer, rows) {
                Ok(receipt) => {
                    if let Some(wait) = window::used_up(&answer.headers, now) {
                        self.close_window(wait);
                    }
                    Told::Receipt(receipt)
                }
                Err(fault) => Told::Unreadable(fault),
            },
            401 => Told::Refused(Fault::TokenRefused),
            413 => Told::TooLarge,
            429 => {
                let after = window::told(&answer.headers, now);
                if let Some(wait) = after {
                    self.close_window(wait);
                }
                Told::TryAgain {
                    fault: Fault::Throttled,
                    after,
                }
            }
            status @ (408 | 425 | 500..) => Told::TryAgain {
                fault: Fault::Status(status),
                after: window::told(&answer.headers, now).filter(|_| status == 503),
            },
            status => Told::Refused(Fault::Status(status)),
        }
    }
}

/// The receipt of a body of so many rows: what does not account for exactly those is none.
fn receipt(answer: &Answer, rows: u32) -> Result<MetricsReceipt, Fault> {
    says_json(&answer.headers)?;
    let body: &Bytes = &answer.body;
    let envelope: Envelope = serde_json::from_slice(body).map_err(|error| {
        if error.is_data() {
            Fault::NoEnvelope("receipt")
        } else {
            Fault::NotJson
        }
    })?;
    let receipt = envelope.data;
    let inside = |named: &[MetricsRow]| named.iter().all(|row| row.index < rows);
    let good = receipt.received == rows && inside(&receipt.rejected) && inside(&receipt.warnings);
    good.then_some(receipt)
        .ok_or(Fault::NoEnvelope("receipt for the rows that were sent"))
}
