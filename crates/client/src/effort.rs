//! What reading cost.

use std::ops::AddAssign;
use std::time::Duration;

/// What was asked, waited for and received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Effort {
    /// Requests sent, every try counted.
    pub requests: u64,
    /// Tries after a failure.
    pub retries: u64,
    /// Waits, for whatever reason.
    pub waits: u64,
    /// How long they took in all.
    pub waited: Duration,
    /// Waits for a rate window, which are among the waits (`rate_limited`).
    pub windows: u64,
    /// How often a page was asked for again with half its size.
    pub halved: u64,
    /// Bytes of bodies received, unpacked.
    pub bytes: u64,
}

impl AddAssign for Effort {
    fn add_assign(&mut self, other: Self) {
        self.requests += other.requests;
        self.retries += other.retries;
        self.waits += other.waits;
        self.waited += other.waited;
        self.windows += other.windows;
        self.halved += other.halved;
        self.bytes += other.bytes;
    }
}
