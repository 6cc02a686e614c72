//! Rows with quotation marks.

use std::io;

use homeroom_model::Code;
use memchr::{memchr, memchr_iter, memchr2, memchr3};

use super::cell::{Cell, Quoting};
use super::window::Found;
use super::{Lexer, Next};

enum Quoted {
    /// The cell, and where it ends.
    Closed(Cell, usize),
    Unclosed,
    Limit,
}

impl Lexer<'_> {
    /// A row that has a quotation mark somewhere.
    pub(super) fn quoted_row(&mut self) -> io::Result<Next> {
        self.cells.clear();
        let delimiter = self.delimiter;
        let mut at = 0;
        loop {
            if at > self.row_bytes {
                return self.skip_long_line(at);
            }
            let opening = self.window.skip_blanks(at)?;
            let end = if self.window.peek(opening)? == Some(b'"') {
                let content = opening + 1;
                match self.quoted_cell(content)? {
                    Quoted::Closed(cell, end) => {
                        self.cells.push(cell);
                        end
                    }
                    Quoted::Unclosed => {
                        self.note_second_line(content, self.window.held().len());
                        return Ok(self.give_up_line());
                    }
                    Quoted::Limit => return self.skip_long_cell(content),
                }
            } else {
                let search = |bytes: &[u8]| memchr3(delimiter, b'\n', b'\r', bytes);
                let end = match self.window.find(at, search)? {
                    Found::At(end) => end,
                    Found::End => self.window.held().len(),
                    Found::Limit => return self.skip_long_line(at),
                };
                self.cells.push(Cell::plain(at, end));
                end
            };
            if self.window.peek(end)? != Some(delimiter) {
                self.finish_row(end);
                return Ok(self.checked(false));
            }
            at = end + 1;
        }
    }

    /// A cell whose opening mark stands before `content`.
    fn quoted_cell(&mut self, content: usize) -> io::Result<Quoted> {
        let delimiter = self.delimiter;
        let mut cell = Cell::plain(content, content);
        let mut from = content;
        loop {
            let mark = match self.window.find(from, |bytes| memchr(b'"', bytes))? {
                Found::At(mark) => mark,
                Found::End => return Ok(Quoted::Unclosed),
                Found::Limit => return Ok(Quoted::Limit),
            };
            if self.window.peek(mark + 1)? != Some(b'"') {
                cell.end = mark;
                break;
            }
            cell.quoting = Quoting::Doubled;
            from = mark + 2;
        }
        self.note_second_line(content, cell.end);
        let after = self.window.skip_blanks(cell.end + 1)?;
        match self.window.peek(after)? {
            None | Some(b'\n' | b'\r') => return Ok(Quoted::Closed(cell, after)),
            Some(byte) if byte == delimiter => return Ok(Quoted::Closed(cell, after)),
            Some(_) => {}
        }
        if self.second_line_is_row() {
            return Ok(Quoted::Unclosed);
        }
        cell.quoting = Quoting::TextAfter(cell.end);
        let search = |bytes: &[u8]| memchr3(delimiter, b'\n', b'\r', bytes);
        cell.end = match self.window.find(after, search)? {
            Found::At(end) => end,
            Found::End => self.window.held().len(),
            Found::Limit => return Ok(Quoted::Limit),
        };
        Ok(Quoted::Closed(cell, cell.end))
    }

    fn note_second_line(&mut self, from: usize, to: usize) {
        if self.second_line.is_none() {
            let content = self.window.part(from, to);
            self.second_line = memchr2(b'\n', b'\r', content).map(|at| {
                let crlf = content.get(at..).unwrap_or_default().starts_with(b"\r\n");
                from + at + 1 + usize::from(crlf)
            });
        }
    }

    /// Whether the row has a second line, and that line has as many cells as a row of this file.
    pub(super) fn second_line_is_row(&self) -> bool {
        let (Some(expected), Some(second)) = (self.expected, self.second_line) else {
            return false;
        };
        let rest = self.window.held().get(second..).unwrap_or_default();
        let end = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line = rest.get(..end).unwrap_or_default();
        memchr_iter(self.delimiter, line).count() >= expected
    }

    /// Gives up the first line of the row; the next row begins with its second line.
    pub(super) fn give_up_line(&mut self) -> Next {
        let end = self.second_line.unwrap_or(self.window.held().len());
        self.window.after_cr = self.window.before(end).last() == Some(&b'\r');
        self.used = (end, 1);
        Next::Bad(Code::QuoteUnclosed, self.window.line)
    }

    /// A quoted cell that reaches over the limit, with its row: passes both, or only the first line if the mark seems
    /// to be unclosed.
    fn skip_long_cell(&mut self, content: usize) -> io::Result<Next> {
        self.note_second_line(content, self.window.held().len());
        if let Some(doubted) = self.doubt() {
            return Ok(doubted);
        }
        let line = self.window.line;
        self.window.pass(content);
        loop {
            match memchr(b'"', self.window.held()) {
                None => {
                    self.window.pass(self.window.held().len());
                    if !self.window.fill()? {
                        break;
                    }
                }
                Some(mark) if self.window.peek(mark + 1)? == Some(b'"') => {
                    self.window.pass(mark + 2);
                }
                Some(mark) => {
                    self.window.pass(mark + 1);
                    self.window.pass_line()?;
                    break;
                }
            }
        }
        Ok(Next::Bad(Code::CellTooLong, line))
    }
}
