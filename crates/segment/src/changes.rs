//! What one publish changed: each record as it was and as it became. The events, the report and the undo of a publish
//! (layout, idea 1).
//!
//! An Arrow IPC file with the columns `kind` (the kind's place in [`Kind::ALL`]), `op` (0 created, 1 updated, 2 deleted),
//! `id`, `before` and `after` (records in the form of `record.rs`, empty for none). After them come, with 254 as `kind`, the
//! sections that did not change but whose course or term did: version 1 of the API shows those inline and makes an event of
//! it, later versions do not (clever-api 3.4). Last, with 255 as `kind`, the records of the part `departed` that left it
//! (`before`) or entered it (`after`), so that it can be rebuilt too.

mod changed_fields;

use std::io::Write;
use std::ops::Range;
use std::sync::Arc;

use arrow_array::builder::{FixedSizeBinaryBuilder, LargeBinaryBuilder};
use arrow_array::{
    Array, ArrayRef, FixedSizeBinaryArray, LargeBinaryArray, RecordBatch, UInt8Array,
};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use homeroom_model::{Kind, ObjectId};

use crate::departed::DepartedRecord;
use crate::error::SegmentError;
use crate::ipc::{self, BATCH_BITS, BATCH_ROWS, IpcWriter};
use crate::noun::place_of;
use crate::record::Record;

pub use changed_fields::ChangedFields;

/// The name of the part in manifests and errors.
pub(crate) const NAME: &str = "changes";
/// In the place of a kind: the row is about the set of departed records, not about a table.
const DEPARTED: u8 = u8::MAX;
/// In the place of a kind: the row is a section that is as before, but refers to something that is not.
const TOUCHED: u8 = u8::MAX - 1;
const ID_BYTES: i32 = 12;

/// What happened to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Op {
    /// It is new, or came back.
    Created,
    /// It is another than before, or leads to others.
    Updated,
    /// It is gone.
    Deleted,
}

/// What happened to one record.
#[derive(Clone, Copy)]
pub struct Change<'a> {
    /// The record's kind.
    pub kind: Kind,
    /// The record's id.
    pub id: ObjectId,
    /// The record before; `None` if it was created.
    pub before: Option<Record<'a>>,
    /// The record after; `None` if it was deleted.
    pub after: Option<Record<'a>>,
}

impl Change<'_> {
    /// What happened.
    pub fn op(&self) -> Op {
        match (&self.before, &self.after) {
            (None, _) => Op::Created,
            (Some(_), Some(_)) => Op::Updated,
            (Some(_), None) => Op::Deleted,
        }
    }
}

fn schema() -> Schema {
    Schema::new(vec![
        Field::new("kind", DataType::UInt8, false),
        Field::new("op", DataType::UInt8, false),
        Field::new("id", DataType::FixedSizeBinary(ID_BYTES), false),
        Field::new("before", DataType::LargeBinary, false),
        Field::new("after", DataType::LargeBinary, false),
    ])
}

/// Writes changes in the order of [`Kind::ALL`], ids ascending inside a kind, then those of the departed records.
pub(crate) struct ChangesWriter<W: Write> {
    out: IpcWriter<W>,
    batch: Batch,
}

struct Batch {
    kind: Vec<u8>,
    op: Vec<u8>,
    id: FixedSizeBinaryBuilder,
    before: LargeBinaryBuilder,
    after: LargeBinaryBuilder,
}

impl<W: Write> ChangesWriter<W> {
    pub(crate) fn new(sink: W) -> std::io::Result<Self> {
        Ok(Self {
            out: IpcWriter::new(schema(), sink)?,
            batch: Batch::new(),
        })
    }

    /// Adds a change; no bytes before means created, none after deleted.
    pub(crate) fn push(
        &mut self,
        kind: Kind,
        id: &ObjectId,
        before: &[u8],
        after: &[u8],
    ) -> std::io::Result<()> {
        self.row(place_of(kind), id, before, after)
    }

    /// Adds a section that is as before while its course or term is not.
    pub(crate) fn push_touched(&mut self, id: &ObjectId, record: &[u8]) -> std::io::Result<()> {
        self.row(TOUCHED, id, &[], record)
    }

    /// Adds a record that entered the set of departed ones, or left it.
    pub(crate) fn push_departed(
        &mut self,
        record: &DepartedRecord,
        entered: bool,
    ) -> std::io::Result<()> {
        let bytes = record.to_bytes();
        let (before, after): (&[u8], &[u8]) = if entered {
            (&[], &bytes)
        } else {
            (&bytes, &[])
        };
        self.row(DEPARTED, &record.id, before, after)
    }

    pub(crate) fn finish(mut self) -> std::io::Result<W> {
        if !self.batch.kind.is_empty() {
            self.out.write(self.batch.columns())?;
        }
        self.out.finish()
    }

    fn row(&mut self, kind: u8, id: &ObjectId, before: &[u8], after: &[u8]) -> std::io::Result<()> {
        let op = match (before.is_empty(), after.is_empty()) {
            (true, _) => Op::Created,
            (false, false) => Op::Updated,
            (false, true) => Op::Deleted,
        };
        self.batch.kind.push(kind);
        self.batch.op.push(op as u8);
        self.batch
            .id
            .append_value(id.bytes())
            .map_err(std::io::Error::other)?;
        self.batch.before.append_value(before);
        self.batch.after.append_value(after);
        if self.batch.kind.len() == BATCH_ROWS {
            let full = std::mem::replace(&mut self.batch, Batch::new());
            self.out.write(full.columns())?;
        }
        Ok(())
    }
}

impl Batch {
    fn new() -> Self {
        Self {
            kind: Vec::new(),
            op: Vec::new(),
            id: FixedSizeBinaryBuilder::new(ID_BYTES),
            before: LargeBinaryBuilder::new(),
            after: LargeBinaryBuilder::new(),
        }
    }

    fn columns(mut self) -> Vec<ArrayRef> {
        vec![
            Arc::new(UInt8Array::from(self.kind)),
            Arc::new(UInt8Array::from(self.op)),
            Arc::new(self.id.finish()),
            Arc::new(self.before.finish()),
            Arc::new(self.after.finish()),
        ]
    }
}

/// The opened changes of one publish. Every record in them was checked when they were opened.
#[derive(Default)]
pub struct Changes {
    chunks: Vec<Chunk>,
    /// How many rows each kind has, in the order of [`Kind::ALL`].
    counts: [u32; Kind::ALL.len()],
    /// How many sections were touched.
    touched: u32,
    entered: Vec<DepartedRecord>,
    left: Vec<DepartedRecord>,
}

struct Chunk {
    kind: UInt8Array,
    op: UInt8Array,
    id: FixedSizeBinaryArray,
    before: LargeBinaryArray,
    after: LargeBinaryArray,
}

impl Changes {
    /// Opens changes over their bytes and reads each once, so that everything after it is total.
    pub fn open(bytes: Bytes) -> Result<Self, SegmentError> {
        let damaged = |why: &str| SegmentError::damaged(NAME, why);
        let batches = ipc::open(NAME, bytes, &schema())?;
        let chunks: Option<Vec<_>> = batches.iter().map(Chunk::new).collect();
        let chunks = chunks.ok_or_else(|| damaged("it has other columns than expected"))?;
        let mut changes = Self {
            chunks,
            ..Self::default()
        };
        let mut last: Option<(u8, ObjectId)> = None;
        for at in 0.. {
            let Some(raw) = changes.raw(at) else {
                break;
            };
            if raw.kind == DEPARTED {
                let (record, entered) = raw
                    .departed()
                    .ok_or_else(|| damaged("a departed record cannot be read"))?;
                let set = if entered {
                    &mut changes.entered
                } else {
                    &mut changes.left
                };
                set.push(record);
                last = Some((DEPARTED, ObjectId::default()));
                continue;
            }
            if last.is_some_and(|last| last >= (raw.kind, raw.id)) {
                return Err(damaged("its records do not ascend"));
            }
            last = Some((raw.kind, raw.id));
            if raw.kind == TOUCHED {
                raw.touched()
                    .ok_or_else(|| damaged("a record cannot be read"))?;
                changes.touched += 1;
                continue;
            }
            raw.change()
                .ok_or_else(|| damaged("a record cannot be read"))?;
            let kind = usize::from(raw.kind);
            if let Some(count) = changes.counts.get_mut(kind) {
                *count += 1;
            }
        }
        let sorted = |set: &[DepartedRecord]| set.is_sorted_by(|a, b| a < b);
        if !sorted(&changes.entered) || !sorted(&changes.left) {
            return Err(damaged("its departed records do not ascend"));
        }
        Ok(changes)
    }

    /// Number of records that changed.
    pub fn len(&self) -> u32 {
        self.counts.iter().sum()
    }

    /// Whether no record changed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every change, in the order of [`Kind::ALL`], ids ascending inside a kind.
    pub fn iter(&self) -> impl Iterator<Item = Change<'_>> {
        (0..self.len()).filter_map(|at| self.get(at))
    }

    /// The changes of a kind, ids ascending.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = Change<'_>> {
        self.range(kind).filter_map(|at| self.get(at))
    }

    /// What happened to a record; `None` if nothing did.
    pub fn find(&self, kind: Kind, id: &ObjectId) -> Option<Change<'_>> {
        let mut range = self.range(kind);
        while range.start < range.end {
            let middle = range.start + (range.end - range.start) / 2;
            let change = self.get(middle)?;
            match change.id.cmp(id) {
                std::cmp::Ordering::Equal => return Some(change),
                std::cmp::Ordering::Less => range.start = middle + 1,
                std::cmp::Ordering::Greater => range.end = middle,
            }
        }
        None
    }

    /// Sections that are as they were while the course or term they refer to changed its content, with their ids, ascending.
    /// What changed there stands at the course and term.
    pub fn touched(&self) -> impl Iterator<Item = (ObjectId, Record<'_>)> {
        let start = self.len();
        let places = start..start + self.touched;
        places.filter_map(|at| {
            let raw = self.raw(at)?;
            Some((raw.id, raw.touched()?))
        })
    }

    /// The change at a place, counted over all kinds.
    pub(crate) fn get(&self, at: u32) -> Option<Change<'_>> {
        self.raw(at)?.change()
    }

    /// The places of a kind's changes.
    pub(crate) fn range(&self, kind: Kind) -> Range<u32> {
        let (before, from) = self.counts.split_at(place_of(kind).into());
        let start = before.iter().sum();
        start..start + from.first().copied().unwrap_or(0)
    }

    /// Records that entered the set of departed ones, ascending.
    pub(crate) fn entered(&self) -> &[DepartedRecord] {
        &self.entered
    }

    /// Records that left the set of departed ones, ascending.
    pub(crate) fn left(&self) -> &[DepartedRecord] {
        &self.left
    }

    fn raw(&self, at: u32) -> Option<Raw<'_>> {
        let chunk = self.chunks.get((at >> BATCH_BITS) as usize)?;
        let at = at as usize & (BATCH_ROWS - 1);
        let id = chunk.id.value_data().chunks_exact(ObjectId::LEN).nth(at)?;
        Some(Raw {
            kind: *chunk.kind.values().get(at)?,
            op: *chunk.op.values().get(at)?,
            id: ObjectId::from_slice(id)?,
            before: (at < chunk.before.len()).then(|| chunk.before.value(at))?,
            after: (at < chunk.after.len()).then(|| chunk.after.value(at))?,
        })
    }
}

/// A row as stored.
struct Raw<'a> {
    kind: u8,
    op: u8,
    id: ObjectId,
    before: &'a [u8],
    after: &'a [u8],
}

impl<'a> Raw<'a> {
    fn change(&self) -> Option<Change<'a>> {
        let kind = *Kind::ALL.get(usize::from(self.kind))?;
        let side = |bytes: &'a [u8]| match bytes {
            [] => Some(None),
            bytes => Record::read(kind, bytes).map(Some),
        };
        let change = Change {
            kind,
            id: self.id,
            before: side(self.before)?,
            after: side(self.after)?,
        };
        let something = change.before.is_some() || change.after.is_some();
        (something && change.op() as u8 == self.op).then_some(change)
    }

    fn touched(&self) -> Option<Record<'a>> {
        let alone = self.kind == TOUCHED && self.before.is_empty() && self.op == Op::Created as u8;
        alone.then(|| Record::read(Kind::Section, self.after))?
    }

    fn departed(&self) -> Option<(DepartedRecord, bool)> {
        let entered = self.op == Op::Created as u8;
        let (bytes, none) = if entered {
            (self.after, self.before)
        } else {
            (self.before, self.after)
        };
        let record = DepartedRecord::from_bytes(bytes)?;
        (none.is_empty() && record.id == self.id).then_some((record, entered))
    }
}

impl Chunk {
    fn new(batch: &RecordBatch) -> Option<Self> {
        Some(Self {
            kind: ipc::column(batch, 0)?,
            op: ipc::column(batch, 1)?,
            id: ipc::column(batch, 2)?,
            before: ipc::column(batch, 3)?,
            after: ipc::column(batch, 4)?,
        })
    }
}

#[cfg(test)]
mod tests;
