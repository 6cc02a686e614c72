//! Students: several rows of students.csv fold into one.

use std::io;

use homeroom_model::rows::StudentRow;
use homeroom_model::{ClosedList, Code, Kind, Place, Problem, Problems, Student};
use homeroom_segment::Hash;

use crate::counts::{File, Kept};
use crate::derive::Derive;
use crate::keys::{Keys, REJECTED, shown};

/// What is kept of each student beside the packed row.
#[derive(Default)]
pub(crate) struct Students {
    pub(crate) keys: Keys,
    /// Row of the school the SIS names.
    pub(crate) schools: Vec<u32>,
    /// Code of the grade, 0 for none.
    pub(crate) grades: Vec<u8>,
}

impl Derive {
    /// Takes a row of students.csv (district-side 2.2 and 2.3). Rows of one student need not stand together; the student
    /// counts once, with its first row.
    ///
    /// A student whose school is unknown is left out with all of its rows, and reported once. A later row whose student
    /// cells differ from the first one's is reported, and its contact is taken.
    pub fn student(
        &mut self,
        place: Place,
        row: &StudentRow<'_>,
        problems: &mut dyn Problems,
    ) -> io::Result<Kept> {
        self.counts.student_rows += 1;
        let student = &row.student;
        let hash = self.key.hash(student.sis_id.as_bytes());
        let number = match self.students.keys.seen(&hash) {
            Some(REJECTED) => return Ok(Kept::No),
            Some(number) => {
                self.compare_student(place, student, number, problems);
                number
            }
            None => {
                let number = self.new_student(place, student, hash, problems)?;
                let kept = number.map_or(Kept::No, |_| Kept::Yes);
                let kept = self.counts.of_mut(File::Students).add(kept);
                let Some(number) = number else {
                    return Ok(kept);
                };
                number
            }
        };
        if let Some((contact, link)) = &row.contact {
            self.contact(place, (number, &student.sis_id), contact, link, problems)?;
        }
        Ok(Kept::Yes)
    }

    fn new_student(
        &mut self,
        place: Place,
        student: &Student<'_>,
        hash: Hash,
        problems: &mut dyn Problems,
    ) -> io::Result<Option<u32>> {
        let school = self.school_of(place, &student.school_sis_id, &student.sis_id, problems);
        let Some(school) = school else {
            self.students.keys.insert(hash, REJECTED);
            return Ok(None);
        };
        let packed = self.pack.noun(student);
        let number = self.builder.push_hashed(Kind::Student, &[hash], packed)?;
        self.students.keys.insert(hash, number);
        self.students.schools.push(school);
        let grade = student.grade.known();
        self.students.grades.push(grade.map_or(0, ClosedList::code));
        self.contacts.student();
        Ok(Some(number))
    }

    fn compare_student(
        &mut self,
        place: Place,
        student: &Student<'_>,
        number: u32,
        problems: &mut dyn Problems,
    ) {
        let packed = self.pack.noun(student);
        if self.key.hash(packed) != self.builder.hash(Kind::Student, number) {
            let problem = Problem::new(Code::StudentRowsDisagree, place);
            problems.report(problem.detail(shown(&student.sis_id)));
        }
    }
}
