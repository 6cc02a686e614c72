//! Rows of staff.csv: one per school of a staff member.

use std::io;

use homeroom_model::rows::StaffRow;
use homeroom_model::{Code, Place, Problem, Problems, Staff};

use crate::counts::{File, Kept};
use crate::derive::Derive;
use crate::extra::ExtOf;
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
        Ok(self.count(File::Staff, kept))
    }

    fn staff_row(
        &mut self,
        place: Place,
        row: &StaffRow<'_>,
        problems: &mut dyn Problems,
    ) -> io::Result<Kept> {
        let id = &row.staff.staff_id;
        let hash = self.key.hash(id.as_bytes());
        let known = self.people.keys(Part::Staff).row(&hash);
        let custom = known.is_some_and(|known| self.people.is_custom(Part::Staff, known));
        if known.is_some() && self.custom() && !custom {
            problems.report(self.repeated(place, "Staff_id", id, custom));
            return Ok(Kept::No);
        }
        let Some(school) = self.school_of(place, &row.school_sis_id, id, problems) else {
            return Ok(Kept::No);
        };
        let number = if let Some(number) = known {
            number
        } else {
            if row.staff.email.is_empty() {
                let problem = Problem::new(Code::EmailMissing, place).column("Staff_email");
                problems.report(problem.key(id));
            }
            let ext = (self.extras).ext(ExtOf::Staff, &hash, &row.staff.ext, Some(problems));
            let staff = Staff {
                ext: ext.unwrap_or_else(|| row.staff.ext.clone()),
                kept_by_hand: false,
                custom: self.custom(),
                ..row.staff.clone()
            };
            self.people.staff(place, hash, staff)?
        };
        if self.people.staff_school(number, school) {
            Ok(Kept::Yes)
        } else {
            let detail = format!("school {}", shown(&row.school_sis_id));
            let problem = self.repeated(place, "Staff_id", id, self.custom());
            problems.report(problem.detail(detail));
            Ok(Kept::No)
        }
    }
}
