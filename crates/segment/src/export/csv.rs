//! Tables as CSV: for whoever has no tool that reads Arrow.

use std::io::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, TimestampMillisecondType, UInt32Type};
use arrow_array::{
    Array, BooleanArray, Date32Array, ListArray, RecordBatch, StringArray,
    TimestampMillisecondArray, UInt32Array,
};
use arrow_schema::{DataType, Schema, TimeUnit};
use csv::Writer;
use homeroom_model::{Date, Timestamp};

use crate::error::SegmentError;
use crate::parts::BuildError;

/// Stands between the values of a list.
const BETWEEN: char = ';';

/// Writes the table and returns the number of its rows.
pub(super) fn write<W: Write>(
    table: &str,
    schema: &Schema,
    batches: impl Iterator<Item = Result<RecordBatch, SegmentError>>,
    sink: W,
) -> Result<(W, u64), BuildError> {
    let mut writer = Writer::from_writer(sink);
    writer
        .write_record(schema.fields().iter().map(|field| field.name()))
        .map_err(std::io::Error::from)?;
    let mut rows = 0;
    for batch in batches {
        let batch = batch?;
        write_batch(table, &batch, &mut writer)?;
        rows += batch.num_rows() as u64;
    }
    let sink = writer
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)?;
    Ok((sink, rows))
}

fn write_batch<W: Write>(
    table: &str,
    batch: &RecordBatch,
    writer: &mut Writer<W>,
) -> Result<(), BuildError> {
    let columns: Option<Vec<_>> = batch.columns().iter().map(|c| Cells::of(c)).collect();
    let columns = columns
        .ok_or_else(|| SegmentError::damaged(table, "it has a column of an unknown type"))?;
    let mut cell = String::new();
    for row in 0..batch.num_rows() {
        for column in &columns {
            cell.clear();
            column.write(row, &mut cell);
            writer.write_field(&cell).map_err(std::io::Error::from)?;
        }
        writer
            .write_record(None::<&[u8]>)
            .map_err(std::io::Error::from)?;
    }
    Ok(())
}

/// A column by its type.
enum Cells<'a> {
    Text(&'a StringArray),
    Flag(&'a BooleanArray),
    Number(&'a UInt32Array),
    Day(&'a Date32Array),
    Instant(&'a TimestampMillisecondArray),
    List(&'a ListArray, &'a StringArray),
}

impl<'a> Cells<'a> {
    fn of(column: &'a dyn Array) -> Option<Self> {
        Some(match column.data_type() {
            DataType::Utf8 => Self::Text(column.as_string_opt()?),
            DataType::Boolean => Self::Flag(column.as_boolean_opt()?),
            DataType::UInt32 => Self::Number(column.as_primitive_opt::<UInt32Type>()?),
            DataType::Date32 => Self::Day(column.as_primitive_opt::<Date32Type>()?),
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                Self::Instant(column.as_primitive_opt::<TimestampMillisecondType>()?)
            }
            DataType::List(_) => {
                let lists = column.as_list_opt()?;
                Self::List(lists, lists.values().as_string_opt()?)
            }
            _ => return None,
        })
    }

    /// Appends a value; nothing where there is none.
    fn write(&self, row: usize, cell: &mut String) {
        match self {
            Self::Text(texts) if texts.is_valid(row) => cell.push_str(texts.value(row)),
            Self::Day(days) if days.is_valid(row) => {
                if let Some(date) = Date::from_days(days.value(row)) {
                    cell.push_str(&date.to_string());
                }
            }
            Self::Text(_) | Self::Day(_) => {}
            Self::Flag(flags) => cell.push_str(if flags.value(row) { "true" } else { "false" }),
            Self::Number(numbers) => cell.push_str(&numbers.value(row).to_string()),
            Self::Instant(times) => {
                cell.push_str(&Timestamp::from_millis(times.value(row)).to_iso());
            }
            Self::List(lists, texts) => write_list(lists, texts, row, cell),
        }
    }
}

fn write_list(lists: &ListArray, texts: &StringArray, row: usize, cell: &mut String) {
    let ends = lists.value_offsets().get(row..row + 2);
    let Some([start, end]) = ends else { return };
    let (start, end) = (usize::try_from(*start), usize::try_from(*end));
    let (Ok(start), Ok(end)) = (start, end) else {
        return;
    };
    for at in start..end.min(texts.len()) {
        if at > start {
            cell.push(BETWEEN);
        }
        cell.push_str(texts.value(at));
    }
}
