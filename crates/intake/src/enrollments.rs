//! enrollments.csv (district-side 2.6).

use std::io;

use homeroom_model::{Enrollment, Place, Problems};

use crate::cells::Cells;
use crate::header::columns;
use crate::read::Format;
use crate::{FileReport, Intake, Stem};

columns! {
    Column {
        SchoolId = "School_id" Header, SectionId = "Section_id" Value, StudentId = "Student_id" Value,
    }
}

struct Enrollments;

impl Format for Enrollments {
    const KEYS: &'static [Column] = &[Column::SectionId, Column::StudentId];
    const REPEATS: bool = false;
    type Column = Column;
    type Record<'a> = Enrollment<'a>;

    fn record<'a>(cells: &mut Cells<'a, '_>) -> Enrollment<'a> {
        Enrollment {
            school_sis_id: cells.id(Column::SchoolId),
            section_sis_id: cells.required_id(Column::SectionId),
            student_sis_id: cells.required_id(Column::StudentId),
        }
    }
}

impl Intake<'_> {
    /// Reads enrollments.csv: one student in one section per row.
    ///
    /// # Errors
    /// Only if bytes cannot be read.
    pub fn enrollments(
        &self,
        problems: &mut dyn Problems,
        each: impl FnMut(Place, Enrollment<'_>, &mut dyn Problems),
    ) -> io::Result<FileReport> {
        self.read::<Enrollments>(Stem::Enrollments, problems, each)
    }
}
