//! The port of the control store: what is small and changes.
//!
//! Rosters live in segments; the control store knows districts, apps, connections with their view pointers, people kept
//! by hand, id reservations, manifests and the district pointer, condemned objects, leases, runs with what they left and
//! who holds them up, settings, Goals and the audit (layout, ideas 1 and 2). One trait per file; [`Store`] is all of them. Adapters live in rooms of their own and use the same
//! file names; [`MemoryStore`] is the oracle they are compared with by the suite (feature `suite`).
//!
//! # Rules that hold for every method
//!
//! - Each call is one atomic, durable step: after it returned, neither a crash nor a loss of power takes it back. A
//!   refused call changes nothing.
//! - "Not found" is `None` or `false`, never an error. Errors are of three kinds ([`ErrorKind`]); when several reasons
//!   to refuse apply, the one documented first is given.
//! - After [`ErrorKind::Unavailable`] a write may or may not have happened. Every write is conditional or idempotent,
//!   so looking again and repeating it is safe. Dropping a future does not take back what it began.
//! - A district leads every key and every query, except where an app or a token has to be found first, and
//!   except objects, which all districts share.
//! - Every list has an order, named at the method. Lists that grow with the installation come in pages: pass the last
//!   key seen and a limit.
//! - Time, ids and randomness are arguments. Nothing here reads a clock, so a clock that steps is the caller's to see.

mod apps;
mod artifacts;
mod audit;
mod blocks;
mod connections;
mod custom_records;
mod district_settings;
mod districts;
mod error;
mod events;
mod goals;
mod holds;
mod ids;
mod leases;
pub mod limits;
mod management_tokens;
mod memory;
mod objects;
mod people;
mod rehearsals;
mod runs;
mod settings;
mod snapshots;
#[cfg(any(test, feature = "suite"))]
#[expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a suite of tests, compiled for tests only"
)]
pub mod suite;

pub use apps::{App, Apps};
pub use artifacts::{Artifact, Artifacts, RunArtifacts};
pub use audit::{Audit, AuditEntry};
pub use blocks::{Block, Blocks};
pub use connections::{Connection, Connections, NewConnection, ViewMove, ViewPointer};
pub use custom_records::{CustomRecord, CustomRecords};
pub use district_settings::{DistrictSettings, DistrictSettingsText};
pub use districts::{DistrictChange, DistrictRecord, Districts, Edit};
pub use error::{Conflict, ErrorKind, StoreError};
pub use events::{EventMove, Events, NewEvents};
pub use goals::{
    DeliveryRows, FeedKey, Goals, GoalsDelivery, GoalsFeed, GoalsMove, GoalsStandings, GoalsTarget,
    SetGoalsFeed, StudentYear, Which,
};
pub use holds::{CloseHold, Hold, HoldMove, HoldState, Holds, MovedHolds, NewHold};
pub use ids::{Ids, next_range};
pub use leases::{Lease, LeaseAnswer, LeaseRequest, Leases};
pub use management_tokens::{ManagementToken, ManagementTokens};
pub use memory::MemoryStore;
pub use objects::{Condemned, Objects, sorted_digests};
pub use people::{People, Person, PersonKind};
pub use rehearsals::{Rehearsal, Rehearsals};
pub use runs::{CancelRequest, NewRun, Run, RunEnd, RunState, Runs};
pub use settings::{Counts, Settings};
pub use snapshots::{NewManifest, Pin, Publish, Snapshot, SnapshotEntry, Snapshots};

/// Thirty-two bytes that stand for something longer: a token, a secret, a set of files, an object of the depot.
pub type Digest = [u8; 32];

/// The whole control store. Implemented by itself for whatever implements the parts.
pub trait Store:
    Settings
    + Districts
    + Apps
    + Connections
    + Events
    + People
    + Ids
    + Leases
    + Runs
    + Snapshots
    + Objects
    + Artifacts
    + Holds
    + Blocks
    + Rehearsals
    + DistrictSettings
    + CustomRecords
    + ManagementTokens
    + Goals
    + Audit
    + std::fmt::Debug
{
}

impl<S> Store for S where
    S: Settings
        + Districts
        + Apps
        + Connections
        + Events
        + People
        + Ids
        + Leases
        + Runs
        + Snapshots
        + Objects
        + Artifacts
        + Holds
        + Blocks
        + Rehearsals
        + DistrictSettings
        + CustomRecords
        + ManagementTokens
        + Goals
        + Audit
        + std::fmt::Debug
{
}
