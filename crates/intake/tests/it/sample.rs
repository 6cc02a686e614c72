//! The public sample of a large district, where it is at hand.

#![expect(
    clippy::disallowed_methods,
    reason = "a test reads its fixture from disk; the room itself cannot"
)]

use std::collections::BTreeMap;
use std::path::Path;

use homeroom_intake::{FileSet, InMemory, Intake, Limits};
use homeroom_model::{Code, Problem};

use crate::settings;

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

fn counts(problems: &[Problem]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for problem in problems {
        *counts.entry(problem.code.text()).or_default() += 1;
    }
    counts
}

#[test]
fn the_sample_alone_lacks_two_files() {
    let Some(source) = sample() else { return };
    let mut problems = Vec::new();
    FileSet::find(&source, &Limits::default(), &mut problems).unwrap();
    let missing: Vec<_> = problems
        .iter()
        .map(|problem| (problem.code, problem.place.file))
        .collect();
    assert_eq!(
        missing,
        [
            (Code::FileMissing, "students"),
            (Code::FileMissing, "enrollments")
        ]
    );
}

#[test]
fn the_sample_is_read_with_the_expected_problems() {
    let Some(source) = sample() else { return };
    let settings = settings();
    let files = FileSet::find(&source, &settings.limits, &mut Vec::new()).unwrap();
    let intake = Intake {
        source: &source,
        files: &files,
        settings: &settings,
    };

    let mut problems: Vec<Problem> = Vec::new();
    let mut zeros = 0;
    let report = intake
        .schools(&mut problems, |_, school, _| {
            zeros += u32::from(school.sis_id.starts_with('0'));
        })
        .unwrap();
    assert_eq!((report.rows, report.kept), (240, 240));
    assert!(zeros > 0);
    assert_eq!(counts(&problems)["SCHOOL_NUMBER_DEFAULTED"], 240);
    assert!(!counts(&problems).contains_key("GRADE_INVALID"));

    let mut problems: Vec<Problem> = Vec::new();
    let mut without_email = 0;
    let report = intake
        .teachers(&mut problems, |_, teacher, _| {
            without_email += u32::from(teacher.email.is_empty());
        })
        .unwrap();
    assert_eq!(
        (report.rows, report.kept, report.rejected),
        (8422, 8404, 18)
    );
    assert_eq!(counts(&problems)["MISSING_REQUIRED"], 18);
    assert_eq!(without_email, 63);

    let mut problems: Vec<Problem> = Vec::new();
    let mut lines = Vec::new();
    let (mut no_teacher, mut no_subject, mut courses) = (0, 0, 0);
    let mut grades: BTreeMap<String, u32> = BTreeMap::new();
    let report = intake
        .sections(&mut problems, |place, row, _| {
            lines.push(place.line);
            no_teacher += u32::from(row.teachers.iter().all(|id| id.is_empty()));
            no_subject += u32::from(row.section.subject.known().is_none());
            courses += u32::from(!row.course_name.is_empty() || !row.course_number.is_empty());
            *grades
                .entry(row.section.grade.text().to_owned())
                .or_default() += 1;
        })
        .unwrap();
    assert_eq!((report.rows, report.kept), (28164, 28164));
    assert_eq!((no_teacher, no_subject, courses), (538, 1873, 0));
    // 99, K2, Multiple, All and the three damaged ranges say nothing of one grade.
    assert_eq!(grades[""], 11089 + 1885 + 197 + 2 + 3573);
    assert_eq!(grades["1"], 2358);
    assert_eq!(counts(&problems)["GRADE_SPREADSHEET_DAMAGE"], 3573);
    assert!(!counts(&problems).contains_key("GRADE_INVALID"));
    assert!(lines.is_sorted_by(|a, b| a < b));
    assert_eq!((lines.first(), lines.last()), (Some(&2), Some(&28165)));
}
