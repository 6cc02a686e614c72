//! Every changed field of a plan, as CSV (district-side 7.5). The values are those of the district's records, so it is for the
//! people of the district only.

use std::io::{self, Write};

use homeroom_change::FieldRow;
use homeroom_model::ObjectId;

use crate::plan::Planned;

/// Writes all of them, in the order of the plan.
pub(crate) fn write(planned: &Planned, out: &mut impl Write) -> io::Result<()> {
    let mut line = FieldRow::COLUMNS.join(",");
    line.push('\n');
    out.write_all(line.as_bytes())?;
    let (old, candidate) = (&planned.old.snapshot, &planned.candidate);
    for row in planned.plan.changed_fields(old, candidate, false) {
        line.clear();
        let id = row.clever_id.map(ObjectId::to_hex).unwrap_or_default();
        let cells: [&str; 7] = [
            row.kind,
            row.action.text(),
            &row.sis_id,
            &id,
            row.field,
            &row.before,
            &row.after,
        ];
        for (at, cell) in cells.into_iter().enumerate() {
            if at > 0 {
                line.push(',');
            }
            quote(cell, &mut line);
        }
        line.push('\n');
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}

/// A cell, in quotation marks where it needs them.
fn quote(cell: &str, line: &mut String) {
    if !cell.contains(['"', ',', '\r', '\n']) {
        line.push_str(cell);
        return;
    }
    line.push('"');
    line.push_str(&cell.replace('"', "\"\""));
    line.push('"');
}
