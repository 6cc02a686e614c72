//! The beginning of a file, which is read twice.

use std::io::{self, Read};

use crate::encoding::read_some;

/// A reader that can go back once to its beginning.
pub(super) struct Head<'a> {
    reader: &'a mut (dyn Read + Send),
    /// What was read before going back.
    bytes: Vec<u8>,
    at: usize,
    recording: bool,
}

impl<'a> Head<'a> {
    pub(super) fn new(reader: &'a mut (dyn Read + Send)) -> Self {
        Self {
            reader,
            bytes: Vec::new(),
            at: 0,
            recording: true,
        }
    }

    /// The first bytes of the file, fewer only if it is shorter. Reading begins with them all the same.
    pub(super) fn look(&mut self, bytes: usize) -> io::Result<&[u8]> {
        while self.bytes.len() < bytes {
            let mut piece = [0; 16];
            let read = read_some(self.reader, &mut piece)?;
            if read == 0 {
                break;
            }
            self.bytes
                .extend_from_slice(piece.get(..read).unwrap_or_default());
        }
        Ok(&self.bytes)
    }

    /// Goes back to the beginning, for the last time.
    pub(super) fn rewind(&mut self) {
        self.at = 0;
        self.recording = false;
    }

    /// Whether the file begins with the byte order mark of UTF-8.
    pub(super) fn begins_with_mark(&self) -> bool {
        self.bytes.starts_with(b"\xef\xbb\xbf")
    }
}

impl Read for Head<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let recorded = self.bytes.get(self.at..).unwrap_or_default();
        if recorded.is_empty() {
            let read = read_some(self.reader, into)?;
            if self.recording {
                self.bytes
                    .extend_from_slice(into.get(..read).unwrap_or_default());
                self.at = self.bytes.len();
            }
            return Ok(read);
        }
        let length = recorded.len().min(into.len());
        for (to, from) in into.iter_mut().zip(recorded) {
            *to = *from;
        }
        self.at += length;
        Ok(length)
    }
}
