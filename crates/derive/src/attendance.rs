//! Attendance: beside the candidate, because it is no part of the roster. Nothing is compared with it and nothing held for it.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;
use std::io;

use homeroom_model::rows::AttendanceRow;
use homeroom_model::{ClosedList, Code, Place, Problem, Problems};
use homeroom_segment::{AttendanceRows, AttendanceRowsBuilder, Hash, SentAttendance, Spools};

use crate::counts::{File, Kept};
use crate::derive::Derive;
use crate::enrollments::explained;
use crate::keys::{FirstBytes, LastHash, PASSED_OVER, shown};

/// The rows of attendance.csv that were kept.
pub(crate) struct Attendance {
    rows: AttendanceRowsBuilder,
    /// The first bytes of the keys that came. Two keys of some million share them once in a million files, and then one row
    /// is taken for a repeat.
    keys: HashSet<[u8; 8], BuildHasherDefault<FirstBytes>>,
    /// Keys of schools, students and sections that there are not, each told once.
    told: HashSet<Hash>,
    section: LastHash,
    student: LastHash,
}

impl Derive {
    /// Begins with attendance: what comes from here on is all there is, also if nothing comes. Without it the district's
    /// attendance stays as it was.
    ///
    /// # Errors
    /// Only if no spool is to be had.
    pub fn begin_attendance(&mut self, spools: &dyn Spools) -> io::Result<()> {
        self.attendance = Some(Attendance {
            rows: AttendanceRowsBuilder::new(spools)?,
            keys: HashSet::default(),
            told: HashSet::new(),
            section: LastHash::default(),
            student: LastHash::default(),
        });
        Ok(())
    }

    /// Leaves attendance as it was after all.
    pub fn leave_attendance(&mut self) {
        self.attendance = None;
    }

    /// Takes a row of attendance.csv (district-side 2.8), after schools, students and sections. The first row with an id
    /// wins; without ids the first of a student, a school, a section, a day and a type.
    ///
    /// # Errors
    /// Only if a spool breaks.
    pub fn attendance(
        &mut self,
        place: Place,
        row: &AttendanceRow<'_>,
        problems: &mut dyn Problems,
    ) -> io::Result<Kept> {
        let Some(mut taken) = self.attendance.take() else {
            return Ok(self.count(File::Attendance, Kept::No));
        };
        let kept = self.take_attendance(&mut taken, place, row, problems);
        self.attendance = Some(taken);
        Ok(self.count(File::Attendance, kept?))
    }

    fn take_attendance(
        &mut self,
        taken: &mut Attendance,
        place: Place,
        row: &AttendanceRow<'_>,
        problems: &mut dyn Problems,
    ) -> io::Result<Kept> {
        let hash = |text: &str| self.key.hash(text.as_bytes());
        let (school, student) = (hash(&row.school_sis_id), hash(&row.student_sis_id));
        let section = (!row.section_sis_id.is_empty()).then(|| hash(&row.section_sis_id));
        let key = self.key.hash(natural_key(row).as_bytes());
        let first = key.first_chunk().copied().unwrap_or_default();
        if !taken.keys.insert(first) {
            let problem = Problem::new(Code::NotUnique, place);
            let problem = match &*row.attendance_id {
                "" => problem
                    .key(shown(&row.student_sis_id))
                    .detail("an earlier row says it of the same student, place, day and type"),
                id => problem.column("Attendance_id").key(id).value(id),
            };
            problems.report(problem);
            return Ok(Kept::No);
        }
        let schools = self.schools.row(&self.key, &row.school_sis_id);
        let students = taken.student.row(&self.students.keys, &student);
        let sections = section.map(|section| taken.section.row(&self.sections.keys, &section));
        let passed_over =
            section.is_some_and(|section| self.sections.keys.seen(&section) == Some(PASSED_OVER));
        if passed_over {
            return Ok(Kept::PassedOver);
        }
        let missing = [
            (Code::RefSchoolUnknown, school, schools.is_none()),
            (Code::RefStudentUnknown, student, students.is_none()),
            (
                Code::RefSectionUnknown,
                section.unwrap_or_default(),
                sections.is_some_and(|section| section.is_none()),
            ),
        ];
        if missing.iter().any(|(_, _, is_missing)| *is_missing) {
            let news = missing.map(|(code, hash, is_missing)| {
                (is_missing && taken.told.insert(hash)).then_some((code, hash))
            });
            for (code, hash) in news.into_iter().flatten() {
                problems.report(self.missing(code, &hash, place, row));
            }
            return Ok(Kept::No);
        }
        taken.rows.push(&SentAttendance {
            key,
            student,
            school,
            section,
            date: row.date,
            status: row.status,
            kind: row.kind,
            excuse_code: &row.excuse_code,
            sis_id: &row.attendance_id,
        })?;
        Ok(Kept::Yes)
    }

    /// That a row refers to what there is not.
    fn missing(
        &mut self,
        code: Code,
        hash: &Hash,
        place: Place,
        row: &AttendanceRow<'_>,
    ) -> Problem {
        let (column, id) = match code {
            Code::RefSchoolUnknown => ("School_id", &row.school_sis_id),
            Code::RefStudentUnknown => ("Student_id", &row.student_sis_id),
            _ => ("Section_id", &row.section_sis_id),
        };
        let key = &self.key;
        let (seen, near) = match code {
            Code::RefSchoolUnknown => {
                let (keys, nearby) = (&self.schools.keys, &mut self.schools.nearby);
                (keys.seen(hash), nearby.find(keys, key, id))
            }
            Code::RefStudentUnknown => {
                let (keys, nearby) = (&self.students.keys, &mut self.students.nearby);
                (keys.seen(hash), nearby.find(keys, key, id))
            }
            _ => {
                let (keys, nearby) = (&self.sections.keys, &mut self.sections.nearby);
                (keys.seen(hash), nearby.find(keys, key, id))
            }
        };
        let problem = Problem::new(code, place).column(column).value(id);
        let mut problem = explained(problem.key(&row.attendance_id), seen, near);
        if !problem.detail.is_empty() {
            problem.detail.push_str("; ");
        }
        problem.detail.push_str("told once, of the first row");
        problem
    }

    /// The rows that were kept; `None` if attendance was not begun.
    pub(crate) fn finish_attendance(&mut self) -> io::Result<Option<AttendanceRows>> {
        let taken = self.attendance.take();
        taken.map(|taken| taken.rows.finish()).transpose()
    }
}

/// What a record is known by: its id, or who, where, when and of what it is.
fn natural_key(row: &AttendanceRow<'_>) -> String {
    if !row.attendance_id.is_empty() {
        return format!("id\0{}", row.attendance_id);
    }
    format!(
        "said\0{}\0{}\0{}\0{}\0{}",
        row.student_sis_id,
        row.school_sis_id,
        row.section_sis_id,
        row.date,
        row.kind.text()
    )
}
