use std::collections::{BTreeMap, BTreeSet};

use homeroom_simulator::{Filled, Folder, MemorySink, OverError, SchoolYear, over};

use crate::importer::{Row, rows};

const YEAR: SchoolYear = SchoolYear { start: 2026 };

/// Lower-case headers in another order, bare CR line ends, a repeated and a nameless school, Windows-1252.
const SCHOOLS: &[u8] = b"high_grade,low_grade,school_name,school_id\r\
    5,Kindergarten,Elmen\xE9 School,0348\r\
    Postgraduate,9,High,\xC91\r\
    5,1,Again,0348\r\
    5,1,,0349\r";
const SECTIONS: &[u8] = b"School_id,Section_id,Teacher_id,Teacher_2_id,Name,Grade\r\
    0348,a-1,T1,,Reading,Grade 4\r\
    0348,a-2,T1,T2,\"Study 2(M1,W1)\",99\r\
    0348,a-1,T9,,Repeated,Grade 1\r\
    0348,,T1,,No id,Grade 1\r\
    7777,b-1,T1,,No school,Grade 1\r\
    \xC91,c-1,,,Physics,12-Sep\r\
    \xC91,c-2,T3,,Chemistry,\r\
    \xC91,c-3,T3,,For little ones,Grade 2\r";
const TEACHERS: &[u8] =
    b"first_name,last_name,school_id,teacher_id\rAda,Oak,0348,T1\rAda,Elm,0348,\r";

fn boxed(bytes: &[u8]) -> Box<dyn std::io::Read + '_> {
    Box::new(bytes)
}

fn fill(folder: Folder<'_>) -> (Filled, MemorySink) {
    let mut files = MemorySink::default();
    let filled = over(folder, 3, YEAR, &mut files).unwrap();
    (filled, files)
}

fn usual() -> Folder<'static> {
    Folder {
        schools: Some(boxed(SCHOOLS)),
        teachers: Some(boxed(TEACHERS)),
        sections: Some(boxed(SECTIONS)),
        ..Folder::default()
    }
}

#[test]
fn students_and_enrollments_fit_the_ids_found() {
    let (filled, files) = fill(usual());
    let names: Vec<&str> = filled.files.iter().map(|(file, _)| *file).collect();
    assert_eq!(names, ["students.csv", "enrollments.csv"]);
    assert_eq!(filled.empty_sections, 0);
    let students: BTreeMap<String, (String, String)> = rows(files.text("students.csv"))
        .map(|row| {
            (
                row["Student_id"].to_owned(),
                (row["School_id"].to_owned(), row["Grade"].to_owned()),
            )
        })
        .collect();
    for (school, grade) in students.values() {
        let grades: &[&str] = match school.as_str() {
            "0348" => &["Kindergarten", "1", "2", "3", "4", "5"],
            "É1" => &["9", "10", "11", "12"],
            _ => panic!("unknown school"),
        };
        assert!(grades.contains(&grade.as_str()), "{school} {grade}");
    }
    let mut sizes: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut pairs = BTreeSet::new();
    let mut placed = BTreeSet::new();
    for row in rows(files.text("enrollments.csv")) {
        let student = &students[&row["Student_id"]];
        assert_eq!(row["School_id"], student.0);
        assert!(pairs.insert((row["Section_id"].to_owned(), row["Student_id"].to_owned())));
        if &row["Section_id"] == "a-1" {
            assert_eq!(student.1, "4");
        }
        placed.insert(row["Student_id"].to_owned());
        *sizes
            .entry((row["School_id"].to_owned(), row["Section_id"].to_owned()))
            .or_default() += 1;
    }
    let sections: Vec<&str> = sizes.keys().map(|key| key.1.as_str()).collect();
    assert_eq!(sections, ["a-1", "a-2", "c-1", "c-2", "c-3"]);
    assert!(
        sizes.values().all(|&size| (12..28).contains(&size)),
        "{sizes:?}"
    );
    assert_eq!(placed.len(), students.len(), "everybody is somewhere");
}

/// Nothing in the generated cells gives an import something to report.
#[test]
fn what_is_filled_in_is_clean() {
    let (_, files) = fill(usual());
    let students: Vec<Row> = rows(files.text("students.csv")).collect();
    let mut emails = BTreeMap::new();
    for row in &students {
        for column in [
            "Student_id",
            "First_name",
            "Last_name",
            "Grade",
            "DOB",
            "Gender",
            "Race",
            "Username",
        ] {
            assert!(!row[column].is_empty(), "{column}");
        }
        assert_eq!(row["Student_email"].matches('@').count(), 1);
        let owner = emails
            .entry(row["Student_email"].to_owned())
            .or_insert(row["Student_id"].to_owned());
        assert_eq!(*owner, row["Student_id"]);
        assert!(matches!(&row["Gender"], "M" | "F"));
        assert!(matches!(&row["Frl_status"], "Free" | "Reduced" | "Paid"));
        for flag in [
            "Hispanic_Latino",
            "Ell_status",
            "Iep_status",
            "Gifted_status",
            "Disability_status",
        ] {
            assert!(matches!(&row[flag], "Y" | "N"), "{flag}");
        }
        let date: Vec<u32> = row["DOB"]
            .split('/')
            .map(|part| part.parse().unwrap())
            .collect();
        assert!((1..=12).contains(&date[0]) && (1..=28).contains(&date[1]) && date[2] > 2_000);
        if !row["Contact_name"].is_empty() {
            assert!(
                [
                    "Parent/Guardian",
                    "Secondary",
                    "Emergency",
                    "Family",
                    "Other"
                ]
                .contains(&&row["Contact_type"])
            );
            assert!(
                ["Parent", "Grandparent", "Aunt/Uncle", "Other"]
                    .contains(&&row["Contact_relationship"])
            );
            assert!(row["Contact_sis_id"].starts_with('P'));
            assert!(matches!(row["Contact_phone"].len(), 0 | 10));
        }
    }
    let mut contacts = BTreeMap::new();
    for row in &students {
        *contacts.entry(&row["Student_id"]).or_insert(0) += 1;
    }
    assert!(contacts.values().all(|&count| count <= 5));
}

#[test]
fn the_same_folder_gives_the_same_bytes() {
    assert!(fill(usual()) == fill(usual()));
}

#[test]
fn missing_teachers_and_sections_are_made_as_well() {
    let (filled, files) = fill(Folder {
        schools: Some(boxed(SCHOOLS)),
        sections: Some(boxed(SECTIONS)),
        ..Folder::default()
    });
    assert_eq!(filled.files.len(), 3);
    let teachers: Vec<String> = rows(files.text("teachers.csv"))
        .map(|row| row["Teacher_id"].to_owned())
        .collect();
    assert_eq!(teachers, ["T1", "T2", "T3"]);

    let (filled, files) = fill(Folder {
        schools: Some(boxed(SCHOOLS)),
        ..Folder::default()
    });
    assert_eq!(filled.files.len(), 4);
    assert_eq!(filled.empty_sections, 0);
    let teachers: BTreeSet<String> = rows(files.text("teachers.csv"))
        .map(|row| row["Teacher_id"].to_owned())
        .collect();
    let sections: Vec<Row> = rows(files.text("sections.csv")).collect();
    assert!(
        sections
            .iter()
            .all(|row| teachers.contains(&row["Teacher_id"]))
    );
    let rostered: BTreeSet<String> = rows(files.text("enrollments.csv"))
        .map(|row| row["Section_id"].to_owned())
        .collect();
    assert_eq!(rostered.len(), sections.len());
}

#[test]
fn students_of_the_folder_are_enrolled_and_enrolled_students_made() {
    let students = b"School_id,Student_id,First_name,Last_name,Grade\n0348,s1,A,B,4\n0348,s2,C,D,K\n0348,,E,F,4\n";
    let (filled, files) = fill(Folder {
        students: Some(boxed(students)),
        ..usual()
    });
    assert_eq!(filled.files.len(), 1);
    assert_eq!(
        filled.empty_sections, 0,
        "the other school's sections get guests"
    );
    let pairs: BTreeSet<(String, String)> = rows(files.text("enrollments.csv"))
        .map(|row| (row["Section_id"].to_owned(), row["Student_id"].to_owned()))
        .collect();
    assert!(pairs.contains(&("a-1".to_owned(), "s1".to_owned())));
    assert!(!pairs.contains(&("a-1".to_owned(), "s2".to_owned())));

    let enrollments =
        b"Section_id,Student_id,School_id\na-1,s1,0348\na-2,s1,0348\nc-1,s2,\nnone,s3,\n";
    let (filled, files) = fill(Folder {
        enrollments: Some(boxed(enrollments)),
        ..usual()
    });
    assert_eq!(filled.files.len(), 1);
    let students: BTreeMap<String, String> = rows(files.text("students.csv"))
        .map(|row| (row["Student_id"].to_owned(), row["School_id"].to_owned()))
        .collect();
    let expected = [("s1", "0348"), ("s2", "É1")];
    assert!(
        students
            .iter()
            .map(|(id, school)| (id.as_str(), school.as_str()))
            .eq(expected)
    );
}

#[test]
fn folders_that_cannot_be_filled_say_why() {
    let mut files = MemorySink::default();
    let none = over(Folder::default(), 1, YEAR, &mut files);
    assert!(matches!(none, Err(OverError::NoSchools)));
    let empty = Folder {
        schools: Some(boxed(b"school_id,school_name\n,\n")),
        ..Folder::default()
    };
    assert!(matches!(
        over(empty, 1, YEAR, &mut files),
        Err(OverError::SchoolsEmpty)
    ));
    let headless = Folder {
        sections: Some(boxed(b"Section,School\n")),
        ..usual()
    };
    let error = over(headless, 1, YEAR, &mut files).unwrap_err();
    assert_eq!(
        error.to_string(),
        "sections.csv, line 1: no column school_id, section_id; name the columns as the Clever CSV format does"
    );
    assert!(files.files.is_empty());
}

#[test]
fn a_complete_folder_is_left_alone() {
    let (filled, files) = fill(Folder {
        students: Some(boxed(b"School_id,Student_id,First_name,Last_name\n")),
        enrollments: Some(boxed(b"Section_id,Student_id\n")),
        ..usual()
    });
    assert_eq!(filled, Filled::default());
    assert!(files.files.is_empty());
}
