//! An app and its districts, whole: a server that a test scripts, the engine, the app's database.

use std::sync::Arc;
use std::time::Duration;

use homeroom_client::{Cancel, Clock as _, Parts, Settings, Transport};
use homeroom_depot::Depot;
use homeroom_faults::{Faults, Script};
use homeroom_plan::{Part, Policy};
use homeroom_roster::{Districts as _, NewDistrict, Roster as _, RunState, SqliteRoster};
use homeroom_segment::MemorySpools;
use homeroom_sync::{
    Engine, EngineParts, EngineSettings, Extent, Order, Ran, ReadHow, SyncError, Tenant, Trigger,
    Until, Unwatched, Yes,
};
use homeroom_testkit::{InProcess, Toy, ToyDistrict};
use homeroom_wire::Version;
use tempfile::TempDir;

/// One district that an app follows.
pub(crate) struct World {
    pub(crate) toy: Toy,
    pub(crate) river: ToyDistrict,
    pub(crate) engine: Engine,
    pub(crate) tenant: Tenant,
    pub(crate) roster: Arc<SqliteRoster>,
    folder: TempDir,
}

/// The preset, with texts exchanged. A text that is not in it is an error, so that no test tries the wrong policy.
pub(crate) fn policy(changes: &[(&str, &str)]) -> Arc<Policy> {
    let mut text = Policy::SIS_LOCKDOWN.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "the preset says nowhere {from}");
        text = text.replacen(from, to, 1);
    }
    Arc::new(Policy::read(&text).unwrap())
}

/// What switches contacts on.
pub(crate) const CONTACTS: [(&str, &str); 2] = [
    ("# contacts = ", "contacts = "),
    ("# contact_links = ", "contact_links = "),
];

/// A requirement, to be put before the first of the preset.
pub(crate) fn requirement(
    of: &str,
    field: &str,
    rule: &str,
    reaction: &str,
) -> (&'static str, String) {
    let first = "[[requirements]]";
    let own = format!(
        "[[requirements]]\nof = \"{of}\"\nfield = \"{field}\"\nrule = {rule}\nreaction = {reaction}\n\n{first}"
    );
    (first, own)
}

impl World {
    /// A server of a version with district 1, connected to an empty app.
    pub(crate) fn new(version: &'static Version) -> Self {
        Self::with(version, policy(&[]), EngineSettings::default())
    }

    pub(crate) fn of_policy(version: &'static Version, policy: Arc<Policy>) -> Self {
        Self::with(version, policy, EngineSettings::default())
    }

    pub(crate) fn with(
        version: &'static Version,
        policy: Arc<Policy>,
        settings: EngineSettings,
    ) -> Self {
        let toy = Toy::new(version);
        let river = toy.district(1);
        Self::on(toy, river, policy, settings)
    }

    /// Another app before the server of this one.
    pub(crate) fn beside(&self, policy: Arc<Policy>) -> Self {
        Self::on(
            self.toy.clone(),
            self.river.clone(),
            policy,
            self.engine.settings().clone(),
        )
    }

    fn on(toy: Toy, river: ToyDistrict, policy: Arc<Policy>, settings: EngineSettings) -> Self {
        let folder = homeroom_testkit::folder();
        let roster = Arc::new(SqliteRoster::open(&folder.path().join("app.sqlite")).unwrap());
        let engine = Engine::new(EngineParts {
            roster: Arc::clone(&roster) as _,
            depot: depot(&folder),
            clock: toy.clock(),
            spools: Arc::new(MemorySpools),
            holder: "the test".to_owned(),
            settings,
        });
        let tenant = tenant(&toy, &river, &roster, policy, &|_| {});
        Self {
            toy,
            river,
            engine,
            tenant,
            roster,
            folder,
        }
    }

    /// Connects one more district.
    pub(crate) fn connect(&self, district: &ToyDistrict) -> Tenant {
        let policy = Arc::clone(&self.tenant.policy);
        tenant(&self.toy, district, &self.roster, policy, &|_| {})
    }

    /// Reads with other parts from now on.
    pub(crate) fn read_with(&mut self, change: &dyn Fn(&mut Parts)) {
        let policy = Arc::clone(&self.tenant.policy);
        self.tenant = tenant(&self.toy, &self.river, &self.roster, policy, change);
    }

    /// From now on these faults happen: a script, as docs/faults.md describes it. An empty one ends them.
    pub(crate) fn faults(&mut self, script: &str) {
        let spoilt = self.spoilt(script);
        self.read_with(&move |parts| parts.transport = Arc::clone(&spoilt));
    }

    /// The server with faults before it.
    pub(crate) fn spoilt(&self, script: &str) -> Arc<dyn Transport> {
        let script = Script::parse(script).unwrap();
        let settings = homeroom_faults::Settings {
            script,
            ..homeroom_faults::Settings::default()
        };
        self.over(settings)
    }

    pub(crate) fn over(&self, settings: homeroom_faults::Settings) -> Arc<dyn Transport> {
        let clock = self.toy.clock();
        let faults = Faults::new(settings, Arc::new(move || clock.now()));
        Arc::new(InProcess::new(self.toy.router().layer(faults)))
    }

    /// Follows another policy from now on.
    pub(crate) fn decide(&mut self, policy: Arc<Policy>) {
        self.tenant.policy = policy;
    }

    /// Goes on with another engine on the same database and depot, as after a restart.
    pub(crate) fn restart(&mut self) {
        self.engine = self.another_engine();
    }

    /// Another engine on the same database and depot, as another process has it.
    pub(crate) fn another_engine(&self) -> Engine {
        Engine::new(EngineParts {
            roster: Arc::clone(&self.roster) as _,
            depot: self.depot(),
            clock: self.toy.clock(),
            spools: Arc::new(MemorySpools),
            holder: "the test, again".to_owned(),
            settings: self.engine.settings().clone(),
        })
    }

    /// Where mirrors are kept.
    pub(crate) fn depot(&self) -> Depot {
        depot(&self.folder)
    }

    /// Runs an order for a district.
    pub(crate) async fn order(&self, tenant: &Tenant, order: &Order) -> Result<Ran, SyncError> {
        let cancel = Cancel::default();
        let ran = Box::pin(self.engine.run(tenant, order, &cancel, &Unwatched)).await;
        let broken = self.roster.read().unwrap().broken(tenant.district).unwrap();
        assert_eq!(broken, [], "the rules of the database hold after every run");
        ran
    }

    /// What the schedule does: by events where there are any, applied unless held.
    pub(crate) async fn sync(&self) -> Ran {
        self.try_sync().await.unwrap()
    }

    pub(crate) async fn try_sync(&self) -> Result<Ran, SyncError> {
        self.order(&self.tenant, &Order::new(Trigger::Schedule))
            .await
    }

    /// The same, and everything is read.
    pub(crate) async fn sync_full(&self) -> Ran {
        self.reading(ReadHow::Full).await
    }

    /// Plans again from what was read last, and applies.
    pub(crate) async fn sync_kept(&self) -> Ran {
        self.reading(ReadHow::Kept).await
    }

    async fn reading(&self, read: ReadHow) -> Ran {
        let order = Order {
            read,
            ..Order::new(Trigger::Schedule)
        };
        self.order(&self.tenant, &order).await.unwrap()
    }

    /// A dry run.
    pub(crate) async fn plan(&self) -> Ran {
        let order = Order {
            until: Until::Plan,
            ..Order::new(Trigger::Demand)
        };
        self.order(&self.tenant, &order).await.unwrap()
    }

    /// Reads and applies less than the district.
    pub(crate) async fn demand(&self, extent: Extent) -> Ran {
        let order = Order {
            extent,
            ..Order::new(Trigger::Demand)
        };
        self.order(&self.tenant, &order).await.unwrap()
    }

    /// Says yes to a whole plan.
    pub(crate) async fn approve(&self, digest: &str) -> Ran {
        self.approve_of(&self.tenant, digest).await
    }

    /// Says yes to a whole plan of some district.
    pub(crate) async fn approve_of(&self, tenant: &Tenant, digest: &str) -> Ran {
        let yes = Yes {
            digest,
            part: Part::All,
            by: "principal",
            note: None,
        };
        Box::pin(
            self.engine
                .approve(tenant, &yes, &Cancel::default(), &Unwatched),
        )
        .await
        .unwrap()
    }

    pub(crate) async fn approve_part(
        &self,
        digest: &str,
        part: Part,
        by: &str,
    ) -> Result<Ran, SyncError> {
        let yes = Yes {
            digest,
            part,
            by,
            note: None,
        };
        Box::pin(
            self.engine
                .approve(&self.tenant, &yes, &Cancel::default(), &Unwatched),
        )
        .await
    }

    /// The first sync of a district, looked at and approved.
    pub(crate) async fn start(&self) -> Ran {
        let held = self.sync().await;
        assert_eq!(held.state, RunState::Held, "the first sync waits");
        let ran = self.approve(&held.digest).await;
        assert_eq!(
            (ran.state, ran.performed.set_aside.len()),
            (RunState::Applied, 0),
            "{:?}",
            ran.performed
        );
        ran
    }

    /// Whole days go by.
    pub(crate) fn days(&self, days: u64) {
        self.toy.clock().pass(Duration::from_hours(24 * days));
    }

    pub(crate) fn hours(&self, hours: u64) {
        self.toy.clock().pass(Duration::from_hours(hours));
    }
}

fn depot(folder: &TempDir) -> Depot {
    Depot::folder(
        &folder.path().join("depot"),
        homeroom_depot::Settings::default(),
    )
    .unwrap()
}

fn tenant(
    toy: &Toy,
    district: &ToyDistrict,
    roster: &SqliteRoster,
    policy: Arc<Policy>,
    change: &dyn Fn(&mut Parts),
) -> Tenant {
    let number = roster.connect(&NewDistrict {
        source_id: &district.id().to_hex(),
        name: "District",
        at: toy.clock().now(),
    });
    let transport = Arc::new(InProcess::new(toy.router()));
    let source = toy.source_over(district, transport, |parts| {
        parts.settings = Settings {
            page_size: 50,
            ..Settings::default()
        };
        change(parts);
    });
    Tenant {
        district: number.unwrap(),
        source,
        policy,
    }
}
