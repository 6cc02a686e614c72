//! Time as tokio keeps it: in a test that pauses it, waits take none.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use homeroom_client::{Clock, Sleep};
use homeroom_model::Timestamp;
use tokio::time::{Instant, sleep};

/// When every test begins: 2026-09-01T08:00:00Z.
pub const BEGIN: i64 = 1_788_249_600_000;

/// A clock that begins at [`BEGIN`], goes on as tokio's does, and can be put forward. With `start_paused = true` waits are over at
/// once, when nothing else is left to do.
pub struct TestClock {
    began: Instant,
    /// Milliseconds that it was put forward.
    forward: AtomicI64,
    chance: AtomicU32,
}

impl Default for TestClock {
    fn default() -> Self {
        Self::new()
    }
}

impl TestClock {
    /// Inside a runtime.
    pub fn new() -> Self {
        Self {
            began: moment(),
            forward: AtomicI64::new(0),
            chance: AtomicU32::new(0),
        }
    }

    /// Puts it forward. Whoever sleeps meanwhile sleeps on: this is for the time between two things a test does.
    pub fn pass(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).unwrap();
        self.forward.fetch_add(millis, Ordering::SeqCst);
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
        let forward = self.forward.load(Ordering::SeqCst).unsigned_abs();
        moment() - self.began + Duration::from_millis(forward)
    }

    fn sleep(&self, time: Duration) -> Sleep {
        Box::pin(sleep(time))
    }

    fn chance(&self) -> u32 {
        // Every eighth of the range, one after the other.
        self.chance.fetch_add(1 << 29, Ordering::Relaxed)
    }
}
