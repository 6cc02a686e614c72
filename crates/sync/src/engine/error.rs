//! What can end a run.

use homeroom_client::ClientError;
use homeroom_model::Timestamp;
use homeroom_plan::PlanError;
use homeroom_roster::RosterError;

use crate::mirror::KeepError;

/// Why a run, or a question to the engine, came to no end. Names no person.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The source could not be read. Nothing was changed; the next run starts afresh.
    #[error("the source cannot be read: {0}")]
    Source(#[from] ClientError),
    /// The app's database refused or failed.
    #[error("the app's database: {0}")]
    Roster(#[from] RosterError),
    /// A mirror could not be kept or opened.
    #[error(transparent)]
    Mirror(#[from] KeepError),
    /// No plan could be made.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Another run of the district is going on and does not end.
    #[error("a run of this district by {holder} is going on; its lease holds until {}", until.to_iso())]
    Busy {
        /// Who.
        holder: String,
        /// Until when it need not give a sign of life.
        until: Timestamp,
    },
    /// The roster has no such district.
    #[error("the app's database has no district number {0}")]
    NoDistrict(i64),
    /// Something was asked for that needs a mirror, and nothing was read yet.
    #[error("the district was never read; run a sync first")]
    NeverRead,
    /// The plan that was approved is not the plan of now.
    #[error("no plan with the digest {0} waits for approval")]
    NoSuchPlan(String),
    /// Somebody without the right wanted to approve.
    #[error("{0} may not approve plans; the engine's settings name who may")]
    MayNotApprove(String),
    /// After the plan the database would not have kept its own rules: nothing was committed.
    #[error("applying the plan would break what always holds: {}; nothing was changed, please report this", broken.join(", "))]
    WouldBreak {
        /// The rules.
        broken: Vec<String>,
    },
    /// A run cannot be undone.
    #[error("run {run} cannot be undone: {why}")]
    CannotUndo {
        /// The run.
        run: i64,
        /// Why.
        why: String,
    },
    /// Work was cut short from outside.
    #[error("the work was interrupted; nothing was changed")]
    Interrupted,
    /// What the engine kept cannot be read.
    #[error("{what} cannot be read; read the district again in full")]
    Unreadable {
        /// What.
        what: &'static str,
    },
}
