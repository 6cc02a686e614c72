//! Lines of a file by their numbers, and the cells of a line.

use std::io::{self, BufRead, BufReader, Read};

/// Lines that are taken together at most, where a quoted cell holds line breaks.
const TOGETHER: usize = 20;

/// Bytes of a line that are looked at; one that is longer is not shown whole.
const LONGEST: usize = 64 << 10;

/// Lines of a file. LF, CRLF and bare CR end a line, as they do when the file is read in earnest.
pub(super) struct Lines<'a> {
    reader: BufReader<Box<dyn Read + 'a>>,
    number: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn new(reader: Box<dyn Read + 'a>) -> io::Result<Self> {
        let mut reader = BufReader::with_capacity(1 << 18, reader);
        if reader.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            reader.consume(3);
        }
        Ok(Self { reader, number: 1 })
    }

    /// The number of the line that comes next.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Passes a line; `false` at the end of the file.
    pub(super) fn pass(&mut self) -> io::Result<bool> {
        self.line(None)
    }

    /// The text of a line, and of those after it as long as a quotation mark is open; `None` at the end of the file.
    pub(super) fn text(&mut self) -> io::Result<Option<String>> {
        let mut bytes = Vec::new();
        if !self.line(Some(&mut bytes))? {
            return Ok(None);
        }
        let end = bytes.len();
        let open = |bytes: &[u8]| memchr::memchr_iter(b'"', bytes).count() % 2 == 1;
        for _ in 1..TOGETHER {
            if !open(&bytes) {
                break;
            }
            bytes.push(b'\n');
            if !self.line(Some(&mut bytes))? {
                break;
            }
        }
        if open(&bytes) {
            // A mark that is never closed: what is behind the line does not belong to it.
            bytes.truncate(end);
        }
        Ok(Some(decoded(bytes)))
    }

    /// Reads a line without its end; `false` at the end of the file.
    fn line(&mut self, mut into: Option<&mut Vec<u8>>) -> io::Result<bool> {
        let mut any = false;
        loop {
            let held = self.reader.fill_buf()?;
            if held.is_empty() {
                self.number += u64::from(any);
                return Ok(any);
            }
            any = true;
            let end = memchr::memchr2(b'\n', b'\r', held);
            let line = held.get(..end.unwrap_or(held.len())).unwrap_or(held);
            if let Some(into) = &mut into {
                let room = LONGEST.saturating_sub(into.len());
                into.extend(line.iter().take(room));
            }
            let is_cr = end.and_then(|end| held.get(end)) == Some(&b'\r');
            let passed = line.len() + usize::from(end.is_some());
            self.reader.consume(passed);
            if end.is_none() {
                continue;
            }
            if is_cr && self.reader.fill_buf()?.first() == Some(&b'\n') {
                self.reader.consume(1);
            }
            self.number += 1;
            return Ok(true);
        }
    }
}

/// Bytes as text: UTF-8, else a character per byte, which is what Windows-1252 is but for a few signs.
fn decoded(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect())
}

/// A cell of a line.
pub(super) struct Piece {
    pub(super) text: String,
    /// Where it begins: characters, from 1.
    pub(super) at: u64,
    /// Whether it begins with a quotation mark that is never closed.
    pub(super) open: bool,
}

/// The cells of a line.
pub(super) fn split(text: &str, delimiter: char) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut letters = text.chars().zip(1..).peekable();
    loop {
        let at = letters
            .peek()
            .map_or(text.chars().count() as u64 + 1, |(_, at)| *at);
        let mut text = String::new();
        let mut open = letters.next_if(|(letter, _)| *letter == '"').is_some();
        let mut ended = true;
        while let Some((letter, _)) = letters.next() {
            let doubled =
                open && letter == '"' && letters.next_if(|(next, _)| *next == '"').is_some();
            if open && letter == '"' && !doubled {
                open = false;
            } else if !open && letter == delimiter {
                ended = false;
                break;
            } else {
                text.push(letter);
            }
        }
        let text = text.trim().to_owned();
        pieces.push(Piece { text, at, open });
        if ended {
            return pieces;
        }
    }
}
