//! What problems say of a cell: the record, the value as far as it may be shown, and what to use instead.

use homeroom_intake::{Stem, check_custom, custom, exercise};
use homeroom_model::{Code, Problem};

use crate::{read, records, said, settings};

/// The problem of a code in a file of one record, with the columns given.
fn found(stem: Stem, cells: &[(&str, &str)], code: Code) -> Problem {
    let names: Vec<&str> = cells.iter().map(|(name, _)| *name).collect();
    let values: Vec<String> = cells
        .iter()
        .map(|(_, value)| format!("\"{value}\""))
        .collect();
    let file = format!("{}\n{}\n", names.join(","), values.join(","));
    let mut problems = read(stem, file).problems.into_iter();
    problems
        .find(|problem| problem.code == code && problem.place.line > 1)
        .unwrap_or_else(|| panic!("no {}", code.text()))
}

fn student(column: &str, value: &str, code: Code) -> Problem {
    let cells = [
        ("School_id", "s"),
        ("Student_id", "S-1"),
        ("Last_name", "Secret"),
        ("First_name", "Ada"),
        (column, value),
    ];
    found(Stem::Students, &cells, code)
}

#[test]
fn values_of_closed_lists_come_with_the_nearest_word() {
    for (column, value, code, suggestion) in [
        ("Grade", "Kindergarden", Code::GradeInvalid, "Kindergarten"),
        ("Grade", "x9", Code::GradeInvalid, ""),
        ("Grade", "8-Jun", Code::GradeSpreadsheetDamage, "6-8"),
        ("Home_language", "Spansh", Code::LanguageInvalid, "Spanish"),
        ("Graduation_year", "31", Code::GraduationYearInvalid, "2031"),
        (
            "Student_number",
            "12345.0",
            Code::IdLooksSpreadsheet,
            "12345",
        ),
    ] {
        let problem = student(column, value, code);
        assert_eq!(
            (problem.key.as_str(), problem.value.as_str()),
            ("S-1", value),
            "{column}"
        );
        assert_eq!(problem.suggestion, suggestion, "{column} {value}");
    }
}

#[test]
fn words_of_contacts_come_with_the_nearest_word() {
    let cells = |column, value| {
        [
            ("School_id", "s"),
            ("Student_id", "1"),
            ("Last_name", "L"),
            ("First_name", "F"),
            ("Contact_name", "Ann"),
            (column, value),
        ]
    };
    for (column, value, code, suggestion) in [
        (
            "Contact_type",
            "Emergancy",
            Code::ContactTypeMapped,
            "Emergency",
        ),
        (
            "Contact_relationship",
            "Gaurdian",
            Code::ContactTypeMapped,
            "Parent",
        ),
        (
            "Contact_phone_type",
            "mobil",
            Code::ContactPhoneTypeMapped,
            "Cell",
        ),
        (
            "Contact_phone_type",
            "pager",
            Code::ContactPhoneTypeMapped,
            "",
        ),
    ] {
        let problem = found(Stem::Students, &cells(column, value), code);
        assert_eq!(
            (problem.column.as_str(), problem.value.as_str()),
            (column, value)
        );
        assert_eq!(problem.suggestion, suggestion, "{column} {value}");
    }
    let empty = found(
        Stem::Students,
        &cells("Contact_sis_id", ""),
        Code::ContactNoSisId,
    );
    assert_eq!(
        (empty.place.line, empty.column.as_str()),
        (2, "Contact_sis_id")
    );
}

#[test]
fn what_describes_a_person_is_not_repeated() {
    for (column, value, code, shown) in [
        ("DOB", "31.12.2010", Code::DobInvalid, "99.99.9999"),
        ("DOB", "1/1/1950", Code::DobImplausible, "9/9/9999"),
        ("Race", "Martian", Code::RaceInvalid, ""),
        ("Gender", "robot", Code::GenderInvalid, ""),
        ("Ell_status", "perhaps", Code::FlagInvalid, ""),
        ("Frl_status", "yes", Code::FrlAmbiguous, ""),
        ("Disability_type", "unlucky", Code::DisabilityInvalid, ""),
        (
            "Student_email",
            "ada.secret",
            Code::EmailMalformed,
            "aaa.aaaaaa",
        ),
    ] {
        let problem = student(column, value, code);
        assert_eq!(problem.value, shown, "{column}");
        assert_eq!(problem.suggestion, "", "{column}");
        assert!(!problem.to_string().contains(value), "{problem}");
        assert!(!problem.to_string().contains("Secret"), "{problem}");
    }
}

#[test]
fn dates_in_the_other_order_are_pointed_out() {
    let problem = student("DOB", "31/12/2010", Code::DobInvalid);
    assert!(
        problem.detail.contains("set day_first"),
        "{}",
        problem.detail
    );
    let cells = [
        ("School_id", "s"),
        ("Section_id", "c"),
        ("Teacher_id", ""),
        ("Term_start", "25/8/2026"),
    ];
    let problem = found(Stem::Sections, &cells, Code::TermDateInvalid);
    assert_eq!(
        (problem.value.as_str(), problem.suggestion.as_str()),
        ("25/8/2026", "2026-08-25")
    );
}

#[test]
fn schools_are_described_in_the_usual_way() {
    for (column, value, code, suggestion) in [
        (
            "Nces_id",
            "61234567890",
            Code::NcesIdInvalid,
            "061234567890",
        ),
        ("Nces_id", "12", Code::NcesIdInvalid, ""),
        ("School_state", "california", Code::StateInvalid, "CA"),
        ("School_state", "Bavaria", Code::StateInvalid, ""),
        ("Low_grade", "6-8", Code::GradeInvalid, ""),
    ] {
        let cells = [("School_id", "s"), ("School_name", "S"), (column, value)];
        let problem = found(Stem::Schools, &cells, code);
        assert_eq!(
            (problem.value.as_str(), problem.suggestion.as_str()),
            (value, suggestion),
            "{column}"
        );
    }
    let good = read(
        Stem::Schools,
        "School_id,School_name,School_number,Nces_id,School_state\ns,S,1,061234567890,ca\n",
    );
    assert!(good.problems.is_empty());
}

#[test]
fn type_and_code_of_a_disability_may_disagree() {
    let cells = [
        ("School_id", "s"),
        ("Student_id", "1"),
        ("Last_name", "L"),
        ("First_name", "F"),
        ("Disability_type", "Autism"),
        ("Disability_code", "vi"),
    ];
    let problem = found(Stem::Students, &cells, Code::DisabilityDisagrees);
    assert_eq!(
        (problem.column.as_str(), problem.value.as_str()),
        ("Disability_code", "")
    );
}

#[test]
fn enrollments_are_known_by_both_ids() {
    let problem = found(
        Stem::Enrollments,
        &[
            ("School_id", ""),
            ("Section_id", "1.0"),
            ("Student_id", "9"),
        ],
        Code::IdLooksSpreadsheet,
    );
    assert_eq!(problem.key, "1.0 / 9");
}

#[test]
fn bad_characters_and_long_values_are_described_and_not_repeated() {
    assert_eq!(
        student("Middle_name", "ab\u{1}c", Code::BadCharacter).detail,
        "character 3 is U+0001"
    );
    assert_eq!(
        student("Middle_name", &"x".repeat(300), Code::TooLong).detail,
        "300 characters"
    );
}

#[test]
fn columns_that_people_miss_are_missed_once() {
    let file = "School_id,Student_id,Last_name,First_name,Grade,DOB,Student_email\ns,1,L,F,,,\ns,2,L,F,,,\n";
    let problems = read(Stem::Students, file).problems;
    let missing = |code| {
        problems
            .iter()
            .filter(|problem| problem.code == code)
            .map(|problem| problem.place.line)
            .collect::<Vec<_>>()
    };
    assert_eq!(missing(Code::UsernameMissing), [1]);
    for code in [Code::GradeMissing, Code::DobMissing, Code::EmailMissing] {
        assert_eq!(missing(code), [2, 3], "{}", code.text());
    }
    assert!(missing(Code::ContactNoSisId).is_empty());
}

#[test]
fn passwords_are_named_and_never_read() {
    let file = "School_id,Teacher_id,First_name,Last_name,Username,Password,ext.password,User_pwd\ns,1,A,B,ab,hunter2,hunter3,hunter4\n";
    let (rows, problems, _) = records!(teachers, Stem::Teachers, file, settings(), |row| row
        .ext
        .is_empty());
    assert_eq!(rows, [(2, true)]);
    assert_eq!(
        said(&problems),
        [
            (Code::PasswordIgnored, 1, "Password"),
            (Code::PasswordIgnored, 1, "ext.password"),
            (Code::PasswordIgnored, 1, "User_pwd"),
        ]
    );
    assert!(
        problems
            .iter()
            .all(|problem| !problem.to_string().contains("hunter"))
    );
}

#[test]
fn extension_files_give_the_fields_of_a_record() {
    let file = "SIS ID,ext.house,Ext.team\n7,Red,A\n,Blue,B\n8,,NULL\n";
    let (source, files) = crate::one_file(Stem::ExtStudents, file);
    let settings = settings();
    let intake = homeroom_intake::Intake {
        source: &source,
        files: &files,
        settings: &settings,
    };
    let mut problems: Vec<Problem> = Vec::new();
    let mut rows = Vec::new();
    let report = intake
        .ext(Stem::ExtStudents, &mut problems, |place, row, _| {
            let fields: Vec<String> = row
                .ext
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            rows.push((place.to_string(), row.sis_id.into_owned(), fields.join(" ")));
        })
        .unwrap();
    assert_eq!(
        rows,
        [
            (
                "ext_students.csv:2".to_owned(),
                "7".to_owned(),
                "house=Red team=A".to_owned()
            ),
            (
                "ext_students.csv:4".to_owned(),
                "8".to_owned(),
                String::new()
            ),
        ]
    );
    assert_eq!((report.rows, report.rejected), (3, 1));
    assert_eq!(
        said(&problems),
        [
            (Code::HeaderInexact, 1, ""),
            (Code::MissingRequired, 3, "sis_id")
        ]
    );
    assert_eq!(
        intake
            .ext(Stem::Students, &mut problems, |_, _, _| panic!())
            .unwrap()
            .rows,
        0
    );
}

#[test]
fn the_supplement_gives_courses_and_terms() {
    let file = "Section_id,Course_name,Course_number,Course_description,Term_name,Term_start,Term_end,Grade\n\
        c1,Algebra,101,Numbers,Fall,8/25/2026,2026-12-18,7\n";
    let (rows, problems, _) = records!(
        supplement,
        Stem::SectionsSupplement,
        file,
        settings(),
        |row| {
            [
                row.section.sis_id.as_ref(),
                &row.course_name,
                &row.course_number,
                &row.section.course_description,
                &row.term.key(),
                &row.section.term_start_as_sent,
            ]
            .map(str::to_owned)
        }
    );
    let expected = [
        "c1",
        "Algebra",
        "101",
        "Numbers",
        "Fall\u{1f}2026-08-25\u{1f}2026-12-18",
        "8/25/2026",
    ];
    assert_eq!(rows, [(2, expected.map(str::to_owned))]);
    assert_eq!(said(&problems), [(Code::UnknownColumn, 1, "Grade")]);
}

#[test]
fn records_kept_by_hand_are_read_like_rows() {
    let record = |cells: &[(&str, &str)]| {
        cells
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    };
    let good = record(&[
        ("school_id", "s"),
        ("Student_id", "1"),
        ("Last_name", "O\"Neil\nJr"),
        ("First_name", "F"),
        ("Grade", "8th-ish"),
    ]);
    let bad = record(&[("Student_id", "2"), ("First_name", "F")]);
    let (source, files) = custom([(Stem::Students, &good), (Stem::Students, &bad)]);
    let settings = settings();
    let intake = homeroom_intake::Intake {
        source: &source,
        files: &files,
        settings: &settings,
    };
    let mut problems: Vec<Problem> = Vec::new();
    let mut rows = Vec::new();
    let report = intake
        .students(&mut problems, |place, row, _| {
            rows.push((place.to_string(), row.student.name.last.into_owned()));
        })
        .unwrap();
    assert_eq!(
        rows,
        [("custom students 1".to_owned(), "O\"Neil Jr".to_owned())]
    );
    assert_eq!((report.kept, report.rejected, report.fatal), (1, 1, false));
    let missing = problems
        .iter()
        .find(|problem| problem.code == Code::MissingRequired)
        .unwrap();
    assert!(missing.place.is_custom());
    assert_eq!(
        (
            missing.place.line,
            missing.key.as_str(),
            missing.column.as_str()
        ),
        (2, "2", "School_id")
    );
    let found: Vec<Code> = check_custom(Stem::Students, &bad, &settings)
        .iter()
        .map(|problem| problem.code)
        .collect();
    assert!(found.contains(&Code::MissingRequired));
    assert_eq!(exercise(Stem::Students, b"", &settings).problems.len(), 1);
}
