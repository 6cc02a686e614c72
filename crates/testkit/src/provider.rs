//! An installation in the process of the test: control store in memory, depot in a folder, everything else as it is run.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use homeroom_api::{Clock, MasterKey, Parts, RequestIds, Settings, router};
use homeroom_depot::Depot;
use homeroom_history::History;
use homeroom_ingest::{ImportRequest, Ingest, Outcome, Report, Surroundings};
use homeroom_intake::InMemory;
use homeroom_model::{District, ObjectId, Timestamp};
use homeroom_segment::MemorySpools;
use homeroom_simulator::{MemorySink, Profile, SchoolYear};
use homeroom_store::{App, MemoryStore, NewConnection, Store};
use tempfile::TempDir;

use crate::{BEGIN, Files};

/// What its tokens are sealed with.
const KEY: [u8; MasterKey::LEN] = [7; MasterKey::LEN];

/// A generated district small enough to be walked whole, with several pages of everything.
pub const SMALL: Profile = Profile {
    schools: 4,
    students: 300,
    teachers: 36,
    sections: 140,
    enrollments: 2100,
};

/// The provider's side: districts, their imports, and the API over them.
pub struct Provider {
    /// Its control store.
    pub store: Arc<dyn Store>,
    /// Its depot, in [`Provider::folder`].
    pub depot: Arc<Depot>,
    /// What imports and moves views.
    pub ingest: Ingest,
    /// Its clock, which all of it reads.
    pub time: Arc<StillClock>,
    /// The folder of the depot.
    pub folder: TempDir,
    /// One for all routers: the audit takes no number twice.
    numbers: Arc<Numbers>,
}

/// A clock that begins at [`BEGIN`] and stands still until it is moved.
pub struct StillClock(AtomicI64);

struct Numbers(AtomicU64);

impl Default for Provider {
    fn default() -> Self {
        Self::new()
    }
}

impl Provider {
    /// One without districts.
    pub fn new() -> Self {
        Self::on(Arc::new(MemoryStore::new()))
    }

    /// One over a control store.
    pub fn on(store: Arc<dyn Store>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let depot = Depot::folder(folder.path(), homeroom_depot::Settings::default());
        let depot = Arc::new(depot.unwrap());
        let time = Arc::new(StillClock(AtomicI64::new(BEGIN)));
        let ingest = Ingest::new(
            Arc::clone(&store),
            Arc::clone(&depot),
            Arc::new(MemorySpools),
            surroundings(&time),
        );
        Self {
            store,
            depot,
            ingest,
            time,
            folder,
            numbers: Arc::new(Numbers(AtomicU64::new(1))),
        }
    }

    /// Settings of an API that forgets view pointers at once, so that moves are seen by the next request, and counts no
    /// requests.
    pub fn settings() -> Settings {
        Settings {
            rate_limit: 0,
            pointer_age: Duration::ZERO,
            ..Settings::default()
        }
    }

    /// The API over it.
    pub fn router(&self, settings: Settings) -> Router {
        self.router_over(&self.depot, settings, KEY)
    }

    /// The API under a master key that is not the one its tokens are sealed with.
    pub fn router_with_another_key(&self) -> Router {
        self.router_over(&self.depot, Self::settings(), KEY.map(|byte| !byte))
    }

    /// The API after a restart, with nothing remembered of what lies in the depot.
    pub fn reopened(&self) -> Router {
        let depot = Depot::folder(self.folder.path(), homeroom_depot::Settings::default());
        self.router_over(&Arc::new(depot.unwrap()), Self::settings(), KEY)
    }

    fn router_over(
        &self,
        depot: &Arc<Depot>,
        settings: Settings,
        key: [u8; MasterKey::LEN],
    ) -> Router {
        router(Parts {
            store: Arc::clone(&self.store),
            history: History::new(
                Arc::clone(&self.store),
                Arc::clone(depot),
                Arc::new(MemorySpools),
                homeroom_history::Settings::default(),
            ),
            master: MasterKey::new(&key).unwrap(),
            clock: Arc::clone(&self.time) as _,
            request_ids: Arc::clone(&self.numbers) as _,
            settings,
        })
    }

    /// Adds a district; its id.
    pub async fn add_district(&self, document: District) -> ObjectId {
        let added = self.store.add_district(document, self.time.now()).await;
        added.unwrap().document.id
    }

    /// Adds an app.
    pub async fn add_app(&self, id: ObjectId, name: &str, client_id: &str, secret: &str) {
        let app = App {
            id,
            name: name.to_owned(),
            client_id: client_id.to_owned(),
            secret: homeroom_api::client_secret_digest(secret),
            created: self.time.now(),
        };
        self.store.add_app(app).await.unwrap();
    }

    /// Connects an app with a district under an id and a token. It is told of no events and shown nothing until its view moves.
    pub async fn connect(&self, id: ObjectId, app: ObjectId, district: ObjectId, token: &str) {
        let connection = NewConnection {
            id,
            app,
            district,
            token: homeroom_api::token_digest(token),
            sealed: MasterKey::new(&KEY).unwrap().seal(id, token).unwrap(),
            scopes: vec![
                "read:user_id".to_owned(),
                "read:students_limited".to_owned(),
            ],
            created: self.time.now(),
        };
        self.store.connect(connection).await.unwrap();
        self.switch_events(district, id, false).await;
    }

    /// Switches the events of a connection, from the next move of its view on.
    pub async fn switch_events(&self, district: ObjectId, connection: ObjectId, on: bool) {
        let switched = self.store.switch_events(district, connection, on).await;
        assert!(switched.unwrap(), "the connection is there");
    }

    /// Shows the apps of a district what is published.
    pub async fn move_views(&self, district: ObjectId) {
        self.ingest.move_views(district).await.unwrap();
    }

    /// Imports files an hour later, which must be published.
    pub async fn import(&self, district: ObjectId, files: Files) -> Report {
        self.time.pass(Duration::from_hours(1));
        let source = files.iter().fold(InMemory::default(), |source, file| {
            source.with(file.0, file.1.to_vec())
        });
        let request = ImportRequest {
            district,
            source: Box::new(source),
            dry_run: false,
            approved: None,
            actor: "test".to_owned(),
            progress: Box::new(|_| {}),
        };
        let report = Box::pin(self.ingest.import(request)).await.unwrap();
        assert_eq!(report.state, Outcome::Published, "{}", report.text(5));
        report
    }
}

impl StillClock {
    /// Puts it forward.
    pub fn pass(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).unwrap();
        self.0.fetch_add(millis, Ordering::SeqCst);
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }

    /// Seconds since 1970.
    pub fn seconds(&self) -> i64 {
        self.now().millis() / 1000
    }
}

impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        Self::now(self)
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(Self::now(self).millis().unsigned_abs())
    }
}

impl RequestIds for Numbers {
    fn next(&self) -> u128 {
        u128::from(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

fn surroundings(time: &Arc<StillClock>) -> Surroundings {
    let (clock, state) = (Arc::clone(time), AtomicU64::new(1));
    Surroundings {
        now: Arc::new(move || clock.now()),
        random: Arc::new(move |bytes| {
            for byte in bytes {
                // Any numbers that do not repeat will do: steps of an odd constant, the top byte of each.
                let step = 0x9e37_79b9_7f4a_7c15;
                *byte = state.fetch_add(step, Ordering::SeqCst).to_be_bytes()[0];
            }
            Ok(())
        }),
        holder: "this test".to_owned(),
        is_gone: Arc::new(|_| false),
    }
}

/// The files of a generated district on a day of the school year 2026.
pub fn generated(profile: Profile, seed: u64, day: u32) -> Files {
    let mut sink = MemorySink::default();
    homeroom_simulator::District::new(profile, seed, SchoolYear { start: 2026 })
        .write_day(day, &mut sink)
        .unwrap();
    let files = sink.files.into_iter();
    files.fold(Files::new(), |files, (name, bytes)| {
        files.with(&name, bytes)
    })
}
