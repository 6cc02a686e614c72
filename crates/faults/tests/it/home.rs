//! A district behind the API in this process, and clients of it that meet faults.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use homeroom_api::{MasterKey, Parts, RequestIds, router};
use homeroom_depot::Depot;
use homeroom_faults::{Faults, Settings};
use homeroom_history::History;
use homeroom_ingest::{Folder, ImportRequest, Ingest, Outcome, Surroundings};
use homeroom_model::{Date, District, ObjectId, Timestamp};
use homeroom_segment::MemorySpools;
use homeroom_store::{App, MemoryStore, NewConnection, Store};
use homeroom_testkit::Files;
use tempfile::TempDir;

use crate::client::Client;
use crate::toy::Time;

pub(crate) const TOKEN: &str = "token-of-a-test";

/// A district.
pub(crate) struct Home {
    store: Arc<dyn Store>,
    depot: Arc<Depot>,
    ingest: Ingest,
    pub(crate) time: Time,
    folder: TempDir,
    pub(crate) district: ObjectId,
}

struct ApiTime(Time);

impl homeroom_api::Clock for ApiTime {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.0.now().millis().unsigned_abs())
    }
}

struct Numbers(AtomicU64);

impl RequestIds for Numbers {
    fn next(&self) -> u128 {
        u128::from(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

fn named(kind: u8) -> ObjectId {
    ObjectId::new([0x66, 0, 0, 0, 0, 0, 0, 0, 0, 0, kind, 1])
}

impl Home {
    /// A district that was imported once, after an app was connected with it: its feed tells of everything.
    pub(crate) async fn new(files: &Files) -> Self {
        let home = Self::empty();
        home.store
            .add_district(home.document(), home.time.now())
            .await
            .unwrap();
        home.connect().await;
        home.import(files).await;
        home
    }

    fn empty() -> Self {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let folder = tempfile::tempdir().unwrap();
        let depot = folder.path().join("depot");
        let depot = Arc::new(Depot::folder(&depot, homeroom_depot::Settings::default()).unwrap());
        let time = Time::new();
        let (clock, state) = (time.clone(), AtomicU64::new(1));
        let surroundings = Surroundings {
            now: Arc::new(move || clock.now()),
            random: Arc::new(move |bytes| {
                for byte in bytes {
                    let step = 0x9e37_79b9_7f4a_7c15;
                    *byte = state.fetch_add(step, Ordering::SeqCst).to_be_bytes()[0];
                }
                Ok(())
            }),
            holder: "this test".to_owned(),
            is_gone: Arc::new(|_| false),
        };
        let spools = Arc::new(MemorySpools);
        let ingest = Ingest::new(Arc::clone(&store), Arc::clone(&depot), spools, surroundings);
        Self {
            store,
            depot,
            ingest,
            time,
            folder,
            district: named(b'd'),
        }
    }

    fn document(&self) -> District {
        District {
            id: self.district,
            name: "River".to_owned(),
            mdr_number: String::new(),
            nces_id: String::new(),
            launch_date: Date::new(2025, 8, 1).unwrap(),
            portal_url: String::new(),
            sis_type: "sftp".to_owned(),
            login_methods: Vec::new(),
            error: String::new(),
            state: "pending".to_owned(),
            last_sync: None,
            last_attendance_sync: None,
            pause_start: None,
            pause_end: None,
            contact: None,
        }
    }

    async fn connect(&self) {
        let app = App {
            id: named(b'a'),
            name: "App".to_owned(),
            client_id: "client".to_owned(),
            secret: homeroom_api::client_secret_digest("secret"),
            created: self.time.now(),
        };
        self.store.add_app(app).await.unwrap();
        let id = named(b'c');
        let sealed = MasterKey::new(&[7; MasterKey::LEN])
            .unwrap()
            .seal(id, TOKEN)
            .unwrap();
        let connection = NewConnection {
            id,
            app: named(b'a'),
            district: self.district,
            token: homeroom_api::token_digest(TOKEN),
            sealed,
            scopes: Vec::new(),
            created: self.time.now(),
        };
        self.store.connect(connection).await.unwrap();
        assert!(
            self.store
                .switch_events(self.district, id, true)
                .await
                .unwrap()
        );
        self.ingest.move_views(self.district).await.unwrap();
    }

    /// A later export of the district.
    pub(crate) async fn import(&self, files: &Files) {
        self.time.pass(3600);
        let exports = self.folder.path().join("files");
        files.write_to(&exports);
        let request = ImportRequest {
            district: self.district,
            source: Box::new(Folder::new(&exports)),
            dry_run: false,
            approved: None,
            actor: "test".to_owned(),
            progress: Box::new(|_| {}),
        };
        let report = Box::pin(self.ingest.import(request)).await.unwrap();
        assert_eq!(report.state, Outcome::Published, "{}", report.text(5));
    }

    pub(crate) fn router(&self) -> Router {
        router(Parts {
            store: Arc::clone(&self.store),
            history: History::new(
                Arc::clone(&self.store),
                Arc::clone(&self.depot),
                Arc::new(MemorySpools),
                homeroom_history::Settings::default(),
            ),
            master: MasterKey::new(&[7; MasterKey::LEN]).unwrap(),
            clock: Arc::new(ApiTime(self.time.clone())),
            request_ids: Arc::new(Numbers(AtomicU64::new(1))),
            settings: homeroom_api::Settings {
                rate_limit: 0,
                pointer_age: Duration::ZERO,
                ..homeroom_api::Settings::default()
            },
        })
    }

    /// A client of the API as it is.
    pub(crate) fn plain(&self) -> Client {
        Client::new(self.router(), TOKEN)
    }

    /// A client that meets faults.
    pub(crate) fn faulty(&self, faults: &str) -> Client {
        self.with(Settings::default().with(faults).unwrap())
    }

    pub(crate) fn with(&self, settings: Settings) -> Client {
        let faults = Faults::new(settings, self.time.clock());
        Client::new(self.router().layer(faults), TOKEN)
    }
}
