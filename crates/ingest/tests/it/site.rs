//! An installation that a test holds in its hands: its back-ends, its clock, and the processes that work on it.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use homeroom_depot::{Depot, FileSpools, Settings};
use homeroom_ingest::{
    ApproveRequest, ImportRequest, Ingest, IngestError, Outcome, Report, Surroundings,
};
use homeroom_intake::{InMemory, Source};
use homeroom_model::{District, ObjectId, Timestamp};
use homeroom_segment::{Digest, MemorySpools, Spools};
use homeroom_simulator::MemorySink;
use homeroom_store::{
    App, Apps as _, Connections as _, Districts as _, MemoryStore, NewConnection, Objects as _,
    People as _, Person, PersonKind, Settings as _, Snapshot, Snapshots as _, Store, ViewPointer,
};
use homeroom_testkit::{Dice, Files, new_district};
use object_store::ObjectStore;
use object_store::memory::InMemory as ObjectsInMemory;
use tempfile::TempDir;

pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const DAY: i64 = 24 * 60 * MINUTE;

/// The process that a test means when it names none.
pub(crate) const MAIN: &str = "main";

/// One installation with one district, which one app is connected with.
pub(crate) struct Site {
    pub(crate) ingest: Ingest,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) depot: Depot,
    pub(crate) district: ObjectId,
    pub(crate) clock: Clock,
    /// The depot's objects, where they are in memory.
    pub(crate) objects: Arc<dyn ObjectStore>,
    dead: Arc<Mutex<BTreeSet<String>>>,
    processes: AtomicU64,
    spools: Arc<dyn Spools>,
    _folder: Option<TempDir>,
}

/// A clock that is set by hand.
#[derive(Clone)]
pub(crate) struct Clock(Arc<AtomicI64>);

impl Clock {
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }

    /// Lets milliseconds pass.
    pub(crate) fn pass(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Site {
    /// Everything in memory.
    pub(crate) async fn new() -> Self {
        let objects: Arc<dyn ObjectStore> = Arc::new(ObjectsInMemory::new());
        let depot = Depot::on(Arc::clone(&objects), Settings::default());
        Self::over(depot, objects, Arc::new(MemorySpools), None).await
    }

    /// Depot and spools in a folder, as they are in use.
    pub(crate) async fn in_a_folder() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        let depot = Depot::folder(&place("depot"), Settings::default()).unwrap();
        let spools = FileSpools::new(&place("spools")).unwrap();
        let objects = Arc::new(ObjectsInMemory::new());
        Self::over(depot, objects, Arc::new(spools), Some(folder)).await
    }

    async fn over(
        depot: Depot,
        objects: Arc<dyn ObjectStore>,
        spools: Arc<dyn Spools>,
        folder: Option<TempDir>,
    ) -> Self {
        let store = Arc::new(MemoryStore::new());
        // The first school day of the generated year.
        let clock = Clock(Arc::new(AtomicI64::new(1_786_968_000_000)));
        let dead = Arc::new(Mutex::new(BTreeSet::new()));
        let of_main = surroundings(MAIN, 0, &clock, &dead);
        let ingest = Ingest::new(
            Arc::clone(&store) as _,
            Arc::new(depot.clone()),
            Arc::clone(&spools),
            of_main,
        );
        let district = ObjectId::new([7; 12]);
        let document = new_district(district, "Elm");
        store.add_district(document, clock.now()).await.unwrap();
        connect(&store, district, clock.now()).await;
        Self {
            ingest,
            store,
            depot,
            district,
            clock,
            objects,
            dead,
            processes: AtomicU64::new(1),
            spools,
            _folder: folder,
        }
    }

    /// Another process of the installation.
    pub(crate) fn process(&self, name: &str) -> Ingest {
        self.process_over(name, Arc::clone(&self.store) as _)
    }

    /// Another process, which reaches the control store through something.
    pub(crate) fn process_over(&self, name: &str, store: Arc<dyn Store>) -> Ingest {
        self.process_on(name, store, self.depot.clone(), Arc::clone(&self.spools))
    }

    /// Another process, which reaches everything through something.
    pub(crate) fn process_on(
        &self,
        name: &str,
        store: Arc<dyn Store>,
        depot: Depot,
        spools: Arc<dyn Spools>,
    ) -> Ingest {
        let seed = self.processes.fetch_add(1, Ordering::SeqCst);
        let surroundings = surroundings(name, seed, &self.clock, &self.dead);
        Ingest::new(store, Arc::new(depot), spools, surroundings)
    }

    /// From now on a process is known not to run any more.
    pub(crate) fn dies(&self, process: &str) {
        self.dead.lock().unwrap().insert(process.to_owned());
    }

    pub(crate) async fn import(&self, files: impl IntoSource) -> Result<Report, IngestError> {
        self.ingest.import(request(self.district, files)).await
    }

    /// Imports files that must be published, whatever guards say.
    pub(crate) async fn publish(&self, files: impl IntoSource) -> Report {
        let mut report = self.import(files).await.unwrap();
        if report.state == Outcome::Held {
            report = self.approve(&report).await.unwrap();
        }
        assert_eq!(report.state, Outcome::Published, "{}", report.text(10));
        report
    }

    /// Approves what was held.
    pub(crate) async fn approve(&self, held: &Report) -> Result<Report, IngestError> {
        let request = ApproveRequest {
            district: self.district,
            run: ObjectId::from_hex(&held.run).unwrap(),
            digest: held.plan.clone().unwrap(),
            selection: None,
            actor: "test".to_owned(),
            progress: Box::new(|_| ()),
        };
        self.ingest.approve(request).await
    }

    /// What a run left, as text.
    pub(crate) async fn artifact(&self, report: &Report, name: &str) -> String {
        let left = self
            .ingest
            .read_artifact(self.district, run_of(report), name);
        let mut text = String::new();
        left.await
            .unwrap()
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        text
    }

    /// Keeps a district admin by hand.
    pub(crate) async fn add_admin(&self, email: &str) {
        let person = Person {
            id: ObjectId::new([1; 12]),
            district: self.district,
            kind: PersonKind::DistrictAdmin,
            email: email.to_owned(),
            first: "Ada".to_owned(),
            last: "Quill".to_owned(),
            title: String::new(),
            department: String::new(),
            schools: Vec::new(),
            roles: Vec::new(),
            staff_id: String::new(),
            created: self.clock.now(),
        };
        self.store.add_person(person).await.unwrap();
    }

    /// Uses the key for hashes of another installation, so that contents can be compared.
    pub(crate) async fn same_key_as(&self, other: &Self) {
        let key = |site: &Self| format!("hash_key/{}", site.district);
        let secret = other.store.setting(&key(other)).await.unwrap().unwrap();
        self.store.set_setting(&key(self), &secret).await.unwrap();
    }

    /// Every object that a kept snapshot of the district names, ascending: not what runs left beside it.
    pub(crate) async fn parts(&self) -> Vec<Digest> {
        let mut parts = BTreeSet::new();
        for entry in self.store.snapshots(self.district).await.unwrap() {
            let snapshot = self.store.snapshot(self.district, entry.number).await;
            parts.extend(snapshot.unwrap().unwrap().objects);
        }
        parts.into_iter().map(Digest::new).collect()
    }

    /// The snapshot that is served, as the control store knows it.
    pub(crate) async fn current(&self) -> Option<Snapshot> {
        self.store.current(self.district).await.unwrap()
    }

    /// What is served, opened.
    pub(crate) async fn published(&self) -> homeroom_segment::Snapshot {
        let published = self.ingest.published(self.district).await.unwrap();
        published.snapshot
    }

    /// The district's document.
    pub(crate) async fn document(&self) -> District {
        let record = self.store.district(self.district).await.unwrap();
        record.unwrap().document
    }

    /// Number of the snapshot that is served, 0 for none.
    pub(crate) async fn number(&self) -> u64 {
        self.current().await.map_or(0, |snapshot| snapshot.number)
    }

    /// Where the one app's view is.
    pub(crate) async fn view(&self) -> ViewPointer {
        let connections = self.store.connections_of_district(self.district).await;
        connections.unwrap().remove(0).view
    }

    /// Every object there is, ascending.
    pub(crate) async fn stored_objects(&self) -> Vec<Digest> {
        let listed = self.depot.list().await.unwrap();
        listed.into_iter().map(|stored| stored.object).collect()
    }

    /// Every object that a kept snapshot names, ascending.
    pub(crate) async fn named_objects(&self) -> Vec<Digest> {
        let named = self.store.named_objects(None, u32::MAX).await.unwrap();
        named.into_iter().map(Digest::new).collect()
    }
}

/// The run of a report.
pub(crate) fn run_of(report: &Report) -> ObjectId {
    ObjectId::from_hex(&report.run).unwrap()
}

/// What a process is given; each draws numbers of its own, and always the same.
fn surroundings(
    name: &str,
    seed: u64,
    clock: &Clock,
    dead: &Arc<Mutex<BTreeSet<String>>>,
) -> Surroundings {
    let (clock, dead) = (clock.clone(), Arc::clone(dead));
    let dice = Mutex::new(Dice::new(seed));
    Surroundings {
        now: Arc::new(move || clock.now()),
        random: Arc::new(move |bytes| {
            let mut dice = dice.lock().unwrap();
            for chunk in bytes.chunks_mut(8) {
                chunk.copy_from_slice(&dice.any().to_le_bytes()[..chunk.len()]);
            }
            Ok(())
        }),
        holder: name.to_owned(),
        is_gone: Arc::new(move |holder| dead.lock().unwrap().contains(holder)),
    }
}

async fn connect(store: &MemoryStore, district: ObjectId, now: Timestamp) {
    let app = App {
        id: ObjectId::new([8; 12]),
        name: "Reader".to_owned(),
        client_id: "reader".to_owned(),
        secret: [0; 32],
        created: now,
    };
    let connection = NewConnection {
        id: ObjectId::new([9; 12]),
        app: app.id,
        district,
        token: [1; 32],
        sealed: Vec::new(),
        scopes: Vec::new(),
        created: now,
    };
    store.add_app(app).await.unwrap();
    store.connect(connection).await.unwrap();
}

/// A request to import files, ordinary in everything else.
pub(crate) fn request(district: ObjectId, files: impl IntoSource) -> ImportRequest {
    ImportRequest {
        district,
        source: files.into_source(),
        dry_run: false,
        approved: None,
        actor: "test".to_owned(),
        progress: Box::new(|_| ()),
    }
}

/// Files in any form that tests have them in.
pub(crate) trait IntoSource {
    fn into_source(self) -> Box<dyn Source + Send + Sync>;
}

impl IntoSource for &Files {
    fn into_source(self) -> Box<dyn Source + Send + Sync> {
        let files = self.iter();
        let source = files.fold(InMemory::default(), |source, (name, bytes)| {
            source.with(name, bytes)
        });
        Box::new(source)
    }
}

impl IntoSource for &MemorySink {
    fn into_source(self) -> Box<dyn Source + Send + Sync> {
        let files = self.files.iter();
        let source = files.fold(InMemory::default(), |source, (name, bytes)| {
            source.with(name, bytes.as_slice())
        });
        Box::new(source)
    }
}

impl IntoSource for &Path {
    fn into_source(self) -> Box<dyn Source + Send + Sync> {
        Box::new(homeroom_ingest::Folder::new(self))
    }
}
