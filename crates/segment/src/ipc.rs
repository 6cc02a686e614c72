//! Arrow IPC files: batches of [`BATCH_ROWS`] rows, uncompressed, read in place without copying.

use std::io::Write;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_buffer::Buffer;
use arrow_ipc::reader::{FileDecoder, read_footer_length};
use arrow_ipc::writer::FileWriter;
use arrow_ipc::{convert::try_fb_to_schema, root_as_footer, root_as_message};
use arrow_schema::{ArrowError, DataType, Schema, SchemaRef};
use bytes::Bytes;

use crate::error::SegmentError;

/// Rows of every batch but the last: a power of two, so that a row's batch is a shift and its place a mask.
pub(crate) const BATCH_ROWS: usize = 1 << BATCH_BITS;
/// Logarithm of [`BATCH_ROWS`].
pub(crate) const BATCH_BITS: u32 = 16;

/// Writes batches of one schema to a sink.
pub(crate) struct IpcWriter<W: Write> {
    schema: SchemaRef,
    inner: FileWriter<W>,
}

impl<W: Write> IpcWriter<W> {
    pub(crate) fn new(schema: Schema, sink: W) -> std::io::Result<Self> {
        let inner = FileWriter::try_new(sink, &schema).map_err(to_io)?;
        Ok(Self {
            schema: Arc::new(schema),
            inner,
        })
    }

    pub(crate) fn write(&mut self, columns: Vec<ArrayRef>) -> std::io::Result<()> {
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(to_io)?;
        self.inner.write(&batch).map_err(to_io)
    }

    pub(crate) fn finish(self) -> std::io::Result<W> {
        self.inner.into_inner().map_err(to_io)
    }
}

/// Opens a file of `schema` whose bytes may be anything: checks lengths before Arrow slices by them.
pub(crate) fn open(
    what: &str,
    bytes: Bytes,
    schema: &Schema,
) -> Result<Vec<RecordBatch>, SegmentError> {
    read(bytes, schema).map_err(|why| SegmentError::damaged(what, why))
}

fn read(bytes: Bytes, schema: &Schema) -> Result<Vec<RecordBatch>, String> {
    let buffer = Buffer::from(bytes);
    let trailer = buffer.len().checked_sub(10).ok_or("too short")?;
    let tail = buffer
        .get(trailer..)
        .and_then(|tail| tail.try_into().ok())
        .ok_or("too short")?;
    let length = read_footer_length(tail).map_err(|error| error.to_string())?;
    let start = trailer
        .checked_sub(length)
        .ok_or("the footer does not fit")?;
    let footer = buffer
        .get(start..trailer)
        .ok_or("the footer does not fit")?;
    let footer = root_as_footer(footer).map_err(|_| "the footer cannot be read")?;
    let found = footer.schema().ok_or("it names no columns")?;
    let found = try_fb_to_schema(found).map_err(|error| error.to_string())?;
    if found.fields() != schema.fields() {
        return Err("it has other columns than expected".to_owned());
    }
    let widths: Vec<usize> = schema
        .fields()
        .iter()
        .flat_map(|field| buffer_widths(field.data_type()))
        .copied()
        .collect();
    let decoder = FileDecoder::new(Arc::new(found), footer.version());
    let mut batches: Vec<RecordBatch> = Vec::new();
    for block in footer.recordBatches().iter().flatten() {
        let part = block_bytes(
            &buffer,
            block.offset(),
            block.metaDataLength(),
            block.bodyLength(),
        )?;
        check_block(&part, block.metaDataLength(), &widths)?;
        let batch = decoder
            .read_record_batch(block, &part)
            .map_err(|error| error.to_string())?;
        let batch = batch.ok_or("a batch is missing")?;
        if batches
            .last()
            .is_some_and(|before| before.num_rows() != BATCH_ROWS)
            || batch.num_rows() > BATCH_ROWS
        {
            return Err("a batch has another length than expected".to_owned());
        }
        if batch.columns().iter().any(|column| column.null_count() > 0) {
            return Err("a value is missing".to_owned());
        }
        batches.push(batch);
    }
    Ok(batches)
}

fn block_bytes(buffer: &Buffer, offset: i64, meta: i32, body: i64) -> Result<Buffer, &'static str> {
    let place = || {
        let offset = usize::try_from(offset).ok()?;
        let length = usize::try_from(meta)
            .ok()?
            .checked_add(usize::try_from(body).ok()?)?;
        (offset.checked_add(length)? <= buffer.len()).then_some((offset, length))
    };
    let (offset, length) = place().ok_or("a batch does not fit")?;
    Ok(buffer.slice_with_length(offset, length))
}

/// How many bytes an item has in each buffer of a column, the bitmap of missing values first: for all the types that our
/// files have.
fn buffer_widths(data_type: &DataType) -> &'static [usize] {
    match data_type {
        DataType::UInt32 => &[1, 4],
        DataType::Int64 => &[1, 8],
        DataType::LargeBinary => &[1, 8, 1],
        DataType::List(_) => &[1, 4, 1, 4],
        _ => &[1, 1],
    }
}

/// Checks what Arrow takes on trust: that every buffer of the batch lies inside its body and holds whole items.
fn check_block(part: &Buffer, meta: i32, widths: &[usize]) -> Result<(), String> {
    let meta = usize::try_from(meta).map_err(|_| "a batch does not fit")?;
    let body = part.len().checked_sub(meta).ok_or("a batch does not fit")?;
    let head = part.get(..meta).ok_or("a batch does not fit")?;
    let prefix = if head.starts_with(&[0xff; 4]) { 8 } else { 4 };
    let message = head.get(prefix..).ok_or("a batch does not fit")?;
    let message = root_as_message(message).map_err(|_| "a batch cannot be read")?;
    let batch = message
        .header_as_record_batch()
        .ok_or("a batch is something else")?;
    if batch.compression().is_some() || usize::try_from(batch.length()).is_err() {
        return Err("a batch is written in another way than expected".to_owned());
    }
    let buffers = batch.buffers().unwrap_or_default();
    if buffers.len() != widths.len() {
        return Err("it has other columns than expected".to_owned());
    }
    for (buffer, width) in buffers.iter().zip(widths) {
        let place = usize::try_from(buffer.offset())
            .ok()
            .zip(usize::try_from(buffer.length()).ok());
        let fits = |(offset, length): (usize, usize)| {
            let end = offset.checked_add(length);
            length % width == 0 && end.is_some_and(|end| end <= body)
        };
        if !place.is_some_and(fits) {
            return Err("a column does not fit".to_owned());
        }
    }
    Ok(())
}

/// A column of a batch as the array type it must have.
pub(crate) fn column<A: Array + Clone + 'static>(batch: &RecordBatch, index: usize) -> Option<A> {
    batch
        .columns()
        .get(index)?
        .as_any()
        .downcast_ref::<A>()
        .cloned()
}

fn to_io(error: ArrowError) -> std::io::Error {
    match error {
        ArrowError::IoError(_, error) => error,
        other => std::io::Error::other(other),
    }
}
