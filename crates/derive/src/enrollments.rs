//! Enrollments: pairs of numbers, eight bytes each.

use homeroom_model::{Code, Enrollment, Place, Problem, Problems};
use homeroom_segment::CandidateLists;

use crate::counts::{File, Kept};
use crate::derive::Derive;
use crate::keys::{LastKey, shown};

/// The enrollments of a district: section above, student below.
#[derive(Default)]
pub(crate) struct Enrollments {
    pairs: Vec<u64>,
    section: LastKey,
    student: LastKey,
    file: &'static str,
}

/// A pair that came more than once.
pub(crate) struct Repeated {
    pub(crate) section: u32,
    pub(crate) student: u32,
    /// Rows beyond the first.
    pub(crate) more: u64,
}

impl Enrollments {
    /// The students of each of `sections` sections, ascending, and the pairs that came more than once.
    pub(crate) fn finish(mut self, sections: u32) -> (CandidateLists, Vec<Repeated>, Place) {
        let place = Place {
            file: self.file,
            line: 0,
        };
        self.pairs.sort_unstable();
        let (mut lists, mut repeated) = (CandidateLists::default(), Vec::new());
        let mut rest = self.pairs.as_slice();
        for section in 0..sections {
            let end = rest.partition_point(|pair| section_of(*pair) <= section);
            let (own, later) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            rest = later;
            let pairs = own.chunk_by(|one, other| one == other);
            lists.push(pairs.filter_map(|same| {
                let student = student_of(*same.first()?);
                let more = same.len() as u64 - 1;
                if more > 0 {
                    repeated.push(Repeated {
                        section,
                        student,
                        more,
                    });
                }
                Some(student)
            }));
        }
        (lists, repeated, place)
    }
}

fn section_of(pair: u64) -> u32 {
    (pair >> 32) as u32
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the student is the lower half of the pair"
)]
fn student_of(pair: u64) -> u32 {
    pair as u32
}

impl Derive {
    /// Takes a row of enrollments.csv (district-side 2.6), after students and sections. Whether it repeats an earlier row
    /// is known in the end only: then each repeat counts as rejected, and each pair that was repeated is reported once.
    pub fn enrollment(
        &mut self,
        place: Place,
        row: &Enrollment<'_>,
        problems: &mut dyn Problems,
    ) -> Kept {
        let kept = self.new_enrollment(place, row, problems);
        self.counts.of_mut(File::Enrollments).add(kept)
    }

    fn new_enrollment(
        &mut self,
        place: Place,
        row: &Enrollment<'_>,
        problems: &mut dyn Problems,
    ) -> Kept {
        let enrollments = &mut self.enrollments;
        enrollments.file = place.file;
        let (section_id, student_id) = (&row.section_sis_id, &row.student_sis_id);
        let section = enrollments
            .section
            .row(&self.sections.keys, &self.key, section_id);
        let student = enrollments
            .student
            .row(&self.students.keys, &self.key, student_id);
        let mut report = |code, column, id: &str| {
            let problem = Problem::new(code, place).column(column);
            problems.report(problem.detail(shown(id)));
        };
        if section.is_none() {
            report(Code::RefSectionUnknown, "Section_id", section_id);
        }
        if student.is_none() {
            report(Code::RefStudentUnknown, "Student_id", student_id);
        }
        let Some((section, student)) = section.zip(student) else {
            return Kept::No;
        };
        if !row.school_sis_id.is_empty() {
            let school = self.sections.school(section);
            if self.schools.sis_id(school) != row.school_sis_id {
                report(Code::EnrollmentSchoolMismatch, "School_id", section_id);
            }
        }
        enrollments
            .pairs
            .push(u64::from(section) << 32 | u64::from(student));
        Kept::Yes
    }
}
