//! One writer of a district at a time (integration-side A4.8): a lease in the app's database, renewed while the work goes on.

use std::sync::Arc;
use std::time::Duration;

use homeroom_model::Timestamp;
use homeroom_roster::{Lease, Roster, RosterError};
use tokio::task::JoinHandle;

use super::error::SyncError;
use super::watch::{Stage, Watch};
use super::{Engine, Inner};

/// A lease that is held, and its writer's number.
pub(crate) struct Held {
    pub(crate) fence: i64,
    engine: Engine,
    district: i64,
    beats: JoinHandle<()>,
    /// Other runs of this engine wait for it.
    _gate: tokio::sync::OwnedMutexGuard<()>,
}

/// How often somebody who waits for a lease looks.
const LOOKS: Duration = Duration::from_secs(1);

impl Engine {
    /// Waits until nobody else writes the district.
    pub(crate) async fn lease(&self, district: i64, watch: &dyn Watch) -> Result<Held, SyncError> {
        let gate = self.0.gate(district).lock_owned().await;
        let begun = self.0.clock.elapsed();
        loop {
            let inner = Arc::clone(&self.0);
            let asked = self.blocking(move || Ok(inner.take(district)?)).await?;
            let (holder, until) = match asked {
                Lease::Yours { fence } => return Ok(self.held(district, fence, gate)),
                Lease::Taken { holder, until } => (holder, until),
            };
            let waited = self.0.clock.elapsed().saturating_sub(begun);
            if waited >= self.0.settings.lease_wait {
                return Err(SyncError::Busy { holder, until });
            }
            watch.stage(Stage::Waiting, waited.as_secs(), None);
            self.0.clock.sleep(LOOKS).await;
        }
    }

    /// The same without waiting: nothing if somebody writes the district.
    pub(crate) async fn try_lease(&self, district: i64) -> Result<Option<Held>, SyncError> {
        let Ok(gate) = self.0.gate(district).try_lock_owned() else {
            return Ok(None);
        };
        let inner = Arc::clone(&self.0);
        let asked = self.blocking(move || Ok(inner.take(district)?)).await?;
        Ok(match asked {
            Lease::Yours { fence } => Some(self.held(district, fence, gate)),
            Lease::Taken { .. } => None,
        })
    }

    fn held(&self, district: i64, fence: i64, gate: tokio::sync::OwnedMutexGuard<()>) -> Held {
        let inner = Arc::clone(&self.0);
        let every = self.0.settings.lease / 3;
        let beats = tokio::spawn(async move {
            loop {
                // A sign of life is about real time, however a test's clock goes.
                tokio::time::sleep(every).await;
                let inner = Arc::clone(&inner);
                // A beat that fails shows when the work is to be kept: the fence refuses it.
                let _ = tokio::task::spawn_blocking(move || inner.take(district)).await;
            }
        });
        Held {
            fence,
            engine: self.clone(),
            district,
            beats,
            _gate: gate,
        }
    }
}

impl Inner {
    fn take(&self, district: i64) -> Result<Lease, RosterError> {
        let at = self.clock.now();
        let lease = i64::try_from(self.settings.lease.as_millis()).unwrap_or(i64::MAX);
        let until = Timestamp::from_millis(at.millis().saturating_add(lease));
        self.roster.lease(district, &self.holder, at, until)
    }

    fn gate(&self, district: i64) -> Arc<tokio::sync::Mutex<()>> {
        let mut gates = self
            .gates
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(gates.entry(district).or_default())
    }
}

impl Held {
    /// Gives the lease back. Left out, it lapses by itself.
    pub(crate) async fn release(self) {
        self.beats.abort();
        let district = self.district;
        let holder = self.engine.0.holder.clone();
        let giving = move |roster: &dyn Roster| roster.release(district, &holder);
        // Whoever comes next waits a minute if this fails, no more.
        let _ = self.engine.with_roster(giving).await;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.beats.abort();
    }
}
