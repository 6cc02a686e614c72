//! Stopping a run that somebody no longer wants: a flag that is looked at between steps and with every block that is read.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::IngestError;

/// Whether a run is to stop. Clones are one flag.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cancel(Arc<AtomicBool>);

/// The cause of an `io::Error` that is no failure but a wish.
#[derive(Debug)]
pub(crate) struct Cancelled;

impl fmt::Display for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the run was cancelled")
    }
}

impl std::error::Error for Cancelled {}

impl Cancel {
    /// Asks the run to stop.
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Fails once the run is to stop.
    pub(crate) fn check(&self) -> Result<(), IngestError> {
        if self.is_set() {
            return Err(IngestError::Cancelled);
        }
        Ok(())
    }

    /// A reader that fails once the run is to stop.
    pub(crate) fn reader<R: Read>(&self, reader: R) -> Cancellable<R> {
        Cancellable {
            reader,
            cancel: self.clone(),
        }
    }
}

/// See [`Cancel::reader`].
pub(crate) struct Cancellable<R> {
    reader: R,
    cancel: Cancel,
}

impl<R: Read> Read for Cancellable<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.cancel.is_set() {
            return Err(io::Error::other(Cancelled));
        }
        self.reader.read(buffer)
    }
}
