//! Where large things are put while they are built: pure rooms ask for a spool and get one from whoever runs them.

use std::io::{self, Write};

use bytes::Bytes;

/// Bytes being written, readable once sealed. What backs them (memory, an unlinked file) is the giver's business.
pub trait Spool: Write + Send {
    /// Ends writing and makes the bytes readable.
    fn seal(self: Box<Self>) -> io::Result<Bytes>;
}

/// Gives spools.
pub trait Spools: Send + Sync {
    /// A new, empty spool.
    fn spool(&self) -> io::Result<Box<dyn Spool>>;
}

/// Spools in memory: for tests and for small things.
#[derive(Clone, Copy, Default, Debug)]
pub struct MemorySpools;

impl Spools for MemorySpools {
    fn spool(&self) -> io::Result<Box<dyn Spool>> {
        Ok(Box::new(MemorySpool(Vec::new())))
    }
}

struct MemorySpool(Vec<u8>);

impl Write for MemorySpool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Spool for MemorySpool {
    fn seal(self: Box<Self>) -> io::Result<Bytes> {
        Ok(Bytes::from(self.0))
    }
}
