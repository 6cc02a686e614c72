//! Files as districts really send them: each kind of damage gets its own problem, and nothing else is lost by it.

use std::fs;

use homeroom_testkit::{Files, IdBook, Ran, Walk, small_district};
use serde_json::Value;

use crate::site::Site;

/// One kind of bad files.
struct Case {
    name: &'static str,
    files: Files,
    /// Codes that must be counted, with their counts.
    codes: &'static [(&'static str, u64)],
    /// Texts that the report for people must contain: where it stands, and what to do.
    told: Vec<String>,
}

fn case(name: &'static str, files: Files, codes: &'static [(&'static str, u64)]) -> Case {
    Case {
        name,
        files,
        codes,
        told: Vec::new(),
    }
}

impl Case {
    fn told(mut self, text: impl Into<String>) -> Self {
        self.told.push(text.into());
        self
    }

    /// The place that the report must name: the line of the case's own file that begins so.
    fn at(self, file: &str, beginning: &str) -> Self {
        let line = self.files.line_of(file, beginning);
        self.told(format!("{file}:{line}: "))
    }
}

/// Files that are refused.
fn refused() -> Vec<Case> {
    let good = small_district;
    let header_only = |name: &str| good().text(name).lines().next().unwrap().to_owned() + "\n";
    vec![
        case(
            "a broken header",
            good().replacing("students.csv", "Student_id", "Pupil"),
            &[("HEADER_MISSING", 1)],
        )
        .told("students.csv")
        .told("Student_id")
        .told("its exact name is given"),
        case(
            "a column twice",
            good().replacing("teachers.csv", "Title", "first name"),
            &[("HEADER_DUPLICATE", 1)],
        )
        .told("teachers.csv"),
        case(
            "a missing file",
            good().without("teachers.csv"),
            &[("FILE_MISSING", 1)],
        )
        .told("teachers.csv")
        .told("Add the file"),
        case(
            "two missing files",
            good().without("students.csv").without("enrollments.csv"),
            &[("FILE_MISSING", 2)],
        )
        .told("students.csv")
        .told("enrollments.csv"),
        case(
            "an empty file",
            good().with("sections.csv", ""),
            &[("FILE_EMPTY", 1)],
        )
        .told("sections.csv"),
        case(
            "only rows that cannot be used",
            good().with(
                "teachers.csv",
                header_only("teachers.csv")
                    + "S1,,7001,g@elm.example,Gail,Hart,Teacher\nS2,,7002,i@elm.example,Ivan,June,Teacher\n",
            ),
            &[("TYPE_EMPTY", 1), ("MISSING_REQUIRED", 2)],
        )
        .told("teachers.csv"),
        case(
            "something that is no text",
            good().with("students.csv", noise()),
            &[],
        )
        .told("students.csv"),
    ]
}

/// Bytes like those of a picture or an archive.
fn noise() -> Vec<u8> {
    let mut dice = homeroom_testkit::Dice::new(5);
    (0..10_000).map(|_| dice.any().to_le_bytes()[0]).collect()
}

/// Files of which a row or a cell is lost, and nothing else.
fn repaired() -> Vec<Case> {
    let good = small_district;
    let huge = "x".repeat(2 << 20);
    vec![
        case(
            "a truncated row",
            good().replacing("students.csv", "S2,P6,9006,Fox,Remy,11,F,12/12/2008,,Kit Fox,Parent/Guardian,Parent,5550101007,kit@home.example,C6", "S2,P6,9006"),
            &[("ROW_SHORT", 1)],
        ),
        case(
            "a file cut inside of quotes",
            good().appending("teachers.csv", "S1,T9,7009,t9@elm.example,\"Jan"),
            &[("QUOTE_UNCLOSED", 1)],
        )
        .at("teachers.csv", "S1,T9"),
        case(
            "a row with too many cells",
            good().appending(
                "teachers.csv",
                "S1,T9,7009,t9@elm.example,Jan,Orr,Teacher,more,cells\n",
            ),
            &[("ROW_LONG", 1)],
        )
        .at("teachers.csv", "S1,T9"),
        case(
            "a Windows-1252 file",
            good().replacing("students.csv", "Tomás", b"Tom\xe1s"),
            &[("ENCODING_GUESSED", 1)],
        )
        .told("students.csv")
        .told("Windows-1252"),
        case(
            "an id twice",
            good().appending(
                "teachers.csv",
                "S1,T2,7009,t9@elm.example,Jan,Orr,Teacher\n",
            ),
            &[("NOT_UNIQUE", 1)],
        )
        .at("teachers.csv", "S1,T2"),
        case(
            "a cell of 2 MiB",
            good().appending(
                "teachers.csv",
                format!("S1,T9,7009,t9@elm.example,{huge},Orr,Teacher\n"),
            ),
            &[("CELL_TOO_LONG", 1)],
        )
        .at("teachers.csv", "S1,T9"),
        case(
            "a quoted cell of 2 MiB",
            good().appending(
                "teachers.csv",
                format!("S1,T9,7009,t9@elm.example,\"{huge}\",Orr,Teacher\n"),
            ),
            &[("CELL_TOO_LONG", 1)],
        )
        .at("teachers.csv", "S1,T9"),
        case(
            "an unknown school",
            good().appending(
                "teachers.csv",
                "S9,T9,7009,t9@elm.example,Jan,Orr,Teacher\n",
            ),
            &[("REF_SCHOOL_UNKNOWN", 1)],
        )
        .at("teachers.csv", "S9,T9"),
        case(
            "an id that is missing",
            good().appending("teachers.csv", "S1,,7009,t9@elm.example,Jan,Orr,Teacher\n"),
            &[("MISSING_REQUIRED", 1)],
        )
        .at("teachers.csv", "S1,,"),
        case(
            "an enrollment of nobody",
            good().appending("enrollments.csv", "S1,X1,P9\n"),
            &[("REF_STUDENT_UNKNOWN", 1)],
        )
        .at("enrollments.csv", "S1,X1,P9"),
        case(
            "characters of a terminal",
            good().replacing("teachers.csv", "Gail", "G\u{1b}ail\u{0}"),
            &[("BAD_CHARACTER", 1)],
        )
        .at("teachers.csv", "S1,T1"),
        case(
            "a file nobody asked for",
            good().with("student.csv", "a,b\n"),
            &[("UNKNOWN_FILE", 1)],
        )
        .told("student.csv; did you mean students.csv?"),
    ]
}

#[test]
fn files_that_cannot_be_imported_change_nothing() {
    let site = Site::with(&small_district());
    let before = site.walk();
    for case in refused() {
        let told = tell(&site, &case);
        assert_eq!(told.code, Some(1), "{}: {told:?}", case.name);
        let ran = site.import(&case.files);
        assert_eq!(ran.code, Some(1), "{}: {ran:?}", case.name);
        let report = ran.json();
        assert_eq!(report["state"], "error", "{}: {report}", case.name);
        assert_eq!(report["snapshot"], 1, "{}: {report}", case.name);
        check_codes(&case, &report);
        let after = site.walk();
        after
            .same(&before)
            .unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let district = after.documents("districts").values().next().unwrap();
        assert_eq!(district["state"], "error", "{}", case.name);
    }
    let report = site.import_ok(&small_district());
    assert_eq!(report["state"], "no_change", "{report}");
}

#[test]
fn bad_rows_are_left_out_and_come_back_when_they_are_repaired() {
    let site = Site::with(&small_district());
    let before = site.walk();
    let mut book = IdBook::new();
    book.enter(&before).unwrap();
    for case in repaired() {
        let told = tell(&site, &case);
        assert_eq!(told.code, Some(0), "{}: {told:?}", case.name);
        let ran = site.import(&case.files);
        assert_eq!(ran.code, Some(0), "{}: {ran:?}", case.name);
        check_codes(&case, &ran.json());
        let after = site.walk();
        book.enter(&after).unwrap();
        check_lost(&case, &before, &after);
        site.import_ok(&small_district());
        let repaired = site.walk();
        book.enter(&repaired).unwrap();
        repaired
            .same_content(&before.content().unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", case.name));
    }
}

/// Only the truncated row loses its record; whatever else is wrong was added to the good files.
fn check_lost(case: &Case, before: &Walk, after: &Walk) {
    let (mut before, after) = (before.content().unwrap(), after.content().unwrap());
    if case.codes == [("ROW_SHORT", 1)] {
        assert_eq!(
            before.len() - after.len(),
            2,
            "{}: the student and their only contact",
            case.name
        );
        return;
    }
    if case.codes == [("ENCODING_GUESSED", 1)] {
        let student = &after["student P2"];
        assert_eq!(student["name"]["first"], "Tomás");
    }
    before.retain(|name, document| after.get(name) != Some(document));
    assert!(
        before.is_empty(),
        "{}: lost or changed: {:?}",
        case.name,
        before.keys()
    );
}

/// What people are told of a case, without anything being imported.
fn tell(site: &Site, case: &Case) -> Ran {
    let upload = site.upload(&case.files);
    let upload = upload.to_str().unwrap();
    let ran =
        site.installation
            .tell(&["import", upload, "--district", &site.district, "--dry-run"]);
    let said = ran.said();
    let codes = case.codes.iter().map(|(code, _)| (*code).to_owned());
    for part in codes.chain(case.told.iter().cloned()) {
        assert!(
            said.contains(&part),
            "{}: {part:?} is not in:\n{said}",
            case.name
        );
    }
    ran
}

fn check_codes(case: &Case, report: &Value) {
    for (code, count) in case.codes {
        assert_eq!(report["problems"][code], *count, "{}: {report}", case.name);
    }
}

#[test]
fn what_is_no_upload_is_refused_before_anything_is_read() {
    let site = Site::with(&small_district());
    let before = site.walk();
    let upload = site.upload(&small_district());
    let upload = upload.to_str().unwrap();
    let nowhere = site.folder().join("nowhere");
    let nowhere = nowhere.to_str().unwrap();
    for (arguments, code, part) in [
        (
            vec!["import", nowhere, "--district", &site.district],
            1,
            "is not a folder",
        ),
        (
            vec!["import", upload, "--district", "5f00aa11bb22cc33dd44ee01"],
            1,
            "there is no district",
        ),
        (
            vec!["import", upload, "--district", "Oak County"],
            1,
            "there is no district",
        ),
        (vec!["import"], 2, "FOLDER"),
        (
            vec!["import", upload, "--district", &site.district, "--quickly"],
            2,
            "--quickly",
        ),
    ] {
        let ran = site.installation.run(&arguments);
        assert_eq!(ran.code, Some(code), "{arguments:?}: {ran:?}");
        assert!(ran.said().contains(part), "{arguments:?}: {ran:?}");
    }
    site.walk().same(&before).unwrap();
}

#[test]
fn a_folder_in_the_place_of_a_file_is_a_missing_file() {
    let site = Site::new();
    let upload = site.upload(&small_district().without("students.csv"));
    fs::create_dir(upload.join("students.csv")).unwrap();
    let ran = site.installation.import(&upload, &site.district);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(ran.json()["problems"]["FILE_MISSING"], 1, "{ran:?}");
}
