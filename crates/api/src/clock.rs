//! Time and randomness as arguments (layout, invariant 6).

use std::time::Duration;

use homeroom_model::Timestamp;

/// Where the time comes from.
pub trait Clock: Send + Sync + 'static {
    /// The time of day.
    fn now(&self) -> Timestamp;

    /// Time since some fixed point that never steps back, for measuring how long a request took.
    fn elapsed(&self) -> Duration;
}

/// Where ids of requests come from.
pub trait RequestIds: Send + Sync + 'static {
    /// A fresh id, shown as `X-Request-Id`: not guessable, not repeated.
    fn next(&self) -> u128;
}
