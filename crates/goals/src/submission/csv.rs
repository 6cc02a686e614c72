//! A body of CSV: one header, one line per student.
//!
//! Values are ids and numbers, so a line is a record: a line break inside quotes is a row that cannot be read, not a longer
//! record. That keeps one forgotten quote from swallowing the rest of the file.

use std::borrow::Cow;

use super::{Batch, Draft, Form, HeaderFault, Metric, Reading, Refused, STUDENT, Value};

/// Reads lines of `clever_id`, `minutes` and the progress metric, in whatever order the header has them (clever-api 8.1).
/// Byte-order marks, line ends of any kind, blanks around cells, quotes and empty lines are accepted; an empty cell is a
/// value that was not sent (integration-side D3).
pub fn read(body: &[u8], form: &Form<'_>) -> Result<Batch, Refused> {
    let mut reading = Reading::new(form, body.len())?;
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let mut lines = body
        .split(|byte| matches!(byte, b'\n' | b'\r'))
        .filter(|line| !line.trim_ascii().is_empty());
    let header = lines.next().ok_or(Refused::Header(HeaderFault::Missing))?;
    let columns = columns(header, &mut reading).map_err(Refused::Header)?;
    for line in lines {
        let Some(draft) = row(line, &columns, &mut reading) else {
            continue;
        };
        if !reading.take(draft) {
            break;
        }
    }
    reading.finish()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Student,
    Metric(Metric),
    /// A column without a name.
    Blank,
}

/// Columns that a header may have; an app has three.
const MOST_COLUMNS: usize = 200;

fn columns(header: &[u8], reading: &mut Reading<'_>) -> Result<Vec<Column>, HeaderFault> {
    let mut columns = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for cell in Cells::of(header) {
        let cell = cell.ok_or(HeaderFault::Unreadable)?;
        let name = std::str::from_utf8(&cell).map_err(|_| HeaderFault::Unreadable)?;
        if columns.len() == MOST_COLUMNS {
            return Err(HeaderFault::TooMany);
        }
        if !name.is_empty() && names.iter().any(|known| known == name) {
            return Err(HeaderFault::Twice);
        }
        columns.push(match name {
            "" => Column::Blank,
            STUDENT => Column::Student,
            name => Column::Metric(reading.metric(name)),
        });
        names.push(name.to_owned());
    }
    if !columns.contains(&Column::Student) {
        return Err(HeaderFault::NoStudent);
    }
    let applied =
        |column: &Column| matches!(column, Column::Metric(Metric::Minutes | Metric::Progress));
    if columns.iter().any(applied) {
        Ok(columns)
    } else {
        Err(HeaderFault::NoMetric)
    }
}

/// One line; `None` where all its cells are empty, as spreadsheets leave them.
fn row(line: &[u8], columns: &[Column], reading: &mut Reading<'_>) -> Option<Draft> {
    let mut draft = Draft::default();
    let mut blank = true;
    let mut columns = columns.iter();
    for cell in Cells::of(line) {
        let Some(cell) = cell else {
            return Some(Draft::broken());
        };
        let column = columns.next();
        if cell.is_empty() {
            continue;
        }
        blank = false;
        match column {
            Some(Column::Student) => draft.student(&String::from_utf8_lossy(&cell)),
            Some(Column::Metric(Metric::Minutes)) => draft.minutes = Value::read(&cell),
            Some(Column::Metric(Metric::Progress)) => draft.progress = Value::read(&cell),
            Some(Column::Metric(other)) => reading.count_other(*other),
            Some(Column::Blank) => {}
            None => return Some(Draft::broken()),
        }
    }
    (!blank).then_some(draft)
}

/// The cells of a line; `None` for one that cannot be read, after which there are no more.
struct Cells<'a> {
    rest: Option<&'a [u8]>,
}

impl<'a> Cells<'a> {
    fn of(line: &'a [u8]) -> Self {
        Self { rest: Some(line) }
    }

    fn bare(&mut self, text: &'a [u8]) -> Cow<'a, [u8]> {
        let mut parts = text.splitn(2, |byte| *byte == b',');
        let cell = parts.next().unwrap_or_default();
        self.rest = parts.next();
        Cow::Borrowed(cell.trim_ascii())
    }

    /// The cell after an opening quote.
    fn quoted(&mut self, text: &'a [u8]) -> Option<Cow<'a, [u8]>> {
        let mut cell = Vec::new();
        let mut rest = text;
        loop {
            let end = rest.iter().position(|byte| *byte == b'"')?;
            let (part, after) = rest.split_at_checked(end)?;
            cell.extend_from_slice(part);
            rest = after.get(1..)?;
            let [b'"', more @ ..] = rest else { break };
            cell.push(b'"');
            rest = more;
        }
        match rest.trim_ascii_start() {
            [] => {}
            [b',', more @ ..] => self.rest = Some(more),
            _ => return None,
        }
        Some(Cow::Owned(cell.trim_ascii().to_vec()))
    }
}

impl<'a> Iterator for Cells<'a> {
    type Item = Option<Cow<'a, [u8]>>;

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.rest.take()?.trim_ascii_start();
        Some(match text {
            [b'"', after @ ..] => self.quoted(after),
            text => Some(self.bare(text)),
        })
    }
}
