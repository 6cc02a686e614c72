//! Why an import, a view move or a collection could not be carried through. Problems of the data are not errors: they
//! stand in the report.

use std::io;

use homeroom_depot::DepotError;
use homeroom_history::HistoryError;
use homeroom_model::ObjectId;
use homeroom_segment::{BuildError, SegmentError};
use homeroom_store::StoreError;

use crate::cancel::Cancelled;
use crate::district_settings::SettingsError;
use crate::pause::Pause;

/// A step failed. Whatever was published before is still served, and the step can be tried again.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// There is no such district.
    #[error("there is no district {0}")]
    NoDistrict(ObjectId),
    /// A snapshot could not be opened, or is not kept.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// Another import of the district runs.
    #[error("another import of this district is running ({holder}); wait until it ends")]
    Busy {
        /// The process that runs it.
        holder: String,
    },
    /// Another import took the district over while this one ran, because it had not been heard of for too long.
    #[error("another import took this district over; nothing was published by this one")]
    TakenOver,
    /// The district is paused.
    #[error("the district is paused from {} to {}; end the pause first", .0.start, .0.end)]
    Paused(Pause),
    /// A pause that ends before it begins.
    #[error("a pause cannot end on {} when it begins on {}", .0.end, .0.start)]
    PauseDays(Pause),
    /// The run was never held.
    #[error("run {0} was not held; look at the holds of the district")]
    NoHold(ObjectId),
    /// The hold was decided before.
    #[error("the hold of run {run} is {state} already; look at the holds of the district")]
    NotWaiting {
        /// The run.
        run: ObjectId,
        /// What became of its hold.
        state: &'static str,
    },
    /// What was approved is not what would be published now.
    #[error(
        "the plan is another than the one that was approved, because the published data, the settings or people changed \
         since; nothing was published: look at run {run} and approve its plan {plan}"
    )]
    ApprovalOutdated {
        /// Digest of the plan of today.
        plan: String,
        /// The run whose plan it is; it is held.
        run: ObjectId,
    },
    /// What was chosen of a held plan cannot be published without the rest.
    #[error("{0}")]
    PartRefused(String),
    /// The files of a run are past their retention.
    #[error("the files of run {0} are not kept any more; upload them again")]
    FilesNotKept(ObjectId),
    /// There is no rehearsal of that name.
    #[error("there is no rehearsal of that name; look at the rehearsals of the district")]
    NoRehearsal,
    /// A name that a rehearsal cannot have.
    #[error("a rehearsal has a name of at most 100 letters, without control characters")]
    RehearsalName,
    /// An undo of nothing.
    #[error("{0}")]
    UndoRefused(String),
    /// A text that is no settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Somebody wanted the run to stop.
    #[error("the run was cancelled; nothing was published")]
    Cancelled,
    /// The control store.
    #[error("the control store: {0}")]
    Store(#[from] StoreError),
    /// The depot.
    #[error("the depot: {0}")]
    Depot(#[from] DepotError),
    /// A stored part is not what was written.
    #[error("the published snapshot cannot be read: {0}")]
    Segment(#[from] SegmentError),
    /// A part could not be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A file of the district could not be read, or something could not be written while building.
    #[error("{doing}: {cause}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        cause: io::Error,
    },
    /// A file was written while it was read.
    #[error("the files changed while they were read; import again once the upload has ended")]
    FilesChanged,
    /// The operating system gives no random bytes.
    #[error("no randomness: {0}")]
    Random(io::Error),
    /// The ids of the installation are used up or a range could not be found.
    #[error("no ids could be reserved; the clock of this machine may be far off")]
    NoIds,
    /// A part of the work was cut off, usually because the process is stopping or a bug made it panic.
    #[error("the work was interrupted")]
    Interrupted,
    /// A bug: something that cannot be.
    #[error("this should not happen: {0}")]
    Broken(&'static str),
}

impl IngestError {
    /// Says what was being done when reading or writing failed.
    pub(crate) fn io(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |cause| {
            let cancelled = cause
                .get_ref()
                .and_then(|cause| cause.downcast_ref::<Cancelled>());
            if cancelled.is_some() {
                return Self::Cancelled;
            }
            Self::Io { doing, cause }
        }
    }
}
