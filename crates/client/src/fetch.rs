//! One request, tried until there is an answer of use or no hope of one (integration-side A1.7).

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};

use crate::address::{limit_of, path_of, with_limit};
use crate::cancel::Run;
use crate::effort::Effort;
use crate::error::{Failure, Fault};
use crate::source::Inner;
use crate::transport::{Answer, Ask, Broken};
use crate::window;

/// An answer of use.
pub(crate) struct Fetched<T> {
    /// What was read from its body.
    pub(crate) found: T,
    /// Its headers.
    pub(crate) headers: HeaderMap,
    /// The target that gave it: the one asked for, perhaps with another page size.
    pub(crate) target: String,
    /// The bytes of its body.
    pub(crate) bytes: u64,
}

/// What to do after a try.
enum Verdict<T> {
    Done(Fetched<T>),
    /// It may pass. Smaller pages may help if so marked.
    Retry(Fault, Pages),
    /// The rate window is closed.
    Window,
    /// The token was refused.
    Refused,
    /// Asking the same again is of no use.
    Final(Fault),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pages {
    Same,
    Smaller,
}

/// A request on its way.
struct Trying<'a> {
    source: &'a Inner,
    run: &'a Run,
    target: String,
    tries: u32,
    windows: u32,
    looked_for_token: bool,
    effort: &'a mut Effort,
}

impl Inner {
    /// Asks for a target of the API until `read` makes something of the body, or a fault is final.
    pub(crate) async fn fetch<T: Send>(
        &self,
        run: &Run,
        target: &str,
        effort: &mut Effort,
        read: impl Fn(&Bytes) -> Result<T, Fault> + Sync,
    ) -> Result<Fetched<T>, Failure> {
        let mut trying = Trying {
            source: self,
            run,
            target: target.to_owned(),
            tries: 0,
            windows: 0,
            looked_for_token: false,
            effort,
        };
        let done = trying.until_done(&read).await;
        done.map_err(|fault| Failure {
            path: path_of(target).to_owned(),
            fault,
        })
    }

    /// One answer, within its time. The rest of the run may end sooner.
    pub(crate) async fn once(
        &self,
        run: &Run,
        url: String,
        authorization: Option<HeaderValue>,
    ) -> Result<Answer, Fault> {
        let ask = self.ask(url, authorization)?;
        self.in_time(run, self.transport.get(ask)).await
    }

    /// What the server says to a question beside the reading, and how many requests it took. Failures that may pass are tried
    /// again as those of a reading are; a connection that broke is no answer. Nothing where none came in all tries.
    pub(crate) async fn answered(
        &self,
        run: &Run,
        url: &str,
        authorization: Option<HeaderValue>,
    ) -> Result<(Option<Answer>, u64), Fault> {
        let mut asked = 0;
        loop {
            let closed = self.closed_for();
            if !closed.is_zero() {
                run.pause(&*self.clock, closed).await?;
            }
            asked += 1;
            match self.once(run, url.to_owned(), authorization.clone()).await {
                Err(fault @ (Fault::Cancelled | Fault::Deadline | Fault::UnusableToken)) => {
                    return Err(fault);
                }
                Ok(answer) if !matches!(answer.status, 408 | 425 | 429 | 500..) => {
                    return Ok((Some(answer), asked));
                }
                Ok(answer) => {
                    if let Some(told) = window::told(&answer.headers, self.clock.now())
                        .filter(|_| matches!(answer.status, 429 | 503))
                    {
                        self.close_window(told);
                    }
                }
                Err(_) => {}
            }
            if asked >= u64::from(self.settings.tries) {
                return Ok((None, asked));
            }
            let before = u32::try_from(asked - 1).unwrap_or(u32::MAX);
            run.pause(&*self.clock, self.wait(before)).await?;
        }
    }

    pub(crate) fn ask(
        &self,
        url: String,
        authorization: Option<HeaderValue>,
    ) -> Result<Ask, Fault> {
        Ok(Ask {
            url,
            authorization: authorization.ok_or(Fault::UnusableToken)?,
            most_bytes: self.settings.most_page_bytes,
        })
    }

    /// What a request comes to within its time.
    pub(crate) async fn in_time(
        &self,
        run: &Run,
        asking: impl Future<Output = Result<Answer, Broken>>,
    ) -> Result<Answer, Fault> {
        let left = run.left(&*self.clock)?;
        let time = self.settings.request_timeout.min(left);
        let answered = async {
            tokio::select! {
                biased;
                answer = asking => answer.map_err(Fault::from),
                () = self.clock.sleep(time) => Err(Fault::TimedOut),
            }
        };
        match run.unless_stopped(answered).await? {
            Err(Fault::TimedOut) if run.left(&*self.clock).is_err() => Err(Fault::Deadline),
            other => other,
        }
    }
}

impl Trying<'_> {
    async fn until_done<T>(
        &mut self,
        read: &(impl Fn(&Bytes) -> Result<T, Fault> + Sync),
    ) -> Result<Fetched<T>, Fault> {
        loop {
            self.wait_for_window().await?;
            let token = self.source.token();
            self.effort.requests += 1;
            let url = self.source.api.url(&self.target);
            let answer = self.source.once(self.run, url, token.bearer()).await;
            match self.judge(answer, read) {
                Verdict::Done(fetched) => return Ok(fetched),
                Verdict::Final(fault) => return Err(fault),
                Verdict::Refused => {
                    if std::mem::replace(&mut self.looked_for_token, true) {
                        return Err(Fault::TokenRefused);
                    }
                    self.effort.requests += self.source.find_token(self.run, &token).await?;
                }
                Verdict::Window => {
                    self.windows += 1;
                    if self.windows > self.source.settings.most_windows {
                        return Err(Fault::Throttled);
                    }
                    self.effort.retries += 1;
                }
                Verdict::Retry(fault, pages) => self.back_off(fault, pages).await?,
            }
        }
    }

    fn judge<T>(
        &mut self,
        answer: Result<Answer, Fault>,
        read: &impl Fn(&Bytes) -> Result<T, Fault>,
    ) -> Verdict<T> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(fault @ (Fault::TimedOut | Fault::TooLarge)) => {
                return Verdict::Retry(fault, Pages::Smaller);
            }
            Err(fault @ (Fault::Unreachable | Fault::Cut)) => {
                return Verdict::Retry(fault, Pages::Same);
            }
            Err(fault) => return Verdict::Final(fault),
        };
        self.effort.bytes += answer.body.len() as u64;
        let now = self.source.clock.now();
        match answer.status {
            200 => {}
            401 => return Verdict::Refused,
            429 => {
                let told = window::told(&answer.headers, now);
                let spread = self.source.spread(Duration::from_secs(1));
                let wait =
                    told.map_or_else(|| self.source.wait(self.windows), |told| told + spread);
                self.source.close_window(wait);
                return Verdict::Window;
            }
            // Not what the server is, but how it is just now. A gateway's time is a server's.
            status @ 504 => return Verdict::Retry(Fault::Status(status), Pages::Smaller),
            status @ (408 | 425 | 500 | 502 | 503 | 506..) => {
                if let Some(told) = window::told(&answer.headers, now).filter(|_| status == 503) {
                    self.source.close_window(told);
                }
                return Verdict::Retry(Fault::Status(status), Pages::Same);
            }
            // What is not the API's own answer says nothing of the record: a wrong token and a proxy answer so too
            // (clever-api 9.1).
            404 => {
                let own = says_json(&answer.headers).and_then(|()| is_object(&answer.body));
                return Verdict::Final(own.err().unwrap_or(Fault::Status(404)));
            }
            status => return Verdict::Final(Fault::Status(status)),
        }
        if let Some(wait) = window::used_up(&answer.headers, now) {
            self.source.close_window(wait);
        }
        let found = says_json(&answer.headers).and_then(|()| read(&answer.body));
        match found {
            Ok(found) => Verdict::Done(Fetched {
                found,
                bytes: answer.body.len() as u64,
                headers: answer.headers,
                target: self.target.clone(),
            }),
            Err(fault) => Verdict::Retry(fault, Pages::Same),
        }
    }

    async fn wait_for_window(&mut self) -> Result<(), Fault> {
        let closed = self.source.closed_for();
        if !closed.is_zero() {
            self.wait(closed).await?;
            self.effort.windows += 1;
        }
        Ok(())
    }

    /// Waits longer after each failure; gives up after too many.
    async fn back_off(&mut self, fault: Fault, pages: Pages) -> Result<(), Fault> {
        self.tries += 1;
        if self.tries >= self.source.settings.tries {
            return Err(fault);
        }
        self.effort.retries += 1;
        let size = limit_of(&self.target).filter(|size| pages == Pages::Smaller && *size > 1);
        if let Some(size) = size {
            self.target = with_limit(&self.target, size / 2);
            self.effort.halved += 1;
        }
        let wait = self.source.wait(self.tries - 1);
        self.wait(wait).await
    }

    async fn wait(&mut self, time: Duration) -> Result<(), Fault> {
        self.run.pause(&*self.source.clock, time).await?;
        self.effort.waits += 1;
        self.effort.waited += time;
        Ok(())
    }
}

impl Inner {
    /// Between half and the whole of a time that doubles with every wait before, up to the longest.
    fn wait(&self, before: u32) -> Duration {
        let doubled = 1_u32.checked_shl(before).unwrap_or(u32::MAX);
        let most = self.settings.first_wait.saturating_mul(doubled);
        let most = most.min(self.settings.longest_wait);
        most / 2 + self.spread(most / 2)
    }

    /// Some part of a time.
    fn spread(&self, time: Duration) -> Duration {
        time.mul_f64(f64::from(self.clock.chance()) / f64::from(u32::MAX))
    }
}

/// Whether a body begins like a JSON object.
fn is_object(body: &[u8]) -> Result<(), Fault> {
    match body.trim_ascii_start().first() {
        Some(b'{') => Ok(()),
        _ => Err(Fault::NotJson),
    }
}

/// Whether the answer says that it is JSON. One that says nothing may be; its body decides.
pub(crate) fn says_json(headers: &HeaderMap) -> Result<(), Fault> {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return Ok(());
    };
    let text = value.to_str().unwrap_or_default().to_ascii_lowercase();
    let kind = text.split(';').next().unwrap_or_default().trim();
    match kind {
        "application/json" | "text/json" => Ok(()),
        "text/html" | "application/xhtml+xml" => Err(Fault::Html),
        other if other.starts_with("application/") && other.ends_with("+json") => Ok(()),
        _ => Err(Fault::ContentType),
    }
}
