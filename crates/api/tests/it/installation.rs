//! An installation in the process of the test: control store in memory, depot in a folder, everything else as it is run.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use homeroom_api::{Clock, MasterKey, Parts, RequestIds, Settings, router};
use homeroom_depot::Depot;
use homeroom_history::History;
use homeroom_ingest::{ImportRequest, Ingest, Outcome, Report, Surroundings};
use homeroom_intake::InMemory;
use homeroom_model::{Date, District, ObjectId, Timestamp};
use homeroom_segment::MemorySpools;
use homeroom_simulator::{MemorySink, Profile, SchoolYear};
use homeroom_store::{
    App, DistrictChange, Edit, MemoryStore, NewConnection, Person, PersonKind, Store,
};
use tempfile::TempDir;

use crate::client::Client;

/// 2026-09-01T08:00:00Z, when every test begins.
const BEGIN: i64 = 1_788_249_600_000;
const KEY: [u8; MasterKey::LEN] = [7; MasterKey::LEN];

/// An installation.
pub(crate) struct Installation {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) depot: Arc<Depot>,
    pub(crate) ingest: Ingest,
    pub(crate) time: Arc<Time>,
    pub(crate) folder: TempDir,
    /// One for all clients: the audit takes no number twice.
    numbers: Arc<Numbers>,
}

/// An app with its credentials.
pub(crate) struct NewApp {
    pub(crate) id: ObjectId,
    pub(crate) client_id: String,
    pub(crate) secret: String,
}

/// A clock that stands still until it is moved.
pub(crate) struct Time(AtomicI64);

impl Time {
    pub(crate) fn pass(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).unwrap();
        self.0.fetch_add(millis, Ordering::SeqCst);
    }

    /// Seconds since 1970.
    pub(crate) fn seconds(&self) -> i64 {
        self.0.load(Ordering::SeqCst) / 1000
    }
}

impl Clock for Time {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst).unsigned_abs())
    }
}

/// Counts.
struct Numbers(AtomicU64);

impl RequestIds for Numbers {
    fn next(&self) -> u128 {
        u128::from(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

/// Settings that forget view pointers at once, so that moves are seen by the next request, and count no requests.
pub(crate) fn settings() -> Settings {
    Settings {
        rate_limit: 0,
        pointer_age: Duration::ZERO,
        ..Settings::default()
    }
}

impl Installation {
    pub(crate) fn new() -> Self {
        Self::on(Arc::new(MemoryStore::new()))
    }

    /// An installation over a control store.
    pub(crate) fn on(store: Arc<dyn Store>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let depot = Depot::folder(folder.path(), homeroom_depot::Settings::default()).unwrap();
        let depot = Arc::new(depot);
        let time = Arc::new(Time(AtomicI64::new(BEGIN)));
        let (clock, state) = (Arc::clone(&time), AtomicU64::new(1));
        let surroundings = Surroundings {
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
        };
        let spools = Arc::new(MemorySpools);
        let ingest = Ingest::new(Arc::clone(&store), Arc::clone(&depot), spools, surroundings);
        Self {
            store,
            depot,
            ingest,
            time,
            folder,
            numbers: Arc::new(Numbers(AtomicU64::new(1))),
        }
    }

    /// An application's way in, without a token yet.
    pub(crate) fn client(&self, settings: Settings) -> Client {
        self.client_of(&self.depot, settings, KEY)
    }

    /// The same under a master key that is not the one its tokens are sealed with.
    pub(crate) fn client_with_another_key(&self) -> Client {
        self.client_of(&self.depot, settings(), KEY.map(|byte| !byte))
    }

    /// The same after a restart, with nothing remembered of what lies in the depot.
    pub(crate) fn reopened(&self) -> Client {
        let depot = Depot::folder(self.folder.path(), homeroom_depot::Settings::default());
        self.client_of(&Arc::new(depot.unwrap()), settings(), KEY)
    }

    fn client_of(
        &self,
        depot: &Arc<Depot>,
        settings: Settings,
        key: [u8; MasterKey::LEN],
    ) -> Client {
        Client::new(router(Parts {
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
        }))
    }

    /// Adds a district of which everything is known that somebody may enter.
    pub(crate) async fn add_district(&self, number: u8) -> ObjectId {
        let document = District {
            id: named(b'd', number),
            name: format!("District {number}"),
            mdr_number: "0412".to_owned(),
            nces_id: "0612345".to_owned(),
            launch_date: Date::new(2025, 8, 1).unwrap(),
            portal_url: "https://portal.example/river".to_owned(),
            sis_type: "sftp".to_owned(),
            login_methods: vec!["SAML".to_owned(), "Google".to_owned()],
            error: String::new(),
            state: "pending".to_owned(),
            last_sync: None,
            last_attendance_sync: None,
            pause_start: Date::new(2026, 7, 1),
            pause_end: Date::new(2026, 8, 15),
            contact: None,
        };
        let added = self.store.add_district(document, self.time.now()).await;
        added.unwrap().document.id
    }

    /// Imports files, which must be published.
    pub(crate) async fn import(&self, district: ObjectId, files: Files) -> Report {
        self.time.pass(Duration::from_hours(1));
        let request = ImportRequest {
            district,
            source: Box::new(files.source()),
            dry_run: false,
            approved: None,
            actor: "test".to_owned(),
            progress: Box::new(|_| {}),
        };
        let report = Box::pin(self.ingest.import(request)).await.unwrap();
        assert_eq!(report.state, Outcome::Published, "{}", report.text(5));
        report
    }

    /// Adds an app.
    pub(crate) async fn add_app(&self, number: u8) -> NewApp {
        let app = NewApp {
            id: named(b'a', number),
            client_id: format!("client{number}"),
            secret: format!("secret: of {number}"),
        };
        let kept = App {
            id: app.id,
            name: format!("App {number}"),
            client_id: app.client_id.clone(),
            secret: homeroom_api::client_secret_digest(&app.secret),
            created: self.time.now(),
        };
        self.store.add_app(kept).await.unwrap();
        app
    }

    /// Connects an app with a district and switches its events on before it is shown anything; the token.
    pub(crate) async fn connect_with_events(&self, app: &NewApp, district: ObjectId) -> String {
        let token = self.connect_switched(app, district, true).await;
        self.ingest.move_views(district).await.unwrap();
        token
    }

    /// Connects an app with a district; the token.
    pub(crate) async fn connect(&self, app: &NewApp, district: ObjectId) -> String {
        let token = self.connect_unmoved(app, district).await;
        self.ingest.move_views(district).await.unwrap();
        token
    }

    /// Connects an app with a district and shows it nothing yet; the token.
    pub(crate) async fn connect_unmoved(&self, app: &NewApp, district: ObjectId) -> String {
        self.connect_switched(app, district, false).await
    }

    async fn connect_switched(&self, app: &NewApp, district: ObjectId, events: bool) -> String {
        let [.., number] = *app.id.bytes();
        let [.., place] = *district.bytes();
        let id = named(b'c', number * 16 + place);
        let token = format!("token-of-{number}-in-{place}");
        let sealed = MasterKey::new(&KEY).unwrap().seal(id, &token).unwrap();
        let connection = NewConnection {
            id,
            app: app.id,
            district,
            token: homeroom_api::token_digest(&token),
            sealed,
            scopes: vec![
                "read:user_id".to_owned(),
                "read:students_limited".to_owned(),
            ],
            created: self.time.now(),
        };
        self.store.connect(connection).await.unwrap();
        let switched = self.store.switch_events(district, id, events).await;
        assert!(switched.unwrap());
        token
    }

    /// Something is wrong in a district, and its apps are told.
    pub(crate) async fn trouble(&self, district: ObjectId) {
        let change = DistrictChange {
            state: Edit::To("error".to_owned()),
            error: Edit::To("The last upload has errors.".to_owned()),
            ..DistrictChange::default()
        };
        self.store.change_district(district, change).await.unwrap();
        self.ingest.move_views(district).await.unwrap();
    }

    /// Adds a district admin and a member of staff that no file brings, and publishes them.
    pub(crate) async fn add_people(&self, district: ObjectId, schools: Vec<String>) {
        let admin = Person {
            id: named(b'p', 1),
            district,
            kind: PersonKind::DistrictAdmin,
            email: "data.office@river.example".to_owned(),
            first: "Dana".to_owned(),
            last: "Office".to_owned(),
            title: "Data Manager".to_owned(),
            department: String::new(),
            schools: Vec::new(),
            roles: Vec::new(),
            staff_id: String::new(),
            created: self.time.now(),
        };
        let staff = Person {
            id: named(b'p', 2),
            kind: PersonKind::Staff,
            email: "help.desk@river.example".to_owned(),
            first: "Hal".to_owned(),
            last: "Desk".to_owned(),
            title: "Technician".to_owned(),
            department: "Help desk".to_owned(),
            schools,
            roles: vec!["badges".to_owned(), "passwords".to_owned()],
            staff_id: "H-1".to_owned(),
            ..admin.clone()
        };
        for person in [admin, staff] {
            self.store.add_person(person).await.unwrap();
        }
        self.time.pass(Duration::from_mins(1));
        Box::pin(self.ingest.people_changed(district))
            .await
            .unwrap();
    }

    /// Removes them again.
    pub(crate) async fn remove_people(&self, district: ObjectId) {
        for person in self.store.people(district).await.unwrap() {
            let removed = self.store.remove_person(district, person.id).await;
            assert!(removed.unwrap());
        }
        self.time.pass(Duration::from_mins(1));
        Box::pin(self.ingest.people_changed(district))
            .await
            .unwrap();
    }
}

/// An id of an installation's own things, told apart by kind and number.
fn named(kind: u8, number: u8) -> ObjectId {
    ObjectId::new([0x66, 0, 0, 0, 0, 0, 0, 0, 0, 0, kind, number])
}

/// The files of a generated district on a day.
pub(crate) fn generated(profile: Profile, seed: u64, day: u32) -> Files {
    let mut sink = MemorySink::default();
    homeroom_simulator::District::new(profile, seed, SchoolYear { start: 2026 })
        .write_day(day, &mut sink)
        .unwrap();
    Files(sink.files)
}

/// The files of a district that is known by heart: school S1 with student P1 and section X1, and more.
pub(crate) fn known_by_heart() -> Files {
    let files = homeroom_testkit::small_district();
    let files = files.iter();
    Files(
        files
            .map(|(name, bytes)| (name.to_owned(), bytes.to_vec()))
            .collect(),
    )
}

/// Files of a district, which may be added to.
pub(crate) struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    /// Adds a row to a file: a value for some of its columns.
    pub(crate) fn add(&mut self, file: &str, cells: &[(&str, &str)]) {
        let text = self.0.get_mut(file).unwrap();
        let header = text.split(|byte| *byte == b'\n').next().unwrap();
        let header = std::str::from_utf8(header).unwrap().trim_end();
        let columns: Vec<_> = header.split(',').collect();
        assert!(
            cells.iter().all(|(name, _)| columns.contains(name)),
            "{header}"
        );
        let value = |column| {
            cells
                .iter()
                .find(|(name, _)| name == column)
                .map_or("", |cell| cell.1)
        };
        let row: Vec<_> = columns.iter().map(value).collect();
        text.extend_from_slice(format!("{}\r\n", row.join(",")).as_bytes());
    }

    /// These, with one more file.
    pub(crate) fn with(mut self, file: &str, content: &str) -> Self {
        self.0.insert(file.to_owned(), content.as_bytes().to_vec());
        self
    }

    /// What a file holds.
    pub(crate) fn text(&self, file: &str) -> &str {
        std::str::from_utf8(&self.0[file]).unwrap()
    }

    fn source(self) -> InMemory {
        let files = self.0.into_iter();
        files.fold(InMemory::default(), |source, (name, bytes)| {
            source.with(name, bytes)
        })
    }
}

/// A district small enough to be walked whole.
pub(crate) const SMALL: Profile = Profile {
    schools: 4,
    students: 300,
    teachers: 36,
    sections: 140,
    enrollments: 2100,
};
