//! The one place where the clock is read (layout, invariant 6).

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use homeroom_model::Timestamp;

use crate::random;

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// A clock whose elapsed time begins now.
    pub(crate) fn start() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

/// The time of day.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

impl homeroom_api::Clock for SystemClock {
    fn now(&self) -> Timestamp {
        now()
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

impl homeroom_client::Clock for SystemClock {
    fn now(&self) -> Timestamp {
        now()
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    fn sleep(&self, time: Duration) -> homeroom_client::Sleep {
        Box::pin(tokio::time::sleep(time))
    }

    fn chance(&self) -> u32 {
        // Without randomness waits are merely not spread.
        random::bytes().map_or(u32::MAX / 2, u32::from_le_bytes)
    }
}
