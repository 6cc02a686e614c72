//! The one place where randomness comes from: the operating system, through the crypto library.

use std::fmt::Write as _;

use anyhow::Context as _;
use homeroom_model::{ObjectId, Timestamp};

/// Random bytes.
pub(crate) fn bytes<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| anyhow::anyhow!("no random bytes"))
        .context("the operating system gives no randomness")?;
    Ok(bytes)
}

/// `N` random bytes as hexadecimal digits.
pub(crate) fn hex<const N: usize>() -> anyhow::Result<String> {
    Ok(digits(&bytes::<N>()?))
}

/// Bytes as hexadecimal digits.
pub(crate) fn digits(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

/// A fresh id for something of the installation itself (a district, an app, a run): the second, then random bytes.
pub(crate) fn object_id(now: Timestamp) -> anyhow::Result<ObjectId> {
    let mut id = [0; ObjectId::LEN];
    let random = bytes::<8>()?;
    for (slot, byte) in id
        .iter_mut()
        .zip(now.seconds().to_be_bytes().into_iter().chain(random))
    {
        *slot = byte;
    }
    Ok(ObjectId::new(id))
}

/// Ids of requests: a random start, then counting in steps of a random odd number, so that they neither repeat nor say how
/// many requests there were.
#[derive(Debug)]
pub(crate) struct RequestIds {
    next: std::sync::atomic::AtomicU64,
    high: u64,
    step: u64,
}

impl RequestIds {
    /// A fresh series.
    pub(crate) fn start() -> anyhow::Result<Self> {
        Ok(Self {
            next: u64::from_le_bytes(bytes()?).into(),
            high: u64::from_le_bytes(bytes()?),
            step: u64::from_le_bytes(bytes()?) | 1,
        })
    }
}

impl homeroom_api::RequestIds for RequestIds {
    fn next(&self) -> u128 {
        let low = self
            .next
            .fetch_add(self.step, std::sync::atomic::Ordering::Relaxed);
        u128::from(self.high ^ low.rotate_left(32)) << 64 | u128::from(low)
    }
}
