//! HTTP for apps, and for the people who run an installation: the published API and the management API over whatever the
//! control store and the depot hold.
//!
//! A request reads as a list of steps: who calls (`caller`), may they call now (`limits`), what do they ask (`wire`),
//! which view answers (`views`), the answer (`wire` again). One handler serves every version's data paths; statuses are
//! chosen in `error` and nowhere else.

mod as_of;
mod attendance;
mod body;
mod caller;
mod clock;
mod data;
mod error;
mod etag;
mod events;
mod exchange;
mod explorer;
mod feeds;
mod filters;
mod goals;
mod health;
mod limits;
mod management;
mod metrics;
mod oauth;
mod patience;
mod secrets;
mod settings;
mod views;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use homeroom_history::History;
use homeroom_model::ObjectId;
use homeroom_progress::feed::By;
use homeroom_progress::figures::Figures;
use homeroom_progress::receive::Reception;
use homeroom_store::{Store, StoreError};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};

pub use clock::{Clock, RequestIds};
pub use secrets::{MasterKey, SealError, client_secret_digest, token_digest};
pub use settings::Settings;

use caller::Callers;
use error::ApiError;
use feeds::Feeds;
use filters::Filters;
use goals::Bodies;
use limits::Windows;
use metrics::Meter;
use patience::patiently;
use views::Views;

/// Bodies below this many bytes are not worth compressing: they fit one packet as they are.
const COMPRESS_ABOVE: u64 = 1024;

/// How many times as long as one question to the store a figure, or a change of several questions, may take.
const LONG: u32 = 6;

/// What every handler works on.
struct Api {
    store: Arc<dyn Store>,
    callers: Callers,
    windows: Windows,
    views: Views,
    feeds: Feeds,
    filters: Filters,
    history: History,
    figures: Figures,
    reception: Reception,
    bodies: Bodies,
    submission_patience: Duration,
    meter: Meter,
    master: MasterKey,
    clock: Arc<dyn Clock>,
    request_ids: Arc<dyn RequestIds>,
    patience: Duration,
}

impl Api {
    /// Asks the control store.
    async fn ask<T>(
        &self,
        asked: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, ApiError> {
        let answered = patiently(self.patience, asked).await;
        answered.map_err(ApiError::unavailable)
    }

    /// Waits for what asks the control store several times, and may work for a while where much changed.
    async fn within<T>(&self, work: impl Future<Output = T>) -> Result<T, ApiError> {
        let done = tokio::time::timeout(self.patience * LONG, Box::pin(work)).await;
        done.map_err(|_| ApiError::unavailable("what was asked for took too long"))
    }

    /// Who does something now, with an id for the audit: the second in front, as ids have it, then the random half of a
    /// request's id.
    fn by<'a>(&self, actor: &'a str) -> By<'a> {
        let now = self.clock.now();
        let random = self.request_ids.next().to_be_bytes();
        let bytes = now.seconds().to_be_bytes().into_iter();
        let mut id = [0; ObjectId::LEN];
        for (place, byte) in id.iter_mut().zip(bytes.chain(random.into_iter().skip(8))) {
            *place = byte;
        }
        By {
            actor,
            now,
            audit: ObjectId::new(id),
        }
    }
}

/// What the API is made of: whoever runs it names the back-ends, the clock and where randomness comes from.
pub struct Parts {
    /// The control store.
    pub store: Arc<dyn Store>,
    /// What opens snapshots.
    pub history: History,
    /// The key that tokens are sealed under.
    pub master: MasterKey,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids for requests.
    pub request_ids: Arc<dyn RequestIds>,
    /// Limits and sizes.
    pub settings: Settings,
}

/// The router of the whole API.
pub fn router(parts: Parts) -> Router {
    let figures = Figures::new(
        Arc::clone(&parts.store),
        parts.history.clone(),
        parts.settings.figures,
    );
    let api = Arc::new(Api {
        figures,
        reception: Reception::new(Arc::clone(&parts.store), parts.settings.submissions.clone()),
        bodies: Bodies::new(&parts.settings),
        submission_patience: parts.settings.submission_patience,
        history: parts.history.clone(),
        callers: Callers::new(Arc::clone(&parts.store), &parts.settings),
        windows: Windows::new(&parts.settings),
        views: Views::new(Arc::clone(&parts.store), parts.history, &parts.settings),
        feeds: Feeds::new(&parts.settings),
        filters: Filters::new(&parts.settings),
        meter: Meter::new(),
        store: parts.store,
        master: parts.master,
        clock: parts.clock,
        request_ids: parts.request_ids,
        patience: parts.settings.store_patience,
    });
    let compression = CompressionLayer::new()
        .gzip(true)
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(COMPRESS_ABOVE).and(worth_it));
    Router::new()
        .route("/", get(explorer::start))
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/metrics", get(metrics::render))
        .route("/oauth/tokens", get(oauth::tokens))
        .merge(explorer::routes())
        .merge(management::routes())
        .merge(goals::routes())
        .method_not_allowed_fallback(error::no_such_method)
        .layer(CatchPanicLayer::custom(error::panicked))
        // Catches panics itself, to answer with the request's id.
        .fallback(data::answer)
        .with_state(api)
        .layer(compression)
}

/// Pictures and fonts of the docs page come compressed already.
fn worth_it(
    _: axum::http::StatusCode,
    _: axum::http::Version,
    headers: &axum::http::HeaderMap,
    _: &axum::http::Extensions,
) -> bool {
    let kind = headers
        .get(axum::http::header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or("");
    kind.starts_with("application/json")
        || kind.starts_with("text/")
        || kind.starts_with("application/javascript")
}
