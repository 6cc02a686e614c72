//! Bytes of a CSV file to rows of cells (district-side 1.3).
//!
//! Line ends are LF, CRLF and bare CR, in any mixture. A cell may stand in quotation marks, doubled inside; blanks
//! before an opening and after a closing one are allowed, and a mark elsewhere is text. The lexer holds one row at a time.
//!
//! A mark that is opened and never closed would swallow the rest of the file, or all rows up to the next mark. So a row
//! that runs over several lines is doubted when a sign of that shows (text after the closing mark, the end of the file,
//! a limit, too few or too many cells) and its second line has as many cells as a row of this file has: then only its
//! first line is given up and reading goes on with the second. Lines are read twice that way, but never many times: a
//! mark that swallows lines means that none of them can swallow others.

mod cell;
mod quoted;
mod raw;
mod window;

use std::io::{self, Read};

use encoding_rs::WINDOWS_1252;
use homeroom_model::Code;
use memchr::{memchr, memchr_iter, memchr2};

use crate::Limits;
use crate::encoding::Encoding;
use crate::row::{Row, Span, is_plain};
use cell::{Cell, Quoting, split};
use window::{Found, Window, line_ends};

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
    window: Window<'a>,
    encoding: Encoding,
    delimiter: u8,
    cell_bytes: usize,
    row_bytes: usize,
    /// Delimiters in a line of this file; none known before the header is read.
    expected: Option<usize>,
    /// The row that `row` shows: its cells, its end and its cells as text.
    cells: Vec<Cell>,
    row_end: usize,
    spans: Vec<Span>,
    /// The row's cells one after another, if they could not be shown as they stand in the window.
    rewritten: String,
    is_rewritten: bool,
    is_plain: bool,
    /// Length of the row with its line end, and how many lines it has.
    used: (usize, u64),
    /// Where the second line of the row begins, if it has more than one.
    second_line: Option<usize>,
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

impl<'a> Lexer<'a> {
    pub(crate) fn new(
        reader: Box<dyn Read + Send + 'a>,
        encoding: Encoding,
        limits: &Limits,
    ) -> io::Result<Self> {
        Ok(Self {
            window: Window::new(reader, limits.row_bytes)?,
            encoding,
            delimiter: b',',
            cell_bytes: limits.cell_bytes,
            row_bytes: limits.row_bytes,
            expected: None,
            cells: Vec::new(),
            row_end: 0,
            spans: Vec::new(),
            rewritten: String::new(),
            is_rewritten: false,
            is_plain: false,
            used: (0, 0),
            second_line: None,
            guessed: Guessed::default(),
        })
    }

    /// Looks at the first line that is not empty and, if it has no comma but one of the other separators, takes that
    /// one and says which (district-side 1.3).
    pub(crate) fn guess_delimiter(&mut self) -> io::Result<Option<&'static str>> {
        loop {
            self.window.skip_lf()?;
            match self.window.find(0, |bytes| memchr2(b'\n', b'\r', bytes))? {
                Found::At(0) => self.window.pass_line_end(0),
                Found::At(end) => return Ok(self.take_delimiter(end)),
                Found::End | Found::Limit => {
                    return Ok(self.take_delimiter(self.window.held().len()));
                }
            }
        }
    }

    fn take_delimiter(&mut self, line_end: usize) -> Option<&'static str> {
        let line = self.window.before(line_end);
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
        self.window.pass_counted(bytes, lines);
        self.second_line = None;
        self.is_rewritten = false;
        loop {
            self.window.skip_lf()?;
            let end = match self.window.find(0, |bytes| memchr2(b'\n', b'\r', bytes))? {
                Found::At(0) => {
                    self.window.pass_line_end(0);
                    continue;
                }
                Found::At(end) => end,
                Found::End if self.window.held().is_empty() => return Ok(Next::End),
                Found::End => self.window.held().len(),
                Found::Limit if memchr(b'"', self.window.held()).is_none() => {
                    return self.skip_long_line(0);
                }
                Found::Limit => return self.quoted_row(),
            };
            let line = self.window.before(end);
            if memchr(b'"', line).is_some() {
                return self.quoted_row();
            }
            split(line, self.delimiter, &mut self.cells);
            self.finish_row(end);
            return Ok(self.checked(true));
        }
    }

    /// The row that `advance` found.
    pub(crate) fn row(&self) -> Row<'_> {
        let text = if self.is_rewritten {
            &self.rewritten
        } else {
            std::str::from_utf8(self.window.before(self.row_end)).unwrap_or_default()
        };
        Row::new(text, &self.spans, self.is_plain, self.window.line)
    }

    /// Called when the row has a wrong number of cells. If it probably is several rows behind an unclosed mark, it is
    /// cut down to its first line, and the rest is read again.
    pub(crate) fn doubt(&mut self) -> Option<Next> {
        self.second_line_is_row().then(|| self.give_up_line())
    }

    fn finish_row(&mut self, end: usize) {
        let byte = self.window.held().get(end).copied();
        self.window.after_cr = byte == Some(b'\r');
        self.row_end = end;
        self.used = (end + usize::from(byte.is_some()), 1);
        if self.second_line.is_some() {
            self.used.1 += line_ends(self.window.before(end));
        }
    }

    /// A row that reaches over the limit, with no mark open at `at`: passes it.
    fn skip_long_line(&mut self, at: usize) -> io::Result<Next> {
        if let Some(doubted) = self.doubt() {
            return Ok(doubted);
        }
        let line = self.window.line;
        let rest = self.window.held().get(at..).unwrap_or_default();
        let mut longest = 0;
        let mut start = 0;
        for end in memchr_iter(self.delimiter, rest).chain([rest.len()]) {
            longest = longest.max(end - start);
            start = end + 1;
        }
        self.window.pass(at);
        self.window.pass_line()?;
        let code = if longest > self.cell_bytes {
            Code::CellTooLong
        } else {
            Code::RowTooLong
        };
        Ok(Next::Bad(code, line))
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

    /// Checks the limits of a complete row and makes it text. Where there is no quotation mark, no cell has one.
    fn checked(&mut self, unquoted: bool) -> Next {
        if self.row_end > self.cell_bytes.min(self.row_bytes)
            && let Some(code) = self.too_long()
        {
            return self.doubt().unwrap_or(Next::Bad(code, self.window.line));
        }
        let row = self.window.before(self.row_end);
        self.is_plain = is_plain(row);
        let is_text = match self.encoding {
            _ if self.is_plain => true,
            Encoding::Windows1252 => row.is_ascii(),
            _ => std::str::from_utf8(row).is_ok(),
        };
        let is_value = |cell: &Cell| cell.quoting == Quoting::None;
        self.spans.clear();
        if is_text && (unquoted || self.cells.iter().all(is_value)) {
            let spans = self.cells.iter();
            self.spans
                .extend(spans.map(|cell| Span::new(cell.start, cell.end)));
        } else {
            self.rewrite();
        }
        Next::Row
    }

    /// Writes the values of the row's cells one after another.
    fn rewrite(&mut self) {
        self.is_rewritten = true;
        self.rewritten.clear();
        let mut undoubled = Vec::new();
        for cell in &self.cells {
            let start = self.rewritten.len();
            let bytes = cell.value(self.window.held(), &mut undoubled);
            match std::str::from_utf8(bytes) {
                Ok(value) if self.encoding != Encoding::Windows1252 || value.is_ascii() => {
                    self.rewritten.push_str(value);
                }
                _ => {
                    let (value, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
                    self.rewritten.push_str(&value);
                    if self.guessed.cells == 0 {
                        self.guessed.first_line = self.window.line;
                    }
                    self.guessed.cells += 1;
                }
            }
            self.spans.push(Span::new(start, self.rewritten.len()));
        }
    }
}
