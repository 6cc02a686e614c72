//! The public sample of a large district, where it is at hand, with a student in every section.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test reads its fixture from disk and says when it is not there; the room itself cannot"
)]

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use homeroom_derive::{Derive, Derived, File, Settings};
use homeroom_intake::{FileSet, InMemory, Intake, Stem};
use homeroom_model::rows::StudentRow;
use homeroom_model::{Date, Enrollment, Kind, Place, Problem, Problems, Student};
use homeroom_segment::{MemorySpools, Relation};

use crate::district::KEY;

fn sample() -> Option<InMemory> {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples/clever-format-large");
    let mut source = InMemory::default();
    for name in ["schools.csv", "teachers.csv", "sections.csv"] {
        match std::fs::read(folder.join(name)) {
            Ok(bytes) => source = source.with(name, bytes),
            Err(error) => {
                assert!(
                    std::env::var_os("CI").is_none(),
                    "the sample is not there: {error}"
                );
                eprintln!("skipped: the sample is not there ({error})");
                return None;
            }
        }
    }
    Some(source)
}

/// Derives the sample's rows; every school gets a student, who is in every section of the school.
fn derive(source: &InMemory, problems: &mut Vec<Problem>) -> io::Result<Derived> {
    let settings = homeroom_intake::Settings::new(Date::new(2026, 9, 1).unwrap());
    let mut files = Vec::new();
    for (stem, name) in [
        (Stem::Schools, "schools.csv"),
        (Stem::Teachers, "teachers.csv"),
        (Stem::Sections, "sections.csv"),
    ] {
        files.push(FileSet::only(stem, name));
    }
    let intake = |file: usize| Intake {
        source,
        files: &files[file],
        settings: &settings,
    };
    let mut derive = Derive::new(Settings::default(), KEY, &MemorySpools)?;
    let place = Place::default();
    let report = intake(0).schools(problems, |at, school, problems| {
        let _ = derive.school(at, &school, problems).unwrap();
        let row = StudentRow {
            student: Student {
                sis_id: school.sis_id.clone(),
                school_sis_id: school.sis_id.clone(),
                ..Student::default()
            },
            contact: None,
        };
        let _ = derive.student(place, &row, problems).unwrap();
    })?;
    derive.rejected(File::Schools, report.rejected);
    let report = intake(1).teachers(problems, |at, teacher, problems| {
        let _ = derive.teacher(at, &teacher, problems).unwrap();
    })?;
    derive.rejected(File::Teachers, report.rejected);
    let report = intake(2).sections(problems, |at, row, problems: &mut dyn Problems| {
        if derive.section(at, &row, problems).unwrap() == homeroom_derive::Kept::Yes {
            let enrollment = Enrollment {
                section_sis_id: row.section.sis_id.clone(),
                student_sis_id: row.school_sis_id.clone(),
                ..Enrollment::default()
            };
            let _ = derive.enrollment(place, &enrollment, problems);
        }
    })?;
    derive.rejected(File::Sections, report.rejected);
    derive.finish(problems)
}

#[test]
fn every_code_has_the_expected_count() {
    let Some(source) = sample() else { return };
    let mut problems = Vec::new();
    let derived = derive(&source, &mut problems).unwrap();
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for problem in &problems {
        *codes.entry(problem.code.text()).or_default() += 1;
    }
    for (code, count) in [
        ("MISSING_REQUIRED", 18),
        ("NOT_UNIQUE", 4),
        ("REF_TEACHER_UNKNOWN", 14_726),
        ("PRIMARY_TEACHER_PROMOTED", 21),
        ("SECTION_NO_TEACHER", 15_112),
        ("EMAIL_MISSING", 63),
    ] {
        assert_eq!(codes.get(code), Some(&count), "{code}");
    }
    // The two records that share an email have no id, so neither is kept.
    for code in [
        "EMAIL_DUPLICATE",
        "REF_SCHOOL_UNKNOWN",
        "SECTION_NO_STUDENTS",
        "TYPE_EMPTY",
    ] {
        assert_eq!(codes.get(code), None, "{code}");
    }
    let count = |file| {
        let count = derived.counts.of(file);
        (count.received, count.kept, count.rejected)
    };
    assert_eq!(count(File::Schools), (240, 240, 0));
    assert_eq!(count(File::Teachers), (8_422, 8_404, 18));
    assert_eq!(count(File::Sections), (28_164, 28_160, 4));
    let rows = |kind| derived.candidate.table(kind).len();
    assert_eq!(rows(Kind::Employee), 8_404);
    assert_eq!((rows(Kind::Course), rows(Kind::Term)), (0, 0));
    let primary = derived.candidate.lists(Relation::TeacherSchool);
    assert_eq!(primary.total(), 8_404);
}
