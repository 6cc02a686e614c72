//! Rows of teachers.csv.

use std::io;

use homeroom_model::{Code, Place, Problem, Problems, Teacher};

use crate::counts::{File, Kept};
use crate::derive::Derive;
use crate::keys::{REJECTED, shown};
use crate::people::Part;

impl Derive {
    /// Takes a row of teachers.csv (district-side 2.4).
    pub fn teacher(
        &mut self,
        place: Place,
        teacher: &Teacher<'_>,
        problems: &mut dyn Problems,
    ) -> io::Result<Kept> {
        let kept = self.new_teacher(place, teacher, problems)?;
        Ok(self.counts.of_mut(File::Teachers).add(kept))
    }

    fn new_teacher(
        &mut self,
        place: Place,
        teacher: &Teacher<'_>,
        problems: &mut dyn Problems,
    ) -> io::Result<Kept> {
        let hash = self.key.hash(teacher.sis_id.as_bytes());
        let id = shown(&teacher.sis_id);
        if self.people.keys(Part::Teacher).seen(&hash).is_some() {
            let problem = Problem::new(Code::NotUnique, place).column("Teacher_id");
            problems.report(problem.detail(id));
            return Ok(Kept::No);
        }
        let Some(school) = self.school_of(place, &teacher.school_sis_id, id, problems) else {
            self.people.keys(Part::Teacher).insert(hash, REJECTED);
            return Ok(Kept::No);
        };
        if teacher.email.is_empty() {
            let problem = Problem::new(Code::EmailMissing, place).column("Teacher_email");
            problems.report(problem.detail(id));
        }
        self.people.teacher(place, hash, teacher, school)?;
        Ok(Kept::Yes)
    }
}
