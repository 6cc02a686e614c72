//! Reads districts from any Clever-compatible server, in any version from 1.1 to 3.1: the original's, or Homeroom's.
//!
//! A [`Source`] is one district of one server. [`Source::read`] walks it page by page and hands every [`Record`] to a
//! [`Sink`]: the document exactly as it was sent, and what it says as values of `homeroom-model`. The [`Report`] says of each
//! collection whether it was read to its end and whether the source stood still meanwhile, for **only that can say that
//! something is gone** ([`Report::says_gone`]). [`Source::events`] follows what happens from a cursor on, and
//! [`Source::gap_since`] says whether anything is missing there. [`Source::look_up`] and [`Source::person`] ask for one
//! record; a reading with [`Scope::Section`] or [`Scope::School`] asks for one class or school.
//!
//! [`Source::send_metrics`] sends what students reached, once, and says what came of it (clever-api 8).
//!
//! What may pass is tried again with growing waits; rate windows are obeyed; a token that was replaced is looked for once.
//! What is not known is kept, counted by name ([`Strange`]) and never fatal. Time, waits and chance come from a
//! [`Clock`], requests go through a [`Transport`], of which [`Http`] is the usual one.
//!
//! # A first reading, then its events
//!
//! ```no_run
//! use std::ops::ControlFlow;
//! use std::sync::Arc;
//!
//! use homeroom_client::{
//!     Address, Cancel, Clock, EventFilter, Http, HttpSettings, Movement, Parts, Reading, Record, Scope, Secret, Settings,
//!     Source,
//! };
//! use homeroom_model::{ObjectId, Role};
//! use homeroom_wire::{Object, Version};
//!
//! # async fn example(clock: Arc<dyn Clock>) -> Result<(), Box<dyn std::error::Error>> {
//! let source = Source::new(Parts {
//!     api: Address::parse("https://api.example.org")?,
//!     oauth: None,
//!     version: Version::from_name("v3.1").ok_or("no such version")?,
//!     district: ObjectId::from_hex("5f00aa11bb22cc33dd44ee00").ok_or("not an id")?,
//!     token: Secret::new("the district's token"),
//!     credentials: None,
//!     transport: Arc::new(Http::new(&HttpSettings::default())?),
//!     clock,
//!     settings: Settings::default(),
//! });
//!
//! // Everybody but contacts. Records come as they are read; keep what is needed of each.
//! let mut students = 0;
//! let mut take = |record: Record| {
//!     students += usize::from(record.object == Object::User);
//!     ControlFlow::Continue(())
//! };
//! let cancel = Cancel::default();
//! let report = source.read(&Reading::of(Scope::District), &mut take, &cancel).await?;
//! for collected in &report.collections {
//!     println!("{collected}");
//! }
//! if report.says_gone(Object::User) {
//!     println!("whoever is not among these {students} is gone");
//! }
//! if let Movement::Moved { .. } = report.movement {
//!     println!("something happened meanwhile: the events after the mark tell what");
//! }
//!
//! // Later: what happened since. Keep the cursor together with the effects.
//! if let Some(gap) = source.gap_since(&report.mark, &cancel).await? {
//!     println!("read everything again: {gap}");
//! }
//! let mut feed = source.events(report.mark.cursor(), &EventFilter::default(), &cancel);
//! while let Some(batch) = feed.next().await? {
//!     for event in batch.events.iter().filter(|event| event.is_known()) {
//!         println!("{:?} of {:?}", event.verb, event.object);
//!     }
//! }
//! # Ok(()) }
//! ```

mod address;
mod cancel;
mod clock;
mod effort;
mod error;
mod event;
mod feed;
mod fetch;
mod gap;
mod known;
mod look_up;
mod mark;
mod metrics;
mod over_http;
mod read;
mod reading;
mod record;
mod report;
mod scan;
mod secret;
mod settings;
mod source;
mod token;
mod transport;
mod walk;
mod window;

pub use address::{Address, BadAddress};
pub use cancel::Cancel;
pub use clock::{Clock, Sleep};
pub use effort::Effort;
pub use error::{ClientError, Failure, Fault};
pub use event::{Event, Verb};
pub use feed::{Batch, EventFilter, Feed};
pub use gap::{Gap, Since};
pub use known::Strange;
pub use look_up::Lookup;
pub use mark::{Head, Mark};
pub use metrics::{Metrics, MetricsReceipt, MetricsRow, Sent, Told};
pub use over_http::{Http, HttpError, HttpSettings};
pub use reading::{Reading, Scope};
pub use record::{Record, Sink};
pub use report::{Collected, Freshness, Movement, Outcome, Report, Why};
pub use secret::{AppCredentials, Secret};
pub use settings::Settings;
pub use source::{Parts, Source};
pub use transport::{Answer, Ask, Broken, Content, Transport};
