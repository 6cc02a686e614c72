//! Lines of files with their cells.

use homeroom_intake::{Excerpt, Exposure, Intake, Stem};

use crate::{one_file, settings};

fn excerpts(stem: Stem, bytes: &[u8], lines: &[u64]) -> Vec<Excerpt> {
    let (source, files) = one_file(stem, bytes);
    let settings = settings();
    let intake = Intake {
        source: &source,
        files: &files,
        settings: &settings,
    };
    let mut found = Vec::new();
    intake
        .excerpt(stem, lines, |excerpt| found.push(excerpt))
        .unwrap();
    found
}

fn found(stem: Stem, bytes: &[u8], column: &str, value: &str) -> Vec<u64> {
    let (source, files) = one_file(stem, bytes);
    let settings = settings();
    let intake = Intake {
        source: &source,
        files: &files,
        settings: &settings,
    };
    intake.lines_with(stem, column, value).unwrap()
}

const FILE: &str = "\u{feff}School_id,student id,Last_name,First_name,Grade,Nickname,ext.Team\r\n\
    s,1,\"O\"\"Neil\", \"Ann\" ,8th,Nn,Red\r\n\r\n\
    s,2,\"L\nL\",F,9\r\n\
    s,3,L,F,\"unclosed\r\n\
    s,1,L,F,10,,,\r\n";

#[test]
fn cells_are_named_and_stand_where_they_say() {
    let found = excerpts(Stem::Students, FILE.as_bytes(), &[1, 2, 3, 4, 6, 7, 99]);
    let lines: Vec<(u64, u64)> = found
        .iter()
        .map(|excerpt| (excerpt.line, excerpt.lines))
        .collect();
    assert_eq!(lines, [(1, 1), (2, 1), (4, 2), (6, 1), (7, 1)]);
    let cells: Vec<_> = found[1]
        .cells
        .iter()
        .map(|cell| {
            (
                cell.column.as_deref(),
                &found[1].text[cell.range.clone()],
                cell.value.as_str(),
                cell.exposure,
            )
        })
        .collect();
    assert_eq!(
        cells,
        [
            (Some("School_id"), "s", "s", Exposure::Shown),
            (Some("Student_id"), "1", "1", Exposure::Shown),
            (
                Some("Last_name"),
                "\"O\"\"Neil\"",
                "O\"Neil",
                Exposure::Hidden
            ),
            (Some("First_name"), " \"Ann\" ", "Ann", Exposure::Hidden),
            (Some("Grade"), "8th", "8th", Exposure::Shown),
            (None, "Nn", "Nn", Exposure::Hidden),
            (Some("ext.Team"), "Red", "Red", Exposure::Hidden),
        ]
    );
    assert_eq!(found[0].cells[1].value, "student id");
    assert_eq!(found[0].cells[5].exposure, Exposure::Shown);
    assert_eq!(found[2].text, "s,2,\"L\nL\",F,9");
    assert_eq!(found[3].text, "s,3,L,F,\"unclosed");
    let given_up: Vec<_> = found[3]
        .cells
        .iter()
        .map(|cell| (cell.column.as_deref(), cell.value.as_str(), cell.open))
        .collect();
    assert_eq!(
        given_up,
        [
            (Some("School_id"), "s", false),
            (Some("Student_id"), "3", false),
            (Some("Last_name"), "L", false),
            (Some("First_name"), "F", false),
            (Some("Grade"), "unclosed", true),
        ]
    );
    assert_eq!(found[4].cells[7].column, None);
    assert_eq!((found[4].cells.len(), found[4].width), (8, 7));
    assert!(found[0].header && !found[1].header);
    assert!(!format!("{found:?}").contains("Ann"));
}

#[test]
fn a_mark_that_swallows_rows_opens_the_last_cell_of_its_line() {
    // The second mark closes the first, three rows later: the row has too many cells, and its first line is given up.
    let file = "School_id,Teacher_id,First_name,Last_name\n\
        \"s\",1,\"A\",\"B\n\
        s,2,A,B\n\
        s,3,\"A\",B\n";
    let found = excerpts(Stem::Teachers, file.as_bytes(), &[2, 3, 4]);
    let cells = |at: usize| -> Vec<_> {
        let cells = found[at].cells.iter();
        cells.map(|cell| (cell.value.as_str(), cell.open)).collect()
    };
    assert_eq!(
        cells(0),
        [("s", false), ("1", false), ("A", false), ("B", true)]
    );
    assert_eq!(cells(1)[1], ("2", false));
    assert_eq!(found[2].line, 4);
}

#[test]
fn passwords_are_blank_and_a_first_row_of_data_is_no_header() {
    let file = b"School_id,Student_id,Password\ns,1,secret\n";
    let found = excerpts(Stem::Students, file, &[1, 2]);
    assert_eq!(found[0].cells[2].value, "Password");
    assert_eq!(found[1].cells[2].value, "");
    let data = excerpts(Stem::Students, b"s,1,Remy\ns,2,Ann\n", &[1]);
    assert!(
        data[0]
            .cells
            .iter()
            .all(|cell| cell.exposure == Exposure::Hidden)
    );
}

#[test]
fn other_encodings_and_separators_become_text() {
    let text = "School_id;Teacher_id;First_name;Last_name\n1;2;Jos\u{e9};\u{c9}mile\n";
    let latin: Vec<u8> = text
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap())
        .collect();
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    for bytes in [text.as_bytes(), &latin, &utf16] {
        let found = excerpts(Stem::Teachers, bytes, &[2]);
        assert_eq!(found[0].text, "1;2;Jos\u{e9};\u{c9}mile");
        let cell = &found[0].cells[3];
        assert_eq!(
            (&found[0].text[cell.range.clone()], cell.value.as_str()),
            ("\u{c9}mile", "\u{c9}mile")
        );
    }
}

#[test]
fn records_are_found_by_their_ids() {
    assert_eq!(
        found(Stem::Students, FILE.as_bytes(), "Student_id", "1"),
        [2, 7]
    );
    assert_eq!(
        found(
            Stem::Students,
            FILE.as_bytes(),
            Stem::Students.key_column(),
            "2"
        ),
        [4]
    );
    assert_eq!(
        found(Stem::Students, FILE.as_bytes(), "School_id", "s"),
        [2, 4, 7]
    );
    assert!(found(Stem::Students, FILE.as_bytes(), "Student_id", "student id").is_empty());
    assert!(found(Stem::Students, FILE.as_bytes(), "DOB", "").is_empty());
    assert!(found(Stem::Students, b"", "Student_id", "1").is_empty());
    for stem in Stem::ALL {
        assert!(
            stem.column_names().any(|name| name == stem.key_column()),
            "{stem:?}"
        );
    }
}
