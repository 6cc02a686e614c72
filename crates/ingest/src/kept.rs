//! Kept files as a source of files: what was in the folder then, whatever is in it now.

use std::collections::BTreeMap;
use std::io::{self, Read};

use bytes::Bytes;
use homeroom_history::Artifact;
use homeroom_intake::{Beside, FileInfo, Source};

use crate::ahead::Threads;
use crate::cancel::Cancel;
use crate::upload::Upload;

/// The kept files of an upload, opened.
pub(crate) struct KeptFiles {
    pub(crate) upload: Upload,
    /// The packed files by stem.
    pub(crate) packed: BTreeMap<String, Bytes>,
    pub(crate) cancel: Cancel,
}

impl Source for KeptFiles {
    fn files(&self) -> io::Result<Vec<FileInfo>> {
        let info = |file: &crate::upload::UploadFile| FileInfo {
            name: file.name.clone(),
            bytes: file.bytes,
            modified: file.modified(),
        };
        Ok(self.upload.files.iter().map(info).collect())
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + Send + '_>> {
        let file = self.upload.files.iter().find(|file| file.name == name);
        let stem = file.and_then(|file| file.stem.as_ref());
        let packed = stem.and_then(|stem| self.packed.get(stem));
        let packed = packed.ok_or(io::ErrorKind::NotFound)?.clone();
        Ok(unpack(packed, &self.cancel))
    }

    fn beside(&self) -> &dyn Beside {
        &Threads
    }
}

/// What was packed, from its first byte.
pub(crate) fn unpack(packed: Bytes, cancel: &Cancel) -> Box<dyn Read + Send> {
    Box::new(cancel.reader(Artifact::open(packed)))
}
