//! Rows of teachers.csv.

use std::io;

use homeroom_model::{Place, Problems, Teacher};

use crate::counts::{File, Kept};
use crate::derive::Derive;
use crate::extra::ExtOf;
use crate::keys::REJECTED;
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
        Ok(self.count(File::Teachers, kept))
    }

    fn new_teacher(
        &mut self,
        place: Place,
        teacher: &Teacher<'_>,
        problems: &mut dyn Problems,
    ) -> io::Result<Kept> {
        let hash = self.key.hash(teacher.sis_id.as_bytes());
        let id = &teacher.sis_id;
        let seen = self.people.keys(Part::Teacher).seen(&hash);
        if let Some(number) = self.taken(seen) {
            let custom = self.people.is_custom(Part::Teacher, number);
            problems.report(self.repeated(place, "Teacher_id", id, custom));
            return Ok(Kept::No);
        }
        let Some(school) = self.school_of(place, &teacher.school_sis_id, id, problems) else {
            self.people.keys(Part::Teacher).insert(hash, REJECTED);
            return Ok(Kept::No);
        };
        let ext = (self.extras).ext(ExtOf::Teachers, &hash, &teacher.ext, Some(problems));
        let teacher = Teacher {
            ext: ext.unwrap_or_else(|| teacher.ext.clone()),
            custom: self.custom(),
            ..teacher.clone()
        };
        self.people.teacher(place, hash, teacher, school)?;
        Ok(Kept::Yes)
    }
}
