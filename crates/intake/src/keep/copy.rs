//! The copy as it is written.

use std::io::{self, Write};

use crate::encoding::Encoding;

/// Bytes gathered before they are written.
const PIECE: usize = 128 << 10;

/// Writes a copy in the encoding of the file.
pub(super) struct Copy<'a> {
    writer: &'a mut dyn Write,
    encoding: Encoding,
    /// UTF-8, or whatever the file's encoding is if ASCII is part of it.
    gathered: Vec<u8>,
    written: u64,
}

impl<'a> Copy<'a> {
    /// A copy that begins with the byte order mark of the file.
    pub(super) fn new(
        writer: &'a mut dyn Write,
        encoding: Encoding,
        utf8_mark: bool,
    ) -> io::Result<Self> {
        let mark: &[u8] = match encoding {
            Encoding::Utf16Le => b"\xff\xfe",
            Encoding::Utf16Be => b"\xfe\xff",
            Encoding::Utf8 | Encoding::Windows1252 if utf8_mark => b"\xef\xbb\xbf",
            Encoding::Utf8 | Encoding::Windows1252 => b"",
        };
        writer.write_all(mark)?;
        Ok(Self {
            writer,
            encoding,
            gathered: Vec::with_capacity(PIECE * 2),
            written: mark.len() as u64,
        })
    }

    /// Bytes as they are.
    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.gathered.extend_from_slice(bytes);
    }

    /// Bytes with everything but separators, quotation marks, blanks and line ends made an `x`.
    pub(super) fn veil(&mut self, bytes: &[u8], delimiter: u8) {
        let veiled = |byte: &u8| match *byte {
            kept @ (b'"' | b'\r' | b'\n' | b' ') => kept,
            kept if kept == delimiter => kept,
            _ => b'x',
        };
        self.gathered.extend(bytes.iter().map(veiled));
    }

    /// A cell without its value: nothing, or what structures the file if it stands in quotation marks. One that `stays` is not
    /// empty if it was not.
    pub(super) fn blank(&mut self, cell: &[u8], delimiter: u8, stays: bool) {
        if !stays && !cell.contains(&b'"') {
            return;
        }
        let structures = |byte: u8| matches!(byte, b'"' | b'\r' | b'\n') || byte == delimiter;
        for run in cell.chunk_by(|a, b| !structures(*a) && !structures(*b)) {
            match run {
                [byte] if structures(*byte) => self.gathered.push(*byte),
                blanks if blanks.iter().all(|byte| *byte == b' ') => self.gathered.push(b' '),
                _ => self.gathered.push(b'x'),
            }
        }
    }

    /// Writes what is gathered, if it is enough.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        if self.gathered.len() >= PIECE {
            self.write()?;
        }
        Ok(())
    }

    /// Writes what is gathered, and says how many bytes the copy has.
    pub(super) fn finish(mut self) -> io::Result<u64> {
        self.write()?;
        Ok(self.written)
    }

    fn write(&mut self) -> io::Result<()> {
        match self.encoding {
            Encoding::Utf8 | Encoding::Windows1252 => self.writer.write_all(&self.gathered)?,
            Encoding::Utf16Le => self.write_utf16(u16::to_le_bytes)?,
            Encoding::Utf16Be => self.write_utf16(u16::to_be_bytes)?,
        }
        if matches!(self.encoding, Encoding::Utf8 | Encoding::Windows1252) {
            self.written += self.gathered.len() as u64;
        }
        self.gathered.clear();
        Ok(())
    }

    fn write_utf16(&mut self, bytes_of: fn(u16) -> [u8; 2]) -> io::Result<()> {
        // Whole rows are gathered, so no character is cut.
        let text = String::from_utf8_lossy(&self.gathered);
        let bytes: Vec<u8> = text.encode_utf16().flat_map(bytes_of).collect();
        self.written += bytes.len() as u64;
        self.writer.write_all(&bytes)
    }
}
