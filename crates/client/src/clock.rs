//! Time, waiting and chance as arguments (layout, invariant 6).

use std::pin::Pin;
use std::time::Duration;

use homeroom_model::Timestamp;

/// A wait that was begun.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where the time, the waiting and the chance of waits come from.
pub trait Clock: Send + Sync + 'static {
    /// The time of day, which rate windows are told in.
    fn now(&self) -> Timestamp;

    /// Time since some fixed point that never steps back, which deadlines are measured in.
    fn elapsed(&self) -> Duration;

    /// Waits.
    fn sleep(&self, time: Duration) -> Sleep;

    /// Any number, every one as likely as another: it spreads retries, so that many readers do not come back at once.
    fn chance(&self) -> u32;
}
