//! What holds for any bytes.

use homeroom_intake::{Excerpt, ExcerptCell, Intake, Settings, Stem, exercise, keep};
use homeroom_model::{Code, Problem, Severity};
use proptest::prelude::*;

use crate::{read, records, settings};

fn stem() -> impl Strategy<Value = Stem> {
    prop::sample::select(Stem::ALL.to_vec())
}

/// Bytes that look like a file: pieces that mean something to a reader, and anything else.
fn file_like(header: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec![
            ",", "\"", "\n", "\r", "\r\n", ";", "\t", " ", "\"\"", ",\"", "\",", "1", "a", "NULL", "@", "8-Jun",
            "1/2/2012", "-1", "\u{e9}", "e\u{301}", "\u{feff}", "\u{fffd}", "\0", "\u{200b}", "Y", "x,y,z\n",
        ]).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ];
    let start = prop_oneof![
        8 => Just(header.join(",").into_bytes()),
        1 => Just(Vec::new()),
        1 => Just([0xff, 0xfe].to_vec()),
    ];
    (start, prop::collection::vec(piece, 0..60)).prop_map(|(mut bytes, pieces)| {
        bytes.push(b'\n');
        bytes.extend(pieces.into_iter().flatten());
        bytes
    })
}

const HEADERS: &[&str] = &[
    "School_id",
    "School_name",
    "Student_id",
    "Teacher_id",
    "Section_id",
    "Last_name",
    "First_name",
    "Staff_id",
    "Staff_email",
    "Admin_email",
    "resource_id",
    "Attendance_date",
    "Attendance_status",
    "title",
    "roles",
    "Grade",
    "DOB",
    "Contact_name",
    "Contact_phone",
    "Term_start",
    "Race",
    "ext.a",
];

/// Lines of a file, with LF, CRLF and CR as ends; UTF-16 is counted by what it may at most hold.
fn lines(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .filter(|byte| matches!(byte, b'\n' | b'\r'))
        .count() as u64
        + 1
}

fn check(stem: Stem, bytes: &[u8], settings: &Settings) {
    let read = exercise(stem, bytes, settings);
    let last = lines(bytes);
    assert!(read.lines.iter().all(|&line| line > 1 && line <= last));
    assert!(read.lines.is_sorted_by(|a, b| a < b), "{:?}", read.lines);
    assert!(
        read.problems
            .iter()
            .all(|problem| problem.place.line <= last)
    );
    assert_eq!(read.report.rows, read.report.kept + read.report.rejected);
    assert_eq!(read.report.kept, read.lines.len() as u64);
    let stops = |problem: &Problem| match stem {
        Stem::Attendance => problem.code == Code::AttendanceNotRead,
        _ => problem.code.severity() == Severity::Fatal,
    };
    let fatal = read.problems.iter().any(stops);
    assert_eq!(read.report.fatal, fatal);
    let errors = read
        .problems
        .iter()
        .filter(|problem| problem.code.severity() == Severity::Error);
    assert!(fatal || errors.count() as u64 >= read.report.rejected);
    check_excerpts(stem, bytes, settings, &read.lines);
    keep(&mut &*bytes, stem, &settings.limits, &mut std::io::sink()).unwrap();
}

/// Every row that is read can be shown, with cells that stand where they say.
fn check_excerpts(stem: Stem, bytes: &[u8], settings: &Settings, lines: &[u64]) {
    let (source, files) = crate::one_file(stem, bytes);
    let intake = Intake {
        source: &source,
        files: &files,
        settings,
    };
    let mut shown = Vec::new();
    let each = |excerpt: Excerpt| {
        let text = |cell: &ExcerptCell| excerpt.text[cell.range.clone()].len();
        let cells: usize = excerpt.cells.iter().map(text).sum();
        assert_eq!(cells + excerpt.cells.len() - 1, excerpt.text.len());
        shown.push(excerpt.line);
    };
    intake.excerpt(stem, lines, each).unwrap();
    assert_eq!(shown, lines);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(stem in stem(), bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check(stem, &bytes, &settings());
    }

    #[test]
    fn what_looks_like_a_file_never_panics(stem in stem(), bytes in file_like(HEADERS)) {
        check(stem, &bytes, &settings());
    }

    #[test]
    fn nor_does_it_when_limits_are_small(
        stem in stem(),
        bytes in file_like(&["School_id", "Section_id", "Student_id"]),
        row_bytes in 0_usize..80,
        cell_bytes in 0_usize..80,
    ) {
        let mut settings = settings();
        settings.limits.row_bytes = row_bytes;
        settings.limits.cell_bytes = cell_bytes;
        check(stem, &bytes, &settings);
    }

    /// What another CSV crate writes is read as it was meant.
    #[test]
    fn well_formed_rows_are_read_back(
        rows in prop::collection::vec(prop::array::uniform3("[a-z\",;\n\r ]{0,8}[a-z]"), 0..20),
        quote_all in any::<bool>(),
        end in prop::sample::select(vec![csv::Terminator::CRLF, csv::Terminator::Any(b'\n'), csv::Terminator::Any(b'\r')]),
    ) {
        let style = if quote_all { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let mut writer = csv::WriterBuilder::new().quote_style(style).terminator(end).from_writer(Vec::new());
        writer.write_record(["School_id", "Section_id", "Student_id"]).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let (found, problems, _) = records!(enrollments, Stem::Enrollments, &bytes, settings(), |row| {
            [row.school_sis_id, row.section_sis_id, row.student_sis_id].map(std::borrow::Cow::into_owned)
        });
        prop_assert!(problems.is_empty(), "{:?}", problems);
        let found: Vec<_> = found.into_iter().map(|(_, row)| row).collect();
        let expected: Vec<_> = rows.iter().map(|row| row.clone().map(|cell| cleaned(&cell))).collect();
        prop_assert_eq!(found, expected);
    }

    /// Cutting a file anywhere loses nothing before the cut but the row that is cut.
    #[test]
    fn a_file_cut_short_keeps_the_rows_before(cut in 32_usize..200) {
        let rows = (0..20).map(|row| format!("1,\"a{row}\",b{row}\n"));
        let file: String = std::iter::once("School_id,Section_id,Student_id\n".to_owned()).chain(rows).collect();
        let cut = cut.min(file.len());
        let whole = file[..cut].matches('\n').count() as u64;
        let kept = read(Stem::Enrollments, &file[..cut]).report.kept;
        prop_assert!(kept + 1 >= whole && kept <= whole, "{} of {}", kept, whole);
    }
}

fn cleaned(cell: &str) -> String {
    cell.trim()
        .replace("\r\n", " ")
        .replace(['\r', '\n'], " ")
        .trim()
        .to_owned()
}
