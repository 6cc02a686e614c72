//! An installation of our own in the process of the test, as a source.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use homeroom_api::{MasterKey, RequestIds, router};
use homeroom_client::{Address, AppCredentials, Parts, Secret, Settings, Source};
use homeroom_depot::Depot;
use homeroom_history::History;
use homeroom_ingest::{ImportRequest, Ingest, Outcome, Surroundings};
use homeroom_intake::InMemory;
use homeroom_model::{Date, District, ObjectId, Timestamp};
use homeroom_segment::MemorySpools;
use homeroom_simulator::{MemorySink, Profile, SchoolYear};
use homeroom_store::{App, MemoryStore, NewConnection, Store};
use homeroom_testkit::{BEGIN, InProcess, TestClock};
use homeroom_wire::Version;
use tempfile::TempDir;

use crate::mock::{BASE, id};

const KEY: [u8; MasterKey::LEN] = [7; MasterKey::LEN];
pub(crate) const TOKEN: &str = "token-of-the-app";

/// Small enough to be walked whole, large enough for several pages of everything.
const SMALL: Profile = Profile {
    schools: 4,
    students: 300,
    teachers: 36,
    sections: 140,
    enrollments: 2100,
};

/// An installation with one district, which one application reads.
pub(crate) struct Installation {
    store: Arc<dyn Store>,
    ingest: Ingest,
    time: Arc<Time>,
    pub(crate) district: ObjectId,
    pub(crate) connection: ObjectId,
    router: Router,
    _folder: TempDir,
}

/// A clock that stands still until it is moved.
struct Time(AtomicI64);

impl homeroom_api::Clock for Time {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst).unsigned_abs())
    }
}

struct Numbers(AtomicU64);

impl RequestIds for Numbers {
    fn next(&self) -> u128 {
        u128::from(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

impl Installation {
    /// With a district on its first day, and events on before anything is shown.
    pub(crate) async fn new() -> Self {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let folder = tempfile::tempdir().unwrap();
        let depot = Depot::folder(folder.path(), homeroom_depot::Settings::default());
        let depot = Arc::new(depot.unwrap());
        let time = Arc::new(Time(AtomicI64::new(BEGIN)));
        let spools = Arc::new(MemorySpools);
        let surroundings = surroundings(&time);
        let ingest = Ingest::new(Arc::clone(&store), Arc::clone(&depot), spools, surroundings);
        let parts = homeroom_api::Parts {
            store: Arc::clone(&store),
            history: History::new(
                Arc::clone(&store),
                depot,
                Arc::new(MemorySpools),
                homeroom_history::Settings::default(),
            ),
            master: MasterKey::new(&KEY).unwrap(),
            clock: Arc::clone(&time) as _,
            request_ids: Arc::new(Numbers(AtomicU64::new(1))),
            settings: homeroom_api::Settings {
                rate_limit: 0,
                pointer_age: Duration::ZERO,
                ..homeroom_api::Settings::default()
            },
        };
        let mut installation = Self {
            store,
            ingest,
            time,
            district: ObjectId::default(),
            connection: id(0x63, 1),
            router: router(parts),
            _folder: folder,
        };
        installation.district = installation.add_district().await;
        installation.connect().await;
        installation.import(0).await;
        installation
    }

    async fn add_district(&self) -> ObjectId {
        let document = District {
            id: id(0x64, 1),
            name: "River Valley".to_owned(),
            mdr_number: "0412".to_owned(),
            nces_id: "0612345".to_owned(),
            launch_date: Date::new(2025, 8, 1).unwrap(),
            portal_url: "https://portal.example/river".to_owned(),
            sis_type: "sftp".to_owned(),
            login_methods: vec!["SAML".to_owned()],
            error: String::new(),
            state: "pending".to_owned(),
            last_sync: None,
            last_attendance_sync: None,
            pause_start: None,
            pause_end: None,
            contact: None,
        };
        let added = self.store.add_district(document, self.time_now()).await;
        added.unwrap().document.id
    }

    async fn connect(&self) {
        let app = App {
            id: id(0x61, 1),
            name: "App".to_owned(),
            client_id: "app".to_owned(),
            secret: homeroom_api::client_secret_digest("app-secret"),
            created: self.time_now(),
        };
        self.store.add_app(app).await.unwrap();
        let sealed = MasterKey::new(&KEY).unwrap().seal(self.connection, TOKEN);
        let connection = NewConnection {
            id: self.connection,
            app: id(0x61, 1),
            district: self.district,
            token: homeroom_api::token_digest(TOKEN),
            sealed: sealed.unwrap(),
            scopes: Vec::new(),
            created: self.time_now(),
        };
        self.store.connect(connection).await.unwrap();
        self.events(true).await;
    }

    /// Switches the events of the application.
    pub(crate) async fn events(&self, on: bool) {
        let switched = self.store.switch_events(self.district, self.connection, on);
        assert!(switched.await.unwrap());
        self.ingest.move_views(self.district).await.unwrap();
    }

    fn time_now(&self) -> Timestamp {
        homeroom_api::Clock::now(&*self.time)
    }

    /// Imports what the district's system exports on a day.
    pub(crate) async fn import(&self, day: u32) {
        self.time.0.fetch_add(3_600_000, Ordering::SeqCst);
        let mut sink = MemorySink::default();
        homeroom_simulator::District::new(SMALL, 1, SchoolYear { start: 2026 })
            .write_day(day, &mut sink)
            .unwrap();
        let files: BTreeMap<_, _> = sink.files;
        let source = files
            .into_iter()
            .fold(InMemory::default(), |source, (name, bytes)| {
                source.with(name, bytes)
            });
        let request = ImportRequest {
            district: self.district,
            source: Box::new(source),
            dry_run: false,
            approved: None,
            actor: "test".to_owned(),
            progress: Box::new(|_| {}),
        };
        let report = Box::pin(self.ingest.import(request)).await.unwrap();
        assert_eq!(report.state, Outcome::Published, "{}", report.text(5));
    }

    /// What an application connects to.
    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// The district as a source, in process.
    pub(crate) fn source(&self, version: &'static Version) -> Source {
        self.source_with(version, |_| {})
    }

    pub(crate) fn source_with(
        &self,
        version: &'static Version,
        change: impl FnOnce(&mut Parts),
    ) -> Source {
        let mut parts = Parts {
            api: Address::parse(BASE).unwrap(),
            oauth: None,
            version,
            district: self.district,
            token: Secret::new(TOKEN),
            credentials: None,
            transport: Arc::new(InProcess::new(self.router())),
            clock: Arc::new(TestClock::new()),
            settings: Settings {
                page_size: 37,
                event_page_size: 29,
                ..Settings::default()
            },
        };
        change(&mut parts);
        Source::new(parts)
    }

    pub(crate) fn credentials() -> AppCredentials {
        AppCredentials {
            client_id: "app".to_owned(),
            client_secret: Secret::new("app-secret"),
        }
    }
}

fn surroundings(time: &Arc<Time>) -> Surroundings {
    let (clock, state) = (Arc::clone(time), AtomicU64::new(1));
    Surroundings {
        now: Arc::new(move || homeroom_api::Clock::now(&*clock)),
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
