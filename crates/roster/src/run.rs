//! Runs and plans: the engine's own state, in the same database so that one transaction holds effects, cursor and run.

use homeroom_model::Timestamp;

use crate::RosterError;

/// A run to begin with.
#[derive(Clone, Copy, Debug)]
pub struct NewRun<'a> {
    /// The district.
    pub district: i64,
    /// What started it: `schedule`, `demand`, `sign_in` …
    pub trigger: &'a str,
    /// What it is about, as JSON.
    pub scope: &'a str,
    /// How it reads: `full`, `events`, `targeted`, `replay`, `undo` or `local`.
    pub mode: &'a str,
    /// The writer's number.
    pub fence: i64,
    /// Now.
    pub at: Timestamp,
    /// The run that it undoes.
    pub undoes: Option<i64>,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RunState {
    /// Going on, or cut short and to be taken up again.
    Running,
    /// Its plan is applied.
    Applied,
    /// Nothing had changed.
    NoChange,
    /// The read was cut short; what could be applied is (integration-side A1.3).
    Partial,
    /// A dry run: the plan is kept.
    Planned,
    /// The plan waits for people.
    Held,
    /// It did not come to an end.
    Failed,
    /// A later run took over.
    Abandoned,
}

impl RunState {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Running,
        Self::Applied,
        Self::NoChange,
        Self::Partial,
        Self::Planned,
        Self::Held,
        Self::Failed,
        Self::Abandoned,
    ];

    /// Its name.
    pub fn text(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Applied => "applied",
            Self::NoChange => "no_change",
            Self::Partial => "partial",
            Self::Planned => "planned",
            Self::Held => "held",
            Self::Failed => "failed",
            Self::Abandoned => "abandoned",
        }
    }

    /// The state of that name.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.text() == text)
    }
}

/// How a run ended, told where nothing is applied; a run that applies ends with [`crate::Commit`].
#[derive(Clone, Copy, Debug)]
pub struct RunEnd<'a> {
    /// How.
    pub state: RunState,
    /// The mirror it read.
    pub mirror: Option<i64>,
    /// Digest of its plan.
    pub plan: Option<&'a str>,
    /// What it did, as JSON.
    pub report: Option<&'a str>,
    /// Now.
    pub at: Timestamp,
}

/// A run as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its number; of the district's numbers.
    pub id: i64,
    /// What started it.
    pub trigger: String,
    /// What it is about, as JSON.
    pub scope: String,
    /// How it reads.
    pub mode: String,
    /// Where it stands.
    pub state: RunState,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub finished: Option<Timestamp>,
    /// The mirror it read.
    pub mirror: Option<i64>,
    /// Digest of its plan.
    pub plan: Option<String>,
    /// What it did, as JSON.
    pub report: Option<String>,
    /// Numbers of its first and last rows in the audit.
    pub changes: Option<(i64, i64)>,
    /// The run that it undoes.
    pub undoes: Option<i64>,
    /// The mirror that was applied before its own; of runs that applied something.
    pub base: Option<i64>,
}

/// Where a plan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlanState {
    /// Made.
    Proposed,
    /// Waits for people.
    Held,
    /// Applied.
    Applied,
    /// Source, policy or local data changed since (integration-side A4.5).
    Stale,
    /// Nobody wants it.
    Discarded,
}

impl PlanState {
    /// Every state.
    pub const ALL: [Self; 5] = [
        Self::Proposed,
        Self::Held,
        Self::Applied,
        Self::Stale,
        Self::Discarded,
    ];

    /// Its name.
    pub fn text(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Held => "held",
            Self::Applied => "applied",
            Self::Stale => "stale",
            Self::Discarded => "discarded",
        }
    }

    /// The state of that name.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.text() == text)
    }
}

/// A plan: the artefact itself lies in an object, this says which and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Its digest.
    pub digest: String,
    /// The run that made it.
    pub run: i64,
    /// Where it stands.
    pub state: PlanState,
    /// The object that holds it.
    pub object: String,
    /// How many actions it has.
    pub actions: i64,
    /// Digests of what it was made from, as JSON.
    pub inputs: String,
    /// When it was made.
    pub made: Timestamp,
}

/// Runs and plans.
pub trait Runs {
    /// Begins a run. A district has one writer, so runs of it that seemed to be going on were cut short: they are abandoned.
    fn start_run(&self, run: &NewRun<'_>) -> Result<i64, RosterError>;

    /// Replaces the report of a run that is going on, so that people see how far it is and a later run how far it came.
    /// Refused as `gone` if the run is not going on.
    fn note_run(&self, district: i64, run: i64, report: &str) -> Result<(), RosterError>;

    /// Ends a run that applied nothing. A run that read everything and found nothing to do moves "last good sync", and the
    /// cursor if one is given. Refused as `gone` if the run is not going on.
    fn finish_run(
        &self,
        district: i64,
        run: i64,
        end: &RunEnd<'_>,
        cursor: Option<(&str, Timestamp)>,
    ) -> Result<(), RosterError>;

    /// Keeps a plan; the same plan again is no change but of its run. Other plans of the district that were proposed or
    /// held become stale.
    fn keep_plan(&self, district: i64, plan: &Plan) -> Result<(), RosterError>;

    /// Forgets where the lines of plans lie that were made before a moment and do not wait; how many.
    fn forget_lines(&self, district: i64, before: Timestamp) -> Result<u64, RosterError>;

    /// Says where a plan stands. `false` if there is no such plan.
    fn set_plan(&self, district: i64, digest: &str, state: PlanState) -> Result<bool, RosterError>;
}
