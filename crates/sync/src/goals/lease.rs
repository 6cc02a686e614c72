//! One push of a district at a time: a lease in the app's database, renewed while the push goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use homeroom_roster::{GoalPush, Roster, RosterError};
use tokio::task::JoinHandle;

use super::Sender;
use super::error::GoalsError;
use super::reporting::{Limits, later};

/// How often somebody who waits looks.
const LOOKS: Duration = Duration::from_secs(1);

/// A lease that is held.
pub(super) struct Lease {
    beats: JoinHandle<()>,
    lost: Arc<AtomicBool>,
    /// Other pushes of this sender wait for it.
    _gate: tokio::sync::OwnedMutexGuard<()>,
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.beats.abort();
    }
}

impl Lease {
    /// Whether somebody else has it by now.
    pub(super) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }
}

impl Sender {
    /// Waits until nobody else sends for the district.
    pub(super) async fn lease(&self, district: i64, limits: &Limits) -> Result<Lease, GoalsError> {
        let gate = self.gate(district).lock_owned().await;
        let begun = self.clock().elapsed();
        let lease = limits.lease;
        loop {
            let sender = self.clone();
            let asked = self.with_roster(move |roster| sender.ask(roster, district, lease));
            let (holder, until) = match asked.await? {
                GoalPush::Yours => break,
                GoalPush::Taken { holder, until } => (holder, until),
            };
            if self.clock().elapsed().saturating_sub(begun) >= limits.lease_wait {
                return Err(GoalsError::Busy { holder, until });
            }
            self.clock().sleep(LOOKS).await;
        }
        let lost = Arc::new(AtomicBool::new(false));
        let (sender, flag) = (self.clone(), Arc::clone(&lost));
        let beats = tokio::spawn(async move {
            loop {
                // A sign of life is about real time, however a test's clock goes.
                tokio::time::sleep(lease / 3).await;
                let again = sender.clone();
                let asked = sender.with_roster(move |roster| again.ask(roster, district, lease));
                // A beat that fails does no harm: what is sent twice counts once.
                if let Ok(GoalPush::Taken { .. }) = asked.await {
                    flag.store(true, Ordering::Relaxed);
                }
            }
        });
        Ok(Lease {
            beats,
            lost,
            _gate: gate,
        })
    }

    fn ask(
        &self,
        roster: &dyn Roster,
        district: i64,
        lease: Duration,
    ) -> Result<GoalPush, RosterError> {
        let now = self.clock().now();
        roster.begin_push(district, &self.0.holder, now, later(now, lease))
    }
}
