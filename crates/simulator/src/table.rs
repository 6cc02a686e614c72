//! Writing CSV: one reused buffer, quotes only where a reader needs them.

use std::io::{self, Write};

/// Bytes gathered before they are handed to the sink.
const CHUNK: usize = 1 << 16;

/// Some adjacent cells of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cells {
    bytes: Vec<u8>,
    cells: usize,
}

impl Cells {
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.cells = 0;
    }

    pub(crate) fn text(&mut self, value: &str) {
        self.separate();
        if value
            .bytes()
            .any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'))
        {
            self.quoted(value);
        } else {
            self.bytes.extend_from_slice(value.as_bytes());
        }
    }

    pub(crate) fn texts(&mut self, values: &[&str]) {
        for value in values {
            self.text(value);
        }
    }

    pub(crate) fn number(&mut self, value: u64) {
        self.separate();
        let mut digits = [0_u8; 20];
        let mut rest = value;
        let mut length = 0;
        for place in digits.iter_mut().rev() {
            // A remainder of ten always fits.
            *place = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            length += 1;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        let first = digits.len() - length;
        self.bytes.extend(digits.iter().skip(first));
    }

    pub(crate) fn blank(&mut self) {
        self.separate();
    }

    pub(crate) fn blanks(&mut self, count: usize) {
        (0..count).for_each(|_| self.blank());
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn separate(&mut self) {
        if self.cells > 0 {
            self.bytes.push(b',');
        }
        self.cells += 1;
    }

    fn quoted(&mut self, value: &str) {
        self.bytes.push(b'"');
        for byte in value.bytes() {
            if byte == b'"' {
                self.bytes.push(b'"');
            }
            self.bytes.push(byte);
        }
        self.bytes.push(b'"');
    }
}

/// One file being written.
pub(crate) struct Table<'a> {
    out: Box<dyn Write + 'a>,
    buffer: Vec<u8>,
    rows: u64,
}

impl<'a> Table<'a> {
    /// Begins the file with its header.
    pub(crate) fn new(out: Box<dyn Write + 'a>, header: &[&str]) -> io::Result<Self> {
        let mut table = Self {
            out,
            buffer: Vec::with_capacity(CHUNK + 4_096),
            rows: 0,
        };
        let mut cells = Cells::default();
        cells.texts(header);
        table.line(&[cells.bytes()])?;
        table.rows = 0;
        Ok(table)
    }

    /// Writes one row made of runs of cells.
    pub(crate) fn line(&mut self, runs: &[&[u8]]) -> io::Result<()> {
        for (at, run) in runs.iter().enumerate() {
            if at > 0 {
                self.buffer.push(b',');
            }
            self.buffer.extend_from_slice(run);
        }
        self.buffer.push(b'\n');
        self.rows += 1;
        if self.buffer.len() >= CHUNK {
            self.out.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }

    /// Ends the file; the number of rows without the header.
    pub(crate) fn finish(mut self) -> io::Result<u64> {
        self.out.write_all(&self.buffer)?;
        self.out.flush()?;
        Ok(self.rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_needed() {
        let mut cells = Cells::default();
        cells.text("plain");
        cells.text("a, b");
        cells.text("say \"hi\"");
        cells.blank();
        cells.number(0);
        cells.number(120_345);
        cells.text("two\nlines");
        let expected = "plain,\"a, b\",\"say \"\"hi\"\"\",,0,120345,\"two\nlines\"";
        assert_eq!(cells.bytes(), expected.as_bytes());
    }
}
