//! Tables as CSV (RFC 4180, lines end with CR LF).

use std::fmt::Write as _;

/// A table being written: UTF-8, a header, one line per row.
pub(crate) struct Csv {
    text: String,
    first: bool,
}

impl Csv {
    /// A table with the names of its columns.
    pub(crate) fn new(columns: &[&str]) -> Self {
        let mut csv = Self {
            text: String::new(),
            first: true,
        };
        for column in columns {
            csv.plain(column);
        }
        csv.end();
        csv
    }

    /// A cell of a person's or an app's own text. What a spreadsheet would take for a formula gets an apostrophe in front.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
        self.part();
        let quoted = formula || text.contains([',', '"', '\r', '\n']);
        if !quoted {
            self.text.push_str(text);
            return self;
        }
        self.text.push('"');
        if formula {
            self.text.push('\'');
        }
        self.text.push_str(&text.replace('"', "\"\""));
        self.text.push('"');
        self
    }

    /// A cell of a number, a day, a word of ours or an id.
    pub(crate) fn plain(&mut self, value: impl std::fmt::Display) -> &mut Self {
        self.part();
        // Writing into a text does not fail.
        let _ = write!(self.text, "{value}");
        self
    }

    /// A cell that may be empty.
    pub(crate) fn maybe(&mut self, value: Option<impl std::fmt::Display>) -> &mut Self {
        if let Some(value) = value {
            return self.plain(value);
        }
        self.part();
        self
    }

    /// Ends the row.
    pub(crate) fn end(&mut self) {
        self.text.push_str("\r\n");
        self.first = true;
    }

    /// The table.
    pub(crate) fn finish(self) -> String {
        self.text
    }

    fn part(&mut self) {
        if !self.first {
            self.text.push(',');
        }
        self.first = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_and_formulas_are_disarmed() {
        let mut csv = Csv::new(&["name", "minutes", "by"]);
        csv.text("Öz, \"Anna\"").plain(32.5).maybe(None::<u8>).end();
        csv.text("=1+1").plain(0).maybe(Some("x")).end();
        csv.text("").plain(1).text("two\nlines").end();
        let expected = "name,minutes,by\r\n\"Öz, \"\"Anna\"\"\",32.5,\r\n\"'=1+1\",0,x\r\n,1,\"two\nlines\"\r\n";
        assert_eq!(csv.finish(), expected);
    }
}
