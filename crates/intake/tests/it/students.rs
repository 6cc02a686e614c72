//! students.csv (district-side 2.2, 2.3, 3).

use homeroom_intake::Stem;
use homeroom_model::rows::StudentRow;
use homeroom_model::{
    Code, Date, Disability, Gender, Grade, Language, Lunch, Problem, Race, YesNo,
};

use crate::{records, said, settings};

/// Reads one student whose optional columns are given, with what `make` takes from it.
fn one<T>(columns: &[(&str, &str)], make: impl Fn(StudentRow<'_>) -> T) -> (T, Vec<Problem>) {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let values: Vec<String> = columns
        .iter()
        .map(|(_, value)| format!("\"{value}\""))
        .collect();
    let file = format!(
        "School_id,Student_id,Last_name,First_name,{}\ns,1,L,F,{}\n",
        names.join(","),
        values.join(",")
    );
    let (mut rows, problems, _) =
        records!(students, Stem::Students, file, settings(), |row| make(row));
    assert_eq!(rows.len(), 1);
    (rows.remove(0).1, of_rows(problems))
}

/// Problems without those of the header line: columns that most tests do without.
fn of_rows(problems: Vec<Problem>) -> Vec<Problem> {
    problems
        .into_iter()
        .filter(|problem| problem.place.line > 1)
        .collect()
}

/// What a cell becomes, and the problems in its column.
fn cell<T>(column: &str, value: &str, make: impl Fn(StudentRow<'_>) -> T) -> (T, Vec<Code>) {
    let (value, problems) = one(&[(column, value)], make);
    let codes = problems
        .iter()
        .inspect(|problem| assert_eq!(problem.key, "1", "{problem:?}"))
        .map(|problem| problem.code)
        .collect();
    (value, codes)
}

#[test]
fn every_column_arrives() {
    let file = "School_id,Student_id,Student_number,State_id,Last_name,Middle_name,First_name,Preferred_first_name,Preferred_middle_name,Preferred_last_name,Grade,Gender,Graduation_year,DOB,Race,Hispanic_Latino,Home_language,Ell_status,Iep_status,Frl_status,Section_504_status,Gifted_status,Disability_status,Disability_type,Disability_code,Student_street,Student_city,Student_state,Student_zip,Student_email,Username,Password,Unweighted_gpa,Weighted_gpa,Contact_name,Contact_type,Contact_relationship,Contact_phone,Contact_phone_type,Contact_email,Contact_sis_id,ext.team\n\
        0348,007,n7,s7,Last,Mid,First,Pf,Pm,Pl,Grade 9,F,2030,3/4/2012,W,N,es,Y,N,Free,N,Y,Y,Autism,aut,1 Main,Town,CA,01234,f.l@example.org,fl,secret,3.5,4.1,Ann Last,mother,,(555) 123-4567 x9,cell,ann@example.org,c1,Red\n";
    let (rows, problems, report) = records!(students, Stem::Students, file, settings(), |row| {
        let StudentRow {
            student: s,
            contact,
        } = row;
        assert_eq!(
            [
                &s.sis_id,
                &s.school_sis_id,
                &s.number,
                &s.state_id,
                &s.graduation_year,
                &s.email,
                &s.username
            ],
            ["007", "0348", "n7", "s7", "2030", "f.l@example.org", "fl"]
        );
        assert_eq!(
            [&s.name.first, &s.name.middle, &s.name.last],
            ["First", "Mid", "Last"]
        );
        let p = &s.preferred_name;
        assert_eq!([&p.first, &p.middle, &p.last], ["Pf", "Pm", "Pl"]);
        let l = &s.location;
        assert_eq!(
            [&l.address, &l.city, &l.state, &l.zip],
            ["1 Main", "Town", "CA", "01234"]
        );
        assert_eq!(s.dob, Date::new(2012, 3, 4));
        assert_eq!(s.grade.known(), Some(Grade::Ninth));
        assert_eq!(s.gender.known(), Some(Gender::F));
        assert_eq!(s.race.known(), Some(Race::Caucasian));
        assert_eq!(s.home_language.known(), Some(Language::Spanish));
        assert_eq!(s.frl.known(), Some(Lunch::Free));
        let flags = [
            &s.hispanic,
            &s.ell,
            &s.iep,
            &s.section_504,
            &s.gifted,
            &s.disability_status,
        ];
        assert_eq!(
            flags.map(homeroom_model::Listed::text),
            ["N", "Y", "N", "N", "Y", "Y"]
        );
        assert_eq!(s.disability.known(), Some(Disability::Autism));
        let ext: Vec<_> = s.ext.iter().collect();
        assert_eq!(
            ext,
            [
                ("team", "Red"),
                ("unweighted_gpa", "3.5"),
                ("weighted_gpa", "4.1")
            ]
        );
        let (contact, link) = contact.unwrap();
        assert_eq!(
            [
                &contact.name,
                &contact.email,
                &contact.phone,
                &contact.sis_id
            ],
            ["Ann Last", "ann@example.org", "5551234567", "c1"]
        );
        assert_eq!(contact.phone_type.text(), "Cell");
        assert_eq!(
            (link.kind.text(), link.relationship.text()),
            ("Parent/Guardian", "Parent")
        );
    });
    assert_eq!(rows.len(), 1);
    assert_eq!(said(&problems), [(Code::PasswordIgnored, 1, "Password")]);
    assert_eq!((report.rows, report.kept, report.rejected), (1, 1, 0));
}

#[test]
fn closed_lists_take_their_unknown_value_and_say_so() {
    for (value, expected, codes) in [
        ("7", "7", &[][..]),
        ("", "", &[Code::GradeMissing]),
        ("N/A", "", &[Code::GradeMissing]),
        ("6-8", "Other", &[]),
        ("8-Jun", "Other", &[Code::GradeSpreadsheetDamage]),
        ("-1", "Other", &[Code::GradeInvalid]),
    ] {
        let (grade, found) = cell("Grade", value, |row| row.student.grade.text().to_owned());
        assert_eq!(
            (grade.as_str(), found.as_slice()),
            (expected, codes),
            "{value}"
        );
    }
    for (value, expected, codes) in [
        ("male", "M", &[][..]),
        ("Girl", "F", &[]),
        ("Non-binary", "X", &[]),
        ("u", "", &[]),
        ("other", "", &[]),
        ("q", "", &[Code::GenderInvalid]),
    ] {
        let (gender, found) = cell("Gender", value, |row| row.student.gender.text().to_owned());
        assert_eq!(
            (gender.as_str(), found.as_slice()),
            (expected, codes),
            "{value}"
        );
    }
    for (value, expected, codes) in [
        ("Free", "Free", &[][..]),
        ("fdc", "Free", &[]),
        ("2", "Reduced", &[]),
        ("N", "Paid", &[]),
        ("Other", "Other", &[]),
        ("Yes", "", &[Code::FrlAmbiguous]),
        ("x", "", &[Code::FrlInvalid]),
    ] {
        let (lunch, found) = cell("Frl_status", value, |row| row.student.frl.text().to_owned());
        assert_eq!(
            (lunch.as_str(), found.as_slice()),
            (expected, codes),
            "{value}"
        );
    }
    for (value, expected, codes) in [
        ("Spanish", "Spanish", &[][..]),
        ("SPA", "Spanish", &[]),
        ("es", "Spanish", &[]),
        ("Espa\u{f1}ol", "Spanish", &[]),
        ("Haitian-Creole", "Haitian Creole", &[]),
        ("kurdish", "Kurdish (Kurmanji)", &[]),
        ("nob", "Norwegian", &[]),
        ("Other", "Other", &[]),
        ("", "", &[]),
        ("Klingon", "Other", &[Code::LanguageInvalid]),
    ] {
        let (language, found) = cell("Home_language", value, |row| {
            row.student.home_language.text().to_owned()
        });
        assert_eq!(
            (language.as_str(), found.as_slice()),
            (expected, codes),
            "{value}"
        );
    }
}

#[test]
fn flags() {
    for (value, expected) in [
        ("y", "Y"),
        ("YES", "Y"),
        ("T", "Y"),
        ("true", "Y"),
        ("1", "Y"),
        ("x", "Y"),
        ("Active", "Y"),
        ("n", "N"),
        ("No", "N"),
        ("f", "N"),
        ("FALSE", "N"),
        ("0", "N"),
        ("inactive", "N"),
        ("", ""),
    ] {
        let (flag, codes) = cell("Ell_status", value, |row| row.student.ell.text().to_owned());
        assert_eq!(
            (flag.as_str(), codes.is_empty()),
            (expected, true),
            "{value}"
        );
    }
    let (flag, codes) = cell("Iep_status", "maybe", |row| {
        row.student.iep.text().to_owned()
    });
    assert_eq!((flag.as_str(), codes), ("", vec![Code::FlagInvalid]));
    let hispanic = |value| cell("Hispanic_Latino", value, |row| row.student.hispanic.known()).0;
    assert_eq!(hispanic("H"), Some(YesNo::Yes));
    let (_, codes) = cell("Gifted_status", "H", |row| row.student.gifted.known());
    assert_eq!(codes, [Code::FlagInvalid]);
}

#[test]
fn race_and_ethnicity_fill_each_other() {
    let read = |columns: &[(&str, &str)]| {
        let (made, problems) = one(columns, |row| {
            (
                row.student.race.text().to_owned(),
                row.student.hispanic.text().to_owned(),
            )
        });
        let invalid = problems
            .iter()
            .any(|problem| problem.code == Code::RaceInvalid);
        (made.0, made.1, invalid)
    };
    let expect =
        |race: &str, hispanic: &str, invalid| (race.to_owned(), hispanic.to_owned(), invalid);
    assert_eq!(read(&[("Race", "Hispanic")]), expect("Unknown", "Y", false));
    assert_eq!(
        read(&[("Race", "Hispanic"), ("Hispanic_Latino", "")]),
        expect("Unknown", "Y", false)
    );
    assert_eq!(
        read(&[("Race", "Hispanic"), ("Hispanic_Latino", "N")]),
        expect("Unknown", "N", false)
    );
    assert_eq!(read(&[("Race", "h")]), expect("Unknown", "", true));
    assert_eq!(
        read(&[("Race", "h"), ("Hispanic_Latino", "")]),
        expect("Hawaiian or Other Pacific Islander", "", false)
    );
    assert_eq!(
        read(&[("Race", "W;B")]),
        expect("Two or More Races", "", false)
    );
    assert_eq!(read(&[("Race", "5")]), expect("Unknown", "", true));
    assert_eq!(read(&[("Race", "")]), expect("", "", false));
}

#[test]
fn disability_type_and_code_fill_each_other() {
    for (kind, code, expected, invalid) in [
        ("Autism", "", "Autism", 0),
        ("", "sld", "Specific learning disability", 0),
        ("Visual impairment", "aut", "Visual impairment", 0),
        ("OTHER HEALTH IMPAIRMENT", "", "Other health impairment", 0),
        ("strange", "", "Other", 1),
        ("strange", "ohi", "Other health impairment", 1),
        ("strange", "odd", "Other", 2),
        ("", "", "", 0),
    ] {
        let (text, problems) = one(
            &[("Disability_type", kind), ("Disability_code", code)],
            |row| row.student.disability.text().to_owned(),
        );
        assert_eq!(text, expected, "{kind}/{code}");
        let found = problems
            .iter()
            .filter(|problem| problem.code == Code::DisabilityInvalid);
        assert_eq!(found.count(), invalid, "{kind}/{code}");
    }
}

#[test]
fn births_and_graduations() {
    for (value, expected, codes) in [
        ("3/4/2012", Some("2012-03-04"), &[][..]),
        ("", None, &[Code::DobMissing]),
        ("NULL", None, &[Code::DobMissing]),
        ("soon", None, &[Code::DobInvalid]),
        ("1/1/2030", None, &[Code::DobInvalid]),
        ("1/1/1900", None, &[Code::DobInvalid]),
        ("1/1/2003", Some("2003-01-01"), &[]),
        ("1/1/2002", Some("2002-01-01"), &[Code::DobImplausible]),
        ("1/1/2025", Some("2025-01-01"), &[Code::DobImplausible]),
    ] {
        let (dob, problems) = one(&[("DOB", value)], |row| row.student.dob);
        assert_eq!(dob, expected.and_then(Date::parse_iso), "{value}");
        let found: Vec<Code> = problems.iter().map(|problem| problem.code).collect();
        assert_eq!(found, codes, "{value}");
    }
    for (value, expected, codes) in [
        ("2030", "2030", &[][..]),
        ("2030.0", "2030", &[]),
        ("30", "", &[Code::GraduationYearInvalid]),
        ("9999", "9999", &[Code::GraduationYearInvalid]),
        ("2024", "2024", &[Code::GraduationYearInvalid]),
        ("2025", "2025", &[]),
        ("2046", "2046", &[]),
        ("class", "", &[Code::GraduationYearInvalid]),
        ("", "", &[]),
    ] {
        let (year, found) = cell("Graduation_year", value, |row| {
            row.student.graduation_year.into_owned()
        });
        assert_eq!(
            (year.as_str(), found.as_slice()),
            (expected, codes),
            "{value}"
        );
    }
}

#[test]
fn contacts() {
    let (contact, codes) = cell("Contact_phone", "555", |row| row.contact.is_some());
    assert_eq!((contact, codes), (false, vec![Code::ContactNameMissing]));
    let (contact, problems) = one(
        &[("Contact_name", "Ann"), ("Contact_phone", "555")],
        |row| {
            let (contact, link) = row.contact.unwrap();
            (contact.phone.into_owned(), link.kind.text().to_owned())
        },
    );
    assert_eq!((contact.0.as_str(), contact.1.as_str()), ("555", "Other"));
    assert_eq!(
        said(&problems),
        [(Code::ContactPhoneInvalid, 2, "Contact_phone")]
    );
    let (contact, problems) = one(
        &[
            ("Contact_name", "Ann"),
            ("Contact_type", "Family"),
            ("Contact_relationship", "Coach"),
            ("Contact_email", "ann"),
        ],
        |row| row.contact.unwrap().1.relationship.text().to_owned(),
    );
    assert_eq!(contact, "Other");
    assert_eq!(
        said(&problems),
        [
            (Code::ContactTypeMapped, 2, "Contact_relationship"),
            (Code::EmailMalformed, 2, "Contact_email")
        ]
    );
}

#[test]
fn what_is_wrong_with_a_student_is_said_once_for_rows_that_follow_each_other() {
    let file = "School_id,Student_id,Last_name,First_name,Gender,Contact_name,Contact_type\n\
        s,1,L,F,?,Ann,Primary\ns,1,L,F,?,Bob,?\ns,2,L,F,?,,\ns,1,L,F,?,Cy,Primary\n";
    let (rows, problems, report) = records!(students, Stem::Students, file, settings(), |row| row
        .contact
        .is_some());
    assert_eq!(
        rows.iter().map(|(_, contact)| *contact).collect::<Vec<_>>(),
        [true, true, false, true]
    );
    assert_eq!(report.kept, 4);
    assert_eq!(
        said(&problems),
        [
            (Code::DobMissing, 1, "DOB"),
            (Code::GradeMissing, 1, "Grade"),
            (Code::EmailMissing, 1, "Student_email"),
            (Code::UsernameMissing, 1, "Username"),
            (Code::ContactNoSisId, 1, "Contact_sis_id"),
            (Code::GenderInvalid, 2, "Gender"),
            (Code::ContactTypeMapped, 3, "Contact_type"),
            (Code::GenderInvalid, 4, "Gender"),
            (Code::GenderInvalid, 5, "Gender"),
        ]
    );
}

#[test]
fn missing_values_are_named_without_the_others() {
    let file = "School_id,Student_id,Last_name,First_name\ns,1,,Secret\n,2,,\ns,,L,Secret\ns,null,NULL,N/A\n";
    let (rows, problems, report) = records!(students, Stem::Students, file, settings(), |row| row
        .student
        .name
        .last
        .into_owned());
    assert_eq!(rows, [(5, "NULL".to_owned())]);
    assert_eq!(report.rejected, 3);
    let missing: Vec<_> = problems
        .iter()
        .filter(|problem| problem.code == Code::MissingRequired)
        .collect();
    assert_eq!(missing[0].column, "Last_name");
    assert_eq!(
        (missing[0].key.as_str(), missing[0].detail.as_str()),
        ("1", "")
    );
    assert_eq!(
        (missing[1].key.as_str(), missing[1].detail.as_str()),
        ("2", "empty too: Last_name, First_name")
    );
    assert_eq!(
        (missing[2].column.as_str(), missing[2].detail.as_str()),
        ("Student_id", "")
    );
    assert!(
        problems
            .iter()
            .all(|problem| !problem.to_string().contains("Secret"))
    );
}

#[test]
fn ids_emails_and_long_values_are_kept_and_reported() {
    let long = "x".repeat(256);
    let (row, problems) = one(
        &[
            ("State_id", "1.23E+11"),
            ("Student_email", "nobody"),
            ("Student_street", &long),
            ("Student_number", "0012"),
        ],
        |row| {
            (
                row.student.state_id.into_owned(),
                row.student.email.into_owned(),
                row.student.location.address.len(),
                row.student.number.into_owned(),
            )
        },
    );
    assert_eq!(
        row,
        (
            "1.23E+11".to_owned(),
            "nobody".to_owned(),
            256,
            "0012".to_owned()
        )
    );
    let mut found = said(&problems);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            (Code::IdLooksSpreadsheet, 2, "State_id"),
            (Code::EmailMalformed, 2, "Student_email"),
            (Code::TooLong, 2, "Student_street"),
        ]
    );
    assert!(
        problems
            .iter()
            .all(|problem| !problem.to_string().contains("nobody"))
    );
}

#[test]
fn a_district_may_put_the_day_first() {
    let mut settings = settings();
    settings.day_first = true;
    let file = "School_id,Student_id,Last_name,First_name,DOB\ns,1,L,F,13/2/2012\n";
    let (rows, problems, _) = records!(students, Stem::Students, file, settings, |row| row
        .student
        .dob);
    assert_eq!(rows[0].1, Date::new(2012, 2, 13));
    assert!(of_rows(problems).is_empty());
}
