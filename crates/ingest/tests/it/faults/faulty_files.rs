//! Files on a share that goes away, or that somebody is still writing to.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use homeroom_intake::{FileInfo, Source};
use homeroom_testkit::Files;

use super::ON_PURPOSE;
use crate::site::IntoSource as _;

/// A source whose `at`-th listing, opening or reading fails; 0 for none.
pub(crate) struct FaultyFiles {
    files: Box<dyn Source + Send + Sync>,
    left: Left,
    grows: bool,
    opened: AtomicU64,
}

/// How many operations are left before one fails.
#[derive(Clone)]
pub(crate) struct Left(Arc<AtomicU64>);

impl Left {
    pub(crate) fn has_failed(&self) -> bool {
        self.0.load(Ordering::SeqCst) == 0
    }

    fn count(&self) -> io::Result<()> {
        match self
            .0
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            }) {
            Ok(1) => Err(io::Error::other(ON_PURPOSE)),
            _ => Ok(()),
        }
    }
}

impl FaultyFiles {
    pub(crate) fn new(files: &Files, at: u64) -> (Self, Left) {
        let left = Left(Arc::new(AtomicU64::new(at)));
        let faulty = Self {
            files: files.into_source(),
            left: left.clone(),
            grows: false,
            opened: AtomicU64::new(0),
        };
        (faulty, left)
    }

    /// Files that have a line more each time they are looked at.
    pub(crate) fn growing(files: &Files) -> Self {
        let (faulty, _) = Self::new(files, u64::MAX);
        Self {
            grows: true,
            ..faulty
        }
    }
}

impl Source for FaultyFiles {
    fn files(&self) -> io::Result<Vec<FileInfo>> {
        self.left.count()?;
        self.files.files()
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + Send + '_>> {
        self.left.count()?;
        let opened = self.opened.fetch_add(1, Ordering::SeqCst);
        let more = if self.grows { opened } else { 0 };
        let file = self.files.open(name)?;
        Ok(Box::new(FaultyFile {
            file: Box::new(file.chain(io::repeat(b'\n').take(more))),
            left: self.left.clone(),
        }))
    }
}

struct FaultyFile<'a> {
    file: Box<dyn Read + Send + 'a>,
    left: Left,
}

impl Read for FaultyFile<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.left.count()?;
        self.file.read(buffer)
    }
}
