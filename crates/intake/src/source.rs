//! Where bytes come from. Intake knows no file system: the caller names files and opens them.

use std::collections::BTreeMap;
use std::io::{self, Read};

use homeroom_model::Timestamp;

use crate::beside::{Beside, InTurn};

/// A file that a source offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// Its name without folder, as the district spelt it.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// When it was last written.
    pub modified: Timestamp,
}

/// A set of named files that does not change while it is read. Several of them may be read at once.
pub trait Source: Sync {
    /// The files, in any order.
    ///
    /// # Errors
    /// If they cannot be listed.
    fn files(&self) -> io::Result<Vec<FileInfo>>;

    /// A reader from the file's first byte. A file is opened twice: its encoding is known only at its end.
    ///
    /// # Errors
    /// If the file cannot be opened.
    fn open(&self, name: &str) -> io::Result<Box<dyn Read + Send + '_>>;

    /// How a file is read while it is read: in turn, unless whoever gives the files has threads for it.
    fn beside(&self) -> &dyn Beside {
        &InTurn
    }
}

/// Files in memory: for small districts that come over the wire, and for tests.
#[derive(Clone, Debug, Default)]
pub struct InMemory(BTreeMap<String, (Vec<u8>, Timestamp)>);

impl InMemory {
    /// The same files and one more.
    #[must_use]
    pub fn with(self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.with_modified(name, bytes, Timestamp::default())
    }

    /// The same files and one more that was written at a given time.
    #[must_use]
    pub fn with_modified(
        mut self,
        name: impl Into<String>,
        bytes: impl Into<Vec<u8>>,
        modified: Timestamp,
    ) -> Self {
        self.0.insert(name.into(), (bytes.into(), modified));
        self
    }
}

impl Source for InMemory {
    fn files(&self) -> io::Result<Vec<FileInfo>> {
        let info = |(name, (bytes, modified)): (&String, &(Vec<u8>, Timestamp))| FileInfo {
            name: name.clone(),
            bytes: bytes.len() as u64,
            modified: *modified,
        };
        Ok(self.0.iter().map(info).collect())
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + Send + '_>> {
        match self.0.get(name) {
            Some((bytes, _)) => Ok(Box::new(bytes.as_slice())),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}
