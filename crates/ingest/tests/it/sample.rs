//! The public sample of a large district (MIT, three of five files), where it is at hand: refused as it is, and imported
//! with students and enrollments generated over its ids.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use homeroom_ingest::{CheckRequest, DistrictSettings, FileCounts, Outcome, check};
use homeroom_model::Kind;
use homeroom_segment::{MemorySpools, Relation};
use homeroom_simulator::{Folder, MemorySink, SchoolYear, over};
use homeroom_testkit::{seed, shared};

use crate::site::{IntoSource as _, Site};

const FILES: [&str; 3] = ["schools.csv", "teachers.csv", "sections.csv"];

/// Every code that the sample has, and no other. The first six are those that samples/README.md expects (it also speaks
/// of one email shared by two: both records lack their id, so neither is kept and there is no `EMAIL_DUPLICATE`); then
/// come what a spreadsheet made of `6-8`, `9-12` and `1-5`, a missing column, two headers in lower case and two password columns;
/// and what is unusual about the students and enrollments that are made for it, and about sections without courses.
const CODES: [(&str, u64); 18] = [
    ("MISSING_REQUIRED", 18),
    ("NOT_UNIQUE", 4),
    ("REF_TEACHER_UNKNOWN", 14_726),
    ("PRIMARY_TEACHER_PROMOTED", 21),
    ("SECTION_NO_TEACHER", 15_112),
    ("EMAIL_MISSING", 63),
    ("GRADE_SPREADSHEET_DAMAGE", 1_925 + 1_408 + 240),
    ("SCHOOL_NUMBER_DEFAULTED", 240),
    ("HEADER_INEXACT", 2),
    ("PASSWORD_IGNORED", 2),
    ("SCHOOL_EMPTY", 110),
    ("SECTION_GRADE_DERIVED", 16_742),
    ("SECTION_GRADE_MISMATCH", 8),
    ("SECTION_NAME_DUPLICATE", 6_078),
    ("SECTION_SUBJECT_OTHER", 1_565),
    ("TEACHER_NO_SECTION", 6_419),
    ("TERM_MISSING", 1),
    ("USERNAME_MISSING", 8_404),
];

fn sample() -> Option<PathBuf> {
    Some(shared()?.join("samples/clever-format-large"))
}

#[tokio::test]
async fn the_sample_alone_is_refused_because_two_files_are_missing() {
    let Some(folder) = sample() else { return };
    let site = Site::new().await;
    let report = site.import(folder.as_path()).await.unwrap();
    assert_eq!((report.state, report.snapshot), (Outcome::Error, None));
    let problems: Vec<_> = report.problems.into_iter().collect();
    assert_eq!(problems, [("FILE_MISSING".to_owned(), 2)]);
    let said: Vec<_> = report.shown.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "students.csv: fatal FILE_MISSING: A required file is not there.",
            "enrollments.csv: fatal FILE_MISSING: A required file is not there.",
        ]
    );
    assert_eq!(site.number().await, 0);
    assert!(site.parts().await.is_empty());
}

#[tokio::test]
async fn the_sample_with_generated_students_imports_and_every_code_has_its_count() {
    let Some(folder) = sample() else { return };
    let read = |name: &str| fs::read(folder.join(name)).unwrap();
    let [schools, teachers, sections] = FILES.map(read);
    let mut files = MemorySink::default();
    let lacking = Folder {
        schools: Some(Box::new(schools.as_slice())),
        teachers: Some(Box::new(teachers.as_slice())),
        sections: Some(Box::new(sections.as_slice())),
        ..Folder::default()
    };
    let filled = over(lacking, seed(1), SchoolYear { start: 2026 }, &mut files).unwrap();
    let [students, enrollments] = filled.files.as_slice() else {
        panic!("{filled:?}");
    };
    for (name, bytes) in FILES.into_iter().zip([schools, teachers, sections]) {
        files.files.insert(name.to_owned(), bytes);
    }
    let site = Site::in_a_folder().await;
    let report = site.publish(&files).await;
    assert_eq!(report.snapshot, Some(1));

    let expected: BTreeMap<_, _> = CODES.map(|(code, count)| (code.to_owned(), count)).into();
    assert_eq!(report.problems, expected);
    let source = (&files).into_source();
    let request = CheckRequest {
        source: &*source,
        settings: &DistrictSettings::default(),
        today: site.clock.now().date(),
        spools: &MemorySpools,
        progress: Box::new(|_| ()),
    };
    let checked = check(&request).unwrap();
    assert_eq!(
        checked.findings.tally().by_code(),
        expected,
        "a check finds what an import finds"
    );
    let rows = |file: &str| {
        let FileCounts {
            received,
            kept,
            rejected,
            ..
        } = report.counts[file];
        (received, kept, rejected)
    };
    assert_eq!(rows("schools"), (240, 240, 0));
    assert_eq!(rows("teachers"), (8_422, 8_404, 18));
    assert_eq!(rows("sections"), (28_164, 28_160, 4));
    assert_eq!(rows("enrollments"), (enrollments.1, enrollments.1, 0));
    assert_eq!(report.counts["students"].rows, Some(students.1));
    assert_eq!(report.counts["students"].rejected, 0);

    let published = site.ingest.published(site.district).await.unwrap();
    let snapshot = published.snapshot;
    let len = |kind| u64::from(snapshot.table(kind).len());
    assert_eq!(len(Kind::School), 240);
    assert_eq!(len(Kind::Employee), 8_404);
    assert_eq!(len(Kind::Section), 28_160);
    assert_eq!(len(Kind::Student), report.counts["students"].kept);
    assert_eq!(
        (len(Kind::Course), len(Kind::Term)),
        (0, 0),
        "no column says anything of courses or terms"
    );
    let enrolled = snapshot.lists(Relation::SectionStudents).total();
    assert_eq!(enrolled, enrollments.1);
}
