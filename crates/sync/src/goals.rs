//! Sending Goals: what students did in the app becomes totals, and the totals go to their districts (integration-side D2).
//!
//! The app writes what was done into the ledger of its database (`goal_activity`, or [`Sender::record`]). [`Sender::push`] adds
//! up the school year, asks who is a student with a present id now, holds back whose total fell, and sends the others with the
//! district's own token. What a receipt accounts for is written down before anybody is told of success; everything else is
//! sent again, the same bytes while they are tried, whole totals the next time. A process that dies anywhere loses nothing and
//! counts nothing twice, because totals are sent and never differences.
//!
//! # Daily, without being asked
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use homeroom_client::{Cancel, Clock, Source};
//! use homeroom_plan::Policy;
//! use homeroom_roster::Roster;
//! use homeroom_sync::goals::{Due, Push, Reporting, Sender};
//!
//! # async fn example(
//! #     roster: Arc<dyn Roster>, clock: Arc<dyn Clock>, source: Source, district: i64, policy: &Policy,
//! # ) -> Result<(), Box<dyn std::error::Error>> {
//! let sender = Sender::new(roster, clock, "my-app, process 17");
//! // The school year begins where the district's policy says, as it does for the receiver.
//! let reporting = Reporting::new(policy, "lessons_completed")?;
//! let pushed = sender.push(&source, district, &reporting, &Push::DEMAND, &Cancel::default()).await?;
//! println!("{} of {} students acknowledged", pushed.acknowledged, pushed.students);
//! // Or again and again:
//! let due = Due::default();
//! due.keep(&sender, (&source, district), &reporting, &Cancel::default(), |_| {}).await;
//! # Ok(()) }
//! ```

mod alarm;
mod allow;
mod check;
mod deliver;
mod error;
mod lease;
mod look;
mod parts;
mod push;
mod record;
mod reporting;
mod schedule;
mod status;
mod told;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use homeroom_client::Clock;
use homeroom_roster::{Roster, RosterError};

pub use error::GoalsError;
pub use look::Fallen;
pub use push::{NotTaken, Push, PushState, Pushed};
pub use record::{Activities, Did, Recorded, Student, Told, Wrong, read_csv, read_json_lines};
pub use reporting::{Form, Limits, Reporting};
pub use schedule::{Due, Heard};
pub use status::{Standing, Waits};

/// Sends Goals for the districts of one app. Clones are the same sender.
#[derive(Clone)]
pub struct Sender(Arc<Inner>);

struct Inner {
    roster: Arc<dyn Roster>,
    clock: Arc<dyn Clock>,
    holder: String,
    /// One push of a district at a time, per district.
    gates: Mutex<HashMap<i64, Arc<tokio::sync::Mutex<()>>>>,
}

impl Sender {
    /// A sender; does nothing yet. `holder` says to people who is sending: a host and process. No two senders that live at the
    /// same time may have the same.
    pub fn new(roster: Arc<dyn Roster>, clock: Arc<dyn Clock>, holder: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            roster,
            clock,
            holder: holder.into(),
            gates: Mutex::default(),
        }))
    }

    fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    fn gate(&self, district: i64) -> Arc<tokio::sync::Mutex<()>> {
        let mut gates = self.0.gates.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(gates.entry(district).or_default())
    }

    /// Does something with the database where waiting for a disk stops nobody else.
    async fn with_roster<T: Send + 'static>(
        &self,
        doing: impl FnOnce(&dyn Roster) -> Result<T, RosterError> + Send + 'static,
    ) -> Result<T, GoalsError> {
        let roster = Arc::clone(&self.0.roster);
        let done = tokio::task::spawn_blocking(move || doing(&*roster)).await;
        Ok(done.map_err(|_| GoalsError::Interrupted)??)
    }
}
