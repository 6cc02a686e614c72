//! A receiver: it takes bodies by the rules of `homeroom-goals`, and does to each request what a test tells it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use homeroom_client::{Answer, Ask, Broken, Clock, Content, Transport};
use homeroom_goals::submission::{self, Form, Limits, Receipt, Warning};
use homeroom_goals::total::{Correction, Ground, Metrics, Report, Total, apply};
use homeroom_goals::{Amount, SchoolYears};
use homeroom_model::{ObjectId, Timestamp};
use http::{HeaderMap, HeaderValue};
use tokio::sync::Notify;

/// What is done to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// The body is taken, and the receipt comes.
    Well,
    /// The connection is lost before the body arrived.
    LostBefore,
    /// The body is taken, and the connection lost.
    LostAfter,
    /// The body is taken, and the answer cut short.
    CutAfter,
    /// Nothing happens any more; the body never arrived.
    HangBefore,
    /// Nothing happens any more; the body is taken.
    HangAfter,
    /// A status, and nothing is taken; a 404 because the token is of another kind.
    Status(u16),
    /// A 404 because Goals are not switched on.
    Off,
    /// The same, and the question why breaks off again and again.
    OffUnsaid,
    /// A status of a gateway, behind which the body is taken.
    StatusAfter(u16),
    /// Too many requests, with how many seconds to wait.
    Window(u32),
    /// The body is taken, and the answer is of no use: one of several sorts.
    Garbage(u8),
    /// An answer of no use, and nothing is taken.
    GarbageBefore(u8),
    /// Too large from so many rows on; what is smaller is taken.
    Most(usize),
    /// The sender dies before the body is taken.
    DieBefore,
    /// The sender dies after the body is taken, before it hears so.
    DieAfter,
}

/// Sorts of answers of no use.
pub(crate) const GARBAGE: u8 = 8;

/// A request as it arrived.
#[derive(Clone)]
pub(crate) struct Arrived {
    pub(crate) at: Timestamp,
    pub(crate) body: Bytes,
    pub(crate) token: String,
    pub(crate) act: Act,
}

#[derive(Default)]
struct State {
    /// Whom each token's district shares with the app.
    shared: BTreeMap<String, BTreeSet<ObjectId>>,
    totals: BTreeMap<(String, ObjectId), Total>,
    script: VecDeque<Act>,
    log: Vec<Arrived>,
    /// What is done when the script has ended.
    always: Option<Act>,
    /// The key of the progress metric, if one was declared.
    declared: Option<String>,
}

/// The receiver.
pub(crate) struct Receiver {
    state: Mutex<State>,
    years: SchoolYears,
    clock: Arc<dyn Clock>,
    /// Tells that the sender is to die.
    pub(crate) death: Notify,
}

impl Receiver {
    pub(crate) fn new(years: SchoolYears, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::default(),
            years,
            clock,
            death: Notify::new(),
        })
    }

    /// Shares a student with the app, or not any more.
    pub(crate) fn share(&self, token: &str, student: ObjectId, shared: bool) {
        let mut state = self.state.lock().unwrap();
        let known = state.shared.entry(token.to_owned()).or_default();
        if shared {
            known.insert(student);
        } else {
            known.remove(&student);
        }
    }

    /// What is done to the next requests, one after the other.
    pub(crate) fn script(&self, acts: &[Act]) {
        self.state.lock().unwrap().script = acts.iter().copied().collect();
    }

    /// What is done to all others.
    pub(crate) fn always(&self, act: Act) {
        self.state.lock().unwrap().always = Some(act);
    }

    /// The key of the progress metric is declared.
    pub(crate) fn declare(&self, key: &str) {
        self.state.lock().unwrap().declared = Some(key.to_owned());
    }

    /// Requests so far.
    pub(crate) fn log(&self) -> Vec<Arrived> {
        self.state.lock().unwrap().log.clone()
    }

    /// Minutes and progress of a student, as they are shown; nothing of progress that was left out.
    pub(crate) fn shown(&self, token: &str, student: ObjectId) -> Option<(Amount, Amount)> {
        let state = self.state.lock().unwrap();
        let total = state.totals.get(&(token.to_owned(), student))?;
        let [minutes, progress] = total.shown();
        Some((minutes?, progress.unwrap_or_default()))
    }

    /// Whether anything waits to be confirmed.
    pub(crate) fn waits(&self, token: &str, student: ObjectId) -> bool {
        let state = self.state.lock().unwrap();
        let total = state.totals.get(&(token.to_owned(), student));
        total.is_some_and(Total::is_open)
    }

    pub(crate) fn confirm(&self, token: &str, student: ObjectId) {
        let moment = self.years.moment(self.clock.now());
        let mut state = self.state.lock().unwrap();
        let total = state.totals.get_mut(&(token.to_owned(), student));
        let total = total.unwrap();
        let confirmed = Correction::ALL.map(|each| total.confirm(each, &moment));
        assert!(confirmed.iter().any(Option::is_some), "something is open");
    }

    /// Takes a body, and says what a receiver says.
    pub(crate) fn take(&self, token: &str, kind: &str, body: &[u8]) -> (u16, Bytes) {
        let moment = self.years.moment(self.clock.now());
        let mut state = self.state.lock().unwrap();
        let Some(shared) = state.shared.get(token).cloned() else {
            return (401, Bytes::from_static(b"{}"));
        };
        let limits = Limits::default();
        let declared = state.declared.clone();
        let form = Form {
            progress: declared.as_deref(),
            limits: &limits,
        };
        let read = match kind {
            "application/json" => submission::read_json(body, &form),
            "text/csv" => submission::read_csv(body, &form),
            other => panic!("a body of {other}"),
        };
        let Ok(batch) = read else {
            return (400, Bytes::from_static(b"{}"));
        };
        let metrics = Metrics {
            series: 1,
            may_fall: false,
        };
        let (mut applied, mut warnings) = (Vec::new(), Vec::new());
        for row in batch
            .rows
            .iter()
            .filter(|row| shared.contains(&row.student))
        {
            let key = (token.to_owned(), row.student);
            let report = Report {
                minutes: row.minutes,
                progress: row.progress,
            };
            let held = state.totals.get(&key);
            let mut ground = Ground::of(held, &moment);
            let came = apply(held, &mut ground, &report, metrics, &moment);
            let warning = |reason| Warning {
                index: row.index,
                student: row.student,
                reason,
            };
            warnings.extend(came.notices.iter().copied().map(warning));
            applied.push((*row, came.updated));
            state.totals.insert(key, came.total);
        }
        let receipt = Receipt::new(batch, &applied, warnings);
        (200, serde_json::to_vec(&receipt).unwrap().into())
    }
}

#[async_trait]
impl Transport for Receiver {
    async fn get(&self, _: Ask) -> Result<Answer, Broken> {
        // Only a 404 makes anybody ask: whether the token reads the district.
        let last = self.log().last().map(|one| one.act);
        if last == Some(Act::OffUnsaid) {
            return Err(Broken::Cut);
        }
        let status = if last == Some(Act::Off) { 200 } else { 404 };
        Ok(answer(
            status,
            "application/json",
            Bytes::from_static(b"{\"data\":[]}"),
        ))
    }

    async fn post(&self, ask: Ask, content: Content) -> Result<Answer, Broken> {
        assert!(ask.url.ends_with("/v2.0/metrics"), "{}", ask.url);
        let token = ask.authorization.to_str().unwrap();
        let token = token.strip_prefix("Bearer ").unwrap().to_owned();
        let act = {
            let mut state = self.state.lock().unwrap();
            let scripted = state.script.pop_front();
            let act = scripted.or(state.always).unwrap_or(Act::Well);
            state.log.push(Arrived {
                at: self.clock.now(),
                body: content.body.clone(),
                token: token.clone(),
                act,
            });
            act
        };
        let take = || self.take(&token, content.kind, &content.body);
        let json = |(status, body): (u16, Bytes)| answer(status, "application/json", body);
        match act {
            Act::Well => Ok(json(take())),
            Act::LostBefore => Err(Broken::Unreachable),
            Act::LostAfter => {
                take();
                Err(Broken::Unreachable)
            }
            Act::CutAfter => {
                take();
                Err(Broken::Cut)
            }
            Act::HangBefore => std::future::pending().await,
            Act::HangAfter => {
                take();
                std::future::pending().await
            }
            Act::Off | Act::OffUnsaid => Ok(json((404, Bytes::from_static(b"{}")))),
            Act::Status(status) => Ok(json((status, Bytes::from_static(b"{\"message\":\"no\"}")))),
            Act::StatusAfter(status) => {
                take();
                Ok(json((status, Bytes::new())))
            }
            Act::Window(seconds) => {
                let mut answer = json((429, Bytes::new()));
                answer.headers.insert("retry-after", seconds.into());
                Ok(answer)
            }
            Act::Garbage(sort) => {
                let (_, receipt) = take();
                Ok(garbage(sort, &receipt))
            }
            Act::GarbageBefore(sort) => Ok(garbage(sort, b"{\"data\":{\"received\":0}}")),
            Act::Most(rows) => {
                let sent = content
                    .body
                    .windows(9)
                    .filter(|part| part == b"clever_id")
                    .count();
                if sent > rows {
                    return Ok(json((413, Bytes::new())));
                }
                Ok(json(take()))
            }
            Act::DieBefore => {
                self.death.notify_one();
                std::future::pending().await
            }
            Act::DieAfter => {
                take();
                self.death.notify_one();
                std::future::pending().await
            }
        }
    }
}

fn answer(status: u16, kind: &'static str, body: Bytes) -> Answer {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static(kind));
    Answer {
        status,
        headers,
        body,
    }
}

/// An answer that looks like success and is none.
fn garbage(sort: u8, receipt: &[u8]) -> Answer {
    let json = |text: &str| answer(200, "application/json", Bytes::from(text.to_owned()));
    match sort % GARBAGE {
        0 => answer(
            200,
            "text/html",
            Bytes::from_static(b"<html>Welcome</html>"),
        ),
        1 => json("{\"data\": {\"received\": 3, \"upd"),
        2 => json(""),
        3 => json("{\"data\": {\"received\": 100000}}"),
        4 => json("[]"),
        // A receipt for other rows: somebody whom nobody sent.
        5 => json(
            "{\"data\": {\"received\": 3, \"rejected\": [{\"index\": 0, \"clever_id\": \"ffffffffffffffffffffffff\", \"reason\": \"x\"}]}}",
        ),
        6 => answer(204, "application/json", Bytes::new()),
        _ => {
            let half = receipt.get(..receipt.len() / 2).unwrap_or_default();
            answer(200, "application/json", Bytes::copy_from_slice(half))
        }
    }
}
