//! Rows of staff.csv: one per school of a staff member.

use std::io;

use homeroom_model::rows::StaffRow;
use homeroom_model::{Code, Place, Problem, Problems, Staff};

use crate::counts::{File, Kept};
use crate::derive::Derive;
use crate::keys::shown;
use crate::people::Part;

impl Derive {
    /// Takes a row of staff.csv or admins.csv (district-side 2.7). Rows of one staff member need not stand together: the
    /// first one that is kept says who it is, and each adds its school. A row whose school is unknown is left out by
    /// itself; a row that repeats both id and school is a repeat.
    pub fn staff(
        &mut self,
        place: Place,
        row: &StaffRow<'_>,
        problems: &mut dyn Problems,
    ) -> io::Result<Kept> {
        let kept = self.staff_row(place, row, problems)?;
        Ok(self.counts.of_mut(File::Staff).add(kept))
    }

    fn staff_row(
        &mut self,
        place: Place,
        row: &StaffRow<'_>,
        problems: &mut dyn Problems,
    ) -> io::Result<Kept> {
        let id = shown(&row.staff.staff_id);
        let Some(school) = self.school_of(place, &row.school_sis_id, id, problems) else {
            return Ok(Kept::No);
        };
        let hash = self.key.hash(row.staff.staff_id.as_bytes());
        let number = if let Some(number) = self.people.keys(Part::Staff).row(&hash) {
            number
        } else {
            if row.staff.email.is_empty() {
                let problem = Problem::new(Code::EmailMissing, place).column("Staff_email");
                problems.report(problem.detail(id));
            }
            let staff = Staff {
                kept_by_hand: false,
                ..row.staff.clone()
            };
            self.people.staff(place, hash, staff)?
        };
        if self.people.staff_school(number, school) {
            Ok(Kept::Yes)
        } else {
            let problem = Problem::new(Code::NotUnique, place).column("Staff_id");
            let detail = format!("{id}, school {}", shown(&row.school_sis_id));
            problems.report(problem.detail(detail));
            Ok(Kept::No)
        }
    }
}
