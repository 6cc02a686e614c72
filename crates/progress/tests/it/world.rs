//! An installation in the process of the test: a counting store in memory, a depot in a folder, a clock that stands still.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use homeroom_depot::Depot;
use homeroom_goals::submission::Limits;
use homeroom_history::History;
use homeroom_ingest::{ImportRequest, Ingest, Outcome, Surroundings};
use homeroom_intake::InMemory;
use homeroom_model::{Date, Kind, ObjectId, Timestamp};
use homeroom_progress::feed::{By, Switch, switch};
use homeroom_progress::figures::{Ask, Figures, Settings};
use homeroom_progress::receive::{Answer, Form, Reception, Request, SharedStudents};
use homeroom_progress::targets::{Setter, TargetError, TargetWish};
use homeroom_segment::{MemorySpools, Noun};
use homeroom_store::suite::watched::Watched;
use homeroom_store::{
    App, Apps, Connections, DistrictSettings, Districts, FeedKey, MemoryStore, NewConnection, Store,
};
use homeroom_testkit::{Files, new_district};
use serde_json::Value;
use tempfile::TempDir;

use crate::counted::Counted;

const HOUR: i64 = 3_600_000;

/// An installation with one district.
pub(crate) struct World {
    pub(crate) store: Arc<Watched>,
    pub(crate) asked: Arc<Counted>,
    pub(crate) history: History,
    pub(crate) figures: Figures,
    pub(crate) district: ObjectId,
    ingest: Ingest,
    now: Arc<AtomicI64>,
    audits: AtomicU64,
    _folder: TempDir,
}

/// A day.
pub(crate) fn day(text: &str) -> Date {
    Date::parse_iso(text).unwrap()
}

/// An hour of a day, in UTC.
pub(crate) fn at(text: &str, hour: i64) -> Timestamp {
    Timestamp::from_millis((i64::from(day(text).days()) * 24 + hour) * HOUR)
}

/// An id of the installation's own things.
pub(crate) fn named(kind: u8, number: u8) -> ObjectId {
    ObjectId::new([0x66, 0, 0, 0, 0, 0, 0, 0, 0, 0, kind, number])
}

impl World {
    /// A district with these settings and files, imported on the first of August 2026.
    pub(crate) async fn new(settings: &str, files: &Files) -> Self {
        let asked = Arc::new(Counted::default());
        let store = Watched::new(&Arc::new(MemoryStore::new()), Arc::clone(&asked));
        let folder = tempfile::tempdir().unwrap();
        let depot = Depot::folder(folder.path(), homeroom_depot::Settings::default()).unwrap();
        let depot = Arc::new(depot);
        let now = Arc::new(AtomicI64::new(at("2026-08-01", 8).millis()));
        let (clock, state) = (Arc::clone(&now), AtomicU64::new(1));
        let surroundings = Surroundings {
            now: Arc::new(move || Timestamp::from_millis(clock.load(Ordering::SeqCst))),
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
        let port: Arc<dyn Store> = Arc::clone(&store) as _;
        let spools = Arc::new(MemorySpools);
        let ingest = Ingest::new(
            Arc::clone(&port),
            Arc::clone(&depot),
            Arc::clone(&spools) as _,
            surroundings,
        );
        let history = History::new(
            Arc::clone(&port),
            depot,
            spools,
            homeroom_history::Settings::default(),
        );
        let document = new_district(named(b'd', 1), "River");
        let district = document.id;
        store
            .add_district(document, at("2026-08-01", 8))
            .await
            .unwrap();
        let world = Self {
            figures: Figures::new(port, history.clone(), Settings::default()),
            store,
            asked,
            history,
            district,
            ingest,
            now,
            audits: AtomicU64::new(1),
            _folder: folder,
        };
        world.settings(settings).await;
        world.import(files, at("2026-08-01", 9)).await;
        world
    }

    /// The same installation after a restart: nothing is remembered.
    pub(crate) fn restarted(&self) -> Figures {
        Figures::new(
            Arc::clone(&self.store) as _,
            self.history.clone(),
            Settings::default(),
        )
    }

    /// Changes the district's settings.
    pub(crate) async fn settings(&self, text: &str) {
        let kept = self.store.district_settings(self.district).await.unwrap();
        let expected = kept.map(|kept| kept.number);
        let now = at("2026-08-01", 8);
        let set = self
            .store
            .set_district_settings(self.district, expected, text, "test", now);
        set.await.unwrap();
    }

    /// Imports files, which must be published.
    pub(crate) async fn import(&self, files: &Files, when: Timestamp) {
        self.now.store(when.millis(), Ordering::SeqCst);
        let source = files
            .iter()
            .fold(InMemory::default(), |source, (name, bytes)| {
                source.with(name, bytes.to_vec())
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
        self.ingest.move_views(self.district).await.unwrap();
    }

    /// Adds an app, connects it and switches Goals on for it.
    pub(crate) async fn app(&self, number: u8) -> FeedKey {
        let app = App {
            id: named(b'a', number),
            name: format!("App {number}"),
            client_id: format!("client{number}"),
            secret: [number; 32],
            created: at("2026-08-01", 8),
        };
        let key = FeedKey {
            district: self.district,
            app: app.id,
        };
        self.store.add_app(app).await.unwrap();
        let connection = NewConnection {
            id: named(b'c', number),
            app: key.app,
            district: key.district,
            token: [number; 32],
            sealed: vec![number],
            scopes: Vec::new(),
            created: at("2026-08-01", 8),
        };
        self.store.connect(connection).await.unwrap();
        self.ingest.move_views(self.district).await.unwrap();
        self.switch(
            key,
            Switch {
                on: Some(true),
                ..Switch::default()
            },
        )
        .await;
        key
    }

    /// Takes a table of totals as the app sends it.
    pub(crate) async fn report(
        &self,
        key: FeedKey,
        rows: &[(ObjectId, String, String)],
        now: Timestamp,
    ) -> Value {
        self.submit(key, body(rows), now).await
    }

    /// Takes a table.
    pub(crate) async fn submit(&self, key: FeedKey, table: String, now: Timestamp) -> Value {
        let published = self.history.published(key.district).await.unwrap();
        let snapshot = Arc::new(published.snapshot);
        let (scope, _) = homeroom_sharing::everything(&snapshot);
        let known = Arc::new(SharedStudents::new(snapshot, scope));
        let request = Request {
            key,
            form: Form::Csv,
            body: table.into_bytes().into(),
            now,
            audit: self.by(now).audit,
        };
        let port: Arc<dyn Store> = Arc::clone(&self.store) as _;
        let reception = Reception::new(port, Limits::default());
        let answer = reception.take(&request, known).await.unwrap();
        let Answer::Taken(receipt) = answer else {
            panic!("refused: {answer:?}");
        };
        serde_json::to_value(&receipt).unwrap()
    }

    /// Changes what the district says about a feed.
    pub(crate) async fn switch(&self, key: FeedKey, wish: Switch) {
        let by = self.by(at("2026-08-01", 9));
        switch(&*self.store, key, &wish, by).await.unwrap();
    }

    pub(crate) fn by(&self, now: Timestamp) -> By<'static> {
        let number = self.audits.fetch_add(1, Ordering::SeqCst);
        let mut id = [0x77; 12];
        id[4..].copy_from_slice(&number.to_be_bytes());
        By {
            actor: "token:ada",
            now,
            audit: ObjectId::new(id),
        }
    }

    /// What is asked for: all apps as of a moment.
    pub(crate) fn ask(&self, now: Timestamp) -> Ask {
        Ask {
            district: self.district,
            app: None,
            now,
        }
    }

    /// Sets a target.
    pub(crate) async fn target(
        &self,
        key: FeedKey,
        json: &str,
        now: Timestamp,
    ) -> Result<u64, TargetError> {
        let wish: TargetWish = serde_json::from_str(json).unwrap();
        let setter = if json.contains("\"app\"") {
            Setter::App
        } else {
            Setter::District
        };
        let by = self.by(now);
        self.figures.set_targets(key, &[wish], setter, by).await
    }

    /// The ids of a kind by their ids in the SIS.
    pub(crate) async fn ids(&self, kind: Kind) -> BTreeMap<String, ObjectId> {
        let published = self.history.published(self.district).await.unwrap();
        let table = published.snapshot.table(kind);
        let ids = (0..table.len()).map(|row| {
            let key = match kind {
                Kind::Student => homeroom_model::Student::read(table.row(row)).sis_id,
                Kind::School => homeroom_model::School::read(table.row(row)).sis_id,
                Kind::Section => homeroom_model::Section::read(table.row(row)).sis_id,
                Kind::Contact => homeroom_model::Contact::read(table.row(row)).sis_id,
                Kind::Employee => {
                    let employee = homeroom_model::Employee::read(table.row(row));
                    employee
                        .teacher
                        .map_or_else(Default::default, |teacher| teacher.sis_id)
                }
                _ => panic!("nobody asks for these"),
            };
            (key.into_owned(), table.id(row))
        });
        ids.collect()
    }
}

/// A body of totals: student, minutes, progress.
pub(crate) fn body(rows: &[(ObjectId, String, String)]) -> String {
    let mut text = "clever_id,minutes,lessons_completed\n".to_owned();
    for (student, minutes, progress) in rows {
        writeln!(text, "{student},{minutes},{progress}").unwrap();
    }
    text
}
