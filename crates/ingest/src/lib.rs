//! Performs the river from a folder of files to moved views (ARCHITECTURE.md).
//!
//! [`Ingest::import`] is the whole of it: read, derive, compare, decide, reserve ids, build, put, publish, move views. The
//! deciding is done by pure rooms; what is here is the order of steps, and that a crash between any two of them leaves the
//! old or the new snapshot.

mod ahead;
mod artifact_retention;
mod artifacts;
mod as_sent;
mod attendance;
mod audit;
mod begun;
mod cancel;
mod changed_fields;
mod check;
mod copying;
mod counts;
mod district_settings;
mod ending;
mod error;
mod findings;
mod folder;
mod hold;
mod import;
mod kept;
mod lease;
mod ledger;
mod opened;
mod pause;
mod people;
mod plan;
mod plan_artifact;
mod problems;
mod publish;
mod read;
mod receive;
mod rehearsal;
mod report;
mod retention;
mod run;
mod surroundings;
mod sweep;
mod tend;
mod undo;
mod undone;
mod unread;
mod upload;
mod views;

use std::sync::Arc;

use homeroom_depot::Depot;
use homeroom_history::History;
use homeroom_segment::Spools;
use homeroom_store::Store;

pub use as_sent::AsSent;
pub use check::{CheckRequest, Checked, Foreseen, ManyRejected, check};
pub use counts::{ChangeCounts, FileCounts};
pub use district_settings::{DistrictSettings, Identity, PauseRule, Retention, SettingsError};
pub use error::IngestError;
pub use findings::{Filter, Findings, KeptFindings, Page, Tally, Values};
pub use folder::Folder;
pub use hold::ApproveRequest;
pub use homeroom_history::{Older, Published};
pub use import::{ImportRequest, Progress};
pub use pause::Pause;
pub use report::{Outcome, ReceivedFile, Report, Verdict};
pub use surroundings::{Random, Surroundings};
pub use sweep::Swept;
pub use undo::UndoRequest;
pub use upload::{Upload, UploadFile};

/// Performs imports, view moves and collection for one installation.
#[derive(Clone)]
pub struct Ingest {
    store: Arc<dyn Store>,
    depot: Arc<Depot>,
    spools: Arc<dyn Spools>,
    history: History,
    surroundings: Surroundings,
    event_days: u32,
}

/// Days that events are kept where nobody says otherwise (clever-api 6.5).
pub const EVENT_DAYS: u32 = 30;

impl Ingest {
    /// An ingest over an installation's back-ends.
    pub fn new(
        store: Arc<dyn Store>,
        depot: Arc<Depot>,
        spools: Arc<dyn Spools>,
        surroundings: Surroundings,
    ) -> Self {
        let history = History::new(
            Arc::clone(&store),
            Arc::clone(&depot),
            Arc::clone(&spools),
            homeroom_history::Settings::default(),
        );
        Self {
            store,
            depot,
            spools,
            history,
            surroundings,
            event_days: EVENT_DAYS,
        }
    }

    /// The same ingest, keeping events for so many days.
    #[must_use]
    pub fn keeping_events(self, days: u32) -> Self {
        Self {
            event_days: days,
            ..self
        }
    }
}
