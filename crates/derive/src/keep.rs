//! Records that stay although the optional file that brought them is not there this time (district-side 1.2).

use std::io;

use homeroom_model::{Employee, Kind, Place};
use homeroom_segment::fields::school;
use homeroom_segment::{Noun, Relation, Snapshot};

use crate::counts::File;
use crate::derive::Derive;
use crate::people::Part;

impl Derive {
    /// Takes the staff members of files from a published snapshot again, after the schools: for an import without
    /// staff.csv and admins.csv of a district that has sent one before. They stand at no line of staff.csv and are counted
    /// with no file. A staff member none of whose schools is left goes as well, as one of a file would. Whoever came before
    /// stays as they are, and custom records come after; people kept by hand come their own way.
    ///
    /// # Errors
    /// Only if a spool breaks.
    pub fn keep_staff(&mut self, snapshot: &Snapshot) -> io::Result<()> {
        let table = snapshot.table(Kind::Employee);
        let place = Place {
            file: File::Staff.stem(),
            line: 0,
        };
        for row in 0..table.len() {
            let staff = Employee::read(table.row(row)).staff;
            let staff = staff.filter(|staff| !staff.kept_by_hand && !staff.custom);
            let Some((staff, hash)) = staff.zip(table.key(row, Part::Staff as usize)) else {
                continue;
            };
            let schools = snapshot.lists(Relation::StaffSchools).get(row).iter();
            let schools: Vec<u32> = schools
                .filter_map(|at| {
                    let packed = snapshot.table(Kind::School).row(*at);
                    self.schools.row(&self.key, packed.text(school::SIS_ID))
                })
                .collect();
            if schools.is_empty() || self.people.keys(Part::Staff).seen(&hash).is_some() {
                continue;
            }
            let number = self.people.staff(place, hash, staff)?;
            for school in schools {
                self.people.staff_school(number, school);
            }
        }
        Ok(())
    }
}
