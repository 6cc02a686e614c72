//! schools.csv (district-side 2.1).

use std::io;

use homeroom_model::{Code, Grade, Listed, Location, Place, Problems, School};

use crate::cells::Cells;
use crate::grade::GradeSaid;
use crate::header::columns;
use crate::read::Format;
use crate::{FileReport, Intake, Stem};

columns! {
    Column {
        SchoolId = "School_id" Value, Name = "School_name" Value, Number = "School_number" Optional,
        StateId = "State_id" Optional, NcesId = "Nces_id" Optional, MdrNumber = "Mdr_number" Optional,
        LowGrade = "Low_grade" Optional, HighGrade = "High_grade" Optional,
        Principal = "Principal" Optional, PrincipalEmail = "Principal_email" Optional,
        Address = "School_address" Optional, City = "School_city" Optional, State = "School_state" Optional,
        Zip = "School_zip" Optional, Phone = "School_phone" Optional,
    }
}

struct Schools;

impl Format for Schools {
    const STEM: Stem = Stem::Schools;
    const EXT: bool = true;
    const KEYS: &'static [Column] = &[Column::SchoolId];
    const REPEATS: bool = false;
    type Column = Column;
    type Record<'a> = School<'a>;

    fn record<'a>(cells: &mut Cells<'a, '_>) -> School<'a> {
        let sis_id = cells.required_id(Column::SchoolId);
        let mut number = cells.id(Column::Number);
        if number.is_empty() {
            cells.report(Code::SchoolNumberDefaulted, Column::Number);
            number.clone_from(&sis_id);
        }
        let low_grade = grade(cells, Column::LowGrade);
        let high_grade = grade(cells, Column::HighGrade);
        let rank = |grade: &Listed<'_, Grade>| grade.known().and_then(Grade::rank);
        if let (Some(low), Some(high)) = (rank(&low_grade), rank(&high_grade))
            && low > high
        {
            cells.report(Code::SchoolGradesInverted, Column::LowGrade);
        }
        School {
            sis_id,
            name: cells.required(Column::Name),
            number,
            state_id: cells.id(Column::StateId),
            nces_id: cells.id(Column::NcesId),
            mdr_number: cells.text(Column::MdrNumber),
            low_grade,
            high_grade,
            principal: cells.text(Column::Principal),
            principal_email: cells.email(Column::PrincipalEmail),
            phone: cells.text(Column::Phone),
            location: Location {
                address: cells.text(Column::Address),
                city: cells.text(Column::City),
                state: cells.text(Column::State),
                zip: cells.text(Column::Zip),
            },
            ext: cells.ext(),
            custom: false,
        }
    }
}

/// One end of a school's grades; several grades at once are no end.
fn grade<'a>(cells: &mut Cells<'a, '_>, column: Column) -> Listed<'a, Grade> {
    let (grade, said) = cells.grade(column);
    if said == Some(GradeSaid::Several) {
        cells.report(Code::GradeInvalid, column);
    }
    grade
}

impl Intake<'_> {
    /// Reads schools.csv: one school per row.
    ///
    /// # Errors
    /// Only if bytes cannot be read.
    pub fn schools(
        &self,
        problems: &mut dyn Problems,
        each: impl FnMut(Place, School<'_>, &mut dyn Problems),
    ) -> io::Result<FileReport> {
        self.read::<Schools>(problems, each)
    }
}
