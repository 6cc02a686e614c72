//! Counts and times of requests in Prometheus' text format. Labels are routes and statuses: no ids, no names, no tokens.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use metrics::{Key, KeyName, Label, Level, Metadata, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use moka::sync::Cache;

use crate::Api;

const REQUESTS: &str = "homeroom_requests_total";
const SECONDS: &str = "homeroom_request_seconds";
const BUCKETS: &[f64] = &[
    0.000_1, 0.000_3, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0,
];
/// The recorder keeps every time as it came until they are folded into buckets. Nobody may ever ask for the metrics, so
/// they are folded after this many requests at the latest.
const FOLD_AFTER: u64 = 1024;
static METADATA: Metadata<'static> =
    Metadata::new(module_path!(), Level::INFO, Some(module_path!()));

/// Counts requests. Each router has a recorder of its own, so that several may live in one process.
pub(crate) struct Meter {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    routes: Cache<(&'static str, u16), Arc<Series>>,
    counted: AtomicU64,
}

/// The two series of one route and status, looked up once.
struct Series {
    requests: metrics::Counter,
    seconds: metrics::Histogram,
}

impl Meter {
    pub(crate) fn new() -> Self {
        let builder = PrometheusBuilder::new();
        // The only error is an empty list of buckets, and ours is a constant.
        let recorder = builder
            .set_buckets(BUCKETS)
            .unwrap_or_default()
            .build_recorder();
        let name = |name: &'static str| KeyName::from_const_str(name);
        let text = SharedString::const_str;
        recorder.describe_counter(
            name(REQUESTS),
            None,
            text("Requests answered, by route and status."),
        );
        recorder.describe_histogram(
            name(SECONDS),
            Some(Unit::Seconds),
            text("Time to answer a request, by route."),
        );
        Self {
            handle: recorder.handle(),
            recorder,
            routes: Cache::new(10_000),
            counted: AtomicU64::new(0),
        }
    }

    /// Counts one answered request.
    pub(crate) fn count(&self, route: &'static str, status: StatusCode, took: Duration) {
        let key = (route, status.as_u16());
        let series = self
            .routes
            .get(&key)
            .unwrap_or_else(|| self.routes.get_with(key, || self.series(route, status)));
        series.requests.increment(1);
        series.seconds.record(took.as_secs_f64());
        if (self.counted.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(FOLD_AFTER) {
            self.handle.run_upkeep();
        }
    }

    fn series(&self, route: &'static str, status: StatusCode) -> Arc<Series> {
        let by_route = Label::from_static_parts("route", route);
        let by_status = Label::new("status", status.as_u16().to_string());
        let requests = Key::from_parts(REQUESTS, vec![by_route.clone(), by_status]);
        let seconds = Key::from_parts(SECONDS, vec![by_route]);
        Arc::new(Series {
            requests: self.recorder.register_counter(&requests, &METADATA),
            seconds: self.recorder.register_histogram(&seconds, &METADATA),
        })
    }
}

/// `GET /metrics`.
pub(crate) async fn render(State(api): State<Arc<Api>>) -> Response {
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        api.meter.handle.render(),
    )
        .into_response()
}
