//! Bytes of a CSV file to rows of cells (district-side 1.3).
//!
//! Line ends are LF, CRLF and bare CR, in any mixture. A cell may stand in quotation marks, doubled inside; blanks
//! before an opening and after a closing one are allowed, and a mark elsewhere is text. At most one row is in memory.
//!
//! A mark that is opened and never closed would swallow the rest of the file, or all rows up to the next mark. So a row
//! that runs over several lines is doubted when a sign of that shows (text after the closing mark, the end of the file,
//! a limit, too few or too many cells) and its second line has as many cells as a row of this file has: then only its
//! first line is given up and reading goes on with the second. Lines are read twice that way, but never many times: a
//! mark that swallows lines means that none of them can swallow others.

use std::io::{self, Read};

use encoding_rs::WINDOWS_1252;
use homeroom_model::Code;
use memchr::{memchr, memchr_iter, memchr2, memchr3};

use crate::Limits;
use crate::encoding::{Encoding, read_some};
use crate::row::{Row, Span};

/// Bytes asked for at a time.
const PIECE: usize = 256 << 10;

/// What stands next in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// A row; [`Lexer::row`] shows it.
    Row,
    /// A line or a row that cannot be read, from this line of the file on.
    Bad(Code, u64),
    /// The end of the file.
    End,
}

/// Reads rows one after another.
pub(crate) struct Lexer<'a> {
    reader: Box<dyn Read + 'a>,
    encoding: Encoding,
    delimiter: u8,
    cell_bytes: usize,
    row_bytes: usize,
    /// Delimiters in a line of this file; none known before the header is read.
    expected: Option<usize>,
    /// Bytes read, of which those of `from..to` are not yet passed. All positions below count from `from`.
    buffer: Vec<u8>,
    from: usize,
    to: usize,
    ended: bool,
    /// Line of the byte at `from`.
    line: u64,
    /// Whether the line before ended with a CR, so that an LF belongs to it.
    after_cr: bool,
    /// The row that `row` shows.
    cells: Vec<Cell>,
    spans: Vec<Span>,
    row_end: usize,
    /// Length of the row with its line end, and how many lines it has.
    used: (usize, u64),
    /// Where the second line of the row begins, if it has more than one.
    second_line: Option<usize>,
    /// The row's cells one after another, if they could not be shown as they stand in the buffer.
    rewritten: String,
    is_rewritten: bool,
    guessed: Guessed,
}

/// Cells that had to be read as Windows-1252.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Guessed {
    /// How many.
    pub(crate) cells: u64,
    /// Line of the first.
    pub(crate) first_line: u64,
}

#[derive(Clone, Copy)]
struct Cell {
    start: usize,
    end: usize,
    quoting: Quoting,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoting {
    /// The bytes are the value.
    None,
    /// Doubled marks stand for one.
    Doubled,
    /// As `Doubled` up to the closing mark, which is here; what follows is text.
    TextAfter(usize),
}

enum Found {
    At(usize),
    End,
    Limit,
}

enum Quoted {
    Closed(Cell, usize),
    Unclosed(usize),
    Limit(usize),
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(
        reader: Box<dyn Read + 'a>,
        encoding: Encoding,
        limits: &Limits,
    ) -> io::Result<Self> {
        let mut lexer = Self {
            reader,
            encoding,
            delimiter: b',',
            cell_bytes: limits.cell_bytes,
            row_bytes: limits.row_bytes,
            expected: None,
            buffer: vec![0; PIECE],
            from: 0,
            to: 0,
            ended: false,
            line: 1,
            after_cr: false,
            cells: Vec::new(),
            spans: Vec::new(),
            row_end: 0,
            used: (0, 0),
            second_line: None,
            rewritten: String::new(),
            is_rewritten: false,
            guessed: Guessed::default(),
        };
        while lexer.held().len() < 3 && lexer.fill()? {}
        if lexer.held().starts_with(b"\xef\xbb\xbf") {
            lexer.from += 3;
        }
        Ok(lexer)
    }

    /// Looks at the first line that is not empty and, if it has no comma but one of the other separators, takes that
    /// one and says which (district-side 1.3).
    pub(crate) fn guess_delimiter(&mut self) -> io::Result<Option<&'static str>> {
        loop {
            self.skip_lf()?;
            match self.find(0, |bytes| memchr2(b'\n', b'\r', bytes))? {
                Found::At(0) => self.pass_line_end(0),
                Found::At(end) => return Ok(self.take_delimiter(end)),
                Found::End | Found::Limit => return Ok(self.take_delimiter(self.held().len())),
            }
        }
    }

    fn take_delimiter(&mut self, line_end: usize) -> Option<&'static str> {
        let line = self.held().get(..line_end).unwrap_or_default();
        if line.contains(&b',') {
            return None;
        }
        let others = [(b'\t', "tab"), (b'|', "vertical bar"), (b';', "semicolon")];
        let (delimiter, name) = others
            .into_iter()
            .find(|(delimiter, _)| line.contains(delimiter))?;
        self.delimiter = delimiter;
        Some(name)
    }

    /// Tells how many cells a row of this file has.
    pub(crate) fn expect_cells(&mut self, cells: usize) {
        self.expected = Some(cells.saturating_sub(1));
    }

    /// The cells read as Windows-1252 so far.
    pub(crate) fn guessed(&self) -> Guessed {
        self.guessed
    }

    /// Passes the row shown and reads the next. Empty lines are skipped.
    pub(crate) fn advance(&mut self) -> io::Result<Next> {
        let (bytes, lines) = std::mem::take(&mut self.used);
        self.from += bytes;
        self.line += lines;
        self.second_line = None;
        self.is_rewritten = false;
        loop {
            self.skip_lf()?;
            let end = match self.find(0, |bytes| memchr2(b'\n', b'\r', bytes))? {
                Found::At(0) => {
                    self.pass_line_end(0);
                    continue;
                }
                Found::At(end) => end,
                Found::End if self.held().is_empty() => return Ok(Next::End),
                Found::End => self.held().len(),
                Found::Limit if memchr(b'"', self.held()).is_none() => {
                    return self.skip_long_line(0);
                }
                Found::Limit => return self.quoted_row(),
            };
            let line = self
                .buffer
                .get(self.from..self.from + end)
                .unwrap_or_default();
            if memchr(b'"', line).is_some() {
                return self.quoted_row();
            }
            split(line, self.delimiter, &mut self.cells);
            self.finish_row(end);
            return Ok(self.checked());
        }
    }

    /// The row that `advance` found.
    pub(crate) fn row(&self) -> Row<'_> {
        let text = if self.is_rewritten {
            &self.rewritten
        } else {
            let row = self.held().get(..self.row_end).unwrap_or_default();
            std::str::from_utf8(row).unwrap_or_default()
        };
        Row::new(text, &self.spans, self.line)
    }

    /// Called when the row has a wrong number of cells. If it probably is several rows behind an unclosed mark, it is
    /// cut down to its first line, and the rest is read again.
    pub(crate) fn doubt(&mut self) -> Option<Next> {
        let second = self.second_line?;
        self.looks_like_row(second).then(|| self.give_up_line())
    }

    fn held(&self) -> &[u8] {
        self.buffer.get(self.from..self.to).unwrap_or_default()
    }

    /// Reads more; `false` at the end of the file.
    fn fill(&mut self) -> io::Result<bool> {
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
        let read = read_some(
            self.reader.as_mut(),
            self.buffer.get_mut(self.to..).unwrap_or_default(),
        )?;
        self.to += read;
        self.ended = read == 0;
        Ok(!self.ended)
    }

    /// The first place from `start` on that `search` finds, reading on as needed but not past the limit of a row.
    fn find(&mut self, start: usize, search: impl Fn(&[u8]) -> Option<usize>) -> io::Result<Found> {
        let mut start = start;
        loop {
            let held = self.held();
            if let Some(found) = search(held.get(start..).unwrap_or_default()) {
                return Ok(Found::At(start + found));
            }
            start = start.max(held.len());
            if start > self.row_bytes {
                return Ok(Found::Limit);
            }
            if !self.fill()? {
                return Ok(Found::End);
            }
        }
    }

    fn peek(&mut self, at: usize) -> io::Result<Option<u8>> {
        while self.held().len() <= at {
            if !self.fill()? {
                return Ok(None);
            }
        }
        Ok(self.held().get(at).copied())
    }

    fn skip_blanks(&mut self, at: usize) -> io::Result<usize> {
        let mut at = at;
        while at <= self.row_bytes && self.peek(at)? == Some(b' ') {
            at += 1;
        }
        Ok(at)
    }

    fn skip_lf(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.after_cr) && self.peek(0)? == Some(b'\n') {
            self.from += 1;
        }
        Ok(())
    }

    /// Passes everything up to the line end at a place, and the line end.
    fn pass_line_end(&mut self, at: usize) {
        self.after_cr = self.held().get(at) == Some(&b'\r');
        self.from = (self.from + at + 1).min(self.to);
        self.line += 1;
    }

    fn finish_row(&mut self, end: usize) {
        let byte = self.held().get(end).copied();
        self.after_cr = byte == Some(b'\r');
        self.row_end = end;
        self.used = (end + usize::from(byte.is_some()), 1);
        if self.second_line.is_some() {
            self.used.1 += line_ends(self.held().get(..end).unwrap_or_default());
        }
    }

    /// A row that has a quotation mark somewhere.
    fn quoted_row(&mut self) -> io::Result<Next> {
        self.cells.clear();
        let delimiter = self.delimiter;
        let mut at = 0;
        loop {
            if at > self.row_bytes {
                return self.skip_long_line(at);
            }
            let opening = self.skip_blanks(at)?;
            let end = if self.peek(opening)? == Some(b'"') {
                match self.quoted_cell(opening + 1)? {
                    Quoted::Closed(cell, end) => {
                        self.cells.push(cell);
                        end
                    }
                    Quoted::Unclosed(content) => {
                        self.note_second_line(content, self.held().len());
                        return Ok(self.give_up_line());
                    }
                    Quoted::Limit(content) => return self.skip_long_cell(content),
                }
            } else {
                let end = match self.find(at, |bytes| memchr3(delimiter, b'\n', b'\r', bytes))? {
                    Found::At(end) => end,
                    Found::End => self.held().len(),
                    Found::Limit => return self.skip_long_line(at),
                };
                self.cells.push(Cell::plain(at, end));
                end
            };
            if self.peek(end)? != Some(delimiter) {
                self.finish_row(end);
                return Ok(self.checked());
            }
            at = end + 1;
        }
    }

    /// A cell whose opening mark stands before `content`, and where it ends.
    fn quoted_cell(&mut self, content: usize) -> io::Result<Quoted> {
        let delimiter = self.delimiter;
        let mut cell = Cell::plain(content, content);
        let mut from = content;
        loop {
            let mark = match self.find(from, |bytes| memchr(b'"', bytes))? {
                Found::At(mark) => mark,
                Found::End => return Ok(Quoted::Unclosed(content)),
                Found::Limit => return Ok(Quoted::Limit(content)),
            };
            if self.peek(mark + 1)? != Some(b'"') {
                cell.end = mark;
                break;
            }
            cell.quoting = Quoting::Doubled;
            from = mark + 2;
        }
        self.note_second_line(content, cell.end);
        let after = self.skip_blanks(cell.end + 1)?;
        match self.peek(after)? {
            None | Some(b'\n' | b'\r') => return Ok(Quoted::Closed(cell, after)),
            Some(byte) if byte == delimiter => return Ok(Quoted::Closed(cell, after)),
            Some(_) => {}
        }
        if self
            .second_line
            .is_some_and(|second| self.looks_like_row(second))
        {
            return Ok(Quoted::Unclosed(content));
        }
        cell.quoting = Quoting::TextAfter(cell.end);
        cell.end = match self.find(after, |bytes| memchr3(delimiter, b'\n', b'\r', bytes))? {
            Found::At(end) => end,
            Found::End => self.held().len(),
            Found::Limit => return Ok(Quoted::Limit(content)),
        };
        Ok(Quoted::Closed(cell, cell.end))
    }

    fn note_second_line(&mut self, from: usize, to: usize) {
        if self.second_line.is_none() {
            let content = self.held().get(from..to).unwrap_or_default();
            self.second_line = memchr2(b'\n', b'\r', content).map(|at| {
                let crlf = content.get(at..).unwrap_or_default().starts_with(b"\r\n");
                from + at + 1 + usize::from(crlf)
            });
        }
    }

    fn looks_like_row(&self, at: usize) -> bool {
        let Some(expected) = self.expected else {
            return false;
        };
        let rest = self.held().get(at..).unwrap_or_default();
        let end = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line = rest.get(..end).unwrap_or_default();
        memchr_iter(self.delimiter, line).count() >= expected
    }

    /// Gives up the first line of the row; the next row begins with its second line.
    fn give_up_line(&mut self) -> Next {
        let end = self.second_line.unwrap_or(self.held().len());
        let given_up = self.held().get(..end).unwrap_or_default();
        self.after_cr = given_up.last() == Some(&b'\r');
        self.used = (end, 1);
        Next::Bad(Code::QuoteUnclosed, self.line)
    }

    /// A row that reaches over the limit, with no mark open at `at`: passes it.
    fn skip_long_line(&mut self, at: usize) -> io::Result<Next> {
        if let Some(doubted) = self.doubt() {
            return Ok(doubted);
        }
        let line = self.line;
        let rest = self.held().get(at..).unwrap_or_default();
        let mut longest = 0;
        let mut start = 0;
        for end in memchr_iter(self.delimiter, rest).chain([rest.len()]) {
            longest = longest.max(end - start);
            start = end + 1;
        }
        self.pass(at);
        self.pass_line()?;
        let code = if longest > self.cell_bytes {
            Code::CellTooLong
        } else {
            Code::RowTooLong
        };
        Ok(Next::Bad(code, line))
    }

    /// A quoted cell that reaches over the limit, with its row: passes both, or only the first line if the mark seems
    /// to be unclosed.
    fn skip_long_cell(&mut self, content: usize) -> io::Result<Next> {
        self.note_second_line(content, self.held().len());
        if let Some(doubted) = self.doubt() {
            return Ok(doubted);
        }
        let line = self.line;
        self.pass(content);
        loop {
            match memchr(b'"', self.held()) {
                None => {
                    self.pass(self.held().len());
                    if !self.fill()? {
                        break;
                    }
                }
                Some(mark) if self.peek(mark + 1)? == Some(b'"') => self.pass(mark + 2),
                Some(mark) => {
                    self.pass(mark + 1);
                    self.pass_line()?;
                    break;
                }
            }
        }
        Ok(Next::Bad(Code::CellTooLong, line))
    }

    /// Passes bytes inside a quoted cell, counting their lines.
    fn pass(&mut self, bytes: usize) {
        let passed = self.held().get(..bytes).unwrap_or_default();
        let split_crlf = self.after_cr && passed.first() == Some(&b'\n');
        let lines = line_ends(passed) - u64::from(split_crlf);
        if let Some(&last) = passed.last() {
            self.after_cr = last == b'\r';
        }
        self.line += lines;
        self.from += bytes;
    }

    /// Passes the rest of a line.
    fn pass_line(&mut self) -> io::Result<()> {
        self.after_cr = false;
        loop {
            if let Some(end) = memchr2(b'\n', b'\r', self.held()) {
                self.pass_line_end(end);
                return Ok(());
            }
            self.from = self.to;
            if !self.fill()? {
                return Ok(());
            }
        }
    }

    fn too_long(&self) -> Option<Code> {
        let long_cell = |cell: &Cell| cell.end - cell.start > self.cell_bytes;
        if self.cells.iter().any(long_cell) {
            Some(Code::CellTooLong)
        } else if self.row_end > self.row_bytes {
            Some(Code::RowTooLong)
        } else {
            None
        }
    }

    /// Checks the limits of a complete row and makes it text.
    fn checked(&mut self) -> Next {
        if self.row_end > self.cell_bytes.min(self.row_bytes)
            && let Some(code) = self.too_long()
        {
            return self.doubt().unwrap_or(Next::Bad(code, self.line));
        }
        let row = self
            .buffer
            .get(self.from..self.from + self.row_end)
            .unwrap_or_default();
        let text_as_it_stands = match self.encoding {
            Encoding::Windows1252 => row.is_ascii(),
            _ => std::str::from_utf8(row).is_ok(),
        };
        self.spans.clear();
        if text_as_it_stands && self.cells.iter().all(|cell| cell.quoting == Quoting::None) {
            self.spans.extend(
                self.cells
                    .iter()
                    .map(|cell| Span::new(cell.start, cell.end)),
            );
        } else {
            self.rewrite();
        }
        Next::Row
    }

    /// Writes the values of the row's cells one after another.
    fn rewrite(&mut self) {
        self.is_rewritten = true;
        self.rewritten.clear();
        let row = self.buffer.get(self.from..self.to).unwrap_or_default();
        let mut undoubled = Vec::new();
        for cell in &self.cells {
            let start = self.rewritten.len();
            let bytes = cell.value(row, &mut undoubled);
            match std::str::from_utf8(bytes) {
                Ok(value) if self.encoding != Encoding::Windows1252 || value.is_ascii() => {
                    self.rewritten.push_str(value);
                }
                _ => {
                    let (value, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
                    self.rewritten.push_str(&value);
                    if self.guessed.cells == 0 {
                        self.guessed.first_line = self.line;
                    }
                    self.guessed.cells += 1;
                }
            }
            self.spans.push(Span::new(start, self.rewritten.len()));
        }
    }
}

impl Cell {
    fn plain(start: usize, end: usize) -> Self {
        Self {
            start,
            end,
            quoting: Quoting::None,
        }
    }

    /// The bytes of the value, written into the buffer if the row does not hold them as they are.
    fn value<'b>(self, row: &'b [u8], buffer: &'b mut Vec<u8>) -> &'b [u8] {
        let part = |start, end| row.get(start..end).unwrap_or_default();
        buffer.clear();
        match self.quoting {
            Quoting::None => return part(self.start, self.end),
            Quoting::Doubled => undouble(part(self.start, self.end), buffer),
            Quoting::TextAfter(mark) => {
                undouble(part(self.start, mark), buffer);
                buffer.extend_from_slice(part(mark + 1, self.end));
            }
        }
        buffer
    }
}

fn undouble(quoted: &[u8], into: &mut Vec<u8>) {
    let mut from = 0;
    for mark in memchr_iter(b'"', quoted) {
        if mark >= from {
            into.extend_from_slice(quoted.get(from..=mark).unwrap_or_default());
            from = mark + 2;
        }
    }
    into.extend_from_slice(quoted.get(from..).unwrap_or_default());
}

/// Splits a line without quotation marks.
fn split(line: &[u8], delimiter: u8, cells: &mut Vec<Cell>) {
    cells.clear();
    let mut start = 0;
    for end in memchr_iter(delimiter, line) {
        cells.push(Cell::plain(start, end));
        start = end + 1;
    }
    cells.push(Cell::plain(start, line.len()));
}

/// How many line ends there are, CRLF being one.
fn line_ends(bytes: &[u8]) -> u64 {
    let mut ends = 0;
    let mut before = 0;
    for &byte in bytes {
        ends += u64::from(byte == b'\r' || byte == b'\n' && before != b'\r');
        before = byte;
    }
    ends
}
