//! Values that the source cannot give, such as licence codes, uploaded as a table by source id or SIS id (integration-side
//! A6.14). They are the app's own, and stay with their people whatever ids those get.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Read;

use homeroom_roster::{Fits, Roster, RosterError, SideRow};

/// The most bytes of an upload: whole districts fit, an accident does not.
const LARGEST: u64 = 64 << 20;

/// What came of an upload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uploaded {
    /// Lines that were read, without the header.
    pub lines: u64,
    /// Values that were kept. Blank cells keep nothing and take nothing away.
    pub values: u64,
    /// Accounts that got values.
    pub people: u64,
    /// Lines whose id nobody has. Their values wait for who comes with it.
    pub nobody: Vec<Line>,
    /// Lines whose id several accounts have. Their values mean none of them.
    pub several: Vec<Line>,
    /// Lines that were left out.
    pub faulty: Vec<(u64, &'static str)>,
}

/// A line of an upload and the id in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number; the header is the first.
    pub number: u64,
    /// The id.
    pub key: String,
}

impl fmt::Debug for Line {
    /// The number: the id is somebody's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({})", self.number)
    }
}

/// Why nothing was uploaded.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The header does not say whose values these are.
    #[error(
        "the first line has to be a header: `source_id` or `sis_id` first, then a name for each further column, all different"
    )]
    Header,
    /// It is no CSV in UTF-8.
    #[error(
        "line {line} cannot be read as comma-separated UTF-8 text: save the table as CSV (UTF-8) and try again"
    )]
    Unreadable {
        /// The line.
        line: u64,
    },
    /// It is too large.
    #[error("the table has more than {LARGEST} bytes: upload it in parts")]
    TooLarge,
    /// The database could not take it.
    #[error(transparent)]
    Roster(#[from] RosterError),
}

/// Keeps the values of a table, all or none. The first column is `source_id` or `sis_id`, every other one a value under its
/// name. Ids are text: zeros in front count.
pub fn upload_side_data(
    roster: &dyn Roster,
    district: i64,
    table: impl Read,
) -> Result<Uploaded, UploadError> {
    let table = Table::read(table)?;
    let mut uploaded = Uploaded {
        lines: table.lines,
        values: 0,
        faulty: table.faulty,
        ..Uploaded::default()
    };
    let mut rows = Vec::new();
    for (line, values) in &table.rows {
        for (name, value) in table.names.iter().zip(values) {
            if !value.is_empty() {
                rows.push((line, name, value));
            }
        }
    }
    let sent: Vec<_> = rows
        .iter()
        .map(|(line, name, value)| SideRow {
            source_id: table.source_ids,
            key: &line.key,
            name,
            value: Some(value),
        })
        .collect();
    let fits = roster.put_side_data(district, &sent)?;
    uploaded.values = sent.len() as u64;
    let mut people = BTreeSet::new();
    for ((line, ..), fits) in rows.iter().zip(fits) {
        let told = match fits {
            Fits::Person(person) => {
                people.insert(person);
                continue;
            }
            Fits::Nobody => &mut uploaded.nobody,
            Fits::Several => &mut uploaded.several,
        };
        if told.last() != Some(*line) {
            told.push((*line).clone());
        }
    }
    uploaded.people = people.len() as u64;
    Ok(uploaded)
}

struct Table {
    source_ids: bool,
    names: Vec<String>,
    rows: Vec<(Line, Vec<String>)>,
    lines: u64,
    faulty: Vec<(u64, &'static str)>,
}

impl Table {
    fn read(mut from: impl Read) -> Result<Self, UploadError> {
        let mut bytes = Vec::new();
        let unreadable = |line: u64| UploadError::Unreadable { line };
        let mut limited = from.by_ref().take(LARGEST + 1);
        limited.read_to_end(&mut bytes).map_err(|_| unreadable(1))?;
        if bytes.len() as u64 > LARGEST {
            return Err(UploadError::TooLarge);
        }
        let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text);
        let mut records = reader.records();
        let header = match records.next() {
            Some(header) => header.map_err(|_| unreadable(1))?,
            None => return Err(UploadError::Header),
        };
        let mut columns = header.iter();
        let source_ids = match columns.next() {
            Some("source_id") => true,
            Some("sis_id") => false,
            _ => return Err(UploadError::Header),
        };
        let names: Vec<String> = columns.map(str::to_owned).collect();
        let mut different = names.clone();
        different.sort();
        different.dedup();
        if names.is_empty() || different.len() < names.len() || names.iter().any(String::is_empty) {
            return Err(UploadError::Header);
        }
        let mut table = Self {
            source_ids,
            names,
            rows: Vec::new(),
            lines: 0,
            faulty: Vec::new(),
        };
        let mut seen = BTreeSet::new();
        for record in records {
            let record = record.map_err(|error| {
                let line = error.position().map_or(0, csv::Position::line);
                unreadable(line)
            })?;
            let number = record.position().map_or(0, csv::Position::line);
            table.line(number, &record, &mut seen);
        }
        Ok(table)
    }

    fn line(&mut self, number: u64, record: &csv::StringRecord, seen: &mut BTreeSet<String>) {
        self.lines += 1;
        let mut cells = record.iter();
        let key = cells.next().unwrap_or_default().to_owned();
        let values: Vec<_> = cells.map(str::to_owned).collect();
        let fault = if key.is_empty() {
            Some("it has no id")
        } else if values.len() != self.names.len() {
            Some("it has another number of columns than the header")
        } else if !seen.insert(key.clone()) {
            Some("its id stands in a line before it, which counts")
        } else {
            None
        };
        match fault {
            Some(fault) => self.faulty.push((number, fault)),
            None => self.rows.push((Line { number, key }, values)),
        }
    }
}
