//! The room `client` as the client: it bears what a right client bears, and stops where a right client stops.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use homeroom_client::{
    Address, Answer, AppCredentials, Ask, Broken, Cancel, ClientError, Clock, Content, EventFilter,
    Parts, Reading, Record, Report, Secret, Settings as Limits, Sleep, Source, Transport,
};
use homeroom_faults::{Faults, Settings};
use homeroom_model::Timestamp;
use homeroom_testkit::{Edition, district_of};
use homeroom_wire::{Object, Version};
use tokio::time::{Instant, sleep};
use tower::ServiceExt as _;

use crate::client::ids;
use crate::home::{Home, TOKEN};
use crate::toy::NOW;

/// What a right client bears without being told less: everything but what ends a run or a walk, or empties a feed.
const BORNE: &str = "transport=0.1,html-404=0,slow=0.05/0,drip=0.05/0,timeout=0.05/90,heavy-pages=/50,token-rotated=/15,\
                     short-pages,empty-last-page,duplicate-border,repeated-events,shuffled-events,\
                     unknown-events,unknown-fields,unknown-values,unknown-roles,original";

/// Time as tokio keeps it: paused, so that waits take none.
struct Jumping(Instant, AtomicU32);

fn moment() -> Instant {
    sleep(Duration::ZERO).deadline()
}

fn now_since(began: Instant) -> Timestamp {
    let passed = i64::try_from((moment() - began).as_millis()).unwrap();
    Timestamp::from_millis(NOW + passed)
}

impl Clock for Jumping {
    fn now(&self) -> Timestamp {
        now_since(self.0)
    }

    fn elapsed(&self) -> Duration {
        moment() - self.0
    }

    fn sleep(&self, time: Duration) -> Sleep {
        Box::pin(sleep(time))
    }

    fn chance(&self) -> u32 {
        self.1.fetch_add(1 << 29, Ordering::Relaxed)
    }
}

/// A router in the place of a network.
struct InProcess(Router);

#[async_trait]
impl Transport for InProcess {
    async fn get(&self, ask: Ask) -> Result<Answer, Broken> {
        let path = ask.url.strip_prefix("http://here").unwrap_or(&ask.url);
        let request = Request::get(path).header("authorization", ask.authorization);
        let response = self
            .0
            .clone()
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, ask.most_bytes)
            .await
            .map_err(|_| Broken::Cut)?;
        Ok(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        })
    }

    async fn post(&self, _: Ask, _: Content) -> Result<Answer, Broken> {
        unreachable!("these tests read")
    }
}

fn source(home: &Home, faults: &str, seed: u64, version: &str) -> Source {
    let began = moment();
    let settings = Settings {
        seed,
        ..Settings::default()
    };
    let faults = Faults::new(
        settings.with(faults).unwrap(),
        Arc::new(move || now_since(began)),
    );
    Source::new(Parts {
        api: Address::parse("http://here").unwrap(),
        oauth: None,
        version: Version::from_name(version).unwrap(),
        district: home.district,
        token: Secret::new(TOKEN),
        credentials: Some(AppCredentials {
            client_id: "client".to_owned(),
            client_secret: Secret::new("secret"),
        }),
        transport: Arc::new(InProcess(home.router().layer(faults))),
        clock: Arc::new(Jumping(began, AtomicU32::new(0))),
        settings: Limits {
            page_size: 60,
            event_page_size: 60,
            ..Limits::default()
        },
    })
}

/// The ids of an object's records, and the report.
async fn read(source: &Source, object: Object) -> Result<(Vec<String>, Report), ClientError> {
    let mut found = Vec::new();
    let mut take = |record: Record| {
        if record.object == object {
            found.push(record.id.unwrap().to_hex());
        }
        ControlFlow::Continue(())
    };
    let report = source
        .read(&Reading::everything(), &mut take, &Cancel::default())
        .await?;
    found.sort();
    Ok((found, report))
}

#[tokio::test]
async fn a_right_client_reads_everything() {
    let home = Home::new(&district_of(60, Edition(0))).await;
    for (version, object) in [
        ("v3.1", Object::User),
        ("v2.1", Object::Student),
        ("v1.2", Object::StudentContact),
    ] {
        for seed in 0..4 {
            let settings = Settings {
                seed,
                ..Settings::default()
            };
            let quiet = home.with(settings.with("original").unwrap());
            let quiet = quiet
                .walk(&format!("/{version}/{}", object.collection()))
                .await;
            tokio::time::pause();
            let source = source(&home, BORNE, seed, version);
            let (found, report) = read(&source, object).await.unwrap();
            assert!(report.is_complete(), "{version} {seed}: {report:?}");
            assert!(report.says_gone(object));
            assert_eq!(found, ids(&quiet), "{version} {seed}");
            assert!(
                source.token().expose() != TOKEN,
                "the token was not rotated"
            );
            let mut feed = source.events(None, &EventFilter::default(), &Cancel::default());
            let mut events = 0;
            while let Some(batch) = feed.next().await.unwrap() {
                events += batch.events.iter().filter(|event| event.is_known()).count();
            }
            assert!(events > found.len(), "{events}");
            tokio::time::resume();
        }
    }
}

#[tokio::test]
async fn a_right_client_stops_and_doubts() {
    let home = Home::new(&district_of(60, Edition(0))).await;
    tokio::time::pause();
    for faults in ["wrong-token=1", "other-district=1"] {
        let stopped = read(&source(&home, faults, 1, "v3.1"), Object::User).await;
        assert!(
            matches!(stopped, Err(ClientError::DistrictMismatch { .. })),
            "{faults}: {stopped:?}"
        );
    }
    let stopped = read(&source(&home, "token-revoked=/3", 1, "v3.1"), Object::User).await;
    assert!(
        matches!(stopped, Err(ClientError::TokenRevoked { .. })),
        "{stopped:?}"
    );
    // Nothing is gone because a server is broken for good, or because a list is suddenly empty.
    let settings = |faults| source(&home, faults, 1, "v2.1");
    let (found, report) = read(&settings("collapse=1"), Object::Student)
        .await
        .unwrap();
    assert!(
        found.is_empty() && !report.says_gone(Object::Student),
        "{report:?}"
    );
    let (_, report) = read(&settings("repeated-page=1,short-pages=1"), Object::Student)
        .await
        .unwrap();
    assert!(!report.says_gone(Object::Student), "{report:?}");
    let (_, report) = read(&settings("deleted-mid-read=0.3/10"), Object::Student)
        .await
        .unwrap();
    assert!(!report.says_gone(Object::Student), "{report:?}");
}
