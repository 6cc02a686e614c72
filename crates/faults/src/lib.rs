//! A source that misbehaves on purpose: a layer over any server of the published API, or a proxy before one.
//!
//! Two sorts of faults. Those of transport and paging happen to requests: now and then, or when a [`Script`] says so. Those
//! in which the original is less kind are ways a source *is*: other ids, unshared records, other spellings, the same in
//! lists, single records, rosters and events. [`CATALOGUE`] names them all; docs/faults.md is written from it.
//!
//! Equal seed and equal requests give equal misbehaviour, whatever comes between equal requests. One request meets a fault
//! that keeps it from its answer no more often than the budget says, so a client that tries again rightly gets everything.
//!
//! ```
//! use std::sync::Arc;
//!
//! use axum::Router;
//! use homeroom_faults::{Faults, Settings};
//! use homeroom_model::Timestamp;
//!
//! let settings = Settings::default().with("short-pages,error-503=0.2,email-new-id")?;
//! let faults = Faults::new(settings, Arc::new(|| Timestamp::from_millis(1_788_249_600_000)));
//! // Any router will do: the API in this process, or `homeroom_faults::upstream("https://api.example.org")`.
//! let faulty: Router = Router::new().layer(faults);
//! # Ok::<_, homeroom_faults::SettingsError>(())
//! ```

mod address;
mod catalogue;
mod content;
mod difference;
mod draw;
mod fault;
mod index;
mod journal;
mod layer;
mod lens;
mod moments;
mod names;
mod script;
mod settings;
mod source;
mod spoiling;
mod telling;
mod tokens;
mod transport;
mod upstream;
mod world;

pub use catalogue::CATALOGUE;
pub use fault::{Described, Fault, Group, When};
pub use layer::{Clock, Faults, Faulty, HEADER};
pub use script::Script;
pub use settings::{BUDGET, Dose, Settings, SettingsError, chosen};
pub use upstream::{UpstreamError, upstream};
