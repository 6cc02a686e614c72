//! Rows as they stand in the file: for copies of files and for pointing at cells.

use std::ops::Range;

use memchr::memchr;

use super::Lexer;
use crate::encoding::Encoding;

impl Lexer<'_> {
    /// From here on, notes the bytes between rows: line ends of empty lines, second halves of line ends, and rows that are
    /// passed because they are too long to be held.
    pub(crate) fn tap(&mut self) {
        self.window.tap = Some(Vec::new());
    }

    /// The bytes noted since the last call, which come before those of the row.
    pub(crate) fn tapped(&mut self) -> &[u8] {
        self.window.tap.as_deref().unwrap_or_default()
    }

    /// Forgets the bytes noted.
    pub(crate) fn clear_tap(&mut self) {
        if let Some(tap) = &mut self.window.tap {
            tap.clear();
        }
    }

    /// The bytes of the row, or of what of it is given up, as they stand in the file and with the first byte of its line
    /// end.
    pub(crate) fn raw(&self) -> &[u8] {
        self.window.before(self.used.0)
    }

    /// How many lines the row has.
    pub(crate) fn row_lines(&self) -> u64 {
        self.used.1
    }

    /// The encoding of the bytes.
    pub(crate) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The byte that separates cells.
    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Where the cells stand in [`Lexer::raw`], with their quotation marks and the blanks around them: from one separator
    /// to the next.
    pub(crate) fn regions(&self) -> impl Iterator<Item = Range<usize>> {
        let mut start = 0;
        self.cells.iter().map(move |cell| {
            // Behind the closing mark there are at most blanks.
            let rest = self.window.part(cell.end, self.row_end);
            let end = memchr(self.delimiter, rest).map_or(self.row_end, |at| cell.end + at);
            let region = start..end;
            start = end + 1;
            region
        })
    }

    /// Where the cells of a line stand that is given up because a quotation mark is never closed: those before the mark,
    /// and what is left of the line from there on. `end` is where the line ends.
    pub(crate) fn regions_before(&self, end: usize) -> Vec<Range<usize>> {
        let line = self.window.before(end);
        let mut regions = Vec::new();
        let mut start = 0;
        for cell in &self.cells {
            // A cell that reaches over the end of the line is the one that the mark opens.
            let rest = line.get(cell.end..).unwrap_or_default();
            let Some(at) = memchr(self.delimiter, rest) else {
                break;
            };
            regions.push(start..cell.end + at);
            start = cell.end + at + 1;
        }
        regions.push(start..end);
        regions
    }
}
