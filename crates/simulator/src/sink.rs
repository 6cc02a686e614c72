//! Where the files go: the library opens no file itself.

use std::collections::BTreeMap;
use std::io::{self, Write};

/// Takes the generated files, one after the other.
pub trait Sink {
    /// Begins a file, for instance `students.csv`. The writer is flushed before the next file is begun.
    fn begin(&mut self, file: &str) -> io::Result<Box<dyn Write + '_>>;
}

/// Keeps every file in memory, for tests and small districts.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct MemorySink {
    /// Contents by file name.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl MemorySink {
    /// The text of a file, empty when it was not written.
    pub fn text(&self, file: &str) -> &str {
        self.files
            .get(file)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }
}

impl std::fmt::Debug for MemorySink {
    /// Sizes only: the contents look like personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sizes = self.files.iter().map(|(name, bytes)| (name, bytes.len()));
        f.debug_map().entries(sizes).finish()
    }
}

impl Sink for MemorySink {
    fn begin(&mut self, file: &str) -> io::Result<Box<dyn Write + '_>> {
        let bytes = self.files.entry(file.to_owned()).or_default();
        bytes.clear();
        Ok(Box::new(bytes))
    }
}

/// Swallows everything: what the census writes to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NoSink;

impl Sink for NoSink {
    fn begin(&mut self, _file: &str) -> io::Result<Box<dyn Write + '_>> {
        Ok(Box::new(io::sink()))
    }
}
