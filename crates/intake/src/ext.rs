//! Files of extension fields: `ext_schools.csv`, `ext_students.csv`, `ext_teachers.csv`, `ext_sections.csv` and
//! `ext_staff.csv` (district-side 2.9).

use std::io;

use homeroom_model::rows::ExtRow;
use homeroom_model::{Place, Problems};

use crate::cells::Cells;
use crate::header::columns;
use crate::read::Format;
use crate::{FileReport, Intake, Stem};

columns! {
    Column { SisId = "sis_id" Value }
}

struct ExtFile;

impl Format for ExtFile {
    const KEYS: &'static [Column] = &[Column::SisId];
    const REPEATS: bool = false;
    type Column = Column;
    type Record<'a> = ExtRow<'a>;

    fn record<'a>(cells: &mut Cells<'a, '_>) -> ExtRow<'a> {
        ExtRow {
            sis_id: cells.required_id(Column::SisId),
            ext: cells.ext(),
        }
    }
}

impl Intake<'_> {
    /// Reads a file of extension fields: the fields of one record per row. Of a stem that is none of theirs nothing is
    /// read.
    ///
    /// # Errors
    /// Only if bytes cannot be read.
    pub fn ext(
        &self,
        stem: Stem,
        problems: &mut dyn Problems,
        each: impl FnMut(Place, ExtRow<'_>, &mut dyn Problems),
    ) -> io::Result<FileReport> {
        if !stem.is_ext() {
            return Ok(FileReport::nothing(stem));
        }
        self.read::<ExtFile>(stem, problems, each)
    }
}
