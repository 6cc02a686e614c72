//! The records of one month: an Arrow IPC file, by school and in it by id, with a second order by section.

use std::io::Write;
use std::ops::{Bound, Range};
use std::sync::Arc;

use arrow_array::builder::{FixedSizeBinaryBuilder, LargeBinaryBuilder};
use arrow_array::{
    Array, ArrayRef, FixedSizeBinaryArray, Int64Array, LargeBinaryArray, RecordBatch, UInt8Array,
    UInt32Array,
};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use homeroom_model::{AttendanceStatus, AttendanceType, ClosedList, ObjectId, Timestamp};

use super::{AttendanceOf, AttendanceRecord, day_of};
use crate::error::SegmentError;
use crate::ipc::{self, BATCH_BITS, BATCH_ROWS, IpcWriter};

fn schema() -> Schema {
    let id = |name: &str| Field::new(name, DataType::FixedSizeBinary(12), false);
    let plain = |name: &str, of: DataType| Field::new(name, of, false);
    Schema::new(vec![
        id("id"),
        id("school"),
        id("section"),
        id("student"),
        plain("status", DataType::UInt8),
        plain("kind", DataType::UInt8),
        plain("created", DataType::Int64),
        plain("modified", DataType::Int64),
        plain("excuse_code", DataType::LargeBinary),
        plain("sis_id", DataType::LargeBinary),
        plain("by_section", DataType::UInt32),
    ])
}

/// Writes a month, record by record in the order of school and id. Holds one batch in memory.
pub(crate) struct MonthWriter<W: Write> {
    out: IpcWriter<W>,
    last: Option<(ObjectId, ObjectId)>,
    batch: Batch,
}

struct Batch {
    ids: [FixedSizeBinaryBuilder; 4],
    status: Vec<u8>,
    kind: Vec<u8>,
    created: Vec<i64>,
    modified: Vec<i64>,
    texts: [LargeBinaryBuilder; 2],
    by_section: Vec<u32>,
}

impl Batch {
    fn new() -> Self {
        Self {
            ids: std::array::from_fn(|_| FixedSizeBinaryBuilder::new(12)),
            status: Vec::new(),
            kind: Vec::new(),
            created: Vec::new(),
            modified: Vec::new(),
            texts: std::array::from_fn(|_| LargeBinaryBuilder::new()),
            by_section: Vec::new(),
        }
    }

    fn columns(mut self) -> Vec<ArrayRef> {
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(11);
        for column in &mut self.ids {
            columns.push(Arc::new(column.finish()));
        }
        columns.push(Arc::new(UInt8Array::from(self.status)));
        columns.push(Arc::new(UInt8Array::from(self.kind)));
        columns.push(Arc::new(Int64Array::from(self.created)));
        columns.push(Arc::new(Int64Array::from(self.modified)));
        for column in &mut self.texts {
            columns.push(Arc::new(column.finish()));
        }
        columns.push(Arc::new(UInt32Array::from(self.by_section)));
        columns
    }
}

impl<W: Write> MonthWriter<W> {
    pub(crate) fn new(sink: W) -> std::io::Result<Self> {
        Ok(Self {
            out: IpcWriter::new(schema(), sink)?,
            last: None,
            batch: Batch::new(),
        })
    }

    /// Adds a record, and the row that stands at the same place in the order by section. One that does not ascend is an
    /// error of the caller and reported as one.
    pub(crate) fn push(
        &mut self,
        record: &AttendanceRecord<'_>,
        by_section: u32,
    ) -> std::io::Result<()> {
        let place = (record.school, record.id);
        if self.last.is_some_and(|last| last >= place) {
            let why = "attendance must ascend by school and id, and does not";
            return Err(std::io::Error::other(why));
        }
        self.last = Some(place);
        let ids = [
            record.id,
            record.school,
            record.section.unwrap_or_default(),
            record.student,
        ];
        for (column, id) in self.batch.ids.iter_mut().zip(ids) {
            let appended = column.append_value(id.bytes());
            appended.map_err(std::io::Error::other)?;
        }
        self.batch.status.push(record.status.code());
        self.batch.kind.push(record.kind.code());
        self.batch.created.push(record.created.millis());
        self.batch.modified.push(record.modified.millis());
        for (column, text) in self
            .batch
            .texts
            .iter_mut()
            .zip([record.excuse_code, record.sis_id])
        {
            column.append_value(text);
        }
        self.batch.by_section.push(by_section);
        if self.batch.by_section.len() == BATCH_ROWS {
            self.flush()?;
        }
        Ok(())
    }

    /// Ends the file and hands the sink back.
    pub(crate) fn finish(mut self) -> std::io::Result<W> {
        if !self.batch.by_section.is_empty() {
            self.flush()?;
        }
        self.out.finish()
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let full = std::mem::replace(&mut self.batch, Batch::new());
        self.out.write(full.columns())
    }
}

/// The records of one month, opened. Every accessor is total: a row past the end reads as zeros and blanks.
pub struct AttendanceMonth {
    rows: u32,
    chunks: Vec<Chunk>,
}

struct Chunk {
    ids: [FixedSizeBinaryArray; 4],
    status: UInt8Array,
    kind: UInt8Array,
    created: Int64Array,
    modified: Int64Array,
    texts: [LargeBinaryArray; 2],
    by_section: UInt32Array,
}

/// Places of the columns of ids.
const ID: usize = 0;
const SCHOOL: usize = 1;
const SECTION: usize = 2;
const STUDENT: usize = 3;

impl Chunk {
    fn new(batch: &RecordBatch) -> Option<Self> {
        Some(Self {
            ids: [
                ipc::column(batch, 0)?,
                ipc::column(batch, 1)?,
                ipc::column(batch, 2)?,
                ipc::column(batch, 3)?,
            ],
            status: ipc::column(batch, 4)?,
            kind: ipc::column(batch, 5)?,
            created: ipc::column(batch, 6)?,
            modified: ipc::column(batch, 7)?,
            texts: [ipc::column(batch, 8)?, ipc::column(batch, 9)?],
            by_section: ipc::column(batch, 10)?,
        })
    }
}

impl AttendanceMonth {
    /// Opens a month over its bytes, which stay where they are. Its order is checked by [`AttendanceMonth::check`] alone.
    pub fn open(name: &str, bytes: Bytes) -> Result<Self, SegmentError> {
        let batches = ipc::open(name, bytes, &schema())?;
        let chunks: Option<Vec<_>> = batches.iter().map(Chunk::new).collect();
        let chunks = chunks
            .ok_or_else(|| SegmentError::damaged(name, "it has other columns than expected"))?;
        let rows: usize = chunks.iter().map(|chunk| chunk.status.len()).sum();
        let rows =
            u32::try_from(rows).map_err(|_| SegmentError::damaged(name, "it has too many rows"))?;
        Ok(Self { rows, chunks })
    }

    /// Looks whether both orders are what lists rely on: before a month is published, not before it is read.
    pub fn check(&self, name: &str) -> Result<(), SegmentError> {
        let by_school = (0..self.rows).map(|row| (self.id_at(SCHOOL, row), self.id_at(ID, row)));
        let by_section = (0..self.rows).map(|place| {
            let row = self.by_section(place);
            (self.id_at(SECTION, row), self.id_at(ID, row), row)
        });
        if by_school.is_sorted_by(|a, b| a < b) && by_section.is_sorted_by(|a, b| a < b) {
            return Ok(());
        }
        Err(SegmentError::damaged(name, "its records do not ascend"))
    }

    /// Number of records.
    pub fn len(&self) -> u32 {
        self.rows
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The record of a row.
    pub fn get(&self, row: u32) -> AttendanceRecord<'_> {
        let id = self.id_at(ID, row);
        let section = self.id_at(SECTION, row);
        let (chunk, at) = self.place(row);
        let number = |column: &UInt8Array| column.values().get(at).copied().unwrap_or_default();
        let instant = |column: &Int64Array| column.values().get(at).copied().unwrap_or_default();
        let status = chunk.map_or(0, |chunk| number(&chunk.status));
        let kind = chunk.map_or(0, |chunk| number(&chunk.kind));
        AttendanceRecord {
            id,
            student: self.id_at(STUDENT, row),
            school: self.id_at(SCHOOL, row),
            section: (section != ObjectId::default()).then_some(section),
            date: day_of(&id),
            status: AttendanceStatus::from_code(status).unwrap_or(AttendanceStatus::Present),
            kind: AttendanceType::from_code(kind).unwrap_or(AttendanceType::Daily),
            excuse_code: self.text(0, row),
            sis_id: self.text(1, row),
            created: Timestamp::from_millis(chunk.map_or(0, |chunk| instant(&chunk.created))),
            modified: Timestamp::from_millis(chunk.map_or(0, |chunk| instant(&chunk.modified))),
        }
    }

    /// The ids of all records, in the order of rows.
    pub(crate) fn ids(&self) -> impl Iterator<Item = ObjectId> {
        (0..self.rows).map(|row| self.id_at(ID, row))
    }

    /// The places of a list in its own order whose ids lie between two bounds.
    pub(crate) fn places(
        &self,
        of: AttendanceOf,
        (from, until): (Bound<ObjectId>, Bound<ObjectId>),
    ) -> Range<u32> {
        let start = self.first(of, |id| match &from {
            Bound::Included(from) => id < from,
            Bound::Excluded(from) => id <= from,
            Bound::Unbounded => false,
        });
        let end = self.first(of, |id| match &until {
            Bound::Included(until) => id <= until,
            Bound::Excluded(until) => id < until,
            Bound::Unbounded => true,
        });
        start..end.max(start)
    }

    /// The row at a place of a list's order.
    pub(crate) fn row(&self, of: AttendanceOf, place: u32) -> u32 {
        match of {
            AttendanceOf::School(_) => place,
            AttendanceOf::Section(_) => self.by_section(place),
        }
    }

    /// The first place, in the order of the list's owners and then of ids, that is neither of a smaller owner nor of the
    /// same one and `passed`.
    fn first(&self, of: AttendanceOf, passed: impl Fn(&ObjectId) -> bool) -> u32 {
        let wanted = match of {
            AttendanceOf::School(id) | AttendanceOf::Section(id) => id,
        };
        let (mut low, mut high) = (0, self.rows);
        while low < high {
            let middle = low + (high - low) / 2;
            let (owner, id) = self.of(of, middle);
            if owner < wanted || (owner == wanted && passed(&id)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The owner and the id at a place.
    fn of(&self, of: AttendanceOf, place: u32) -> (ObjectId, ObjectId) {
        let row = self.row(of, place);
        let owner = match of {
            AttendanceOf::School(_) => SCHOOL,
            AttendanceOf::Section(_) => SECTION,
        };
        (self.id_at(owner, row), self.id_at(ID, row))
    }

    fn by_section(&self, place: u32) -> u32 {
        let (chunk, at) = self.place(place);
        let row = chunk.and_then(|chunk| chunk.by_section.values().get(at));
        row.copied().unwrap_or(u32::MAX)
    }

    fn id_at(&self, column: usize, row: u32) -> ObjectId {
        let (chunk, at) = self.place(row);
        let ids = chunk.and_then(|chunk| chunk.ids.get(column));
        let bytes = ids.and_then(|ids| {
            ids.value_data()
                .get(at * ObjectId::LEN..(at + 1) * ObjectId::LEN)
        });
        bytes.and_then(ObjectId::from_slice).unwrap_or_default()
    }

    fn text(&self, column: usize, row: u32) -> &str {
        let (chunk, at) = self.place(row);
        let texts = chunk.and_then(|chunk| chunk.texts.get(column));
        let bytes = texts
            .filter(|texts| at < texts.len())
            .map(|texts| texts.value(at));
        std::str::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
    }

    fn place(&self, row: u32) -> (Option<&Chunk>, usize) {
        let chunk = self.chunks.get((row >> BATCH_BITS) as usize);
        (chunk, row as usize & (BATCH_ROWS - 1))
    }
}
