//! An app's sync engine, the consumer's river: what a district shares is read into a *mirror*, a plan says what the app's roster
//! has to change, and what is approved is done in one transaction.
//!
//! An [`Engine`] has the app's roster (`homeroom-roster`) and a depot for its mirrors. [`Engine::run`] reads a [`Tenant`], one
//! district with the app's policy for it, plans, and applies what no guard holds; [`Engine::approve`] says yes to what is held, by
//! the digest of the plan that was seen. [`Engine::why`] explains any person or class in one sentence, [`Engine::timeline`]
//! tells everything that ever happened to them, [`Engine::status`] says how fresh everything is, and [`Schedule`] keeps a district up to date by itself.
//!
//! In the other direction, [`goals`] sends what students did in the app.
//!
//! A mirror is a snapshot of the kind the provider keeps, under the source's own ids, with each document as it was sent beside its
//! record; what the app is not configured to use is dropped on arrival (integration-side B2, B15). It is kept together with the
//! event cursor that it is true for. What is *applied* moves only inside the transaction of the effects: a run that is cut short anywhere
//! leaves the old state or the new one, and the next run goes on from what is kept.
//!
//! # A first sync, looked at and approved
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use homeroom_client::{Cancel, Clock, Source};
//! use homeroom_depot::Depot;
//! use homeroom_plan::{Part, Policy};
//! use homeroom_roster::{Districts as _, NewDistrict, Roster, RunState, SqliteRoster};
//! use homeroom_segment::MemorySpools;
//! use homeroom_sync::{
//!     Engine, EngineParts, EngineSettings, Order, Tenant, Trigger, Unwatched, Yes,
//! };
//!
//! # async fn example(source: Source, clock: Arc<dyn Clock>) -> Result<(), Box<dyn std::error::Error>> {
//! let folder = std::path::Path::new("my-app");
//! let roster = Arc::new(SqliteRoster::open(&folder.join("roster.sqlite"))?);
//! let district = roster.connect(&NewDistrict {
//!     source_id: &source.district().to_hex(),
//!     name: "Riverside",
//!     at: clock.now(),
//! })?;
//! let engine = Engine::new(EngineParts {
//!     roster,
//!     depot: Depot::folder(&folder.join("mirrors"), homeroom_depot::Settings::default())?,
//!     clock,
//!     spools: Arc::new(MemorySpools),
//!     holder: "my-app, process 17".to_owned(),
//!     settings: EngineSettings::default(),
//! });
//! let tenant = Tenant {
//!     district,
//!     source,
//!     policy: Arc::new(Policy::read(Policy::SIS_LOCKDOWN)?),
//! };
//!
//! // The first plan of a district always waits for somebody who looks at it.
//! let cancel = Cancel::default();
//! let order = Order::new(Trigger::Demand);
//! let ran = engine.run(&tenant, &order, &cancel, &Unwatched).await?;
//! println!("{}", ran.plan.summary());
//! if ran.state == RunState::Held {
//!     let yes = Yes {
//!         digest: &ran.digest,
//!         part: Part::All,
//!         by: "Ms Orr",
//!         note: None,
//!     };
//!     engine.approve(&tenant, &yes, &cancel, &Unwatched).await?;
//! }
//! // From now on the app reads its own database (docs/app-database.md), and the schedule runs the same order again.
//! # Ok(()) }
//! ```

mod engine;
pub mod goals;
mod mirror;
mod roster;

pub use engine::{
    Acted, CollectedLine, Engine, EngineParts, EngineSettings, Extent, Freshest, Gain, Heard, Link,
    Note, Order, Queue, Ran, ReadHow, Rehearsed, RunReport, Schedule, Score, Scorecard, Stage,
    Status, SyncError, Tenant, Trigger, Until, Unwatched, Watch, Why, Yes,
};
pub use engine::{
    Collected, Counted, KeptRow, NewestChanges, Retention, TakenHow, TakenRow, Tally, Timeline,
    Timelines, Undo, Undoing, Verified, named, section_name,
};
pub use mirror::{
    BuildError, Dropped, Gathered, Keep, KeepError, Mirror, Misread, Misreadings, Unresolved,
};
pub use roster::{
    Associations, Known, Line, Pair, Performed, Performer, SetAside, UploadError, Uploaded,
    associate, upload_side_data,
};
