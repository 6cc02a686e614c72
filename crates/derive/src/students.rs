//! Students: several rows of students.csv fold into one.

use std::io;

use homeroom_model::{ClosedList, Code, Grade, Kind, Place, Problem, Problems, Student};
use homeroom_segment::fields::student as f;
use homeroom_segment::{Hash, Noun as _, Row};

use crate::counts::{File, Kept};
use crate::derive::Derive;
use crate::extra::ExtOf;
use crate::keys::{Keys, REJECTED, shown};
use crate::nearby::Nearby;
use crate::origin::Origin;
use crate::packed_students::PackedStudent;
use crate::places::Places;

/// What is kept of each student beside the packed row.
#[derive(Default)]
pub(crate) struct Students {
    pub(crate) keys: Keys,
    /// Row of the school the SIS names.
    pub(crate) schools: Vec<u32>,
    /// Code of the grade, 0 for none.
    pub(crate) grades: Vec<u8>,
    pub(crate) places: Places,
    pub(crate) nearby: Nearby,
    /// The packed row of the last student.
    last: Vec<u8>,
}

impl Derive {
    /// Takes a row of students.csv (district-side 2.2 and 2.3). Rows of one student need not stand together; the student
    /// counts once, with its first row.
    ///
    /// A student whose school is unknown is left out with all of its rows, and reported once. A later row whose student
    /// cells differ from the first one's is reported, and its contact is taken.
    ///
    /// # Errors
    /// Only if a spool breaks.
    pub fn packed_student(
        &mut self,
        row: &PackedStudent<'_>,
        problems: &mut dyn Problems,
    ) -> io::Result<Kept> {
        if self.origin == Origin::Sis {
            self.counts.student_rows += 1;
        }
        let (place, student) = (row.place, row.student);
        let sis_id = student.text(f::SIS_ID);
        let hash = self.key.hash(sis_id.as_bytes());
        let number = match self.taken(self.students.keys.seen(&hash)) {
            Some(number) if self.custom() && !self.students.places.is_custom(number) => {
                problems.report(self.repeated(place, "Student_id", sis_id, false));
                return Ok(self.count(File::Students, Kept::No));
            }
            Some(REJECTED) => return Ok(Kept::No),
            Some(number) => {
                self.compare_student(place, student, hash, number, problems);
                number
            }
            None => {
                let number = self.new_student(place, student, hash, problems)?;
                let kept = number.map_or(Kept::No, |_| Kept::Yes);
                let kept = self.count(File::Students, kept);
                let Some(number) = number else {
                    return Ok(kept);
                };
                number
            }
        };
        if let Some((contact, link)) = row.contact {
            self.contact(place, (number, sis_id), (contact, link), problems)?;
        }
        Ok(Kept::Yes)
    }

    fn new_student(
        &mut self,
        place: Place,
        student: Row<'_>,
        hash: Hash,
        problems: &mut dyn Problems,
    ) -> io::Result<Option<u32>> {
        let (school, sis_id) = (student.text(f::SCHOOL_SIS_ID), student.text(f::SIS_ID));
        let Some(school) = self.school_of(place, school, sis_id, problems) else {
            self.students.keys.insert(hash, REJECTED);
            return Ok(None);
        };
        self.grade_outside_school(place, student, school, problems);
        let whole = self.whole_student(student, &hash, Some(problems));
        let packed = match &whole {
            Some(student) => self.pack.noun(student),
            None => student.packed(),
        };
        let number = self.builder.push_hashed(Kind::Student, &[hash], packed)?;
        let students = &mut self.students;
        students.keys.insert(hash, number);
        students.schools.push(school);
        let grade: Option<Grade> = student.known(f::GRADE);
        students.grades.push(grade.map_or(0, ClosedList::code));
        students.places.push(place, self.origin);
        students.last.clear();
        students.last.extend_from_slice(packed);
        self.contacts.student();
        Ok(Some(number))
    }

    /// The student with the fields of other files and the origin; `None` if it is as in the row.
    fn whole_student<'a>(
        &mut self,
        student: Row<'a>,
        hash: &Hash,
        problems: Option<&mut dyn Problems>,
    ) -> Option<Student<'a>> {
        let custom = self.custom();
        if !custom && !self.extras.has(ExtOf::Students) {
            return None;
        }
        let student = Student::read(student);
        let ext = (self.extras).ext(ExtOf::Students, hash, &student.ext, problems);
        (custom || ext.is_some()).then(|| Student {
            ext: ext.unwrap_or_else(|| student.ext.clone()),
            custom,
            ..student
        })
    }

    fn grade_outside_school(
        &self,
        place: Place,
        student: Row<'_>,
        school: u32,
        problems: &mut dyn Problems,
    ) {
        let grade: Option<Grade> = student.known(f::GRADE);
        let outside = grade.and_then(|grade| self.schools.outside(school, grade));
        let Some([low, high]) = outside else {
            return;
        };
        let text = |grade: Option<Grade>| grade.map_or("?", ClosedList::text);
        let detail = format!(
            "school {} has grades {} to {}",
            shown(self.schools.sis_id(school)),
            text(low),
            text(high)
        );
        let problem = Problem::new(Code::GradeOutsideSchool, place).column("Grade");
        let problem = problem.key(student.text(f::SIS_ID)).value(text(grade));
        problems.report(problem.detail(detail));
    }

    fn compare_student(
        &mut self,
        place: Place,
        student: Row<'_>,
        hash: Hash,
        number: u32,
        problems: &mut dyn Problems,
    ) {
        let whole = self.whole_student(student, &hash, None);
        let packed = match &whole {
            Some(student) => self.pack.noun(student),
            None => student.packed(),
        };
        // As a rule the rows of a student follow each other, and then nothing needs to be hashed.
        let is_last = self.builder.len(Kind::Student).checked_sub(1) == Some(number);
        let is_same = is_last && packed == self.students.last
            || self.key.hash(packed) == self.builder.hash(Kind::Student, number);
        if !is_same {
            let problem = Problem::new(Code::StudentRowsDisagree, place);
            problems.report(problem.key(student.text(f::SIS_ID)));
        }
    }
}
