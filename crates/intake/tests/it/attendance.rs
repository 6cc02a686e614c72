//! attendance.csv (district-side 2.8): what a row means, and what is wrong with rows and with the file as a whole.

use homeroom_intake::{FileSet, InMemory, Limits, Settings, Stem, exercise};
use homeroom_model::{AttendanceStatus, AttendanceType, ClosedList, Code, Date, Severity};

use crate::{records, settings};

const HEADER: &str = "Attendance_id,School_id,Student_id,Section_id,Attendance_date,Attendance_status,Attendance_type,Excuse_code\n";

/// What a row of the file means; empty for one that is left out.
fn read(row: &str) -> (String, Vec<String>) {
    let file = format!("{HEADER}{row}\n");
    let (rows, problems, _) = records!(attendance, Stem::Attendance, &file, settings(), |a| {
        let texts = [
            a.attendance_id.to_string(),
            a.school_sis_id.to_string(),
            a.student_sis_id.to_string(),
            a.section_sis_id.to_string(),
            a.date.to_string(),
            a.status.text().to_owned(),
            a.kind.text().to_owned(),
            a.excuse_code.to_string(),
        ];
        texts.join(" ")
    });
    let row = rows.into_iter().next().map(|(_, row)| row);
    (
        row.unwrap_or_default(),
        problems.iter().map(ToString::to_string).collect(),
    )
}

#[test]
fn rows() {
    for (row, expected) in [
        (
            "7,S1,P1,,2026-03-02,absent,daily,ILL",
            "7 S1 P1  2026-03-02 absent daily ILL",
        ),
        (
            ",S1,P1,X1,3/2/2026,T,Period,",
            " S1 P1 X1 2026-03-02 tardy section ",
        ),
        (
            ",S1,P1,X1,20260302,Late,,",
            " S1 P1 X1 2026-03-02 tardy section ",
        ),
        (
            ",S1,P1,,3/2/26,Unexcused,,N/A",
            " S1 P1  2026-03-02 absent daily ",
        ),
        (
            ",S1,P1,X1,2026-03-02,PRESENT,Daily,",
            " S1 P1 X1 2026-03-02 present daily ",
        ),
    ] {
        assert_eq!(read(row), (expected.to_owned(), Vec::new()), "{row}");
    }
}

#[test]
fn what_is_wrong_with_rows() {
    for (row, code, kept) in [
        (",S1,,,2026-03-02,absent,,", Code::MissingRequired, false),
        (",,P1,,2026-03-02,absent,,", Code::MissingRequired, false),
        (",S1,P1,,,absent,,", Code::MissingRequired, false),
        (",S1,P1,,2026-03-02,,,", Code::MissingRequired, false),
        (
            ",S1,P1,,2026-02-30,absent,,",
            Code::AttendanceDateInvalid,
            false,
        ),
        (
            ",S1,P1,,1999-12-31,absent,,",
            Code::AttendanceDateInvalid,
            false,
        ),
        (
            ",S1,P1,,2028-03-02,absent,,",
            Code::AttendanceDateInvalid,
            false,
        ),
        (
            ",S1,P1,,2026-03-02,QQQ,,",
            Code::AttendanceStatusInvalid,
            false,
        ),
        (
            ",S1,P1,X1,2026-03-02,absent,weekly,",
            Code::AttendanceTypeInvalid,
            true,
        ),
        (
            ",S1,P1,,2026-03-02,absent,section,",
            Code::AttendanceSectionMissing,
            false,
        ),
        (
            "1.2E+11,S1,P1,,2026-03-02,absent,,",
            Code::IdLooksSpreadsheet,
            true,
        ),
        (",S1,P1,,2026-03-02", Code::RowShort, false),
        (",S1,P1,,2026-03-02,absent,,,x", Code::RowLong, false),
    ] {
        let (read, said) = read(row);
        assert_eq!(!read.is_empty(), kept, "{row}");
        assert!(said[0].contains(code.text()), "{row}: {said:?}");
        assert_eq!(said.len(), 1, "{row}: {said:?}");
        assert!(code.severity() < Severity::Fatal);
        // What somebody did is nobody's business.
        assert!(
            !said[0].contains("QQQ") && !said[0].contains("2026-02-30"),
            "{said:?}"
        );
    }
    let (_, said) = read(",S1,P1,,13/2/2026,absent,,");
    assert!(said[0].contains("day first"), "{said:?}");
}

#[test]
fn rows_that_are_left_out_are_counted() {
    let file =
        format!("{HEADER},S1,P1,,2026-03-02,absent,,\n,S1,P1,,x,absent,,\n,S1,,,x,absent,,\n");
    let report = exercise(Stem::Attendance, file.as_bytes(), &settings()).report;
    assert_eq!((report.rows, report.kept, report.rejected), (3, 1, 2));
}

#[test]
fn nothing_of_the_file_stops_an_import() {
    for (file, says) in [
        ("", "FILE_EMPTY"),
        ("School_id,Student_id,Attendance_date\n", "HEADER_MISSING"),
        (
            "School_id,School_id,Student_id,Attendance_date,Attendance_status\n",
            "HEADER_DUPLICATE",
        ),
        (&format!("{}\n", "x,".repeat(200)), "TOO_MANY_COLUMNS"),
    ] {
        let exercise = exercise(Stem::Attendance, file.as_bytes(), &Settings::default());
        assert!(exercise.report.fatal, "{says}");
        let problem = exercise.problems.last().unwrap();
        assert_eq!(problem.code, Code::AttendanceNotRead, "{problem}");
        assert!(problem.detail.starts_with(says), "{problem}");
        let severities = exercise
            .problems
            .iter()
            .map(|problem| problem.code.severity());
        assert!(severities.max() < Some(Severity::Fatal));
    }
    let limits = Limits {
        file_bytes: 3,
        ..Limits::default()
    };
    let mut found = Vec::new();
    let source = InMemory::default().with("attendance.csv", "12345");
    let set = FileSet::find(&source, &limits, &mut found).unwrap();
    assert_eq!(set.name(Stem::Attendance), Some("attendance.csv"));
    let of_it = found
        .iter()
        .find(|problem| problem.place.file == "attendance");
    assert_eq!(of_it.unwrap().code, Code::AttendanceNotRead);
}

#[test]
fn a_district_adds_words() {
    let mut settings = settings();
    settings
        .tables
        .set("attendance_status", "ISS", "present")
        .unwrap();
    settings.today = Date::new(2026, 11, 22).unwrap();
    let file = format!("{HEADER},S1,P1,,2026-03-02,iss,,\n");
    let (rows, problems, _) = records!(attendance, Stem::Attendance, &file, settings, |a| {
        (a.status, a.kind)
    });
    assert_eq!(
        rows[0].1,
        (AttendanceStatus::Present, AttendanceType::Daily)
    );
    assert!(problems.is_empty());
}
