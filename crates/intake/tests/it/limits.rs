//! What files may not exceed, and that the rows around are read (district-side 1.3).

use std::io::{self, Read};

use homeroom_intake::{FileInfo, FileSet, Intake, Source, Stem, exercise};
use homeroom_model::{Code, Problem};

use crate::{read, said, settings};

const HEADER: &str = "School_id,Section_id,Student_id\n";

#[test]
fn a_cell_of_two_mebibytes_costs_its_row() {
    let long = "x".repeat(2 << 20);
    let lines = "x y\n".repeat(1 << 19);
    for (cell, later) in [
        (long.clone(), 4),
        (format!("\"{long}\""), 4),
        (format!("\"{long}\"\"{long}\""), 4),
        (format!("\"{lines}\""), 4 + (1 << 19)),
        (
            format!("\"{}\"", lines.replace('\n', "\r\n")),
            4 + (1 << 19),
        ),
        (format!("\"{}\"", lines.replace('\n', "\r")), 4 + (1 << 19)),
        ("y".repeat(100 << 10), 4),
        (format!("\"{}\"", "y".repeat(100 << 10)), 4),
    ] {
        for row in [
            format!("1,2,{cell}"),
            format!("1,{cell},2"),
            format!("{cell},1,2"),
        ] {
            let file = format!("{HEADER}1,2,3\n{row}\n4,5,6\n");
            let read = read(Stem::Enrollments, &file);
            assert_eq!(
                said(&read.problems),
                [(Code::CellTooLong, 3, "")],
                "{}",
                cell.len()
            );
            assert_eq!(read.lines, [2, later], "{}", cell.len());
            assert_eq!((read.report.rows, read.report.rejected), (3, 1));
        }
    }
}

#[test]
fn a_long_row_of_short_cells_costs_itself() {
    for cell in ["abc,", "\"abc\",", "\"a\"\"c\","] {
        let row = cell.repeat(700_000);
        let read = read(Stem::Enrollments, format!("{HEADER}1,2,3\n{row}\n4,5,6\n"));
        assert_eq!(said(&read.problems), [(Code::RowTooLong, 3, "")], "{cell}");
        assert_eq!(read.lines, [2, 4]);
    }
}

#[test]
fn a_mark_that_is_never_closed_costs_one_line_of_a_long_file() {
    let rows = "1,2,3\n".repeat(500_000);
    let read = read(Stem::Enrollments, format!("{HEADER}1,2,\"3\n{rows}"));
    assert_eq!(said(&read.problems), [(Code::QuoteUnclosed, 2, "")]);
    assert_eq!(read.lines.len(), 500_000);
    assert_eq!(read.lines.last(), Some(&500_002));
}

#[test]
fn limits_are_settings() {
    let mut settings = settings();
    settings.limits.cell_bytes = 12;
    settings.limits.row_bytes = 32;
    settings.limits.advised_chars = 3;
    let file = format!(
        "{HEADER}1,2,3\n1234567890123,2,3\n1,2,abcd\n123456789012,123456789012,123456789\n"
    );
    let read = exercise(Stem::Enrollments, file.as_bytes(), &settings);
    assert_eq!(
        said(&read.problems),
        [
            (Code::CellTooLong, 3, ""),
            (Code::TooLong, 4, "Student_id"),
            (Code::RowTooLong, 5, ""),
        ]
    );
    assert_eq!(read.lines, [2, 4]);
    settings.limits.file_bytes = 40;
    let read = exercise(Stem::Enrollments, file.as_bytes(), &settings);
    assert_eq!(said(&read.problems), [(Code::FileTooLarge, 0, "")]);
    assert!(read.report.fatal);
}

/// A file of any length that is made while it is read, to show that memory does not grow with it.
struct Endless {
    rows: u64,
}

struct Rows {
    left: u64,
    line: &'static [u8],
    at: usize,
}

impl Read for Rows {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < into.len() && self.left > 0 {
            let rest = &self.line[self.at..];
            let count = rest.len().min(into.len() - filled);
            into[filled..filled + count].copy_from_slice(&rest[..count]);
            filled += count;
            self.at += count;
            if self.at == self.line.len() {
                self.left -= 1;
                self.at = 0;
                self.line = b"1,2,3\n";
            }
        }
        Ok(filled)
    }
}

impl Source for Endless {
    fn files(&self) -> io::Result<Vec<FileInfo>> {
        Ok(Vec::new())
    }

    fn open(&self, _name: &str) -> io::Result<Box<dyn Read + Send + '_>> {
        Ok(Box::new(Rows {
            left: self.rows,
            line: b"School_id,Section_id,Student_id\n",
            at: 0,
        }))
    }
}

#[test]
fn rows_are_read_one_after_another() {
    let source = Endless { rows: 1_000_001 };
    let files = FileSet::only(Stem::Enrollments, "any");
    let settings = settings();
    let intake = Intake {
        source: &source,
        files: &files,
        settings: &settings,
    };
    let mut problems: Vec<Problem> = Vec::new();
    let mut last = 0;
    let report = intake
        .enrollments(&mut problems, |place, row, _| {
            assert_eq!(row.student_sis_id, "3");
            assert_eq!(place.line, last.max(1) + 1);
            last = place.line;
        })
        .unwrap();
    assert_eq!((report.rows, report.kept), (1_000_000, 1_000_000));
    assert_eq!(last, 1_000_001);
    assert!(problems.is_empty());
}

#[test]
fn broken_reading_is_an_error_and_a_missing_file_is_none() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _into: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("broken"))
        }
    }
    impl Source for Broken {
        fn files(&self) -> io::Result<Vec<FileInfo>> {
            Err(io::Error::other("broken"))
        }
        fn open(&self, _name: &str) -> io::Result<Box<dyn Read + Send + '_>> {
            Ok(Box::new(Self))
        }
    }
    let settings = settings();
    let mut problems: Vec<Problem> = Vec::new();
    let files = FileSet::only(Stem::Schools, "any");
    let intake = Intake {
        source: &Broken,
        files: &files,
        settings: &settings,
    };
    assert!(intake.schools(&mut problems, |_, _, _| {}).is_err());
    let absent = intake.students(&mut problems, |_, _, _| {}).unwrap();
    assert!(!absent.supplied && !absent.fatal);
    assert!(FileSet::find(&Broken, &settings.limits, &mut problems).is_err());
    assert!(problems.is_empty());
}
