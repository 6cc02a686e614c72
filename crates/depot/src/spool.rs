//! Files without a name: where large tables are built.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use homeroom_segment::{Spool, Spools};

use crate::error::{self, DepotError};
use crate::layout;
use crate::mapping::Mapping;

/// Bytes gathered before they are written.
const BUFFER: usize = 128 * 1024;

/// Gives spools that are files in a folder. They have no name there, so a crash leaves nothing behind.
#[derive(Clone, Debug)]
pub struct FileSpools {
    folder: PathBuf,
}

impl FileSpools {
    /// Spools in a folder, which is made if it is not there. It should lie on a real disk with as much room as the
    /// snapshot being built takes.
    pub fn new(folder: &Path) -> io::Result<Self> {
        if let Some(parent) = folder.parent() {
            fs::create_dir_all(parent)?;
        }
        layout::make_private(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// A new, empty spool.
    pub fn file_spool(&self) -> io::Result<FileSpool> {
        let file = tempfile::tempfile_in(&self.folder).map_err(explain)?;
        Ok(FileSpool {
            file: BufWriter::with_capacity(BUFFER, file),
            bytes: 0,
        })
    }
}

impl Spools for FileSpools {
    fn spool(&self) -> io::Result<Box<dyn Spool>> {
        Ok(Box::new(self.file_spool()?))
    }
}

/// A file without a name, being written.
pub struct FileSpool {
    file: BufWriter<File>,
    bytes: usize,
}

impl fmt::Debug for FileSpool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileSpool({} bytes)", self.bytes)
    }
}

impl FileSpool {
    /// Ends writing and maps the file. It is not forced to disk: what is to last is put into the depot.
    pub fn seal(self) -> io::Result<Bytes> {
        let file = self
            .file
            .into_inner()
            .map_err(|error| explain(error.into_error()))?;
        if self.bytes == 0 {
            return Ok(Bytes::new());
        }
        Ok(Mapping::of(&file, self.bytes)?.bytes())
    }
}

impl Write for FileSpool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes).map_err(explain)?;
        self.bytes += written;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush().map_err(explain)
    }
}

impl Spool for FileSpool {
    fn seal(self: Box<Self>) -> io::Result<Bytes> {
        (*self).seal()
    }
}

/// A full disk keeps its kind and gets a text that says what to do.
fn explain(error: io::Error) -> io::Error {
    if !error::is_full(&error) {
        return error;
    }
    let doing = "writing a temporary file".to_owned();
    io::Error::new(io::ErrorKind::StorageFull, DepotError::Full { doing })
}
