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
    let mut cut = |end: usize| {
        cells.push(Cell::plain(start, end));
        start = end + 1;
    };
    // Cells are short, so that looking for each delimiter by itself costs more than looking at eight bytes at a time.
    let pattern = u64::from(delimiter) * LOW;
    let (words, rest) = line.as_chunks::<8>();
    for (number, word) in words.iter().enumerate() {
        let mut found = zero_bytes(u64::from_le_bytes(*word) ^ pattern);
        while found != 0 {
            cut(number * 8 + found.trailing_zeros() as usize / 8);
            found &= found - 1;
        }
    }
    for (at, byte) in rest.iter().enumerate() {
        if *byte == delimiter {
            cut(words.len() * 8 + at);
        }
    }
    cut(line.len());
}

/// The lowest bit of each byte.
const LOW: u64 = 0x0101_0101_0101_0101;

/// The highest bit of each byte that is zero, and no other.
fn zero_bytes(word: u64) -> u64 {
    let low = 0x7f * LOW;
    !(((word & low) + low) | word | low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split_wherever_the_delimiters_are() {
        for line in [
            "",
            ",",
            "a",
            ",,,,,,,,,,,,,,,,,",
            "a,b",
            "1234567,12345678,123456789,\u{e9},\u{2c}\u{ac}",
            "12345678,",
            ",12345678",
            "\u{80},\u{1}-.,+,,",
        ] {
            for delimiter in [b',', b'\t', b'|', b';', b'1'] {
                let mut cells = Vec::new();
                split(line.as_bytes(), delimiter, &mut cells);
                let found: Vec<&[u8]> = cells
                    .iter()
                    .map(|cell| &line.as_bytes()[cell.start..cell.end])
                    .collect();
                let expected: Vec<&[u8]> =
                    line.as_bytes().split(|byte| *byte == delimiter).collect();
                assert_eq!(found, expected, "{line:?}");
            }
        }
    }
}
