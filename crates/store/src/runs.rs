//! Runs: what an import did, for people, and whether one was cut short.

use std::fmt;

use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use crate::limits::invalid;
use crate::{DistrictChange, HoldMove, StoreError, limits};

/// How far a run got (district-side 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RunState {
    /// Started and not ended.
    Running,
    /// A new snapshot was published.
    Published,
    /// The files brought nothing new.
    NoChange,
    /// A guard wants a person to look first: a hold was opened with the end of the run.
    Held,
    /// It was to plan only: a dry run or a rehearsal.
    Planned,
    /// It failed.
    Error,
    /// It was cut short: the process died or lost its lease.
    Abandoned,
    /// A person asked it to stop.
    Cancelled,
}

impl RunState {
    const ALL: [Self; 8] = [
        Self::Running,
        Self::Published,
        Self::NoChange,
        Self::Held,
        Self::Planned,
        Self::Error,
        Self::Abandoned,
        Self::Cancelled,
    ];

    /// The name reports and the stored form use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Published => "published",
            Self::NoChange => "no_change",
            Self::Held => "held",
            Self::Planned => "planned",
            Self::Error => "error",
            Self::Abandoned => "abandoned",
            Self::Cancelled => "cancelled",
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
    /// Who started it: `cli:<user of the system>`, `token:<name>` or the like; no other personal data.
    pub actor: String,
    /// The run whose kept files it reads again: an approval, a resumed run, a rehearsal shown once more.
    pub of: Option<ObjectId>,
}

impl NewRun {
    /// Checks that every adapter makes before it starts a run.
    pub fn check(&self) -> Result<(), StoreError> {
        limits::number("the fence", self.fence)?;
        limits::text("the source of a run", &self.source)?;
        limits::actor(&self.actor)
    }

    /// The run as it begins.
    pub fn begin(self) -> Run {
        Run {
            id: self.id,
            district: self.district,
            fence: self.fence,
            started: self.started,
            source: self.source,
            actor: self.actor,
            of: self.of,
            state: RunState::Running,
            stage: String::new(),
            cancel_requested: None,
            snapshot: None,
            finished: None,
        }
    }
}

/// A wish that a run should stop. The run looks for it now and then and ends as [`RunState::Cancelled`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CancelRequest {
    /// When.
    pub at: Timestamp,
    /// Who wishes it.
    pub actor: String,
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
    /// Who started it.
    pub actor: String,
    /// The run whose kept files it read again.
    pub of: Option<ObjectId>,
    /// How far it got.
    pub state: RunState,
    /// What it is doing, in a short word; after its end, what it was doing last.
    pub stage: String,
    /// Whether and since when somebody wants it to stop.
    pub cancel_requested: Option<CancelRequest>,
    /// The snapshot it published. Set by the publish itself, so it is known even if the run was cut short after it.
    pub snapshot: Option<u64>,
    /// When it ended.
    pub finished: Option<Timestamp>,
}

impl Run {
    /// The state in which a run that was cut short is closed: what it published stays published, and what somebody
    /// wanted stopped is not taken up again.
    pub fn closing_state(&self) -> RunState {
        match (self.snapshot, &self.cancel_requested) {
            (Some(_), _) => RunState::Published,
            (None, Some(_)) => RunState::Cancelled,
            (None, None) => RunState::Abandoned,
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
    /// What becomes of the district document (`last_sync`, state …).
    pub change: Option<DistrictChange>,
    /// What becomes of the district's holds.
    pub hold: HoldMove,
}

impl fmt::Debug for RunEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunEnd")
            .field("district", &self.district)
            .field("run", &self.run)
            .field("state", &self.state)
            .field("finished", &self.finished)
            .field("hold", &self.hold)
            .finish_non_exhaustive()
    }
}

impl RunEnd {
    /// An end that changes neither the district document nor its holds.
    pub fn new(
        district: ObjectId,
        run: ObjectId,
        state: RunState,
        report: String,
        finished: Timestamp,
    ) -> Self {
        Self {
            district,
            run,
            state,
            report,
            finished,
            change: None,
            hold: HoldMove::Keep,
        }
    }

    /// Checks that every adapter makes before it looks for the run.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.state == RunState::Running {
            return Err(invalid("the end of a run", "cannot be the state running"));
        }
        limits::document("the report", &self.report)?;
        self.hold.check()?;
        self.hold.check_against(self.state)
    }

    /// Whether it does more than to end the run, which only the holder of the newest lease may.
    pub fn needs_fence(&self) -> bool {
        self.change.is_some() || self.hold != HoldMove::Keep
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

    /// Notes what a run is doing, in a short word, and returns the run: whoever runs sees there whether it should stop.
    /// Refused: `Invalid` over [`limits::WORD`], `Fenced` unless `fence` is that of the district's newest lease, `Gone`
    /// unless the run is running under that fence.
    async fn set_run_stage(
        &self,
        district: ObjectId,
        run: ObjectId,
        fence: u64,
        stage: &str,
    ) -> Result<Run, StoreError>;

    /// Asks a run to stop; `false` if there is none or it has ended. The first wish stays. Refused: `Invalid` over the
    /// limits.
    async fn request_cancel(
        &self,
        district: ObjectId,
        run: ObjectId,
        now: Timestamp,
        actor: &str,
    ) -> Result<bool, StoreError>;

    /// Ends a run, changes the district document and moves its holds, or does none of it. Idempotent: ending it again
    /// in the same state and with the same report changes nothing.
    ///
    /// Refused: `Invalid` over the limits or if the move of holds contradicts the state ([`HoldMove::check_against`]),
    /// `Gone` if there is no such run, `Moved` if it has ended otherwise, `Invalid` if the state contradicts whether it
    /// published; if document or holds change, `Fenced` unless the run's fence is that of the district's newest lease,
    /// `Moved` if a hold to be closed does not wait, `Exists` if the run has a hold already, `Invalid` if the changed
    /// document is over the limits.
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
    /// lease is not the newest, was released or ran out before `now`. They end as [`RunState::Published`] if their
    /// publish had happened, else as [`RunState::Cancelled`] if somebody had asked for that, else as
    /// [`RunState::Abandoned`], with no report. Their artifacts stay: a run that resumes one reads them.
    async fn close_abandoned(
        &self,
        district: ObjectId,
        now: Timestamp,
    ) -> Result<Vec<Run>, StoreError>;
}
