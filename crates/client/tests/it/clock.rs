//! Time as tokio keeps it: in a test that pauses it, waits take none.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use homeroom_client::{Clock, Sleep};
use homeroom_model::Timestamp;
use tokio::time::{Instant, sleep};

/// When every test begins: 2026-09-01T08:00:00Z.
pub(crate) const BEGIN: i64 = 1_788_249_600_000;

/// A clock that begins at [`BEGIN`] and goes on as tokio's does.
pub(crate) struct TestClock {
    began: Instant,
    chance: AtomicU32,
}

impl TestClock {
    /// Inside a runtime.
    pub(crate) fn new() -> Self {
        Self {
            began: moment(),
            chance: AtomicU32::new(0),
        }
    }
}

/// Now, as the runtime sees it.
fn moment() -> Instant {
    sleep(Duration::ZERO).deadline()
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let passed = i64::try_from(self.elapsed().as_millis()).unwrap();
        Timestamp::from_millis(BEGIN + passed)
    }

    fn elapsed(&self) -> Duration {
        moment() - self.began
    }

    fn sleep(&self, time: Duration) -> Sleep {
        Box::pin(sleep(time))
    }

    fn chance(&self) -> u32 {
        // Every eighth of the range, one after the other.
        self.chance.fetch_add(1 << 29, Ordering::Relaxed)
    }
}
