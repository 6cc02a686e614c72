//! Spools on a disk that is full at some write.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use homeroom_segment::{MemorySpools, Spool, Spools};

use super::ON_PURPOSE;

/// Making, writing and sealing of spools are counted; the one of that number fails, and so do all after it.
pub(crate) struct FaultySpools {
    left: Arc<AtomicU64>,
}

impl FaultySpools {
    pub(crate) fn new(at: u64) -> Arc<Self> {
        let left = Arc::new(AtomicU64::new(at));
        Arc::new(Self { left })
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.left.load(Ordering::SeqCst) == 0
    }
}

fn count(left: &AtomicU64) -> io::Result<()> {
    let before = left.load(Ordering::SeqCst);
    left.store(before.saturating_sub(1), Ordering::SeqCst);
    if before <= 1 {
        return Err(io::Error::new(io::ErrorKind::StorageFull, ON_PURPOSE));
    }
    Ok(())
}

impl Spools for FaultySpools {
    fn spool(&self) -> io::Result<Box<dyn Spool>> {
        count(&self.left)?;
        Ok(Box::new(FaultySpool {
            spool: MemorySpools.spool()?,
            left: Arc::clone(&self.left),
        }))
    }
}

struct FaultySpool {
    spool: Box<dyn Spool>,
    left: Arc<AtomicU64>,
}

impl Write for FaultySpool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        count(&self.left)?;
        self.spool.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.spool.flush()
    }
}

impl Spool for FaultySpool {
    fn seal(self: Box<Self>) -> io::Result<Bytes> {
        count(&self.left)?;
        self.spool.seal()
    }
}
