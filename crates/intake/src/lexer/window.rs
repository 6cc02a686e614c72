//! The part of a file that is in memory, and where in the file it is.

use std::io::{self, Read};

use memchr::memchr2;

use crate::encoding::read_some;

/// Bytes asked for at a time.
const PIECE: usize = 256 << 10;

/// Bytes of a file that are read and not yet passed. Positions count from the first of them.
pub(super) struct Window<'a> {
    reader: Box<dyn Read + Send + 'a>,
    buffer: Vec<u8>,
    from: usize,
    to: usize,
    ended: bool,
    /// How far a search reads on before it gives up.
    reach: usize,
    /// Line of the file in which the first byte stands.
    pub(super) line: u64,
    /// Whether the byte before the first is a CR, so that an LF belongs to it.
    pub(super) after_cr: bool,
    /// Where bytes are noted that are passed without being part of a row; `None` if nobody wants to know.
    pub(super) tap: Option<Vec<u8>>,
}

pub(super) enum Found {
    At(usize),
    End,
    Limit,
}

impl<'a> Window<'a> {
    /// A window at the beginning of a file, behind a byte order mark.
    pub(super) fn new(reader: Box<dyn Read + Send + 'a>, reach: usize) -> io::Result<Self> {
        let mut window = Self {
            reader,
            buffer: vec![0; PIECE],
            from: 0,
            to: 0,
            ended: false,
            reach,
            line: 1,
            after_cr: false,
            tap: None,
        };
        while window.held().len() < 3 && window.fill()? {}
        if window.held().starts_with(b"\xef\xbb\xbf") {
            window.from += 3;
        }
        Ok(window)
    }

    pub(super) fn held(&self) -> &[u8] {
        self.buffer.get(self.from..self.to).unwrap_or_default()
    }

    /// The bytes held up to a place.
    pub(super) fn before(&self, end: usize) -> &[u8] {
        self.part(0, end)
    }

    pub(super) fn part(&self, start: usize, end: usize) -> &[u8] {
        self.held().get(start..end).unwrap_or_default()
    }

    /// Reads more; `false` at the end of the file.
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        if self.from > 0 {
            self.buffer.copy_within(self.from..self.to, 0);
            self.to -= self.from;
            self.from = 0;
        }
        if self.buffer.len() < self.to + PIECE / 2 {
            self.buffer.resize(self.to + PIECE, 0);
        }
        let room = self.buffer.get_mut(self.to..).unwrap_or_default();
        let read = read_some(self.reader.as_mut(), room)?;
        self.to += read;
        self.ended = read == 0;
        Ok(!self.ended)
    }

    /// The first place from `start` on that `search` finds, reading on as needed but not past the reach.
    pub(super) fn find(
        &mut self,
        start: usize,
        search: impl Fn(&[u8]) -> Option<usize>,
    ) -> io::Result<Found> {
        let mut start = start;
        loop {
            let held = self.held();
            if let Some(found) = search(held.get(start..).unwrap_or_default()) {
                return Ok(Found::At(start + found));
            }
            start = start.max(held.len());
            if start > self.reach {
                return Ok(Found::Limit);
            }
            if !self.fill()? {
                return Ok(Found::End);
            }
        }
    }

    /// The byte at a place; `None` past the end of the file.
    pub(super) fn peek(&mut self, at: usize) -> io::Result<Option<u8>> {
        while self.held().len() <= at {
            if !self.fill()? {
                return Ok(None);
            }
        }
        Ok(self.held().get(at).copied())
    }

    /// The first place from `at` on that is no blank.
    pub(super) fn skip_blanks(&mut self, at: usize) -> io::Result<usize> {
        let mut at = at;
        while at <= self.reach && self.peek(at)? == Some(b' ') {
            at += 1;
        }
        Ok(at)
    }

    /// Passes an LF that belongs to the CR before it.
    pub(super) fn skip_lf(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.after_cr) && self.peek(0)? == Some(b'\n') {
            self.note(1);
            self.from += 1;
        }
        Ok(())
    }

    fn note(&mut self, bytes: usize) {
        if let Some(tap) = &mut self.tap {
            let end = (self.from + bytes).min(self.to);
            tap.extend_from_slice(self.buffer.get(self.from..end).unwrap_or_default());
        }
    }

    /// Passes bytes whose lines have been counted and which nobody else wants.
    fn pass_noted(&mut self, bytes: usize, lines: u64) {
        self.note(bytes);
        self.pass_counted(bytes, lines);
    }

    /// Passes bytes of a row, whose lines have been counted.
    pub(super) fn pass_counted(&mut self, bytes: usize, lines: u64) {
        self.from = (self.from + bytes).min(self.to);
        self.line += lines;
    }

    /// Passes everything up to the line end at a place, and the line end.
    pub(super) fn pass_line_end(&mut self, at: usize) {
        self.after_cr = self.held().get(at) == Some(&b'\r');
        self.pass_noted(at + 1, 1);
    }

    /// Passes bytes, counting their lines.
    pub(super) fn pass(&mut self, bytes: usize) {
        let passed = self.before(bytes);
        let split_crlf = self.after_cr && passed.first() == Some(&b'\n');
        let lines = line_ends(passed) - u64::from(split_crlf);
        if let Some(&last) = passed.last() {
            self.after_cr = last == b'\r';
        }
        self.pass_noted(bytes, lines);
    }

    /// Passes the rest of a line, however long.
    pub(super) fn pass_line(&mut self) -> io::Result<()> {
        self.after_cr = false;
        loop {
            if let Some(end) = memchr2(b'\n', b'\r', self.held()) {
                self.pass_line_end(end);
                return Ok(());
            }
            self.note(self.held().len());
            self.from = self.to;
            if !self.fill()? {
                return Ok(());
            }
        }
    }
}

/// How many line ends there are, CRLF being one.
pub(super) fn line_ends(bytes: &[u8]) -> u64 {
    let mut ends = 0;
    let mut before = 0;
    for &byte in bytes {
        ends += u64::from(byte == b'\r' || byte == b'\n' && before != b'\r');
        before = byte;
    }
    ends
}
