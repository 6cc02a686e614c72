//! What incidents do to files on their way.

use std::io::{self, Write as _};

use csv::StringRecord;

use super::settings::{Incident, RosterFile};
use crate::sink::{MemorySink, Sink};
use crate::table::{Cells, Table};

/// Hands files on, as an incident leaves them.
pub(super) fn damage(
    files: &MemorySink,
    incident: Incident,
    sink: &mut dyn Sink,
) -> io::Result<()> {
    for (name, bytes) in &files.files {
        let is = |file: RosterFile| file.name() == name;
        match incident {
            Incident::FileLost(file) if is(file) => {}
            Incident::FileTruncated(file) if is(file) => {
                edit(bytes, name, sink, |_, at, rows, _| at < rows / 2)?;
            }
            Incident::FileEmptied(file) if is(file) => {
                edit(bytes, name, sink, |_, _, _, _| false)?;
            }
            Incident::ColumnsSwapped if is(RosterFile::Students) => {
                edit(bytes, name, sink, |columns, _, _, row| {
                    swap(columns, row, "First_name", "Last_name");
                    true
                })?;
            }
            Incident::StudentZerosLost => {
                edit(bytes, name, sink, strip_zeros("Student_id"))?;
            }
            Incident::SchoolZerosLost => {
                edit(bytes, name, sink, strip_zeros("School_id"))?;
            }
            Incident::KeyCaseChanged => edit(bytes, name, sink, |columns, _, _, row| {
                for (column, cell) in columns.iter().zip(row) {
                    if column == "Section_id"
                        || column.starts_with("Teacher_") && column.ends_with("id")
                    {
                        *cell = cell.to_lowercase();
                    }
                }
                true
            })?,
            Incident::SchoolMissing if is(RosterFile::Schools) => {
                edit(bytes, name, sink, |_, at, _, _| at != 0)?;
            }
            Incident::GradesBroken if is(RosterFile::Students) => {
                edit(bytes, name, sink, |columns, _, _, row| {
                    set(columns, row, "Grade", "#REF!");
                    true
                })?;
            }
            _ => sink.begin(name)?.write_all(bytes)?,
        }
    }
    Ok(())
}

/// Passes on the rows that are kept. `keep` is given the columns, the number of the row and of all rows, and the row.
fn edit(
    bytes: &[u8],
    name: &str,
    sink: &mut dyn Sink,
    keep: impl Fn(&StringRecord, usize, usize, &mut [String]) -> bool,
) -> io::Result<()> {
    let mut reader = csv::Reader::from_reader(bytes);
    let columns = reader.headers()?.clone();
    let header: Vec<&str> = columns.iter().collect();
    let rows: Vec<StringRecord> = reader.records().collect::<Result<_, _>>()?;
    let mut table = Table::new(sink.begin(name)?, &header)?;
    let mut cells = Cells::default();
    for (at, row) in rows.iter().enumerate() {
        let mut row: Vec<String> = row.iter().map(str::to_owned).collect();
        if keep(&columns, at, rows.len(), &mut row) {
            cells.clear();
            for cell in &row {
                cells.text(cell);
            }
            table.line(&[cells.bytes()])?;
        }
    }
    table.finish()?;
    Ok(())
}

fn strip_zeros(column: &str) -> impl Fn(&StringRecord, usize, usize, &mut [String]) -> bool {
    move |columns, _, _, row| {
        for (name, cell) in columns.iter().zip(row) {
            if name == column {
                *cell = cell.trim_start_matches('0').to_owned();
            }
        }
        true
    }
}

fn set(columns: &StringRecord, row: &mut [String], column: &str, value: &str) {
    let at = columns.iter().position(|name| name == column);
    if let Some(cell) = at.and_then(|at| row.get_mut(at)) {
        value.clone_into(cell);
    }
}

fn swap(columns: &StringRecord, row: &mut [String], one: &str, other: &str) {
    let at = |column| columns.iter().position(|name| name == column);
    if let (Some(one), Some(other)) = (at(one), at(other))
        && one.max(other) < row.len()
    {
        row.swap(one, other);
    }
}
