//! An app's sync engine, the consumer's river: what a district shares is read into a *mirror*, a plan says what the app's roster
//! has to change, and what is approved is done in one transaction.
//!
//! Here so far: the mirror, and the app's roster as planning knows it ([`Known`]) and as plans change it ([`Performer`]). A mirror
//! is a snapshot of the kind the provider keeps, under the source's own ids, with each document as it was sent beside its
//! record; what the app is not configured to use is dropped on arrival (integration-side B2, B15).

mod engine;
mod mirror;
mod roster;

pub use engine::{
    Acted, CollectedLine, Engine, EngineParts, EngineSettings, Extent, Freshest, Heard, Link, Note,
    Order, Queue, Ran, ReadHow, RunReport, Schedule, Stage, Status, SyncError, Tenant, Trigger,
    Until, Unwatched, Watch, Why, Yes,
};
pub use mirror::{BuildError, Dropped, Gathered, Keep, KeepError, Mirror, Unresolved};
pub use roster::{Known, Performed, Performer, SetAside};
