use std::collections::BTreeMap;

use homeroom_model::Place;

use super::*;
use crate::{ChangeCounts, FileCounts, Verdict};

fn report(state: Outcome) -> Report {
    Report {
        changes: BTreeMap::new(),
        ..Report::new(String::new(), state, Some(4), &crate::Upload::default())
    }
}

fn with(mut report: Report, problems: Vec<Problem>) -> Report {
    for problem in &problems {
        let code = problem.code.text().to_owned();
        *report.problems.entry(code).or_default() += 1;
    }
    report.shown = problems;
    report
}

fn at(code: Code, file: &'static str, line: u64) -> Problem {
    Problem::new(code, Place { file, line })
}

#[test]
fn each_kind_of_problem_says_what_where_and_what_to_do() {
    let mut published = with(
        report(Outcome::Published),
        vec![
            at(Code::MissingRequired, "students", 9)
                .column("Last_name")
                .detail("Student_id 7"),
            at(Code::MissingRequired, "teachers", 12).column("Teacher_id"),
            at(Code::RowShort, "teachers", 3),
            at(Code::DobMissing, "students", 4)
                .column("DOB")
                .detail("Student_id 5"),
        ],
    );
    let students = FileCounts {
        received: 3,
        kept: 2,
        rejected: 1,
        rows: Some(5),
        ..FileCounts::default()
    };
    published.counts.insert("students".to_owned(), students);
    let created = ChangeCounts {
        created: 2,
        ..ChangeCounts::default()
    };
    published.changes.insert("students".to_owned(), created);
    let text = published.text(1);
    assert_eq!(
        text,
        "Published: snapshot 4 is served.

file              received      kept  rejected
students                 3         2         1  (in 5 rows)

records            created   updated   deleted
students                 2         0         0

Problems: 3 errors (what is wrong is left out), 1 warning (published all the same).

error   1 x ROW_SHORT
  The row has too few cells; it is left out.
  Look at that line: a line break or a missing separator cut it.
    teachers.csv:3: the row

error   2 x MISSING_REQUIRED
  A value that every record must have is empty; the record is left out.
  Fill in the value.
    students.csv:9: Last_name (Student_id 7)
    ... and 1 more

warning 1 x DOB_MISSING
  The student has no date of birth.
  Fill in DOB if apps need it.
    students.csv:4: DOB (Student_id 5)

More of each kind are listed with --show-problems and a number.
"
    );
    let counted = published.text(0);
    assert!(counted.contains("2 x MISSING_REQUIRED"), "{counted}");
    assert!(!counted.contains("students.csv"), "{counted}");
    let all = published.text(9);
    assert!(all.contains("teachers.csv:12: Teacher_id"), "{all}");
    assert!(!all.contains("--show-problems"), "{all}");
}

#[test]
fn a_missing_file_stands_in_the_first_line_and_what_follows_from_it_is_only_counted() {
    let refused = with(
        report(Outcome::Error),
        vec![
            at(Code::FileMissing, "students", 0),
            at(Code::FileMissing, "sections", 0),
            at(Code::RefStudentUnknown, "enrollments", 2)
                .column("Student_id")
                .detail("5"),
        ],
    );
    let text = refused.text(3);
    let first = text.lines().next().unwrap();
    assert_eq!(
        first,
        "Not imported because of sections.csv and students.csv; snapshot 4 is still served."
    );
    assert!(text.contains("    sections.csv\n"), "{text}");
    assert!(text.contains("1 x REF_STUDENT_UNKNOWN"), "{text}");
    assert!(!text.contains("enrollments.csv:2"), "{text}");
    assert!(text.contains("only counted"), "{text}");
}

#[test]
fn where_every_row_was_rejected_the_rows_say_why() {
    let refused = with(
        report(Outcome::Error),
        vec![
            at(Code::TypeEmpty, "teachers", 0),
            at(Code::MissingRequired, "teachers", 2).column("Teacher_id"),
        ],
    );
    let text = refused.text(3);
    assert!(
        text.starts_with("Not imported because of teachers.csv;"),
        "{text}"
    );
    assert!(text.contains("teachers.csv:2: Teacher_id"), "{text}");
}

#[test]
fn a_held_import_says_why_and_how_it_is_published() {
    let mut held = report(Outcome::Held);
    held.held.push(Verdict {
        guard: "DELETIONS".to_owned(),
        kind: "students".to_owned(),
        school: None,
        file: None,
        part: 20,
        whole: 100,
        limit_percent: Some(10),
        limit_floor: 10,
        held: true,
        reason: "20 of 100".to_owned(),
    });
    held.plan = Some("abc".to_owned());
    let text = held.text(3);
    assert!(text.starts_with("Held: "), "{text}");
    assert!(text.contains("Held because\n  20 of 100\n"), "{text}");
    assert!(text.ends_with("--approve abc\n"), "{text}");
    held.state = Outcome::Planned;
    let text = held.text(3);
    assert!(
        text.starts_with("Dry run: this import would be held"),
        "{text}"
    );
    assert!(!text.contains("--approve"), "{text}");
}

#[test]
fn files_that_were_not_read_again_say_so() {
    let mut same = report(Outcome::NoChange);
    same.problems.insert("DOB_MISSING".to_owned(), 3);
    same.changes
        .insert("students".to_owned(), ChangeCounts::default());
    let text = same.text(3);
    assert!(text.contains("not read again"), "{text}");
    assert!(!text.contains("more"), "{text}");
    assert!(!text.contains("created"), "{text}");
}
