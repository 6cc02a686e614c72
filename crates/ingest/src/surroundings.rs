//! What only the running program can give: time, randomness, and who this process is.

use std::io;
use std::sync::Arc;

use homeroom_model::{ObjectId, Timestamp};

use crate::error::IngestError;

/// Time, randomness and identity, as arguments (layout, invariant 6).
#[derive(Clone)]
pub struct Surroundings {
    /// The time of day.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Fills a slice with random bytes of cryptographic quality.
    pub random: Arc<dyn Fn(&mut [u8]) -> io::Result<()> + Send + Sync>,
    /// Names this process, so that others can tell whether it still runs.
    pub holder: String,
    /// Whether a holder of that name certainly does not run any more.
    pub is_gone: Arc<dyn Fn(&str) -> bool + Send + Sync>,
}

impl Surroundings {
    pub(crate) fn now(&self) -> Timestamp {
        (self.now)()
    }

    pub(crate) fn random<const N: usize>(&self) -> Result<[u8; N], IngestError> {
        let mut bytes = [0; N];
        (self.random)(&mut bytes).map_err(IngestError::Random)?;
        Ok(bytes)
    }

    /// An id for a run: the second, then random bytes.
    pub(crate) fn run_id(&self) -> Result<ObjectId, IngestError> {
        let [a, b, c, d] = self.now().seconds().to_be_bytes();
        let [e, f, g, h, i, j, k, l] = self.random()?;
        Ok(ObjectId::new([a, b, c, d, e, f, g, h, i, j, k, l]))
    }
}
