use std::collections::{BTreeMap, BTreeSet};

use homeroom_simulator::{Census, District, FileCount, MemorySink, Profile, Quirk, SchoolYear};

use crate::importer::{Roster, Row, roster};

const YEAR: SchoolYear = SchoolYear { start: 2026 };

/// The census of C has every quirk of the catalogue: those of day 0 at once, those that happen after some weeks.
#[test]
fn no_quirk_is_missing_from_c() {
    let district = District::new(Profile::C, 1, YEAR);
    let (first, later) = (district.census(0), district.census(60));
    for &quirk in Quirk::ALL {
        let name = quirk.name();
        if quirk.evolves() {
            assert_eq!(first.count(quirk), 0, "{name} before anything has happened");
            assert!(later.count(quirk) > 0, "{name} has not happened in 60 days");
        } else {
            assert!(first.count(quirk) > 0, "{name} is missing");
        }
    }
}

/// The counts are those of distinct kept records, and every file adds up.
#[test]
fn c_is_exactly_as_large_as_the_sandbox() {
    let district = District::new(Profile::C, 1, YEAR);
    let mut files = MemorySink::default();
    let census = district.write_day(0, &mut files).unwrap();
    let roster = roster(&files);
    assert_eq!(roster.schools.len(), 239);
    assert_eq!(roster.teachers.len(), 8_412);
    assert_eq!(roster.students.len(), 56_635);
    assert_eq!(roster.sections.len(), 25_843);
    assert_eq!(roster.enrollments.len(), 460_000);
    let kept = |count: FileCount| usize::try_from(count.kept).unwrap();
    assert_eq!(kept(census.schools), roster.schools.len());
    assert_eq!(kept(census.teachers), roster.teachers.len());
    assert_eq!(kept(census.students), roster.students.len());
    assert_eq!(kept(census.sections), roster.sections.len());
    assert_eq!(kept(census.enrollments), roster.enrollments.len());
    assert_eq!(kept(census.staff), roster.staff.len());
    let contacts: usize = roster
        .contacts
        .values()
        .map(|contacts| contacts.iter().take(5).filter(|c| !c[2].is_empty()).count())
        .sum();
    assert_eq!(census.contacts, contacts as u64);
    // 1.6 per student.
    assert!((88_000..93_000).contains(&contacts), "{contacts}");
    let lines = |file: &str| {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(files.text(file).as_bytes());
        reader.records().count() as u64
    };
    for (file, count) in census.files() {
        assert_eq!(count.rows, lines(file), "{file}");
        assert!(count.kept + count.rejected <= count.rows, "{file}");
    }
    for file in [census.schools, census.teachers, census.sections] {
        assert_eq!(file.kept + file.rejected, file.rows);
    }
    counted_in_the_files(&census, &roster);
}

/// The census says what the files say, for quirks that a look at the rows shows.
fn counted_in_the_files(census: &Census, roster: &Roster) {
    let expect = |quirk: Quirk, found: usize| {
        assert_eq!(census.count(quirk), found as u64, "{}", quirk.name());
    };
    for (quirk, holds) in STUDENTS {
        expect(
            *quirk,
            roster.students.values().filter(|row| holds(row)).count(),
        );
    }
    for (quirk, holds) in SECTIONS {
        expect(
            *quirk,
            roster.sections.values().filter(|row| holds(row)).count(),
        );
    }
    let none = roster.contacts.values().filter(|list| list.is_empty());
    expect(Quirk::ContactNone, none.count());
    let unknown = |row: &&Row| {
        let mut ids = teachers(row).into_iter();
        ids.any(|id| !roster.teachers.contains_key(id))
    };
    assert_eq!(
        census.count(Quirk::SectionTeacherUnknown) + census.count(Quirk::SectionPrimaryUnknown),
        roster.sections.values().filter(unknown).count() as u64
    );
    let rostered: BTreeSet<&String> = roster.enrollments.iter().map(|pair| &pair.0).collect();
    let placed: BTreeSet<&String> = roster.enrollments.iter().map(|pair| &pair.1).collect();
    expect(
        Quirk::SectionWithoutStudents,
        roster.sections.len() - rostered.len(),
    );
    expect(
        Quirk::StudentWithoutSection,
        roster.students.len() - placed.len(),
    );
    let mut emails: BTreeMap<String, usize> = BTreeMap::new();
    for row in roster.teachers.values() {
        *emails
            .entry(row["Teacher_email"].to_lowercase())
            .or_default() += 1;
    }
    let with_teachers = |count: usize| {
        let of =
            |rows: &&Vec<Row>| emails.get(&rows[0]["Staff_email"].to_lowercase()) == Some(&count);
        roster.staff.values().filter(of).count()
    };
    expect(Quirk::StaffIsTeacher, with_teachers(1));
    expect(Quirk::MergeAmbiguous, with_teachers(2));
}

type Test = (Quirk, fn(&Row) -> bool);

const STUDENTS: &[Test] = &[
    (Quirk::EmailBlank, |row| row["Student_email"].is_empty()),
    (Quirk::EmailWithoutAt, |row| {
        !row["Student_email"].is_empty() && !row["Student_email"].contains('@')
    }),
    (Quirk::DobBlank, |row| row["DOB"].is_empty()),
    (Quirk::GradeBlank, |row| row["Grade"].is_empty()),
    (Quirk::RaceBlank, |row| row["Race"].is_empty()),
    (Quirk::RaceHispanic, |row| &row["Race"] == "Hispanic"),
    (Quirk::FrlAmbiguous, |row| &row["Frl_status"] == "Y"),
    (Quirk::FrlOther, |row| &row["Frl_status"] == "Other"),
    (Quirk::LanguageBlank, |row| row["Home_language"].is_empty()),
    (Quirk::UsernameBlank, |row| row["Username"].is_empty()),
    (Quirk::PasswordPresent, |row| !row["Password"].is_empty()),
    (Quirk::NameComma, |row| row["Last_name"].contains(',')),
    (Quirk::NameQuote, |row| row["First_name"].contains('"')),
    (Quirk::NameVeryLong, |row| {
        row["Last_name"].chars().count() > 255
    }),
    (Quirk::CellLineBreak, |row| {
        row["Student_street"].contains('\n')
    }),
    (Quirk::StateIdBlank, |row| row["State_id"].is_empty()),
    (Quirk::PreferredName, |row| {
        !row["Preferred_first_name"].is_empty()
    }),
    // Twins have two zeros more than their neighbour and are longer than all others.
    (Quirk::StudentLeadingZeroId, |row| {
        row["Student_id"].starts_with('0') && row["Student_id"].len() == 8
    }),
];

const SECTIONS: &[Test] = &[
    (Quirk::SectionNumberBlank, |row| {
        row["Section_number"].is_empty()
    }),
    (Quirk::SectionGradeBlank, |row| row["Grade"].is_empty()),
    (Quirk::SectionPeriodBlank, |row| row["Period"].is_empty()),
    (Quirk::TermNameOnly, |row| {
        !row["Term_name"].is_empty() && row["Term_start"].is_empty()
    }),
    (Quirk::TermMissing, |row| {
        row["Term_name"].is_empty() && row["Term_start"].is_empty()
    }),
    (Quirk::CourseNumberOnly, |row| {
        row["Course_name"].is_empty() && !row["Course_number"].is_empty()
    }),
    (Quirk::CourseByName, |row| {
        !row["Course_name"].is_empty() && row["Course_number"].is_empty()
    }),
    (Quirk::SectionNoTeacher, |row| teachers(row).is_empty()),
    (Quirk::SectionNineCoTeachers, |row| {
        teachers(row).len() == 10
    }),
    (Quirk::SectionPrimaryBlank, |row| {
        row["Teacher_id"].is_empty() && !teachers(row).is_empty()
    }),
];

/// The teachers a section names.
fn teachers(row: &Row) -> Vec<&str> {
    let others = (2..=10).map(|at| &row[format!("Teacher_{at}_id").as_str()]);
    let all = std::iter::once(&row["Teacher_id"]).chain(others);
    all.filter(|id| !id.is_empty()).collect()
}

/// The exact counts do not hang on one seed.
#[test]
fn counts_are_exact_for_other_seeds() {
    for seed in [2, 77] {
        let census = District::new(Profile::C, seed, YEAR).census(0);
        assert_eq!(census.schools.kept, 239);
        assert_eq!(census.teachers.kept, 8_412);
        assert_eq!(census.students.kept, 56_635);
        assert_eq!(census.sections.kept, 25_843);
        assert_eq!(census.enrollments.kept, 460_000);
    }
    let small = District::new(Profile::S, 4, YEAR).census(0);
    assert_eq!((small.schools.kept, small.students.kept), (6, 5_000));
}
