//! Encodings, separators, line ends and quotation marks (district-side 1.3, 1.4).

use homeroom_intake::Stem;
use homeroom_model::Code;

use crate::{read, records, said, settings};

const HEADER: &str = "School_id,Section_id,Student_id";

/// The rows of enrollments.csv: line, then school, section and student.
fn rows(bytes: impl AsRef<[u8]>) -> Vec<(u64, [String; 3])> {
    all(bytes).0
}

fn all(bytes: impl AsRef<[u8]>) -> (Vec<(u64, [String; 3])>, Vec<homeroom_model::Problem>) {
    let (rows, problems, report) =
        records!(enrollments, Stem::Enrollments, bytes, settings(), |row| {
            [row.school_sis_id, row.section_sis_id, row.student_sis_id]
                .map(std::borrow::Cow::into_owned)
        });
    assert_eq!(report.rows, report.kept + report.rejected);
    assert_eq!(report.kept, rows.len() as u64);
    (rows, problems)
}

fn row(line: u64, cells: [&str; 3]) -> (u64, [String; 3]) {
    (line, cells.map(str::to_owned))
}

#[test]
fn line_ends_of_every_kind_count_one_line() {
    for end in ["\n", "\r\n", "\r"] {
        let file = [HEADER, "1,2,3", "", "4,5,6", "7,8,9"].join(end);
        for file in [file.clone(), file + end] {
            assert_eq!(
                rows(&file),
                [
                    row(2, ["1", "2", "3"]),
                    row(4, ["4", "5", "6"]),
                    row(5, ["7", "8", "9"])
                ],
                "{file:?}"
            );
        }
    }
    let mixed = format!("\n{HEADER}\r\n1,2,3\r4,5,6\n\r\n7,8,9\r\r10,11,12");
    assert_eq!(
        rows(mixed),
        [
            row(3, ["1", "2", "3"]),
            row(4, ["4", "5", "6"]),
            row(6, ["7", "8", "9"]),
            row(8, ["10", "11", "12"])
        ]
    );
}

#[test]
fn quotation_marks_hold_separators_line_breaks_and_themselves() {
    let file = "\"School_id\",\"Section_id\",\"Student_id\"\r\n\"a,1\",\"b\"\"2\"\"\",\"c\r\n3\"\r\n  \"4\" , \"5\"  ,6\r\n7,8\"8,\"9\"9\r\n\"\",x,\"\"\"y\"\n";
    assert_eq!(
        rows(file),
        [
            row(2, ["a,1", "b\"2\"", "c 3"]),
            row(4, ["4", "5", "6"]),
            row(5, ["7", "8\"8", "99"]),
            row(6, ["", "x", "\"y"]),
        ]
    );
    for (end, expected) in [("\n", 5), ("\r\n", 5), ("\r", 5)] {
        let file = [HEADER, "1,\"a", "", "b\",2", "3,4,5"].join(end);
        let (found, problems) = all(file);
        assert_eq!(found[0], row(2, ["1", "a  b", "2"]), "{end:?}");
        assert_eq!(found[1].0, expected, "{end:?}");
        assert!(problems.is_empty());
    }
}

#[test]
fn an_unclosed_mark_costs_one_line() {
    // Cut short in the middle, at the end, and closed by the next row's mark.
    for file in [
        format!("{HEADER}\n1,2,\"3\n4,5,6\n7,8,9\n"),
        format!("{HEADER}\n1,\"2,3\n4,5,6\n7,8,9"),
        format!("{HEADER}\r\n1,2,\"3\r\n4,5,6\r\n7,8,9"),
        format!("{HEADER}\r1,2,\"3\r4,5,6\r7,8,9"),
        format!("{HEADER}\n1,2,\"3\n4,\"5\",6\n7,8,9\n"),
        format!("{HEADER}\n1,2,\"3\n4,5,\"6\"\n7,8,\"9\"\n"),
        format!("{HEADER}\n\"1,2,3\n4,5,6\n7,8,\"9\"\n"),
    ] {
        let (rows, problems) = all(&file);
        assert_eq!(said(&problems), [(Code::QuoteUnclosed, 2, "")], "{file:?}");
        assert_eq!(
            rows,
            [row(3, ["4", "5", "6"]), row(4, ["7", "8", "9"])],
            "{file:?}"
        );
    }
    let (rows, problems) = all(format!("{HEADER}\n1,2,3\n4,5,\"6"));
    assert_eq!(rows, [row(2, ["1", "2", "3"])]);
    assert_eq!(said(&problems), [(Code::QuoteUnclosed, 3, "")]);
}

#[test]
fn a_mark_that_swallows_rows_until_another_is_found_out_by_the_number_of_cells() {
    let file = format!("{HEADER}\n\"1,2,3\n4,5,6\n7,8,9\"\n10,11,12\n");
    let (rows, problems) = all(file);
    assert_eq!(said(&problems), [(Code::QuoteUnclosed, 2, "")]);
    assert_eq!(
        rows,
        [
            row(3, ["4", "5", "6"]),
            row(4, ["7", "8", "9\""]),
            row(5, ["10", "11", "12"])
        ]
    );
}

#[test]
fn other_separators_are_used_only_when_the_header_has_no_comma() {
    for (separator, name) in [("\t", "tab"), ("|", "vertical bar"), (";", "semicolon")] {
        let file = format!("{HEADER}\n1,2,3\n").replace(',', separator)
            + &format!("\"a{separator}b\"{separator}c{separator}d,e\n");
        let (found, problems) = all(&file);
        let first = if separator == "\t" {
            "a b".to_owned()
        } else {
            format!("a{separator}b")
        };
        assert_eq!(
            found,
            [row(2, ["1", "2", "3"]), row(3, [&first, "c", "d,e"])],
            "{name}"
        );
        assert_eq!(problems.len(), 1);
        assert_eq!(
            (problems[0].code, problems[0].value.as_str()),
            (Code::DelimiterGuessed, name)
        );
    }
    let (found, problems) = all("School_id,Section_id,Student_id\n1;2,3,4\n");
    assert_eq!(found, [row(2, ["1;2", "3", "4"])]);
    assert!(problems.is_empty());
}

#[test]
fn byte_order_marks_are_no_part_of_a_name() {
    let plain = format!("{HEADER}\n1,\u{e9},3\n");
    let marked = format!("\u{feff}{plain}");
    let quoted = "\u{feff}\"School_id\",Section_id,Student_id\n1,\u{e9},3\n".to_owned();
    let wide =
        |bytes: fn(u16) -> [u8; 2]| marked.encode_utf16().flat_map(bytes).collect::<Vec<_>>();
    for file in [
        plain.clone().into_bytes(),
        marked.clone().into_bytes(),
        quoted.into_bytes(),
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
    ] {
        let (found, problems) = all(&file);
        assert_eq!(found, [row(2, ["1", "\u{e9}", "3"])], "{file:?}");
        assert!(problems.is_empty(), "{problems:?}");
    }
}

#[test]
fn what_is_not_utf8_is_windows_1252_and_counted() {
    let (found, problems) =
        all(b"School_id,Section_id,Student_id\n1,Jos\xe9,3\n4,\x80\x92,\"\xc9\"\n");
    assert_eq!(
        found,
        [
            row(2, ["1", "Jos\u{e9}", "3"]),
            row(3, ["4", "\u{20ac}\u{2019}", "\u{c9}"])
        ]
    );
    assert_eq!(said(&problems), [(Code::EncodingGuessed, 0, "")]);
    assert_eq!(problems[0].detail, "3 cells, the first in line 2");
}

#[test]
fn one_bad_byte_does_not_damage_the_other_names_of_a_file() {
    let (found, problems) =
        all(b"School_id,Section_id,Student_id\n1,\xc3\xa9,3\n4,\xe9,\xc3\xa9\n");
    assert_eq!(
        found,
        [
            row(2, ["1", "\u{e9}", "3"]),
            row(3, ["4", "\u{e9}", "\u{e9}"])
        ]
    );
    assert_eq!(problems[0].detail, "1 cells, the first in line 3");
}

#[test]
fn characters_that_do_not_belong_are_dropped_and_reported() {
    let (found, problems) = all(format!(
        "{HEADER}\n\u{a0}1\u{200b},a\u{7}b,Jos\u{fffd}\n2,e\u{301},\u{0}\n"
    ));
    assert_eq!(found, [row(2, ["1", "ab", "Jos\u{fffd}"])]);
    assert_eq!(
        said(&problems),
        [
            (Code::BadCharacter, 2, "Section_id"),
            (Code::BadCharacter, 2, "Student_id"),
            (Code::MissingRequired, 3, "Student_id"),
        ]
    );
}

#[test]
fn rows_of_the_wrong_length() {
    let (found, problems) = all(format!(
        "{HEADER},Note\n1,2,3\n4,5\n6\n7,8,9,,,\n10,11,12,,x\n,,\n  \n13,14,15,16\n"
    ));
    assert_eq!(
        found,
        [
            row(2, ["1", "2", "3"]),
            row(5, ["7", "8", "9"]),
            row(9, ["13", "14", "15"])
        ]
    );
    assert_eq!(
        said(&problems),
        [
            (Code::UnknownColumn, 1, "Note"),
            (Code::RowShort, 3, ""),
            (Code::RowShort, 4, ""),
            (Code::RowLong, 6, ""),
        ]
    );
    assert_eq!(problems[1].detail, "2 cells, the header has 4");
}

#[test]
fn nothing_but_a_header_is_a_file_without_rows() {
    let read = read(Stem::Enrollments, HEADER);
    assert!(read.problems.is_empty() && !read.report.fatal && read.report.supplied);
    assert_eq!((read.report.rows, read.report.kept), (0, 0));
}

#[test]
fn a_file_without_a_header_is_fatal() {
    for bytes in ["", "\n\r\n\r", "\u{feff}", "  \n ,,\n"] {
        let read = read(Stem::Enrollments, bytes);
        assert_eq!(
            said(&read.problems),
            [(Code::FileEmpty, 0, "")],
            "{bytes:?}"
        );
        assert!(read.report.fatal);
    }
}
