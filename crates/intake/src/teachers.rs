//! teachers.csv (district-side 2.4).

use std::io;

use homeroom_model::{Code, Name, Place, Problems, Teacher, Text};

use crate::cells::Cells;
use crate::header::columns;
use crate::read::{Format, Wanted};
use crate::{FileReport, Intake, Stem};

columns! {
    Column {
        SchoolId = "School_id" Value, TeacherId = "Teacher_id" Value, Number = "Teacher_number" Optional,
        StateId = "State_teacher_id" Optional, Email = "Teacher_email" Optional,
        FirstName = "First_name" Value, MiddleName = "Middle_name" Optional, LastName = "Last_name" Value,
        Title = "Title" Optional, Username = "Username" Optional, Password = "Password" Optional,
    }
}

struct Teachers;

impl Format for Teachers {
    const KEYS: &'static [Column] = &[Column::TeacherId];
    const REPEATS: bool = false;
    const WANTED: &'static [Wanted<Column>] =
        &[Wanted::always(Column::Username, Code::UsernameMissing)];
    type Column = Column;
    type Record<'a> = Teacher<'a>;

    /// The password is never looked at.
    fn record<'a>(cells: &mut Cells<'a, '_>) -> Teacher<'a> {
        Teacher {
            sis_id: cells.required_id(Column::TeacherId),
            school_sis_id: cells.required_id(Column::SchoolId),
            number: cells.id(Column::Number),
            state_id: cells.id(Column::StateId),
            email: cells.email(Column::Email),
            name: Name {
                first: cells.required(Column::FirstName),
                middle: cells.text(Column::MiddleName),
                last: cells.required(Column::LastName),
            },
            title: cells.text(Column::Title),
            username: username(cells),
            ext: cells.ext(),
            custom: false,
        }
    }
}

fn username<'a>(cells: &mut Cells<'a, '_>) -> Text<'a> {
    let username = cells.text(Column::Username);
    if username.is_empty() && cells.has(Column::Username) {
        cells.report(Code::UsernameMissing, Column::Username);
    }
    username
}

impl Intake<'_> {
    /// Reads teachers.csv: one teacher per row.
    ///
    /// # Errors
    /// Only if bytes cannot be read.
    pub fn teachers(
        &self,
        problems: &mut dyn Problems,
        each: impl FnMut(Place, Teacher<'_>, &mut dyn Problems),
    ) -> io::Result<FileReport> {
        self.read::<Teachers>(Stem::Teachers, problems, each)
    }
}
