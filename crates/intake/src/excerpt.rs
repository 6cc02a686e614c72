//! Lines of a file with their cells: for diagnostics that point at a cell, and for looking a raw value up.

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use encoding_rs::WINDOWS_1252;
use homeroom_model::{Code, Problem};

use crate::encoding::Encoding;
use crate::header::{Shape, documented, names};
use crate::lexer::{Lexer, Next};
use crate::row::clean;
use crate::{Exposure, Intake, Stem, exposure};

/// A row of a file as it stands there. It may hold anything that a district knows of a person: whoever shows it asks each
/// cell how much of it may be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Its first line, from 1.
    pub line: u64,
    /// How many lines it has: more than one if a quoted cell has line breaks.
    pub lines: u64,
    /// Its text without the line end at its end.
    pub text: String,
    /// Its cells; none if the line is too long to be read. A line that is given up because a quotation mark is never closed
    /// ends with the cell that the mark opens.
    pub cells: Vec<ExcerptCell>,
    /// Whether it is the header of its file.
    pub header: bool,
    /// How many cells the header has; those behind them have no column.
    pub width: usize,
}

/// A cell of an excerpt.
#[derive(Clone, PartialEq, Eq)]
pub struct ExcerptCell {
    /// The documented name of its column, `ext.` and a name for an extension field; `None` for a column that is not read
    /// and for a cell behind the last column.
    pub column: Option<String>,
    /// Bytes of [`Excerpt::text`] in which it stands, with its quotation marks and the blanks around it.
    pub range: Range<usize>,
    /// Its value as it was read: without quotation marks, blanks around it and control characters. Empty in columns of
    /// passwords.
    pub value: String,
    /// Whether it begins with a quotation mark that is never closed.
    pub open: bool,
    /// How much of it a report may show.
    pub exposure: Exposure,
}

impl std::fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Excerpt {{ line: {}, .. }}", self.line)
    }
}

impl std::fmt::Debug for ExcerptCell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ExcerptCell {{ column: {:?}, .. }}", self.column)
    }
}

impl Intake<'_> {
    /// The rows of a file that begin at these lines, which ascend; what begins at none of them is passed over. Line 1 is
    /// the header line as a rule. `each` gets the rows in the order of the file.
    ///
    /// # Errors
    /// Only if bytes cannot be read.
    pub fn excerpt(
        &self,
        stem: Stem,
        lines: &[u64],
        mut each: impl FnMut(Excerpt),
    ) -> io::Result<()> {
        let mut wanted = lines.iter().copied().peekable();
        self.walk(stem, |columns, lexer, next| {
            let line = match next {
                Next::Bad(_, line) => line,
                Next::Row | Next::End => lexer.row().line,
            };
            while wanted.next_if(|wanted| *wanted < line).is_some() {}
            if wanted.next_if_eq(&line).is_some() {
                each(excerpt(columns, lexer, next, line));
            }
            wanted.peek().is_some()
        })
    }

    /// Lines at which the rows begin whose cell of a documented column has this value, ascending: a record's own row or
    /// rows, or those that refer to it. Values are compared as they are read, without blanks around them.
    ///
    /// # Errors
    /// Only if bytes cannot be read.
    pub fn lines_with(&self, stem: Stem, column: &str, value: &str) -> io::Result<Vec<u64>> {
        let mut lines = Vec::new();
        self.walk(stem, |columns, lexer, next| {
            let cell = columns
                .names
                .iter()
                .position(|name| name.as_deref() == Some(column));
            let row = lexer.row();
            match cell {
                None => return false,
                Some(cell) if matches!(next, Next::Row) && row.line > columns.line => {
                    if row.clean(cell).text == value {
                        lines.push(row.line);
                    }
                }
                Some(_) => {}
            }
            true
        })?;
        Ok(lines)
    }

    /// Shows the header row and what follows it to a visitor, as reading sees it, until that wants no more.
    fn walk(
        &self,
        stem: Stem,
        mut visit: impl FnMut(&Named, &Lexer<'_>, Next) -> bool,
    ) -> io::Result<()> {
        let Some(name) = self.files.name(stem) else {
            return Ok(());
        };
        let nobody: &mut Vec<Problem> = &mut Vec::new();
        let Some(mut lexer) = self.open(stem, name, nobody)? else {
            return Ok(());
        };
        lexer.guess_delimiter()?;
        let mut columns = Named::default();
        loop {
            let mut next = lexer.advance()?;
            match next {
                Next::End => return Ok(()),
                Next::Row if columns.names.is_empty() => {
                    if lexer.row().is_blank_from(0) {
                        continue;
                    }
                    columns = Named::new(stem, &lexer);
                    lexer.expect_cells(columns.names.len());
                }
                Next::Row if columns.is_strange(&lexer) => {
                    next = lexer.doubt().unwrap_or(next);
                }
                Next::Row | Next::Bad(..) => {}
            }
            if !visit(&columns, &lexer, next) {
                return Ok(());
            }
        }
    }
}

/// The columns of a file as they stand in it.
#[derive(Default)]
struct Named {
    names: Vec<Option<String>>,
    shape: Option<Shape>,
    /// Line of the header.
    line: u64,
}

impl Named {
    fn new(stem: Stem, lexer: &Lexer<'_>) -> Self {
        let columns = stem.columns();
        let sent = names(lexer.row());
        let known = |name: &String| {
            let column = documented(columns, name).and_then(|at| columns.get(at));
            let field = name.get(4..).filter(|_| {
                stem.may_have_ext()
                    && name
                        .get(..4)
                        .is_some_and(|ext| ext.eq_ignore_ascii_case("ext."))
            });
            column
                .map(|column| column.name.to_owned())
                .or_else(|| field.map(|field| format!("ext.{field}")))
        };
        let cell = |at: usize| {
            sent.iter()
                .position(|name| documented(columns, name) == Some(at))
        };
        let cells: Vec<Option<usize>> = (0..columns.len()).map(cell).collect();
        Self {
            shape: Some(Shape::new(&sent, columns, &cells)),
            names: sent.iter().map(known).collect(),
            line: lexer.row().line,
        }
    }

    /// Whether any column is one that is read.
    fn any(&self) -> bool {
        self.names.iter().any(Option::is_some)
    }

    fn is_password(&self, cell: usize) -> bool {
        let passwords = self.shape.as_ref().map(|shape| &shape.passwords);
        passwords.is_some_and(|cells| cells.contains(&cell))
    }

    /// Whether the row has too few or too many cells.
    fn is_strange(&self, lexer: &Lexer<'_>) -> bool {
        let row = lexer.row();
        let strange = |shape: &Shape| !shape.is_blank(row) && shape.fault(row).is_some();
        self.shape.as_ref().is_some_and(strange)
    }
}

fn excerpt(columns: &Named, lexer: &Lexer<'_>, next: Next, line: u64) -> Excerpt {
    let is_row = next == Next::Row;
    let raw = lexer.raw();
    let end = raw.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n'));
    let raw = raw.get(..end.map_or(0, |end| end + 1)).unwrap_or_default();
    let regions: Vec<Range<usize>> = match next {
        Next::Row => lexer.regions().collect(),
        Next::Bad(Code::QuoteUnclosed, _) if !raw.is_empty() => lexer.regions_before(raw.len()),
        _ => Vec::new(),
    };
    let mut excerpt = Excerpt {
        line,
        lines: if is_row { lexer.row_lines() } else { 1 },
        text: String::new(),
        cells: Vec::with_capacity(regions.len()),
        header: is_row && line == columns.line,
        width: columns.names.len(),
    };
    if regions.is_empty() {
        excerpt.text = decoded(raw, lexer.encoding()).into_owned();
    }
    for (at, region) in regions.iter().enumerate() {
        if at > 0 {
            excerpt.text.push(char::from(lexer.delimiter()));
        }
        let sent = lexer.raw().get(region.clone()).unwrap_or_default();
        let sent = decoded(sent, lexer.encoding());
        let open = !is_row && at + 1 == regions.len();
        let value = if columns.is_password(at) && !excerpt.header {
            String::new()
        } else if is_row {
            lexer.row().clean(at).text.into_owned()
        } else {
            unquoted(&sent)
        };
        let start = excerpt.text.len();
        excerpt.text.push_str(&sent);
        let column = columns.names.get(at).cloned().flatten();
        excerpt.cells.push(ExcerptCell {
            range: start..excerpt.text.len(),
            value,
            open,
            exposure: match &column {
                // The names of columns are no data of anybody, unless the first row is one of data.
                _ if excerpt.header && columns.any() => Exposure::Shown,
                Some(column) => exposure(column),
                None => Exposure::Hidden,
            },
            column,
        });
    }
    excerpt
}

/// The value of a cell of a line that is given up.
fn unquoted(sent: &str) -> String {
    let sent = clean(sent).text;
    let value = match sent.strip_prefix('"') {
        Some(quoted) => quoted
            .strip_suffix('"')
            .unwrap_or(quoted)
            .replace("\"\"", "\""),
        None => sent.into_owned(),
    };
    value.trim().to_owned()
}

/// Bytes of a file as text, read as reading reads them.
fn decoded(bytes: &[u8], encoding: Encoding) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if encoding != Encoding::Windows1252 || text.is_ascii() => Cow::Borrowed(text),
        _ => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}
