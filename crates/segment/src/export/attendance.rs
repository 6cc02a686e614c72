//! Attendance as a table: a row per record, by month, school and day.

use std::io::Write;
use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, RecordBatch, StringArray, TimestampMillisecondArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use homeroom_model::ClosedList;

use super::column::ids;
use super::{csv, write_arrow};
use crate::attendance::{Attendance, AttendanceRecord};
use crate::error::SegmentError;
use crate::ipc::BATCH_ROWS;
use crate::parts::BuildError;

const NAME: &str = "attendance";

fn schema() -> SchemaRef {
    let text = |name: &str, unknown: bool| Field::new(name, DataType::Utf8, unknown);
    let instant = || DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
    Arc::new(Schema::new(vec![
        text("school_id", false),
        text("section_id", true),
        text("student_id", false),
        Field::new("attendance_date", DataType::Date32, false),
        text("attendance_type", false),
        text("attendance_status", false),
        text("excuse_code", true),
        text("sis_id", true),
        Field::new("created", instant(), false),
        Field::new("last_modified", instant(), false),
    ]))
}

impl Attendance {
    /// Writes every record as an Arrow IPC file and returns their number.
    pub fn write_arrow<W: Write>(&self, sink: W) -> Result<(W, u64), BuildError> {
        write_arrow(&schema(), self.batches(), sink)
    }

    /// Writes every record as CSV, in the form of [`super::ExportTable::write_csv`], and returns their number.
    pub fn write_csv<W: Write>(&self, sink: W) -> Result<(W, u64), BuildError> {
        csv::write(NAME, &schema(), self.batches(), sink)
    }

    fn batches(&self) -> impl Iterator<Item = Result<RecordBatch, SegmentError>> {
        let mut records = self.records();
        std::iter::from_fn(move || {
            let batch: Vec<_> = records.by_ref().take(BATCH_ROWS).collect();
            (!batch.is_empty()).then(|| {
                RecordBatch::try_new(schema(), columns(&batch))
                    .map_err(|error| SegmentError::damaged(NAME, error))
            })
        })
    }
}

fn columns(records: &[AttendanceRecord<'_>]) -> Vec<ArrayRef> {
    let known = |text: fn(&AttendanceRecord<'_>) -> &'static str| {
        StringArray::from_iter_values(records.iter().map(text))
    };
    let texts = |texts: Vec<&str>| {
        let texts = texts.into_iter();
        let known = texts.map(|text| Some(text).filter(|text| !text.is_empty()));
        known.collect::<StringArray>()
    };
    let excuses = texts(records.iter().map(|record| record.excuse_code).collect());
    let sis_ids = texts(records.iter().map(|record| record.sis_id).collect());
    let days = records.iter().map(|record| record.date.days());
    let created = records.iter().map(|record| record.created.millis());
    let modified = records.iter().map(|record| record.modified.millis());
    let created = TimestampMillisecondArray::from_iter_values(created);
    let modified = TimestampMillisecondArray::from_iter_values(modified);
    vec![
        ids(records.iter().map(|record| Some(record.school))),
        ids(records.iter().map(|record| record.section)),
        ids(records.iter().map(|record| Some(record.student))),
        Arc::new(Date32Array::from_iter_values(days)),
        Arc::new(known(|record| record.kind.text())),
        Arc::new(known(|record| record.status.text())),
        Arc::new(excuses),
        Arc::new(sis_ids),
        Arc::new(created.with_timezone("UTC")),
        Arc::new(modified.with_timezone("UTC")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_without_records_has_its_columns() {
        let (bytes, rows) = Attendance::default().write_csv(Vec::new()).unwrap();
        let header = "school_id,section_id,student_id,attendance_date,attendance_type,attendance_status,excuse_code,sis_id,\
                      created,last_modified\n";
        assert_eq!(
            (String::from_utf8(bytes).unwrap().as_str(), rows),
            (header, 0)
        );
    }
}
