//! A snapshot as tables for other tools: named and typed columns instead of packed rows.
//!
//! The stored form is Homeroom's own and may change; this one is for others. Tables are made batch by batch, so memory
//! does not grow with the district. Rows stand in ascending order of ids, and equal snapshots give equal bytes.
//!
//! | of a record | column |
//! |---|---|
//! | id, ids of roles, references | text, 24 hexadecimal digits; several are a list |
//! | text, closed list | text; null where nothing is known |
//! | date | days |
//! | set of roles, list of texts | list of texts, empty where there are none |
//! | extension fields | text: a JSON object, names ascending; null where there are none |
//! | first published, last changed | milliseconds, UTC |

mod attendance;
mod column;
mod csv;
mod pairs;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::ops::Range;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{Schema, SchemaRef};
use homeroom_model::Kind;

use crate::error::SegmentError;
use crate::ipc::{BATCH_ROWS, IpcWriter};
use crate::parts::BuildError;
use crate::relation::Relation;
use crate::snapshot::Snapshot;
use column::Column;

/// A batch ends when its columns could hold this many bytes, so that rows of a megabyte do not fill the memory.
const BATCH_BYTES: u64 = 256 << 20;

/// A table of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportTable {
    /// The records of a kind: ids, references, every field, and when it was created and last changed.
    Records(Kind),
    /// A row per student and section.
    Enrollments,
    /// A row per teacher and section, with the teacher's position.
    SectionTeachers,
}

impl ExportTable {
    /// Every table, in the order in which they are exported.
    pub const ALL: [Self; 11] = [
        Self::Records(Kind::School),
        Self::Records(Kind::Student),
        Self::Records(Kind::Employee),
        Self::Records(Kind::Contact),
        Self::Records(Kind::ContactLink),
        Self::Records(Kind::Section),
        Self::Records(Kind::Course),
        Self::Records(Kind::Term),
        Self::Records(Kind::Resource),
        Self::Enrollments,
        Self::SectionTeachers,
    ];

    /// The table's name: lower case, plural.
    pub fn name(self) -> &'static str {
        match self {
            Self::Records(kind) => kind.table(),
            Self::Enrollments => "enrollments",
            Self::SectionTeachers => "section_teachers",
        }
    }

    /// The columns. They do not depend on what the snapshot holds.
    pub fn schema(self) -> SchemaRef {
        Arc::new(match self {
            Self::Records(kind) => Schema::new(
                column::of(kind)
                    .iter()
                    .map(Column::field)
                    .collect::<Vec<_>>(),
            ),
            Self::Enrollments => pairs::enrollments(),
            Self::SectionTeachers => pairs::section_teachers(),
        })
    }

    /// Number of rows.
    pub fn rows(self, snapshot: &Snapshot) -> u64 {
        match self {
            Self::Records(kind) => u64::from(snapshot.table(kind).len()),
            Self::Enrollments => snapshot.lists(Relation::SectionStudents).total(),
            Self::SectionTeachers => snapshot.lists(Relation::SectionTeachers).total(),
        }
    }

    /// The rows, in batches of at most 65,536.
    pub fn batches(self, snapshot: &Snapshot) -> Batches<'_> {
        Batches {
            table: self,
            schema: self.schema(),
            columns: match self {
                Self::Records(kind) => column::of(kind),
                Self::Enrollments | Self::SectionTeachers => Vec::new(),
            },
            snapshot,
            next: pairs::Place::default(),
        }
    }

    /// Writes the table as an Arrow IPC file and returns the number of its rows.
    pub fn write_arrow<W: Write>(
        self,
        snapshot: &Snapshot,
        sink: W,
    ) -> Result<(W, u64), BuildError> {
        write_arrow(&self.schema(), self.batches(snapshot), sink)
    }

    /// Writes the table as CSV and returns the number of its rows.
    ///
    /// UTF-8, a header, commas, `\n`, quotation marks where a cell needs them; lists with `;` between their values, dates
    /// and times in ISO 8601, an empty cell where nothing is known.
    pub fn write_csv<W: Write>(self, snapshot: &Snapshot, sink: W) -> Result<(W, u64), BuildError> {
        csv::write(self.name(), &self.schema(), self.batches(snapshot), sink)
    }
}

/// Writes batches as an Arrow IPC file and returns the number of their rows.
fn write_arrow<W: Write>(
    schema: &Schema,
    batches: impl Iterator<Item = Result<RecordBatch, SegmentError>>,
    sink: W,
) -> Result<(W, u64), BuildError> {
    let mut writer = IpcWriter::new(schema.clone(), sink)?;
    let mut rows = 0;
    for batch in batches {
        let batch = batch?;
        rows += batch.num_rows() as u64;
        writer.write(batch.columns().to_vec())?;
    }
    Ok((writer.finish()?, rows))
}

/// The batches of one table.
pub struct Batches<'s> {
    table: ExportTable,
    schema: SchemaRef,
    columns: Vec<Column>,
    snapshot: &'s Snapshot,
    /// The first row that is not in a batch yet.
    next: pairs::Place,
}

impl Iterator for Batches<'_> {
    type Item = Result<RecordBatch, SegmentError>;

    fn next(&mut self) -> Option<Self::Item> {
        let columns = match self.table {
            ExportTable::Records(kind) => self.records(kind).transpose()?,
            ExportTable::Enrollments => Ok(pairs::take_students(self.snapshot, &mut self.next)?),
            ExportTable::SectionTeachers => {
                Ok(pairs::take_teachers(self.snapshot, &mut self.next)?)
            }
        };
        let whole = |columns| {
            RecordBatch::try_new(Arc::clone(&self.schema), columns)
                .map_err(|error| SegmentError::damaged(self.table.name(), error))
        };
        Some(columns.and_then(whole))
    }
}

impl Batches<'_> {
    fn records(&mut self, kind: Kind) -> Result<Option<Vec<ArrayRef>>, SegmentError> {
        let rows = self.rows(kind)?;
        self.next.row = rows.end;
        let array = |column: &Column| column.array(self.snapshot, kind, rows.clone());
        Ok((!rows.is_empty()).then(|| self.columns.iter().map(array).collect()))
    }

    /// The rows of the next batch.
    fn rows(&self, kind: Kind) -> Result<Range<u32>, SegmentError> {
        let start = self.next.row;
        let (mut end, mut bytes) = (start, 0);
        while end < self.snapshot.table(kind).len() && (end - start) as usize != BATCH_ROWS {
            let row = column::most_bytes(self.snapshot, kind, end);
            if i32::try_from(row).is_err() {
                let why = "a record is too long for a column of Arrow";
                return Err(SegmentError::damaged(kind.table(), why));
            }
            bytes += row;
            if end > start && bytes > BATCH_BYTES {
                break;
            }
            end += 1;
        }
        Ok(start..end)
    }
}
