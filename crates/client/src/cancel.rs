//! Stopping what somebody no longer wants, and what takes too long.

use std::time::Duration;

use tokio::sync::watch;

use crate::clock::Clock;
use crate::error::Fault;

/// Whether reading is to stop. Clones are one flag.
#[derive(Clone, Debug)]
pub struct Cancel(watch::Sender<bool>);

impl Default for Cancel {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Cancel {
    /// Asks everything that was given this flag to stop, waits included.
    pub fn set(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was asked to.
    pub fn is_set(&self) -> bool {
        *self.0.borrow()
    }
}

/// One reading while it goes on: until when, and whether it is still wanted.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    cancel: Cancel,
    ends: Duration,
}

impl Run {
    pub(crate) fn begin(clock: &dyn Clock, deadline: Duration, cancel: &Cancel) -> Self {
        Self {
            cancel: cancel.clone(),
            ends: clock.elapsed().saturating_add(deadline),
        }
    }

    /// How long it may still go on.
    pub(crate) fn left(&self, clock: &dyn Clock) -> Result<Duration, Fault> {
        if self.cancel.is_set() {
            return Err(Fault::Cancelled);
        }
        let left = self.ends.saturating_sub(clock.elapsed());
        if left.is_zero() {
            return Err(Fault::Deadline);
        }
        Ok(left)
    }

    /// Waits; not at all if the wait would end too late.
    pub(crate) async fn pause(&self, clock: &dyn Clock, time: Duration) -> Result<(), Fault> {
        if self.left(clock)? <= time {
            return Err(Fault::Deadline);
        }
        self.unless_stopped(clock.sleep(time)).await
    }

    /// Does something unless it is no longer wanted.
    pub(crate) async fn unless_stopped<T>(
        &self,
        doing: impl Future<Output = T>,
    ) -> Result<T, Fault> {
        let mut asked = self.cancel.0.subscribe();
        tokio::select! {
            biased;
            // The sender lives in `self`, so it cannot have gone.
            _ = asked.wait_for(|set| *set) => Err(Fault::Cancelled),
            done = doing => Ok(done),
        }
    }
}
