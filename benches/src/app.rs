//! The app's side of the sync benches, a process of its own: it syncs one district into a folder and prints what it took.
//!
//! Everything is on that is on by default: mirror, guards, audit, verification. A first sync waits for somebody's look, and is
//! approved here as a person would approve it.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use homeroom_client::{
    Address, Cancel, Clock, Http, HttpSettings, Parts, Secret, Settings, Sleep, Source,
};
use homeroom_depot::{Depot, FileSpools};
use homeroom_model::{ObjectId, Timestamp};
use homeroom_plan::{Part, Policy};
use homeroom_roster::{Districts as _, NewDistrict, RunState, SqliteRoster};
use homeroom_sync::{
    Engine, EngineParts, EngineSettings, Order, Ran, ReadHow, Stage, Tenant, Trigger, Until, Watch,
    Yes,
};
use serde::{Deserialize, Serialize};

use crate::process::cpu_seconds;

/// What the process is asked, as its one argument after `app`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ask {
    /// Where database, mirrors and spools are.
    pub(crate) folder: PathBuf,
    /// Where the API is.
    pub(crate) server: String,
    /// The district.
    pub(crate) district: String,
    /// Its token.
    pub(crate) token: String,
    /// What to do.
    pub(crate) task: Task,
    /// How many days after today it is.
    pub(crate) day: u64,
    /// Whether contacts are kept, which the preset does not.
    pub(crate) contacts: bool,
    /// Whether the invariants are checked before a plan is committed.
    pub(crate) verify: bool,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Task {
    /// Reads in full and applies.
    Full,
    /// Follows the events and applies.
    Events,
    /// Plans again from what was read last.
    Plan,
}

/// What it took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Told {
    /// Wall clock of everything but opening the files.
    pub(crate) seconds: f64,
    /// CPU of the process.
    pub(crate) cpu: f64,
    /// Requests, every try counted.
    pub(crate) requests: u64,
    /// Bytes received.
    pub(crate) bytes: u64,
    /// Events followed.
    pub(crate) events: u64,
    /// How it read.
    pub(crate) mode: String,
    /// Actions done.
    pub(crate) done: u64,
    /// Whether somebody had to approve.
    pub(crate) approved: bool,
    /// The plan in a line.
    pub(crate) summary: String,
    /// Wall clock and CPU seconds stage by stage, in their order.
    pub(crate) stages: Vec<(String, f64, f64)>,
}

/// Does what is asked and prints what it took as one line of JSON.
pub(crate) fn main(ask: &str) -> Result<String> {
    let ask: Ask = serde_json::from_str(ask).context("reading what is asked")?;
    let runtime = tokio::runtime::Runtime::new()?;
    let told = runtime.block_on(sync(&ask))?;
    Ok(serde_json::to_string(&told)?)
}

async fn sync(ask: &Ask) -> Result<Told> {
    let (engine, tenant) = open(ask)?;
    let stages = Stages::begin();
    let begun = Instant::now();
    let order = Order {
        read: match ask.task {
            Task::Full => ReadHow::Full,
            Task::Events => ReadHow::Auto,
            Task::Plan => ReadHow::Kept,
        },
        until: match ask.task {
            Task::Plan => Until::Plan,
            Task::Full | Task::Events => Until::Apply,
        },
        ..Order::new(Trigger::Schedule)
    };
    let cancel = Cancel::default();
    let mut ran = engine.run(&tenant, &order, &cancel, &stages).await?;
    let read = ran.report.clone();
    let mode = ran.mode;
    let approved = ran.state == RunState::Held;
    if approved {
        let yes = Yes {
            digest: &ran.digest.clone(),
            part: Part::All,
            by: "benches",
            note: None,
        };
        ran = engine.approve(&tenant, &yes, &cancel, &stages).await?;
    }
    check(ask, &ran)?;
    let seconds = begun.elapsed().as_secs_f64();
    Ok(Told {
        seconds,
        cpu: cpu_seconds(std::process::id()),
        requests: read.requests,
        bytes: read.bytes,
        events: read.events,
        mode: mode.to_owned(),
        done: ran.performed.done,
        approved,
        summary: ran.plan.summary().to_string(),
        stages: stages.end(),
    })
}

fn check(ask: &Ask, ran: &Ran) -> Result<()> {
    let ended = match ask.task {
        Task::Plan => ran.state == RunState::Planned,
        Task::Full | Task::Events => {
            matches!(ran.state, RunState::Applied | RunState::NoChange)
        }
    };
    ensure!(
        ended,
        "the run ended as {}: {:?}",
        ran.state.text(),
        ran.report.notes
    );
    if let Some(first) = ran.performed.set_aside.first() {
        bail!(
            "{} actions were set aside, the first because {}",
            ran.performed.set_aside.len(),
            first.why
        );
    }
    Ok(())
}

fn open(ask: &Ask) -> Result<(Engine, Tenant)> {
    std::fs::create_dir_all(&ask.folder)?;
    let clock = Arc::new(Wall::new(ask.day));
    let roster = SqliteRoster::open(&ask.folder.join("app.sqlite"))?;
    let number = roster.connect(&NewDistrict {
        source_id: &ask.district,
        name: "Benchmark",
        at: clock.now(),
    })?;
    let engine = Engine::new(EngineParts {
        roster: Arc::new(roster),
        depot: Depot::folder(
            &ask.folder.join("depot"),
            homeroom_depot::Settings::default(),
        )?,
        clock: Arc::clone(&clock) as _,
        spools: Arc::new(FileSpools::new(&ask.folder.join("spools"))?),
        holder: "benches".to_owned(),
        settings: EngineSettings {
            verify: ask.verify,
            ..EngineSettings::default()
        },
    });
    let http = Http::new(&HttpSettings {
        compressed: false,
        ..HttpSettings::default()
    })?;
    let source = Source::new(Parts {
        api: Address::parse(&ask.server)?,
        oauth: None,
        version: &homeroom_wire::V3_1,
        district: ObjectId::from_hex(&ask.district).context("that is no id of a district")?,
        token: Secret::new(&ask.token),
        credentials: None,
        transport: Arc::new(http),
        clock,
        settings: Settings {
            page_size: 10_000,
            event_page_size: 10_000,
            ..Settings::default()
        },
    });
    let mut policy = Policy::SIS_LOCKDOWN.to_owned();
    if ask.contacts {
        policy = policy.replacen("# contacts = ", "contacts = ", 1).replacen(
            "# contact_links = ",
            "contact_links = ",
            1,
        );
    }
    let tenant = Tenant {
        district: number,
        source,
        policy: Arc::new(Policy::read(&policy)?),
    };
    Ok((engine, tenant))
}

/// The time of day, some days later.
struct Wall {
    begun: Instant,
    later: Duration,
}

impl Wall {
    fn new(days: u64) -> Self {
        Self {
            begun: Instant::now(),
            later: Duration::from_hours(24 * days),
        }
    }
}

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let since = since.unwrap_or_default() + self.later;
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    fn sleep(&self, time: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(time)) as Pin<Box<_>>
    }

    fn chance(&self) -> u32 {
        // Nothing fails here, so nothing is spread.
        0
    }
}

/// What each stage took.
struct Stages(Mutex<Noted>);

struct Noted {
    stage: String,
    since: (Instant, f64),
    done: Vec<(String, f64, f64)>,
}

impl Stages {
    fn begin() -> Self {
        Self(Mutex::new(Noted {
            stage: "beginning".to_owned(),
            since: (Instant::now(), cpu_seconds(std::process::id())),
            done: Vec::new(),
        }))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self) -> Vec<(String, f64, f64)> {
        let mut noted = self.lock();
        noted.turn("end");
        std::mem::take(&mut noted.done)
    }
}

impl Noted {
    fn turn(&mut self, stage: &str) {
        if self.stage == stage {
            return;
        }
        let now = (Instant::now(), cpu_seconds(std::process::id()));
        let wall = now.0.duration_since(self.since.0).as_secs_f64();
        let before = std::mem::replace(&mut self.stage, stage.to_owned());
        self.done.push((before, wall, now.1 - self.since.1));
        self.since = now;
    }
}

impl Watch for Stages {
    fn stage(&self, stage: Stage, _: u64, _: Option<u64>) {
        self.lock().turn(stage.text());
    }
}
