//! sections.csv (district-side 2.5, 3.1, 3.6, 6.4).

use homeroom_intake::Stem;
use homeroom_model::rows::SectionRow;
use homeroom_model::{Code, Date, Grade, Subject};

use crate::{records, said, settings};

#[test]
fn every_column_arrives() {
    let file = "School_id,Section_id,Teacher_id,Teacher_2_id,Teacher_10_id,Name,Section_number,Grade,Course_name,Course_number,Course_description,Period,Subject,Term_name,Term_start,Term_end,ext.room\n\
        s,x1,t1,,t10,Algebra 1,12,Grade 9,Algebra,A1,About,3,Math,Fall,2025-08-25 00:00:00,12/19/2025,B2\n";
    let (rows, problems, _) = records!(sections, Stem::Sections, file, settings(), |row| {
        let SectionRow {
            section,
            school_sis_id,
            teachers,
            subject_text,
            course_name,
            course_number,
            term,
        } = row;
        assert_eq!(
            [
                &section.sis_id,
                &section.name,
                &section.number,
                &section.period,
                &section.course_description
            ],
            ["x1", "Algebra 1", "12", "3", "About"]
        );
        assert_eq!(
            [&school_sis_id, &subject_text, &course_name, &course_number],
            ["s", "Math", "Algebra", "A1"]
        );
        assert_eq!(teachers, ["t1", "", "", "", "", "", "", "", "", "t10"]);
        assert_eq!(section.grade.known(), Some(Grade::Ninth));
        assert_eq!(section.subject.known(), Some(Subject::Math));
        assert_eq!(section.term_start_as_sent, "2025-08-25 00:00:00");
        assert_eq!(section.term_end_as_sent, "12/19/2025");
        assert_eq!(term.name, "Fall");
        assert_eq!(
            (term.start, term.end),
            (Date::new(2025, 8, 25), Date::new(2025, 12, 19))
        );
        assert_eq!(section.ext.iter().collect::<Vec<_>>(), [("room", "B2")]);
    });
    assert_eq!(rows.len(), 1);
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
fn the_primary_slot_is_there_even_when_empty() {
    let file = "School_id,Section_id,Teacher_id,Teacher_2_id,Teacher_3_id\ns,1,,,\ns,2,,b,\ns,3,a,a,\ns,4,NULL,,c\n";
    let (rows, ..) = records!(sections, Stem::Sections, file, settings(), |row| {
        row.teachers
            .into_iter()
            .map(std::borrow::Cow::into_owned)
            .collect::<Vec<_>>()
    });
    let teachers: Vec<_> = rows.into_iter().map(|(_, teachers)| teachers).collect();
    assert_eq!(
        teachers,
        [vec![""], vec!["", "b"], vec!["a", "a"], vec!["", "", "c"]]
    );
}

#[test]
fn grades_that_say_nothing_of_one_grade_are_left_to_be_derived() {
    for (value, expected, codes) in [
        ("Grade 3", "3", &[][..]),
        ("99", "", &[]),
        ("K2", "", &[]),
        ("Multiple", "", &[]),
        ("All", "", &[]),
        ("6-8", "", &[]),
        ("8-Jun", "", &[Code::GradeSpreadsheetDamage]),
        ("UG", "Ungraded", &[]),
        ("weird", "Other", &[Code::GradeInvalid]),
    ] {
        let file = format!("School_id,Section_id,Teacher_id,Grade\ns,1,,{value}\n");
        let (rows, problems, _) = records!(sections, Stem::Sections, file, settings(), |row| row
            .section
            .grade
            .text()
            .to_owned());
        assert_eq!(rows[0].1, expected, "{value}");
        let found: Vec<Code> = problems.iter().map(|problem| problem.code).collect();
        assert_eq!(found, codes, "{value}");
    }
}

#[test]
fn a_subject_that_is_not_understood_leaves_its_text() {
    let file = "School_id,Section_id,Teacher_id,Subject\ns,1,,PhysEd\ns,2,,Basket weaving\ns,3,,\n";
    let (rows, ..) = records!(sections, Stem::Sections, file, settings(), |row| {
        (
            row.section.subject.text().to_owned(),
            row.subject_text.into_owned(),
        )
    });
    let subjects: Vec<_> = rows
        .iter()
        .map(|(_, (subject, text))| (subject.as_str(), text.as_str()))
        .collect();
    assert_eq!(
        subjects,
        [
            ("PE and health", "PhysEd"),
            ("", "Basket weaving"),
            ("", "")
        ]
    );
}

#[test]
fn term_dates_are_kept_and_reported() {
    let file = "School_id,Section_id,Teacher_id,Term_start,Term_end\ns,1,,2026-01-05,2025-12-19\ns,2,,Fall,2025-12-19\n";
    let (rows, problems, _) = records!(sections, Stem::Sections, file, settings(), |row| (
        row.term.start.is_some(),
        row.term.end.is_some()
    ));
    assert_eq!(rows, [(2, (true, true)), (3, (false, true))]);
    assert_eq!(
        said(&problems),
        [
            (Code::TermDatesInverted, 2, "Term_end"),
            (Code::TermDateInvalid, 3, "Term_start")
        ]
    );
    assert_eq!(
        (problems[0].key.as_str(), problems[0].value.as_str()),
        ("1", "2025-12-19")
    );
    assert_eq!(
        problems[0].detail,
        "Term_start is 2026-01-05, Term_end is 2025-12-19"
    );
}
