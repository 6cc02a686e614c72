//! Which column is which (district-side 1.3, 2.9).

use homeroom_intake::{Limits, Stem, exercise};
use homeroom_model::Code;

use crate::{read, records, said, settings};

#[test]
fn names_are_compared_without_case_and_separators() {
    let read = read(
        Stem::Enrollments,
        "student ID,SCHOOL-ID,Section__id\n1,2,3\n",
    );
    assert_eq!(said(&read.problems), [(Code::HeaderInexact, 1, "")]);
    assert_eq!(
        read.problems[0].detail,
        "documented names: Student_id, School_id, Section_id"
    );
    assert_eq!(read.report.kept, 1);
}

#[test]
fn the_order_of_columns_is_free() {
    let (rows, problems, _) = records!(
        enrollments,
        Stem::Enrollments,
        "Student_id,School_id,,Section_id\na,b,x,c\n",
        settings(),
        |row| (
            row.student_sis_id.into_owned(),
            row.section_sis_id.into_owned()
        )
    );
    assert_eq!(rows, [(2, ("a".to_owned(), "c".to_owned()))]);
    assert!(problems.is_empty());
}

#[test]
fn a_missing_column_is_fatal_and_a_near_name_is_pointed_out() {
    let read = read(Stem::Enrollments, "School_id,SectionID,Student_id\n1,2,3\n");
    assert_eq!(
        said(&read.problems),
        [
            (Code::HeaderMissing, 1, "Section_id"),
            (Code::UnknownColumn, 1, "SectionID")
        ]
    );
    assert_eq!(read.problems[0].value, "SectionID");
    assert_eq!(read.problems[0].suggestion, "Section_id");
    assert_eq!(read.problems[1].suggestion, "Section_id");
    assert!(read.report.fatal && read.lines.is_empty());
}

#[test]
fn a_required_header_without_required_values_is_required_too() {
    let no_school = read(Stem::Enrollments, "Section_id,Student_id\n2,3\n");
    assert_eq!(
        said(&no_school.problems),
        [(Code::HeaderMissing, 1, "School_id")]
    );
    let no_teacher = read(Stem::Sections, "School_id,Section_id\n2,3\n");
    assert_eq!(
        said(&no_teacher.problems),
        [(Code::HeaderMissing, 1, "Teacher_id")]
    );
}

#[test]
fn a_first_line_of_data_is_not_repeated_in_reports() {
    let read = read(Stem::Teachers, "10,20,Ada,Lovelace,ada@example.org\n");
    assert_eq!(read.problems.len(), 4);
    for problem in &read.problems {
        assert_eq!(problem.code, Code::HeaderMissing);
        let text = problem.to_string();
        assert!(
            !text.contains("Ada") && !text.contains("Lovelace") && !text.contains('@'),
            "{text}"
        );
    }
}

#[test]
fn doubled_columns_are_fatal_only_if_they_are_read() {
    let doubled = read(
        Stem::Enrollments,
        "School_id,Section_id,Student_id,student id\n1,2,3,4\n",
    );
    assert!(doubled.report.fatal);
    assert_eq!(
        said(&doubled.problems),
        [(Code::HeaderDuplicate, 1, "Student_id")]
    );
    let unknown = read(
        Stem::Enrollments,
        "School_id,Section_id,Student_id,Note,note\n1,2,3,4,5\n",
    );
    assert_eq!(unknown.report.kept, 1);
    assert_eq!(
        said(&unknown.problems),
        [
            (Code::UnknownColumn, 1, "Note"),
            (Code::UnknownColumn, 1, "note")
        ]
    );
    let ext = read(
        Stem::Teachers,
        "School_id,Teacher_id,First_name,Last_name,ext.a,EXT.A\n",
    );
    assert!(ext.report.fatal);
    assert_eq!(said(&ext.problems), [(Code::HeaderDuplicate, 1, "ext.A")]);
}

#[test]
fn extension_columns_are_kept_as_the_district_names_them() {
    let (rows, problems, _) = records!(
        teachers,
        Stem::Teachers,
        "School_id,Teacher_id,First_name,Last_name,ext.Zeta,Ext.alpha_1,ext.,ext.no good\n1,2,A,B,z,a,x,y\n1,3,A,B,,NULL,x,y\n",
        settings(),
        |row| row
            .ext
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
    );
    assert_eq!(rows[0].1, ["Zeta=z", "alpha_1=a"]);
    assert!(rows[1].1.is_empty());
    assert_eq!(
        said(&problems),
        [
            (Code::ExtNameInvalid, 1, "ext."),
            (Code::ExtNameInvalid, 1, "ext.no good"),
            (Code::UsernameMissing, 1, "Username")
        ]
    );
    assert_eq!(problems[0].suggestion, "");
    assert_eq!(problems[1].suggestion, "ext.no_good");
}

#[test]
fn enrollments_have_no_extension_fields() {
    let read = read(
        Stem::Enrollments,
        "School_id,Section_id,Student_id,ext.a\n1,2,3,4\n",
    );
    assert_eq!(said(&read.problems), [(Code::ExtNameInvalid, 1, "ext.a")]);
    assert_eq!(read.report.kept, 1);
}

#[test]
fn columns_have_limits() {
    let mut settings = settings();
    settings.limits = Limits {
        columns: 4,
        ext_columns: 1,
        ..Limits::default()
    };
    let file = b"School_id,Section_id,Teacher_id,Name,Grade\n";
    let many = exercise(Stem::Sections, file, &settings);
    assert!(many.report.fatal);
    assert_eq!(said(&many.problems), [(Code::TooManyColumns, 1, "")]);
    settings.limits.columns = 5;
    let file = b"School_id,Section_id,Teacher_id,ext.b,ext.a\n1,2,3,4,5\n";
    let many = exercise(Stem::Sections, file, &settings);
    assert_eq!(said(&many.problems), [(Code::ExtNameInvalid, 1, "ext.a")]);
    assert_eq!(many.report.kept, 1);
}

#[test]
fn a_broken_header_names_itself() {
    let read = read(
        Stem::Enrollments,
        "School_id,\"Section_id,Student_id\n1,2,3\n",
    );
    assert!(read.report.fatal);
    assert!(
        read.problems
            .iter()
            .all(|problem| problem.code == Code::HeaderMissing)
    );
    assert!(
        read.problems[0].detail.contains("never closed"),
        "{}",
        read.problems[0].detail
    );
}
