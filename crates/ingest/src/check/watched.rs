//! Files that cannot be read to their end are something to tell a district, not an accident of the program.

use std::io::{self, Read};
use std::sync::{Mutex, MutexGuard, PoisonError};

use homeroom_intake::{Beside, FileInfo, FileSet, Source, Stem};
use homeroom_model::{Code, Problem};

use crate::ahead::Threads;

/// A source that remembers the file that could not be read.
pub(super) struct Watched<'a> {
    source: &'a dyn Source,
    failed: Mutex<Option<Failed>>,
}

struct Failed {
    name: String,
    why: String,
}

impl<'a> Watched<'a> {
    pub(super) fn new(source: &'a dyn Source) -> Self {
        Self {
            source,
            failed: Mutex::default(),
        }
    }

    /// The problem of the file that could not be read, if there is one.
    pub(super) fn unreadable(&self, files: &FileSet) -> Option<Problem> {
        let failed = self.lock();
        let failed = failed.as_ref()?;
        let is_it = |stem: &Stem| files.name(*stem) == Some(failed.name.as_str());
        let stem = Stem::ALL.into_iter().find(is_it)?;
        Some(Problem::new(Code::FileUnreadable, stem.place()).detail(&failed.why))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Failed>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, name: &str, error: &io::Error) {
        if error.kind() != io::ErrorKind::Interrupted {
            *self.lock() = Some(Failed {
                name: name.to_owned(),
                why: error.to_string(),
            });
        }
    }
}

impl Source for Watched<'_> {
    fn files(&self) -> io::Result<Vec<FileInfo>> {
        self.source.files()
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + Send + '_>> {
        let reader = self.source.open(name);
        let reader = reader.inspect_err(|error| self.note(name, error))?;
        Ok(Box::new(WatchedFile {
            reader,
            name: name.to_owned(),
            source: self,
        }))
    }

    fn beside(&self) -> &dyn Beside {
        &Threads
    }
}

struct WatchedFile<'a> {
    reader: Box<dyn Read + Send + 'a>,
    name: String,
    source: &'a Watched<'a>,
}

impl Read for WatchedFile<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(into);
        read.inspect_err(|error| self.source.note(&self.name, error))
    }
}
