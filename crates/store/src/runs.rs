//! Runs: what an import did, for people, and whether one was cut short.

use std::fmt;

use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use crate::limits::invalid;
use crate::{StoreError, limits};

/// How far a run got (district-side 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RunState {
    /// Started and not ended.
    Running,
    /// A new snapshot was published.
    Published,
    /// The files brought nothing new.
    NoChange,
    /// A guard wants a person to look first.
    Held,
    /// It failed.
    Error,
    /// It was cut short: the process died or lost its lease.
    Abandoned,
}

impl RunState {
    const ALL: [Self; 6] = [
        Self::Running,
        Self::Published,
        Self::NoChange,
        Self::Held,
        Self::Error,
        Self::Abandoned,
    ];

    /// The name reports and the stored form use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Published => "published",
            Self::NoChange => "no_change",
            Self::Held => "held",
            Self::Error => "error",
            Self::Abandoned => "abandoned",
        }
    }

    /// The state of a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// A run to be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRun {
    /// The run's id.
    pub id: ObjectId,
    /// The district.
    pub district: ObjectId,
    /// Fence of the lease it runs under.
    pub fence: u64,
    /// When.
    pub started: Timestamp,
    /// Where the files come from, for people; no personal data.
    pub source: String,
}

impl NewRun {
    /// Checks that every adapter makes before it starts a run.
    pub fn check(&self) -> Result<(), StoreError> {
        limits::number("the fence", self.fence)?;
        limits::text("the source of a run", &self.source)
    }

    /// The run as it begins.
    pub fn begin(self) -> Run {
        Run {
            id: self.id,
            district: self.district,
            fence: self.fence,
            started: self.started,
            source: self.source,
            state: RunState::Running,
            snapshot: None,
            finished: None,
        }
    }
}

/// A run, without its report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The run's id.
    pub id: ObjectId,
    /// The district.
    pub district: ObjectId,
    /// Fence of the lease it ran under.
    pub fence: u64,
    /// When it started.
    pub started: Timestamp,
    /// Where the files came from.
    pub source: String,
    /// How far it got.
    pub state: RunState,
    /// The snapshot it published. Set by the publish itself, so it is known even if the run was cut short after it.
    pub snapshot: Option<u64>,
    /// When it ended.
    pub finished: Option<Timestamp>,
}

impl Run {
    /// The state in which a run that was cut short is closed: what it published stays published.
    pub fn closing_state(&self) -> RunState {
        if self.snapshot.is_some() {
            RunState::Published
        } else {
            RunState::Abandoned
        }
    }
}

/// The end of a run.
#[derive(Clone, PartialEq, Eq)]
pub struct RunEnd {
    /// The district.
    pub district: ObjectId,
    /// The run.
    pub run: ObjectId,
    /// How it ended; [`RunState::Published`] exactly if it published.
    pub state: RunState,
    /// The report as JSON text, opaque here. May quote cells of the files, so `Debug` does not show it.
    pub report: String,
    /// When.
    pub finished: Timestamp,
}

impl fmt::Debug for RunEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunEnd")
            .field("district", &self.district)
            .field("run", &self.run)
            .field("state", &self.state)
            .field("finished", &self.finished)
            .finish_non_exhaustive()
    }
}

impl RunEnd {
    /// Checks that every adapter makes before it looks for the run.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.state == RunState::Running {
            return Err(invalid("the end of a run", "cannot be the state running"));
        }
        limits::document("the report", &self.report)
    }

    /// Checks the end against the run: only a run that published can end as published, and it can only end so.
    pub fn check_against(&self, run: &Run) -> Result<(), StoreError> {
        if run.snapshot.is_some() == (self.state == RunState::Published) {
            return Ok(());
        }
        Err(invalid(
            "the end of a run",
            "must be published exactly if the run published a snapshot",
        ))
    }
}

/// Runs of a district.
#[async_trait]
pub trait Runs: Send + Sync {
    /// Starts a run under the district's lease. Refused: `Invalid` over the limits, `Gone` if there is no such
    /// district, `Fenced` unless `fence` is that of the newest lease, `Exists` if the id is taken in the district.
    async fn start_run(&self, run: NewRun) -> Result<Run, StoreError>;

    /// Ends a run. Idempotent: ending it again in the same state and with the same report changes nothing.
    ///
    /// Refused: `Invalid` over the limits, `Gone` if there is no such run, `Moved` if it has ended otherwise,
    /// `Invalid` if the state contradicts whether it published.
    async fn finish_run(&self, end: RunEnd) -> Result<Run, StoreError>;

    /// A run by id.
    async fn run(&self, district: ObjectId, run: ObjectId) -> Result<Option<Run>, StoreError>;

    /// The report of a run; `None` if there is no such run or it has none.
    async fn report(&self, district: ObjectId, run: ObjectId)
    -> Result<Option<String>, StoreError>;

    /// At most `limit` runs of a district, newest first (`started`, then id, both descending), older than `before`.
    async fn runs(
        &self,
        district: ObjectId,
        before: Option<(Timestamp, ObjectId)>,
        limit: u32,
    ) -> Result<Vec<Run>, StoreError>;

    /// Closes the runs that were cut short and returns them, oldest first (`started`, then id): running ones whose
    /// lease is not the newest, was released or ran out before `now`. They end as [`RunState::Abandoned`], or as
    /// [`RunState::Published`] if their publish had happened, with no report.
    async fn close_abandoned(
        &self,
        district: ObjectId,
        now: Timestamp,
    ) -> Result<Vec<Run>, StoreError>;
}
