//! What only follows from something worse is not a finding: where students.csv is missing, that no student of
//! enrollments.csv is known says nothing new.

use homeroom_model::{Code, Problem, Problems, Severity};

use crate::findings::Findings;

/// Passes problems on, but for those that only follow from a file that is missing or cannot be read as a whole.
pub(super) struct Causes {
    findings: Findings,
    /// Stems of such files.
    files: Vec<&'static str>,
}

impl Causes {
    pub(super) fn new(findings: Findings) -> Self {
        Self {
            findings,
            files: Vec::new(),
        }
    }

    /// Whether every file could be read.
    pub(super) fn none(&self) -> bool {
        self.files.is_empty()
    }

    /// The findings, and the files whose consequences are not among them.
    pub(super) fn into_parts(self) -> (Findings, Vec<&'static str>) {
        (self.findings, self.files)
    }

    fn follows(&self, problem: &Problem) -> bool {
        let causes = causes(problem.code);
        self.files.iter().any(|file| causes.contains(file))
    }
}

impl Problems for Causes {
    fn report(&mut self, problem: Problem) {
        if !self.files.is_empty() && self.follows(&problem) {
            return;
        }
        let file = problem.place.file;
        let whole = problem.code.severity() == Severity::Fatal && !file.is_empty();
        if whole && problem.code != Code::TypeEmpty && !self.files.contains(&file) {
            self.files.push(file);
        }
        self.findings.report(problem);
    }
}

/// The files without which a problem of this code says nothing: each refers to the ones before it.
fn causes(code: Code) -> &'static [&'static str] {
    const ALL: &[&str] = &["schools", "teachers", "students", "sections", "enrollments"];
    match code {
        Code::RefSchoolUnknown => &["schools"],
        Code::RefTeacherUnknown | Code::PrimaryTeacherPromoted | Code::SectionNoTeacher => {
            &["schools", "teachers"]
        }
        Code::RefStudentUnknown => &["schools", "students"],
        Code::RefSectionUnknown | Code::RefCourseUnknown | Code::TeacherNoSection => {
            &["schools", "sections"]
        }
        Code::TypeEmpty
        | Code::TypeVanished
        | Code::SchoolEmpty
        | Code::SectionNoStudents
        | Code::SectionGradeDerived
        | Code::SectionGradeMismatch
        | Code::StudentNoSection
        | Code::ExtRowUnknown
        | Code::SupplementRowUnknown => ALL,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use homeroom_model::Place;
    use homeroom_segment::MemorySpools;

    #[test]
    fn what_follows_from_a_missing_file_is_not_told() {
        let place = |file, line| Place { file, line };
        let mut causes = Causes::new(Findings::new(&MemorySpools).unwrap());
        causes.report(Problem::new(Code::RefSchoolUnknown, place("teachers", 2)));
        causes.report(Problem::new(Code::FileMissing, place("students", 0)));
        causes.report(Problem::new(
            Code::RefStudentUnknown,
            place("enrollments", 2),
        ));
        causes.report(Problem::new(Code::SectionNoStudents, place("sections", 2)));
        causes.report(Problem::new(
            Code::RefSectionUnknown,
            place("enrollments", 3),
        ));
        causes.report(Problem::new(Code::TypeEmpty, place("enrollments", 0)));
        let (findings, files) = causes.into_parts();
        assert_eq!(files, ["students"]);
        let codes = findings.counts();
        let codes: Vec<_> = codes.keys().map(String::as_str).collect();
        assert_eq!(
            codes,
            ["FILE_MISSING", "REF_SCHOOL_UNKNOWN", "REF_SECTION_UNKNOWN"]
        );
    }
}
