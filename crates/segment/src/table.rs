//! The records of one kind in one snapshot, ids ascending.

use std::io::Write;
use std::sync::Arc;

use arrow_array::builder::{FixedSizeBinaryBuilder, LargeBinaryBuilder};
use arrow_array::{
    Array, ArrayRef, FixedSizeBinaryArray, Int64Array, LargeBinaryArray, RecordBatch,
};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use homeroom_model::{Kind, ObjectId, Timestamp};

use crate::error::SegmentError;
use crate::hash::Hash;
use crate::ipc::{self, BATCH_BITS, BATCH_ROWS, IpcWriter};
use crate::row::Row;

/// How many ids of roles a record of the kind keeps beside its own: three for an employee (teacher, staff, district
/// admin; zeros where the role is missing), one for a contact (its id before version 3).
pub fn role_id_count(kind: Kind) -> usize {
    match kind {
        Kind::Employee => 3,
        Kind::Contact => 1,
        Kind::School
        | Kind::Student
        | Kind::ContactLink
        | Kind::Section
        | Kind::Course
        | Kind::Term
        | Kind::Resource => 0,
    }
}

/// How many natural keys a record of the kind has: one per role for an employee, else one.
pub fn key_count(kind: Kind) -> usize {
    if kind == Kind::Employee { 3 } else { 1 }
}

/// One record as a table keeps it.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    /// The record's id.
    pub id: ObjectId,
    /// Ids of its roles, [`role_id_count`] of them; zeros for a role it does not have.
    pub role_ids: &'a [ObjectId],
    /// Keyed hashes of its natural keys, [`key_count`] of them; zeros for a role it does not have.
    pub keys: &'a [Hash],
    /// When it was first published.
    pub created: Timestamp,
    /// When its content last changed.
    pub modified: Timestamp,
    /// Keyed hash of the packed row.
    pub hash: Hash,
    /// The packed row.
    pub row: &'a [u8],
}

fn schema(kind: Kind) -> Schema {
    let fixed = |name: &str, bytes: usize| {
        Field::new(
            name,
            DataType::FixedSizeBinary(i32::try_from(bytes).unwrap_or(i32::MAX)),
            false,
        )
    };
    let mut columns = vec![
        fixed("id", ObjectId::LEN),
        fixed("keys", 16 * key_count(kind)),
        Field::new("created", DataType::Int64, false),
        Field::new("modified", DataType::Int64, false),
        fixed("hash", 16),
        Field::new("row", DataType::LargeBinary, false),
    ];
    if role_id_count(kind) > 0 {
        columns.push(fixed("role_ids", ObjectId::LEN * role_id_count(kind)));
    }
    Schema::new(columns)
}

/// Writes a table, entry by entry in ascending order of ids. Holds one batch in memory.
pub struct TableWriter<W: Write> {
    kind: Kind,
    out: IpcWriter<W>,
    last: Option<ObjectId>,
    batch: Batch,
}

impl<W: Write> TableWriter<W> {
    /// A writer of a kind's table.
    pub fn new(kind: Kind, sink: W) -> std::io::Result<Self> {
        Ok(Self {
            kind,
            out: IpcWriter::new(schema(kind), sink)?,
            last: None,
            batch: Batch::new(kind),
        })
    }

    /// Adds a record; an id that does not ascend is an error of the caller and reported as one.
    pub fn push(&mut self, entry: &Entry<'_>) -> std::io::Result<()> {
        if self.last.is_some_and(|last| last >= entry.id) {
            return Err(std::io::Error::other(format!(
                "{}: ids must ascend, {} does not",
                self.kind, entry.id
            )));
        }
        self.last = Some(entry.id);
        self.batch.push(entry)?;
        if self.batch.rows == BATCH_ROWS {
            let full = std::mem::replace(&mut self.batch, Batch::new(self.kind));
            self.out.write(full.columns())?;
        }
        Ok(())
    }

    /// Ends the file and hands the sink back.
    pub fn finish(mut self) -> std::io::Result<W> {
        if self.batch.rows > 0 {
            self.out.write(self.batch.columns())?;
        }
        self.out.finish()
    }
}

/// The columns of the batch being written.
struct Batch {
    rows: usize,
    id: FixedSizeBinaryBuilder,
    role_ids: Option<FixedSizeBinaryBuilder>,
    keys: FixedSizeBinaryBuilder,
    created: Vec<i64>,
    modified: Vec<i64>,
    hash: FixedSizeBinaryBuilder,
    row: LargeBinaryBuilder,
}

impl Batch {
    fn new(kind: Kind) -> Self {
        let fixed =
            |bytes: usize| FixedSizeBinaryBuilder::new(i32::try_from(bytes).unwrap_or(i32::MAX));
        Self {
            rows: 0,
            id: fixed(ObjectId::LEN),
            role_ids: (role_id_count(kind) > 0).then(|| fixed(ObjectId::LEN * role_id_count(kind))),
            keys: fixed(16 * key_count(kind)),
            created: Vec::new(),
            modified: Vec::new(),
            hash: fixed(16),
            row: LargeBinaryBuilder::new(),
        }
    }

    fn push(&mut self, entry: &Entry<'_>) -> std::io::Result<()> {
        let role_ids: Vec<u8> = entry.role_ids.iter().flat_map(|id| *id.bytes()).collect();
        let appended = self
            .id
            .append_value(entry.id.bytes())
            .and_then(|()| {
                self.role_ids
                    .as_mut()
                    .map_or(Ok(()), |column| column.append_value(role_ids))
            })
            .and_then(|()| self.keys.append_value(entry.keys.as_flattened()))
            .and_then(|()| self.hash.append_value(entry.hash));
        appended.map_err(std::io::Error::other)?;
        self.created.push(entry.created.millis());
        self.modified.push(entry.modified.millis());
        self.row.append_value(entry.row);
        self.rows += 1;
        Ok(())
    }

    fn columns(mut self) -> Vec<ArrayRef> {
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(self.id.finish()),
            Arc::new(self.keys.finish()),
            Arc::new(Int64Array::from(self.created)),
            Arc::new(Int64Array::from(self.modified)),
            Arc::new(self.hash.finish()),
            Arc::new(self.row.finish()),
        ];
        if let Some(mut role_ids) = self.role_ids {
            columns.push(Arc::new(role_ids.finish()));
        }
        columns
    }
}

/// An opened table. Every accessor is total: a row number past the end reads as zeros and blanks.
pub struct Table {
    kind: Kind,
    rows: u32,
    chunks: Vec<Chunk>,
}

struct Chunk {
    id: FixedSizeBinaryArray,
    role_ids: Option<FixedSizeBinaryArray>,
    keys: FixedSizeBinaryArray,
    created: Int64Array,
    modified: Int64Array,
    hash: FixedSizeBinaryArray,
    row: LargeBinaryArray,
}

impl Table {
    /// Opens a table over its bytes and checks that ids ascend; the bytes stay where they are.
    pub fn open(kind: Kind, bytes: Bytes) -> Result<Self, SegmentError> {
        let batches = ipc::open(kind.table(), bytes, &schema(kind))?;
        let chunks: Option<Vec<_>> = batches.iter().map(Chunk::new).collect();
        let chunks = chunks.ok_or_else(|| {
            SegmentError::damaged(kind.table(), "it has other columns than expected")
        })?;
        let rows: usize = chunks.iter().map(|chunk| chunk.id.len()).sum();
        let rows = u32::try_from(rows)
            .map_err(|_| SegmentError::damaged(kind.table(), "it has too many rows"))?;
        let table = Self { kind, rows, chunks };
        if !table.ids().is_sorted_by(|a, b| a < b) {
            return Err(SegmentError::damaged(kind.table(), "ids do not ascend"));
        }
        Ok(table)
    }

    /// A table without records.
    pub fn empty(kind: Kind) -> Self {
        Self {
            kind,
            rows: 0,
            chunks: Vec::new(),
        }
    }

    /// The kind of the records.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Number of records.
    pub fn len(&self) -> u32 {
        self.rows
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The id of a row.
    #[inline]
    pub fn id(&self, row: u32) -> ObjectId {
        let (chunk, at) = place(row);
        let bytes = self
            .chunks
            .get(chunk)
            .and_then(|chunk| fixed(&chunk.id, at, ObjectId::LEN));
        bytes.and_then(ObjectId::from_slice).unwrap_or_default()
    }

    /// All ids, ascending.
    pub fn ids(&self) -> impl Iterator<Item = ObjectId> {
        let bytes = self
            .chunks
            .iter()
            .flat_map(|chunk| chunk.id.value_data().chunks_exact(ObjectId::LEN));
        bytes.filter_map(ObjectId::from_slice)
    }

    /// The row of an id.
    pub fn find(&self, id: &ObjectId) -> Option<u32> {
        let row = self.lower_bound(id);
        (row < self.rows && self.id(row) == *id).then_some(row)
    }

    /// The first row whose id is not below `id`: the number of rows if there is none.
    pub fn lower_bound(&self, id: &ObjectId) -> u32 {
        let (mut low, mut high) = (0, self.rows);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.id(middle) < *id {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The packed record of a row.
    #[inline]
    pub fn row(&self, row: u32) -> Row<'_> {
        let (chunk, at) = place(row);
        let bytes = self
            .chunks
            .get(chunk)
            .filter(|chunk| at < chunk.row.len())
            .map(|chunk| chunk.row.value(at));
        Row::new(bytes.unwrap_or(&[]))
    }

    /// When the record was first published.
    pub fn created(&self, row: u32) -> Timestamp {
        let (chunk, at) = place(row);
        let millis = self
            .chunks
            .get(chunk)
            .and_then(|chunk| chunk.created.values().get(at));
        Timestamp::from_millis(millis.copied().unwrap_or(0))
    }

    /// When the record's content last changed.
    pub fn modified(&self, row: u32) -> Timestamp {
        let (chunk, at) = place(row);
        let millis = self
            .chunks
            .get(chunk)
            .and_then(|chunk| chunk.modified.values().get(at));
        Timestamp::from_millis(millis.copied().unwrap_or(0))
    }

    /// The id of a record's role: for employees 0 is teacher, 1 staff, 2 district admin; for contacts 0 is the id before
    /// version 3. `None` if the record does not have the role.
    pub fn role_id(&self, row: u32, role: usize) -> Option<ObjectId> {
        if role >= role_id_count(self.kind) {
            return None;
        }
        let (chunk, at) = place(row);
        let all = fixed(
            self.chunks.get(chunk)?.role_ids.as_ref()?,
            at,
            ObjectId::LEN * role_id_count(self.kind),
        )?;
        let id = ObjectId::from_slice(all.get(role * ObjectId::LEN..(role + 1) * ObjectId::LEN)?)?;
        (id != ObjectId::default()).then_some(id)
    }

    /// The keyed hash of a record's natural key: of each role's for employees. `None` if it does not have the role.
    pub fn key(&self, row: u32, role: usize) -> Option<Hash> {
        if role >= key_count(self.kind) {
            return None;
        }
        let (chunk, at) = place(row);
        let all = fixed(&self.chunks.get(chunk)?.keys, at, 16 * key_count(self.kind))?;
        let key: Hash = all.get(role * 16..(role + 1) * 16)?.try_into().ok()?;
        (key != [0; 16]).then_some(key)
    }

    /// The ids of all roles, zeros for those the record or the kind does not have.
    pub(crate) fn role_ids(&self, row: u32) -> [ObjectId; 3] {
        std::array::from_fn(|role| self.role_id(row, role).unwrap_or_default())
    }

    /// The keyed hashes of all natural keys, zeros for those the record or the kind does not have.
    pub(crate) fn keys(&self, row: u32) -> [Hash; 3] {
        std::array::from_fn(|role| self.key(row, role).unwrap_or_default())
    }

    /// The keyed hash of a record's packed row.
    pub fn hash(&self, row: u32) -> Hash {
        let (chunk, at) = place(row);
        let bytes = self
            .chunks
            .get(chunk)
            .and_then(|chunk| fixed(&chunk.hash, at, 16));
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .unwrap_or_default()
    }
}

impl Chunk {
    fn new(batch: &RecordBatch) -> Option<Self> {
        Some(Self {
            id: ipc::column(batch, 0)?,
            keys: ipc::column(batch, 1)?,
            created: ipc::column(batch, 2)?,
            modified: ipc::column(batch, 3)?,
            hash: ipc::column(batch, 4)?,
            row: ipc::column(batch, 5)?,
            role_ids: ipc::column(batch, 6),
        })
    }
}

#[inline]
fn place(row: u32) -> (usize, usize) {
    (
        (row >> BATCH_BITS) as usize,
        row as usize & (BATCH_ROWS - 1),
    )
}

#[inline]
fn fixed(array: &FixedSizeBinaryArray, at: usize, width: usize) -> Option<&[u8]> {
    array.value_data().get(at * width..(at + 1) * width)
}
