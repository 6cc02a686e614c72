//! schools.csv (district-side 2.1).

use std::io;

use homeroom_model::{Code, Grade, Listed, Location, Place, Problems, School, Text};

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
            let (low, high) = (low_grade.text(), high_grade.text());
            let detail = format!("Low_grade is {low}, High_grade is {high}");
            cells.report_detail(Code::SchoolGradesInverted, Column::LowGrade, "", detail);
        }
        School {
            sis_id,
            name: cells.required(Column::Name),
            number,
            state_id: cells.id(Column::StateId),
            nces_id: nces_id(cells),
            mdr_number: cells.text(Column::MdrNumber),
            low_grade,
            high_grade,
            principal: cells.text(Column::Principal),
            principal_email: cells.email(Column::PrincipalEmail),
            phone: cells.text(Column::Phone),
            location: Location {
                address: cells.text(Column::Address),
                city: cells.text(Column::City),
                state: state(cells),
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
        let value = cells.as_sent(column);
        let detail = "one grade is expected here";
        cells.report_detail(Code::GradeInvalid, column, &value, detail);
    }
    grade
}

/// Twelve digits; with a zero in front if eleven, which is what a spreadsheet leaves of an id that begins so.
fn nces_id<'a>(cells: &mut Cells<'a, '_>) -> Text<'a> {
    let id = cells.id(Column::NcesId);
    let is_number = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    let is_good = is_number && id.len() == 12;
    if !id.is_empty() && !is_good {
        let whole = if is_number && id.len() == 11 {
            format!("0{id}")
        } else {
            String::new()
        };
        cells.report_value(Code::NcesIdInvalid, Column::NcesId, &id, &whole);
    }
    id
}

/// Two letters.
fn state<'a>(cells: &mut Cells<'a, '_>) -> Text<'a> {
    let text = cells.text(Column::State);
    let is_short = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if !text.is_empty() && !is_short {
        let short = crate::suggest::state(&text).unwrap_or_default();
        cells.report_value(Code::StateInvalid, Column::State, &text, short);
    }
    text
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
        self.read::<Schools>(Stem::Schools, problems, each)
    }
}
