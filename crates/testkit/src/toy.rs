//! A Clever-compatible server of districts in memory that a test scripts: it pages, filters, links and tells events as the
//! published API does (clever-api 4 to 6), and holds whatever documents the test put there.
//!
//! ```no_run
//! use homeroom_client::{Cancel, Reading, Record};
//! use homeroom_testkit::toy::{Toy, section, student};
//! use homeroom_wire::V3_1;
//!
//! # async fn example() {
//! let toy = Toy::new(&V3_1);
//! let river = toy.district(1);
//! river.school(1).put();
//! river.teacher(1).put();
//! river.student(7).with("grade", "8").put();
//! river.section(3).students([7]).teachers([1]).put();
//! // A pupil leaves while the sections are being read.
//! let leaving = river.clone();
//! toy.before("/sections", 1, move |_| leaving.leave(student(7)));
//! let mut records = Vec::<Record>::new();
//! let reading = Reading::everything();
//! let report = toy.source(&river).read(&reading, &mut records, &Cancel::default()).await;
//! # }
//! ```

mod answer;
mod district;
mod documents;
mod feed;
mod ids;
mod select;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::Response;
use homeroom_client::{
    Address, AppCredentials, Clock as _, Parts, Secret, Settings, Source, Transport,
};
use homeroom_model::{ObjectId, Timestamp};
use homeroom_wire::{Object, Version};
use serde_json::Value;

pub use district::{Taken, ToyDistrict};
pub use documents::Made;
pub use ids::{
    admin, contact, course, district, resource, school, section, staff, student, teacher, term,
};

use crate::clock::TestClock;
use crate::in_process::InProcess;
use feed::Told;

/// The server. Clones are the same one.
#[derive(Clone)]
pub struct Toy(Arc<Inner>);

struct Inner {
    version: &'static Version,
    clock: Arc<TestClock>,
    world: Mutex<World>,
}

/// What is held.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) districts: BTreeMap<ObjectId, Holding>,
    /// Path and query of every request so far.
    requests: Vec<String>,
    hooks: Vec<Hook>,
    /// Events so far, of all districts: what makes their ids ascend.
    events: u32,
}

/// What is held of a district.
pub(crate) struct Holding {
    /// Its own document.
    pub(crate) document: Value,
    /// The token that is good; none while it is revoked.
    pub(crate) token: Option<String>,
    /// Whether the list of tokens names it.
    pub(crate) listed: bool,
    /// Whether events are made.
    pub(crate) evented: bool,
    /// Documents by kind and id.
    pub(crate) records: BTreeMap<Object, BTreeMap<String, Value>>,
    /// Oldest first.
    pub(crate) events: Vec<Told>,
}

/// Something to do before a request.
struct Hook {
    text: String,
    /// Requests that hold the text and still come before it.
    left: usize,
    act: Box<dyn FnOnce(&Toy) + Send>,
}

impl Toy {
    /// A server of one version, with no districts yet. Inside a runtime, for its clock.
    pub fn new(version: &'static Version) -> Self {
        Self(Arc::new(Inner {
            version,
            clock: Arc::new(TestClock::new()),
            world: Mutex::default(),
        }))
    }

    /// The version it speaks.
    pub fn version(&self) -> &'static Version {
        self.0.version
    }

    /// Its clock: when events happen, and from which age on they are dropped. Clients should share it.
    pub fn clock(&self) -> Arc<TestClock> {
        Arc::clone(&self.0.clock)
    }

    /// A district that is there, or one to begin with: running, synced now, with a token and events.
    pub fn district(&self, number: u64) -> ToyDistrict {
        ToyDistrict::of(self, number)
    }

    /// The server, to lay faults over or to serve.
    pub fn router(&self) -> Router {
        Router::new().fallback(serve).with_state(self.clone())
    }

    /// A district as the client reads it, in pages of 50.
    pub fn source(&self, district: &ToyDistrict) -> Source {
        let transport = Arc::new(InProcess::new(self.router()));
        self.source_over(district, transport, |_| {})
    }

    /// The same by another way, such as with faults before it, and with other parts.
    pub fn source_over(
        &self,
        district: &ToyDistrict,
        transport: Arc<dyn Transport>,
        change: impl FnOnce(&mut Parts),
    ) -> Source {
        let mut parts = Parts {
            api: Address::parse(InProcess::BASE).unwrap(),
            oauth: None,
            version: self.version(),
            district: district.id(),
            token: Secret::new(district.token()),
            credentials: Some(AppCredentials {
                client_id: "app".to_owned(),
                client_secret: Secret::new("app-secret"),
            }),
            transport,
            clock: self.clock(),
            settings: Settings {
                page_size: 50,
                event_page_size: 50,
                ..Settings::default()
            },
        };
        change(&mut parts);
        Source::new(parts)
    }

    /// Does something just before the nth request from now, counted from 1, whose path and query hold a text.
    pub fn before(&self, text: &str, nth: usize, act: impl FnOnce(&Self) + Send + 'static) {
        let hook = Hook {
            text: text.to_owned(),
            left: nth.checked_sub(1).expect("requests are counted from 1"),
            act: Box::new(act),
        };
        self.world().hooks.push(hook);
    }

    /// Path and query of every request so far.
    pub fn requests(&self) -> Vec<String> {
        self.world().requests.clone()
    }

    /// How many requests so far hold a text.
    pub fn asked(&self, text: &str) -> usize {
        let world = self.world();
        world
            .requests
            .iter()
            .filter(|one| one.contains(text))
            .count()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap()
    }

    /// Notes a request, and does what was to be done before it. Nothing is locked then, so that it may change anything.
    fn note(&self, target: &str) {
        let due = {
            let mut world = self.world();
            world.requests.push(target.to_owned());
            let (mut due, mut kept) = (Vec::new(), Vec::new());
            for mut hook in world.hooks.drain(..) {
                let fits = target.contains(&hook.text);
                if fits && hook.left == 0 {
                    due.push(hook.act);
                } else {
                    hook.left -= usize::from(fits);
                    kept.push(hook);
                }
            }
            world.hooks = kept;
            due
        };
        for act in due {
            act(self);
        }
    }
}

async fn serve(State(toy): State<Toy>, request: Request) -> Response {
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let authorization = request.headers().get(header::AUTHORIZATION);
    let authorization = authorization
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    toy.note(target);
    answer::answer(&toy, target, authorization)
}
