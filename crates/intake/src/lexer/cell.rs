//! Cells as they stand in a row, and the values they spell.

use memchr::memchr_iter;

/// A cell by where it stands.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) quoting: Quoting,
}

/// How the value of a cell is spelt.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// The bytes are the value.
    None,
    /// Doubled marks stand for one.
    Doubled,
    /// As `Doubled` up to the closing mark, which is here; what follows is text.
    TextAfter(usize),
}

impl Cell {
    pub(super) fn plain(start: usize, end: usize) -> Self {
        Self {
            start,
            end,
            quoting: Quoting::None,
        }
    }

    /// The bytes of the value, written into the buffer if the row does not hold them as they are.
    pub(super) fn value<'b>(self, row: &'b [u8], buffer: &'b mut Vec<u8>) -> &'b [u8] {
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
pub(super) fn split(line: &[u8], delimiter: u8, cells: &mut Vec<Cell>) {
    cells.clear();
    let mut start = 0;
    for end in memchr_iter(delimiter, line) {
        cells.push(Cell::plain(start, end));
        start = end + 1;
    }
    cells.push(Cell::plain(start, line.len()));
}
