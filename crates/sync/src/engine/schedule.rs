//! The schedule: every district at least daily, and an alarm when that fails (integration-side A1.9).

use std::time::Duration;

use homeroom_client::Cancel;
use homeroom_model::Timestamp;
use homeroom_roster::RunState;

use super::error::SyncError;
use super::notices::{self, code};
use super::order::{Order, ReadHow, Trigger};
use super::queue::{Heard, Queue};
use super::watch::Unwatched;
use super::{Engine, Tenant};

/// When districts are synced by themselves.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// How long after a run the next one begins. Default 1 h; at most 24 h.
    pub every: Duration,
    /// By how much of that beginnings are spread, so that many districts do not read at once. Default 10 min.
    pub spread: Duration,
    /// How long after a failure it is tried again. Default 5 min.
    pub again: Duration,
}

impl Default for Schedule {
    fn default() -> Self {
        Self {
            every: Duration::from_hours(1),
            spread: Duration::from_mins(10),
            again: Duration::from_mins(5),
        }
    }
}

const DAY: Duration = Duration::from_hours(24);

impl Schedule {
    /// Syncs a district again and again until `cancel`. What came of each run is told to `heard`. One district's trouble
    /// never slows another: give each a task of its own.
    pub async fn keep(
        &self,
        engine: &Engine,
        tenant: &Tenant,
        queue: &Queue,
        cancel: &Cancel,
        mut heard: impl FnMut(&Heard) + Send,
    ) {
        let clock = std::sync::Arc::clone(&engine.0.clock);
        let spread = self
            .spread
            .mul_f64(f64::from(clock.chance()) / f64::from(u32::MAX));
        let mut wait = spread;
        while !cancel.is_set() {
            if !pause(&*clock, wait, cancel).await {
                return;
            }
            let told = self.once(engine, tenant, queue, cancel).await;
            heard(&told);
            let good = told.error.is_none();
            let every = self.every.min(DAY.saturating_sub(self.spread));
            wait = if good { every } else { self.again };
            let jitter = f64::from(clock.chance()) / f64::from(u32::MAX);
            wait += self.spread.min(wait).mul_f64(jitter / 2.0);
        }
    }

    /// One run of the schedule, and the alarm if success is missing for too long.
    pub async fn once(
        &self,
        engine: &Engine,
        tenant: &Tenant,
        queue: &Queue,
        cancel: &Cancel,
    ) -> Heard {
        let order = Order {
            read: ReadHow::Auto,
            ..Order::new(Trigger::Schedule)
        };
        let told = queue.run(engine, tenant, &order, cancel, &Unwatched).await;
        // An alarm that cannot be written is the least of the troubles then; the log has the error of the run.
        let _ = engine.alarm(tenant.district).await;
        told
    }
}

impl Engine {
    /// Raises the alarm if a district had no success for too long, and settles it when it had. Returns whether it is
    /// raised.
    pub async fn alarm(&self, district: i64) -> Result<bool, SyncError> {
        let now = self.0.clock.now();
        let after = self.0.settings.alarm_after;
        self.with_roster(move |roster| {
            let reading = roster.read()?;
            let known = reading.district(district)?;
            let first = reading.runs(district, 1000)?.last().map(|run| run.started);
            drop(reading);
            let since: Option<Timestamp> = known.and_then(|known| known.last_apply).or(first);
            let late = since.is_some_and(|since| notices::later(since, after) < now);
            if late {
                let hours = after.as_secs() / 3600;
                let detail = format!("no successful sync for more than {hours} hours; `status` says which link is broken");
                notices::raise(roster, (district, code::STALE, ""), &detail, now)?;
            } else {
                roster.settle_notice(district, code::STALE, "", now)?;
            }
            Ok(late)
        })
        .await
    }
}

/// Waits; `false` if it was asked to stop.
async fn pause(clock: &dyn homeroom_client::Clock, time: Duration, cancel: &Cancel) -> bool {
    const STEP: Duration = Duration::from_secs(1);
    let until = clock.elapsed() + time;
    loop {
        let left = until.saturating_sub(clock.elapsed());
        if cancel.is_set() {
            return false;
        }
        if left.is_zero() {
            return true;
        }
        clock.sleep(left.min(STEP)).await;
    }
}

/// Whether a run of this state kept its district up to date.
pub(crate) fn is_success(state: RunState) -> bool {
    matches!(state, RunState::Applied | RunState::NoChange)
}
