//! staff.csv and admins.csv, its old form (district-side 2.7).

use std::io;

use homeroom_model::rows::StaffRow;
use homeroom_model::{Code, Name, Place, Problems, Staff, Text};

use crate::cells::Cells;
use crate::header::{Columns, columns};
use crate::read::Format;
use crate::tables::StaffRole;
use crate::{FileReport, Intake, Stem};

columns! {
    StaffColumn {
        SchoolId = "School_id" Value, StaffId = "Staff_id" Value, Email = "Staff_email" Value,
        FirstName = "First_name" Value, MiddleName = "Middle_name" Optional, LastName = "Last_name" Value,
        Department = "Department" Optional, Title = "Title" Optional, Username = "Username" Optional,
        Password = "Password" Optional, Role = "Role" Optional,
    }
}

columns! {
    AdminColumn {
        SchoolId = "School_id" Value, StaffId = "Staff_id" Value, Email = "Admin_email" Value,
        FirstName = "First_name" Value, MiddleName = "Middle_name" Optional, LastName = "Last_name" Value,
        Title = "Admin_title" Optional, Username = "Username" Optional, Password = "Password" Optional,
        Role = "Role" Optional,
    }
}

struct StaffFile;
struct AdminsFile;

impl Format for StaffFile {
    const KEYS: &'static [StaffColumn] = &[StaffColumn::StaffId];
    const REPEATS: bool = true;
    type Column = StaffColumn;
    type Record<'a> = StaffRow<'a>;

    /// The password is never looked at.
    fn record<'a>(cells: &mut Cells<'a, '_>) -> StaffRow<'a> {
        use StaffColumn as C;
        StaffRow {
            staff: Staff {
                staff_id: cells.required_id(C::StaffId),
                email: cells.required_email(C::Email),
                name: name(cells, C::FirstName, C::MiddleName, C::LastName),
                department: cells.text(C::Department),
                title: cells.text(C::Title),
                username: cells.text(C::Username),
                roles: roles(cells, C::Role),
                ext: cells.ext(),
                kept_by_hand: false,
                custom: false,
            },
            school_sis_id: school(cells, C::SchoolId),
        }
    }
}

impl Format for AdminsFile {
    const KEYS: &'static [AdminColumn] = &[AdminColumn::StaffId];
    const REPEATS: bool = true;
    type Column = AdminColumn;
    type Record<'a> = StaffRow<'a>;

    fn record<'a>(cells: &mut Cells<'a, '_>) -> StaffRow<'a> {
        use AdminColumn as C;
        StaffRow {
            staff: Staff {
                staff_id: cells.required_id(C::StaffId),
                email: cells.required_email(C::Email),
                name: name(cells, C::FirstName, C::MiddleName, C::LastName),
                title: cells.text(C::Title),
                username: cells.text(C::Username),
                roles: roles(cells, C::Role),
                ext: cells.ext(),
                ..Staff::default()
            },
            school_sis_id: school(cells, C::SchoolId),
        }
    }
}

fn name<'a, C: Columns>(cells: &mut Cells<'a, '_>, first: C, middle: C, last: C) -> Name<'a> {
    Name {
        first: cells.required(first),
        middle: cells.text(middle),
        last: cells.required(last),
    }
}

/// The one thing that differs between rows of a staff member, so it is judged in each.
fn school<'a>(cells: &mut Cells<'a, '_>, column: impl Columns) -> Text<'a> {
    cells.hush(false);
    cells.required_id(column)
}

fn roles<'a>(cells: &mut Cells<'a, '_>, column: impl Columns) -> Vec<Text<'a>> {
    let text = cells.text(column);
    let words = &cells.settings().tables.staff_role;
    let known = words.get(&text);
    if known.is_none() && !text.is_empty() {
        let code = Code::StaffRoleUnknown;
        cells.report_unknown(code, column, &text, words, StaffRole::text);
    }
    let role = known.unwrap_or(StaffRole::PortalAccess);
    vec![Text::Borrowed(role.text())]
}

impl Intake<'_> {
    /// Reads staff.csv, or admins.csv where only that is there: one staff member at one school per row.
    ///
    /// # Errors
    /// Only if bytes cannot be read.
    pub fn staff(
        &self,
        problems: &mut dyn Problems,
        each: impl FnMut(Place, StaffRow<'_>, &mut dyn Problems),
    ) -> io::Result<FileReport> {
        if self.files.name(Stem::Admins).is_some() {
            return self.read::<AdminsFile>(Stem::Admins, problems, each);
        }
        self.read::<StaffFile>(Stem::Staff, problems, each)
    }
}
