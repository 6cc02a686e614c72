//! The engine of an app: one run reads a district, plans what its roster has to change, and applies what is not held back
//! (integration-side B1).
//!
//! What is read becomes a mirror, kept with the cursor that it is true for; what is applied moves the district's own mirror and
//! cursor, in the transaction of the effects. A run that is cut short anywhere leaves either the old state or the new one, and
//! the next run goes on from what is kept (integration-side A4.7).

mod about;
mod accounts;
mod apply;
mod approve;
mod collect;
mod contacts;
mod coverage;
mod crosswalk;
mod demand;
mod error;
mod events;
mod fields;
mod find;
mod full;
mod holds;
mod lease;
mod lines;
mod mirrors;
mod notices;
mod order;
mod planning;
mod queue;
mod read;
mod recent;
mod rehearse;
mod report;
mod run;
mod schedule;
mod scorecard;
mod status;
mod timeline;
mod undo;
mod verify;
mod watch;
mod why;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use homeroom_client::{Clock, Source};
use homeroom_depot::Depot;
use homeroom_plan::Policy;
use homeroom_roster::{Roster, RosterError};
use homeroom_segment::{Spool, Spools};

use crate::mirror::Keep;

pub use approve::Yes;
pub use collect::{Collected, Retention};
pub use error::SyncError;
pub use find::{named, section_name};
pub use order::{Extent, Order, ReadHow, Trigger, Until};
pub use queue::{Heard, Queue};
pub use rehearse::Rehearsed;
pub use report::{Acted, CollectedLine, Note, RunReport};
pub use run::Ran;
pub use schedule::Schedule;
pub use scorecard::{Gain, Score, Scorecard};
pub use status::{Freshest, Link, Status};
pub use timeline::{NewestChanges, Timeline, Timelines};
pub use undo::{KeptRow, TakenHow, TakenRow, Undo, Undoing};
pub use verify::{Counted, Tally, Verified};
pub use watch::{Stage, Unwatched, Watch};
pub use why::Why;

/// What makes an [`Engine`].
pub struct EngineParts {
    /// The app's roster.
    pub roster: Arc<dyn Roster>,
    /// Where mirrors are kept.
    pub depot: Depot,
    /// Time, waits and chance.
    pub clock: Arc<dyn Clock>,
    /// Where large things are built.
    pub spools: Arc<dyn Spools>,
    /// Who takes leases, for people: a host and process. No two engines may have the same.
    pub holder: String,
    /// Limits.
    pub settings: EngineSettings,
}

/// Limits of the engine.
#[derive(Clone, Debug)]
pub struct EngineSettings {
    /// How long a district is followed by events before it is read in full all the same. Default 7 days (integration-side
    /// B11).
    pub full_every: Duration,
    /// A cursor older than this is not relied upon. Default 25 days: events are kept for 30 (integration-side B11).
    pub oldest_cursor: Duration,
    /// More events than this at once are not followed one by one: the district is read in full. Default 500,000.
    pub most_events: u64,
    /// How many ids a run asks for one by one at most: those that others name, or that look missing. Default 500.
    pub most_look_ups: usize,
    /// How often a district that moves while it is read, and tells no events, is read again. Default 2.
    pub most_rereads: u32,
    /// How long a lease holds without a sign of life. Default 60 s.
    pub lease: Duration,
    /// How long a run waits for another one of the same district. Default 10 min.
    pub lease_wait: Duration,
    /// How long accounts of a district whose token was revoked go on. Default 30 days (integration-side B7).
    pub keep_disconnected: Duration,
    /// After how long without success the alarm is raised. Default 24 h (integration-side A1.9).
    pub alarm_after: Duration,
    /// Whether the invariants are checked before a plan is committed (integration-side A4.12). Default yes.
    pub verify: bool,
    /// Who may approve held plans; anybody whom the caller lets in if empty (integration-side S13).
    pub approvers: Vec<String>,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            full_every: Duration::from_hours(7 * 24),
            oldest_cursor: Duration::from_hours(25 * 24),
            most_events: 500_000,
            most_look_ups: 500,
            most_rereads: 2,
            lease: Duration::from_mins(1),
            lease_wait: Duration::from_mins(10),
            keep_disconnected: Duration::from_hours(30 * 24),
            alarm_after: Duration::from_hours(24),
            verify: true,
            approvers: Vec::new(),
        }
    }
}

/// One app's engine. Clones are the same engine.
#[derive(Clone)]
pub struct Engine(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) roster: Arc<dyn Roster>,
    pub(crate) depot: Depot,
    pub(crate) keep: Keep,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) spools: SharedSpools,
    pub(crate) holder: String,
    pub(crate) settings: EngineSettings,
    /// One run of a district at a time, per district.
    pub(crate) gates: Mutex<HashMap<i64, Arc<tokio::sync::Mutex<()>>>>,
}

/// One district as this app syncs it: its number in the app's roster, where it is read, and the app's policy for it.
#[derive(Clone)]
pub struct Tenant {
    /// The roster's number of the district ([`homeroom_roster::Districts::connect`]).
    pub district: i64,
    /// Where it is read.
    pub source: Source,
    /// What the app decided about it.
    pub policy: Arc<Policy>,
}

impl Engine {
    /// An engine; does nothing yet.
    pub fn new(parts: EngineParts) -> Self {
        Self(Arc::new(Inner {
            roster: parts.roster,
            keep: Keep::new(parts.depot.clone()),
            depot: parts.depot,
            clock: parts.clock,
            spools: SharedSpools(parts.spools),
            holder: parts.holder,
            settings: parts.settings,
            gates: Mutex::default(),
        }))
    }

    /// The app's roster.
    pub fn roster(&self) -> &Arc<dyn Roster> {
        &self.0.roster
    }

    /// The limits it works with.
    pub fn settings(&self) -> &EngineSettings {
        &self.0.settings
    }

    /// Does something with the roster where waiting for a disk stops nobody else.
    pub(crate) async fn with_roster<T: Send + 'static>(
        &self,
        doing: impl FnOnce(&dyn Roster) -> Result<T, RosterError> + Send + 'static,
    ) -> Result<T, SyncError> {
        let roster = Arc::clone(&self.0.roster);
        self.blocking(move || Ok(doing(&*roster)?)).await
    }

    /// Does something that takes long on a thread of its own.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        doing: impl FnOnce() -> Result<T, SyncError> + Send + 'static,
    ) -> Result<T, SyncError> {
        let done = tokio::task::spawn_blocking(doing).await;
        done.map_err(|_| SyncError::Interrupted)?
    }
}

/// Spools that several runs share.
#[derive(Clone)]
pub(crate) struct SharedSpools(Arc<dyn Spools>);

impl Spools for SharedSpools {
    fn spool(&self) -> std::io::Result<Box<dyn Spool>> {
        self.0.spool()
    }
}
