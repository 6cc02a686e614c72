//! One direction of a relation: for every row of one kind, rows of another.

use std::io::Write;
use std::sync::Arc;

use arrow_array::{Array, ListArray, UInt32Array};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;

use crate::error::SegmentError;
use crate::ipc::{self, BATCH_BITS, BATCH_ROWS, IpcWriter};

fn item() -> Arc<Field> {
    Arc::new(Field::new("item", DataType::UInt32, false))
}

fn schema() -> Schema {
    Schema::new(vec![Field::new("rows", DataType::List(item()), false)])
}

/// Writes lists row by row. Holds one batch in memory.
pub struct ListsWriter<W: Write> {
    out: IpcWriter<W>,
    ends: Vec<i32>,
    targets: Vec<u32>,
}

impl<W: Write> ListsWriter<W> {
    /// A writer of one direction of a relation.
    pub fn new(sink: W) -> std::io::Result<Self> {
        Ok(Self {
            out: IpcWriter::new(schema(), sink)?,
            ends: vec![0],
            targets: Vec::new(),
        })
    }

    /// Adds the list of the next row.
    pub fn push(&mut self, targets: &[u32]) -> std::io::Result<()> {
        self.targets.extend_from_slice(targets);
        let end = i32::try_from(self.targets.len())
            .map_err(|_| std::io::Error::other("lists of one batch are too long"))?;
        self.ends.push(end);
        if self.ends.len() > BATCH_ROWS {
            self.flush()?;
        }
        Ok(())
    }

    /// Ends the file and hands the sink back.
    pub fn finish(mut self) -> std::io::Result<W> {
        if self.ends.len() > 1 {
            self.flush()?;
        }
        self.out.finish()
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let ends = std::mem::replace(&mut self.ends, vec![0]);
        let targets = UInt32Array::from(std::mem::take(&mut self.targets));
        let offsets = OffsetBuffer::new(ScalarBuffer::from(ends));
        let lists = ListArray::try_new(item(), offsets, Arc::new(targets), None)
            .map_err(std::io::Error::other)?;
        self.out.write(vec![Arc::new(lists)])
    }
}

/// Opened lists. A row number past the end has an empty list.
#[derive(Default)]
pub struct Lists {
    rows: u32,
    chunks: Vec<(OffsetBuffer<i32>, ScalarBuffer<u32>)>,
}

impl Lists {
    /// Opens lists over their bytes; checks that there is one for each of `from` rows and that every target lies below
    /// `to`.
    pub fn open(name: &str, bytes: Bytes, from: u32, to: u32) -> Result<Self, SegmentError> {
        let damaged = |why: &str| SegmentError::damaged(name, why);
        let mut chunks = Vec::new();
        let mut rows = 0;
        for batch in ipc::open(name, bytes, &schema())? {
            let lists: ListArray = ipc::column(&batch, 0)
                .ok_or_else(|| damaged("it has other columns than expected"))?;
            let targets = lists.values().as_any().downcast_ref::<UInt32Array>();
            let targets = targets
                .ok_or_else(|| damaged("it has other columns than expected"))?
                .values()
                .clone();
            if targets.iter().any(|&target| target >= to) {
                return Err(damaged("it points past the end of a table"));
            }
            rows += batch.num_rows();
            chunks.push((lists.offsets().clone(), targets));
        }
        if rows != from as usize {
            return Err(damaged("it has another number of rows than its table"));
        }
        Ok(Self { rows: from, chunks })
    }

    /// Number of rows, each with a list.
    pub fn len(&self) -> u32 {
        self.rows
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The list of a row.
    #[inline]
    pub fn get(&self, row: u32) -> &[u32] {
        let Some((ends, targets)) = self.chunks.get((row >> BATCH_BITS) as usize) else {
            return &[];
        };
        let at = row as usize & (BATCH_ROWS - 1);
        match ends.get(at..at + 2) {
            Some([start, end]) => usize::try_from(*start)
                .ok()
                .zip(usize::try_from(*end).ok())
                .and_then(|(start, end)| targets.get(start..end))
                .unwrap_or(&[]),
            _ => &[],
        }
    }

    /// The first of a row's list: all there is in a relation of at most one.
    pub fn first(&self, row: u32) -> Option<u32> {
        self.get(row).first().copied()
    }

    /// Whether every list ascends and holds each row once: what pages of it rely on.
    pub fn ascend(&self) -> bool {
        (0..self.rows).all(|row| self.get(row).is_sorted_by(|a, b| a < b))
    }

    /// Length of all lists together.
    pub fn total(&self) -> u64 {
        self.chunks
            .iter()
            .map(|(_, targets)| targets.len() as u64)
            .sum()
    }
}

/// Writes the other direction of a relation: for each of `to` targets the rows whose lists hold it, ascending.
///
/// `each` calls back with every list in row order, and is called twice; memory is four bytes per pair and target.
pub fn reverse<W: Write>(
    to: u32,
    each: impl Fn(&mut dyn FnMut(u32, &[u32])),
    sink: W,
) -> std::io::Result<W> {
    let mut starts = vec![0_u32; to as usize + 1];
    each(&mut |_, targets| {
        for &target in targets {
            if let Some(count) = starts.get_mut(target as usize + 1) {
                *count += 1;
            }
        }
    });
    for at in 1..starts.len() {
        let before = starts.get(at - 1).copied().unwrap_or(0);
        if let Some(start) = starts.get_mut(at) {
            *start += before;
        }
    }
    let mut next = starts.clone();
    let mut rows = vec![0_u32; starts.last().copied().unwrap_or(0) as usize];
    each(&mut |row, targets| {
        for &target in targets {
            if let Some(place) = next.get_mut(target as usize) {
                if let Some(slot) = rows.get_mut(*place as usize) {
                    *slot = row;
                }
                *place += 1;
            }
        }
    });
    let mut writer = ListsWriter::new(sink)?;
    for pair in starts.windows(2) {
        if let [start, end] = pair {
            writer.push(rows.get(*start as usize..*end as usize).unwrap_or(&[]))?;
        }
    }
    writer.finish()
}
