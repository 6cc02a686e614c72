//! The layer: a server before which things go wrong.

use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use homeroom_model::Timestamp;
use homeroom_wire::Shape;
use tower::util::BoxCloneSyncService;
use tower::{Layer, Service, ServiceExt as _};

use crate::draw::Draw;
use crate::fault::{Fault, Group, When};
use crate::moments::{Happening, Moments};
use crate::settings::Settings;
use crate::source::{Fetched, Server, Source, Unreadable};
use crate::telling::{Telling, Told};
use crate::tokens::{Tokens, Worth};
use crate::transport::{heavy, in_seconds, instead, json, send, throttled, unauthorized};
use crate::world::World;

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Says in an answer what was done to it, by the names of faults.
pub const HEADER: HeaderName = HeaderName::from_static("x-homeroom-fault");

/// Headers of this product, or of politeness, that the original does not send.
const HINTS: [&str; 4] = [
    "homeroom-snapshot",
    "homeroom-events-gap",
    "retry-after",
    "etag",
];
/// The list of tokens.
const TOKENS: &str = "/oauth/tokens";

/// Makes a server misbehave. Clones share what happened so far.
#[derive(Clone)]
pub struct Faults(Arc<Inner>);

struct Inner {
    settings: Settings,
    draw: Draw,
    clock: Clock,
    moments: Mutex<Moments>,
    tokens: Mutex<Tokens>,
    worlds: Mutex<HashMap<u64, Arc<tokio::sync::Mutex<World>>>>,
}

impl Faults {
    /// Faults of these settings.
    pub fn new(settings: Settings, clock: Clock) -> Self {
        Self(Arc::new(Inner {
            draw: Draw::new(settings.seed),
            moments: Mutex::new(Moments::new(&settings)),
            tokens: Mutex::default(),
            worlds: Mutex::default(),
            settings,
            clock,
        }))
    }
}

impl<S> Layer<S> for Faults
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
{
    type Service = Faulty;

    fn layer(&self, inner: S) -> Faulty {
        Faulty {
            faults: Arc::clone(&self.0),
            server: BoxCloneSyncService::new(inner),
        }
    }
}

/// A server that misbehaves.
#[derive(Clone)]
pub struct Faulty {
    faults: Arc<Inner>,
    server: Server,
}

impl Service<Request> for Faulty {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let (faults, server) = (Arc::clone(&self.faults), self.server.clone());
        Box::pin(async move { Ok(faults.serve(server, request).await) })
    }
}

/// Nothing that is guarded can be left half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.trim().split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned())
}

fn set_bearer(headers: &mut HeaderMap, token: &str) {
    if let Ok(value) = HeaderValue::from_str(&format!("Bearer {token}")) {
        headers.insert(header::AUTHORIZATION, value);
    }
}

impl Inner {
    fn has(&self, fault: Fault) -> bool {
        self.settings.faults.contains_key(&fault)
    }

    async fn serve(self: Arc<Self>, server: Server, request: Request) -> Response {
        let (mut parts, body) = request.into_parts();
        let token = bearer(&parts.headers);
        let asked = match parts.method {
            Method::GET => homeroom_wire::parse(parts.uri.path(), parts.uri.query()).ok(),
            _ => None,
        };
        if let (Some(asked), Some(token)) = (asked, &token) {
            return self.serve_data(server, parts, asked, token).await;
        }
        if let Some(own) = token.and_then(|token| lock(&self.tokens).own(&token)) {
            set_bearer(&mut parts.headers, &own);
        }
        if parts.method == Method::GET && parts.uri.path() == TOKENS {
            return self.serve_tokens(&server, &parts).await;
        }
        let Ok(response) = server.oneshot(Request::from_parts(parts, body)).await;
        response
    }

    /// The list of tokens, with those that took the place of others.
    async fn serve_tokens(&self, server: &Server, parts: &Parts) -> Response {
        let source = Source::new(server, &parts.headers, "");
        let address = parts
            .uri
            .path_and_query()
            .map_or(TOKENS, |path| path.as_str());
        let fetched = match source.get(address).await {
            Ok(fetched) => fetched,
            Err(unreadable) => return unread(unreadable),
        };
        match fetched.data() {
            Ok((mut list, headers)) => {
                lock(&self.tokens).list(&self.settings, &self.draw, &mut list);
                let body = Bytes::from(list.to_string());
                send(None, StatusCode::OK, rewritten(headers), body).await
            }
            Err(unreadable) => unread(unreadable),
        }
    }

    async fn serve_data(
        self: Arc<Self>,
        server: Server,
        mut parts: Parts,
        asked: homeroom_wire::Request,
        token: &str,
    ) -> Response {
        let address = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let now = (self.clock)();
        let (token, happening) = match self.instead(&asked, address, token, now).await {
            Ok(goes_on) => goes_on,
            Err((response, fault, nth)) => return self.finish(response, &[fault], &asked, nth),
        };
        set_bearer(&mut parts.headers, &token);
        let nth = happening.nth;
        if happening.kept.is_none() && !self.tells(&happening) {
            let request = Request::from_parts(parts, Body::empty());
            let Ok(response) = server.oneshot(request).await;
            return self.finish(response, &[], &asked, nth);
        }
        let faults = Arc::clone(&self);
        // A client that hangs up must not leave a feed half told.
        let answering = tokio::spawn(async move {
            let answer = faults.answer(&server, &parts, &asked, &happening, &token, now);
            let fetched = match answer.await {
                Ok(told) => Fetched {
                    status: StatusCode::OK,
                    headers: rewritten(told.headers),
                    body: Bytes::from(told.body.to_string()),
                    did: told.did.into_iter().collect(),
                },
                Err(Unreadable(Some(fetched))) => *fetched,
                Err(unreadable) => return faults.finish(unread(unreadable), &[], &asked, nth),
            };
            let mut did: BTreeSet<_> = fetched.did.into_iter().collect();
            let good = fetched.status == StatusCode::OK;
            let on_its_way = happening
                .kept
                .filter(|(fault, _)| good && is_on_its_way(*fault));
            did.extend(on_its_way.map(|(fault, _)| fault));
            let response = send(on_its_way, fetched.status, fetched.headers, fetched.body).await;
            let did: Vec<_> = did.into_iter().collect();
            faults.finish(response, &did, &asked, nth)
        });
        let answered = answering.await;
        answered.unwrap_or_else(|_| unread(Unreadable(None)))
    }

    /// What is answered instead of the source's answer, by which fault, and how often the request has come; or else the
    /// source's own token and what happens to its answer.
    async fn instead(
        &self,
        asked: &homeroom_wire::Request,
        address: &str,
        token: &str,
        now: Timestamp,
    ) -> Result<(String, Happening), (Response, Fault, u64)> {
        let worth = lock(&self.tokens).worth(&self.settings, &self.draw, token);
        let token = match worth {
            Worth::Good(own) => own,
            Worth::Refused(fault) => return Err((unauthorized(&asked.path), fault, 0)),
        };
        let closed = lock(&self.moments).closed(&token, now);
        if let Some(until) = closed {
            return Err((throttled(now, until, 0), Fault::Throttled, 0));
        }
        let happening = lock(&self.moments).decide(&self.settings, asked, address, &token);
        let nth = happening.nth;
        if self.is_heavy(asked) {
            return Err((heavy().await, Fault::HeavyPages, nth));
        }
        let Some((fault, number)) = happening.kept else {
            return Ok((token, happening));
        };
        if fault == Fault::Throttled {
            let until = in_seconds(now, number);
            lock(&self.moments).close(&token, until);
            return Err((throttled(now, until, nth), fault, nth));
        }
        match instead(fault, number, &asked.path, now).await {
            Some(response) => Err((response, fault, nth)),
            None => Ok((token, happening)),
        }
    }

    /// The answer before it is sent.
    async fn answer(
        &self,
        server: &Server,
        parts: &Parts,
        asked: &homeroom_wire::Request,
        happening: &Happening,
        token: &str,
        now: Timestamp,
    ) -> Result<Told, Unreadable> {
        let source = Source::new(server, &parts.headers, asked.version.name);
        if !self.tells(happening) {
            let address = parts.uri.path_and_query().map_or("/", |path| path.as_str());
            let fetched = source.get(address).await?;
            return Err(Unreadable(Some(Box::new(fetched))));
        }
        let world = {
            let about = [token.as_bytes(), asked.version.name.as_bytes()];
            let key = self.draw.number("world", &about);
            Arc::clone(lock(&self.worlds).entry(key).or_default())
        };
        let telling = Telling {
            settings: &self.settings,
            draw: &self.draw,
            source: &source,
            asked,
            happening,
            now,
        };
        let mut told = telling.tell(&mut *world.lock().await).await?;
        telling.spoil(&mut told.body, &mut told.did);
        Ok(told)
    }

    /// Whether answers have to be read to be changed.
    fn tells(&self, happening: &Happening) -> bool {
        let standing = self.settings.faults.keys().any(|fault| {
            let described = fault.described();
            matches!(described.when, When::Always | When::Records)
                && !matches!(described.group, Group::Transport | Group::Token)
                && *fault != Fault::NoHints
        });
        let kept = happening
            .kept
            .is_some_and(|(fault, _)| !is_on_its_way(fault));
        standing || kept || !happening.answer.is_empty()
    }

    fn is_heavy(&self, asked: &homeroom_wire::Request) -> bool {
        let dose = self.settings.faults.get(&Fault::HeavyPages);
        let list = asked.route.shape == Shape::List && !asked.count;
        // Some lists take no limit; whoever reads them could do nothing about it.
        let chose = asked.query.split('&').any(|raw| raw.starts_with("limit="));
        dose.is_some_and(|dose| list && chose && asked.limit as u64 > dose.number.max(1))
    }

    /// Ends an answer: says what was done to it, and leaves out what the original would not say. The log names paths of the
    /// route table only, never what was sent.
    fn finish(
        &self,
        mut response: Response,
        did: &[Fault],
        asked: &homeroom_wire::Request,
        nth: u64,
    ) -> Response {
        let names: Vec<_> = did.iter().map(|fault| fault.name()).collect();
        let names = names.join(", ");
        let headers = response.headers_mut();
        if self.has(Fault::NoHints) {
            for hint in HINTS {
                headers.remove(hint);
            }
        }
        if !did.is_empty() {
            tracing::info!(faults = names, path = asked.route.path, nth, "misbehaved");
            if self.settings.header
                && let Ok(value) = HeaderValue::from_str(&names)
            {
                headers.insert(HEADER, value);
            }
        }
        response
    }
}

/// Faults of an answer's way to the client: they happen after everything else, to any answer.
fn is_on_its_way(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::CutJson | Fault::CutBody | Fault::WrongType | Fault::Slow | Fault::Drip
    )
}

/// Headers of an answer whose body is another one now.
fn rewritten(mut headers: HeaderMap) -> HeaderMap {
    for name in [
        header::CONTENT_LENGTH,
        header::CONTENT_ENCODING,
        header::ETAG,
    ] {
        headers.remove(name);
    }
    headers
}

/// What is answered where the source could not be read: what it said itself, if it said anything.
fn unread(unreadable: Unreadable) -> Response {
    let Some(fetched) = unreadable.0 else {
        let said = "homeroom faults: the server behind cannot be read";
        return json(
            StatusCode::BAD_GATEWAY,
            homeroom_wire::error_body_at("", said),
        );
    };
    let mut response = Response::new(Body::from(fetched.body));
    *response.status_mut() = fetched.status;
    *response.headers_mut() = fetched.headers;
    response
}
