//! Reading bytes as if they were any of the files: what fuzzing and property tests call.

use homeroom_model::{Place, Problem, Problems};

use crate::{FileReport, FileSet, InMemory, Intake, Settings, Stem};

/// What came of reading bytes as one file.
#[derive(Debug)]
pub struct Exercise {
    /// Counts of the rows.
    pub report: FileReport,
    /// Lines of the records, in the order in which they were handed on.
    pub lines: Vec<u64>,
    /// What was reported.
    pub problems: Vec<Problem>,
}

/// Reads bytes as the file of a stem. Never fails, because bytes in memory can always be read.
pub fn exercise(stem: Stem, bytes: &[u8], settings: &Settings) -> Exercise {
    let source = InMemory::default().with(stem.text(), bytes);
    let files = FileSet::only(stem, stem.text());
    let intake = Intake {
        source: &source,
        files: &files,
        settings,
    };
    let mut lines = Vec::new();
    let mut problems = Vec::new();
    let mut note = |place: Place| lines.push(place.line);
    let all: &mut dyn Problems = &mut problems;
    let report = match stem {
        Stem::Schools => intake.schools(all, |place, _, _| note(place)),
        Stem::Students => intake.students(all, |place, _, _| note(place)),
        Stem::Teachers => intake.teachers(all, |place, _, _| note(place)),
        Stem::Sections => intake.sections(all, |place, _, _| note(place)),
        Stem::Enrollments => intake.enrollments(all, |place, _, _| note(place)),
        Stem::Staff | Stem::Admins => intake.staff(all, |place, _, _| note(place)),
        Stem::Resources => intake.resources(all, |place, _, _| note(place)),
        Stem::Attendance => intake.attendance(all, |place, _, _| note(place)),
        Stem::SectionsSupplement => intake.supplement(all, |place, _, _| note(place)),
        Stem::ExtSchools
        | Stem::ExtStudents
        | Stem::ExtTeachers
        | Stem::ExtSections
        | Stem::ExtStaff => intake.ext(stem, all, |place, _, _| note(place)),
    };
    Exercise {
        report: report.unwrap_or(FileReport::nothing(stem)),
        lines,
        problems,
    }
}
