//! What only the running program can give: time, randomness, and who this process is.

use std::io;
use std::sync::Arc;

use homeroom_model::{ObjectId, Timestamp};

use crate::error::IngestError;

/// Fills a slice with random bytes of cryptographic quality.
pub type Random = Arc<dyn Fn(&mut [u8]) -> io::Result<()> + Send + Sync>;

/// Time, randomness and identity, as arguments (layout, invariant 6).
#[derive(Clone)]
pub struct Surroundings {
    /// The time of day.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Where random bytes come from.
    pub random: Random,
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
        let mut id = [0; ObjectId::LEN];
        let random: [u8; 8] = self.random()?;
        let seconds = self.now().seconds().to_be_bytes();
        for (slot, byte) in id.iter_mut().zip(seconds.into_iter().chain(random)) {
            *slot = byte;
        }
        Ok(ObjectId::new(id))
    }
}
