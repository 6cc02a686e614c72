//! Rows that an import must refuse. They come on top of the records that count, and do not change from day to day.

use std::io;

use crate::census::Census;
use crate::district::District;
use crate::quirk::Quirk;
use crate::section::Section;
use crate::table::{Cells, Table};
use crate::{contact_cells, school_cells, section_cells, staff, student_cells, teacher};

/// A school id that no school has.
pub(crate) const NO_SCHOOL: &str = "ZZ99";

/// A row with the first cells given and the others of its file empty.
fn line(table: &mut Table<'_>, columns: usize, first: &[&str]) -> io::Result<()> {
    let mut cells = Cells::default();
    cells.texts(first);
    cells.blanks(columns.saturating_sub(first.len()));
    table.line(&[cells.bytes()])
}

/// A school's row with id and name only.
pub(crate) fn school(id: &str, name: &str, table: &mut Table<'_>) -> io::Result<()> {
    line(table, school_cells::HEADER.len(), &[id, name])
}

impl District {
    /// Whether the record has a quirk, which is then counted.
    fn haunts(&self, quirk: Quirk, record: u64, census: &mut Census) -> bool {
        let has = self.placed.has(quirk, record);
        census.mark_if(quirk, has);
        has
    }

    /// Refused rows after a seat's student; returns their number.
    pub(crate) fn ghost_students(
        &self,
        seat: u64,
        table: &mut Table<'_>,
        census: &mut Census,
    ) -> io::Result<u64> {
        let columns = student_cells::HEADER.len() + contact_cells::HEADER.len();
        let school = self.plan.school_of_seat(seat);
        let school = school.map_or(NO_SCHOOL, |school| &school.sis_id);
        let id = ghost_id(seat);
        let mut count = 0;
        if self.haunts(Quirk::StudentSchoolUnknown, seat, census) {
            count += 1;
            let id = format!("{id}U");
            line(
                table,
                columns,
                &[NO_SCHOOL, &id, "", "", "Vance", "", "Ori"],
            )?;
        }
        if self.haunts(Quirk::StudentRequiredBlank, seat, census) {
            count += 1;
            match seat % 3 {
                0 => line(table, columns, &[school, "", "", "", "Vance", "", "Ada"])?,
                1 => line(
                    table,
                    columns,
                    &[school, &format!("{id}L"), "", "", "", "", "Ada"],
                )?,
                _ => line(
                    table,
                    columns,
                    &[school, &format!("{id}F"), "", "", "Vance"],
                )?,
            }
        }
        if self.haunts(Quirk::StudentRowLong, seat, census) {
            count += 1;
            let mut cells = Cells::default();
            cells.texts(&[school, &format!("{id}X"), "", "", "Vance", "", "Lou"]);
            cells.blanks(columns - 7);
            cells.texts(&["one", "more"]);
            table.line(&[cells.bytes()])?;
        }
        if self.haunts(Quirk::StudentRowShort, seat, census) {
            count += 1;
            line(table, 0, &[school, &format!("{id}S"), "17"])?;
        }
        Ok(count)
    }

    /// Refused rows after a post's teacher.
    pub(crate) fn ghost_teachers(
        &self,
        post: u64,
        present: bool,
        table: &mut Table<'_>,
        census: &mut Census,
    ) -> io::Result<u64> {
        let columns = teacher::HEADER.len();
        let school = self.plan.school_of_post(post);
        let school = school.map_or(NO_SCHOOL, |school| &school.sis_id);
        let mut count = 0;
        if present && self.haunts(Quirk::TeacherRepeated, post, census) {
            count += 1;
            let id = self.teacher_id(post, self.teacher_holder(post, 0).generation);
            line(
                table,
                columns,
                &[school, &id, "", "", "", "Ori", "", "Vance"],
            )?;
        }
        if self.haunts(Quirk::TeacherIdBlank, post, census) {
            count += 1;
            let email = format!("vacancy{post}@{}", self.domain);
            line(
                table,
                columns,
                &[school, "", "", "", &email, "Vacancy", "", "Teacher"],
            )?;
        }
        if self.haunts(Quirk::TeacherSchoolUnknown, post, census) {
            count += 1;
            let id = self.teacher_numbers.stranger(self.plan.slots + post);
            line(
                table,
                columns,
                &[NO_SCHOOL, &id, "", "", "", "Ada", "", "Vance"],
            )?;
        }
        Ok(count)
    }

    /// Refused rows after a section's.
    pub(crate) fn ghost_sections(
        &self,
        section: &Section<'_>,
        cells: &Cells,
        table: &mut Table<'_>,
        census: &mut Census,
    ) -> io::Result<u64> {
        let columns = section_cells::HEADER.len();
        let mut count = 0;
        if self.haunts(Quirk::SectionRepeated, section.planned, census) {
            count += 1;
            table.line(&[cells.bytes()])?;
        }
        if self.haunts(Quirk::SectionIdBlank, section.planned, census) {
            count += 1;
            line(table, columns, &[&section.school.sis_id, ""])?;
        }
        if self.haunts(Quirk::SectionSchoolUnknown, section.planned, census) {
            count += 1;
            line(
                table,
                columns,
                &[NO_SCHOOL, &ghost_section_id(section.planned)],
            )?;
        }
        Ok(count)
    }

    /// Refused rows after a post's staff member.
    pub(crate) fn ghost_staff(
        &self,
        post: u64,
        table: &mut Table<'_>,
        census: &mut Census,
    ) -> io::Result<u64> {
        let columns = staff::HEADER.len();
        let school = self.plan.school_of_staff(post);
        let school = school.map_or(NO_SCHOOL, |school| &school.sis_id);
        let mut count = 0;
        if self.haunts(Quirk::StaffEmailBlank, post, census) {
            count += 1;
            line(
                table,
                columns,
                &[school, &format!("V{post}"), "", "Ori", "Vance"],
            )?;
        }
        if self.haunts(Quirk::StaffSchoolUnknown, post, census) {
            count += 1;
            let email = format!("u{post}@{}", self.domain);
            line(
                table,
                columns,
                &[NO_SCHOOL, &format!("U{post}"), &email, "Ada", "Vance"],
            )?;
        }
        Ok(count)
    }
}

/// The id of a section that is not kept.
fn ghost_section_id(number: u64) -> String {
    format!("{NO_SCHOOL}-{number}")
}

/// The beginning of ids of students who are not kept.
pub(crate) fn ghost_id(seat: u64) -> String {
    format!("G{seat:06}")
}
