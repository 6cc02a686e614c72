//! Copies without passwords.

use homeroom_intake::{Kept, Limits, Settings, Stem, exercise, keep};
use proptest::prelude::*;

use crate::settings;

fn copy(stem: Stem, bytes: &[u8], limits: &Limits) -> (Vec<u8>, Kept) {
    let mut copy = Vec::new();
    let kept = keep(&mut &*bytes, stem, limits, &mut copy).unwrap();
    assert_eq!(kept.bytes, copy.len() as u64);
    (copy, kept)
}

fn copied(stem: Stem, text: &str) -> String {
    String::from_utf8(copy(stem, text.as_bytes(), &Limits::default()).0).unwrap()
}

/// Reading the copy gives what reading the file gives.
fn same(stem: Stem, bytes: &[u8], settings: &Settings) {
    let (copy, _) = copy(stem, bytes, &settings.limits);
    let (one, other) = (
        exercise(stem, bytes, settings),
        exercise(stem, &copy, settings),
    );
    let shown = || {
        (
            String::from_utf8_lossy(bytes).into_owned(),
            String::from_utf8_lossy(&copy).into_owned(),
        )
    };
    assert_eq!(one.lines, other.lines, "{:?}", shown());
    assert_eq!(one.report, other.report, "{:?}", shown());
    assert!(
        one.problems == other.problems,
        "{:?}\n{:?}\n{:?}",
        shown(),
        one.problems,
        other.problems
    );
}

#[test]
fn cells_of_passwords_are_empty_and_everything_else_is_as_it_was() {
    let header = "School_id,Teacher_id,First_name,Password,Last_name,ext.pwd\r\n";
    let file = format!(
        "\u{feff}\r\n{header}1,2,Jos\u{e9},hunter2, \"O\"\"Neil\" ,hunter3\r\n\n1,3,\"A\nB\",\"hun,ter\",C,\"\"\r1,4,A,\"hunter2\",C"
    );
    let expected = format!(
        "\u{feff}\r\n{header}1,2,Jos\u{e9},, \"O\"\"Neil\" ,\r\n\n1,3,\"A\nB\",\"x,x\",C,\"\"\r1,4,A,\"x\",C"
    );
    assert_eq!(copied(Stem::Teachers, &file), expected);
    same(Stem::Teachers, file.as_bytes(), &settings());
}

#[test]
fn files_without_such_columns_are_copied_byte_by_byte() {
    for (stem, bytes) in [
        (
            Stem::Enrollments,
            b"School_id,Section_id,Student_id\n1,\xff,\"\n\"\xe9".as_slice(),
        ),
        (Stem::Teachers, b"Teacher_id\n\n\r\n1"),
        (Stem::Teachers, b""),
        (Stem::Teachers, b"\xef\xbb\xbf"),
        (Stem::Students, b"\xff\xfeS\0c\0h\0o\0o\0l\0_\0i\0d\0\n\0"),
    ] {
        let (copy, kept) = copy(stem, bytes, &Limits::default());
        assert_eq!(copy, bytes);
        assert!(!kept.has_passwords && !kept.veiled);
    }
}

#[test]
fn every_encoding_and_separator_stays() {
    let text =
        "School_id;Teacher_id;First_name;Last_name;Password;Username\n1;2;Jos\u{e9};X;hunter2;jx\n";
    let expected = text.replace("hunter2", "");
    let utf16 = |text: &str, mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        mark.into_iter()
            .chain(text.encode_utf16().flat_map(bytes))
            .collect()
    };
    let latin = |text: &str| {
        text.chars()
            .map(|letter| u8::try_from(u32::from(letter)).unwrap())
            .collect::<Vec<u8>>()
    };
    for (file, expected) in [
        (text.as_bytes().to_vec(), expected.as_bytes().to_vec()),
        (latin(text), latin(&expected)),
        (
            utf16(text, [0xff, 0xfe], u16::to_le_bytes),
            utf16(&expected, [0xff, 0xfe], u16::to_le_bytes),
        ),
        (
            utf16(text, [0xfe, 0xff], u16::to_be_bytes),
            utf16(&expected, [0xfe, 0xff], u16::to_be_bytes),
        ),
    ] {
        let (copy, kept) = copy(Stem::Teachers, &file, &Limits::default());
        assert_eq!(copy, expected);
        assert!(kept.has_passwords);
        same(Stem::Teachers, &file, &settings());
    }
}

#[test]
fn what_cannot_be_read_is_veiled() {
    let header = "School_id,Teacher_id,First_name,Last_name,Password\n";
    for (row, expected) in [
        // Nobody knows in which of the last two the password is.
        ("1,2,A,B,C,hunter2\n", "1,2,A,B,x,xxxxxxx\n"),
        ("1,2,hunter2\n", "1,2,xxxxxxx\n"),
        (
            "1,2,\"A,B,hunter2\n1,2,A,B,hunter2\n",
            "x,x,\"x,x,xxxxxxx\n1,2,A,B,\n",
        ),
        ("1,2,A,B\n", "1,2,A,B\n"),
        (",,,,hunter2\n", ",,,,\n"),
    ] {
        let file = format!("{header}{row}");
        assert_eq!(copied(Stem::Teachers, &file), format!("{header}{expected}"));
        same(Stem::Teachers, file.as_bytes(), &settings());
    }
}

#[test]
fn lines_that_a_mark_seemed_to_swallow_are_given_back_in_the_copy_too() {
    let header = "School_id,Teacher_id,First_name,Last_name,Password,Username\n";
    // The row of the mark has too many cells only because the last line's password is one of them.
    for (rows, expected) in [
        (",,\"\na\",1,2,A,B,", ",,\"\na\",1,2,A,x,"),
        (
            ",,,\"\n1,2,A,B,pw,u\n,\t\",x,y,z\n1,2,A,B,pw,u\n",
            ",,,\"\n1,2,A,B,x,u\n,\t\",x,y,x\n1,2,A,B,,u\n",
        ),
        (
            "\",\",,\"\r\na\",1,2,A,B,\r\n1,2,A,B,pw,u",
            "\",\",,\"\r\na\",1,2,A,x,\r\n1,2,A,B,,u",
        ),
        (
            ",\",\r\n\",1/2/2012\",1,2,A,B,",
            ",\",\r\n\",1/2/2012\",1,2,A,x,",
        ),
    ] {
        let file = format!("{header}{rows}");
        same(Stem::Teachers, file.as_bytes(), &settings());
        assert_eq!(copied(Stem::Teachers, &file), format!("{header}{expected}"));
    }
    let header = "School_id,Teacher_id,First_name,Password,Last_name,Username\n";
    let file = format!("{header},\"\n\",,NULL\"1,2,A,B,");
    same(Stem::Teachers, file.as_bytes(), &settings());
}

#[test]
fn of_a_file_without_header_only_the_separators_are_kept() {
    let (bytes, kept) = copy(
        Stem::Teachers,
        b"1,2,Ada,Lovelace,hunter2\r\n1,\"3\",B,C,d e\n",
        &Limits::default(),
    );
    assert_eq!(bytes, b"x,x,xxx,xxxxxxxx,xxxxxxx\r\nx,\"x\",x,x,x x\n");
    assert!(kept.veiled && !kept.has_passwords);
    let (bytes, kept) = copy(
        Stem::Teachers,
        b"School_id,\"Teacher_id,Password\n1,2,hunter2\n",
        &Limits::default(),
    );
    assert!(kept.veiled && !String::from_utf8(bytes).unwrap().contains("hunter2"));
}

#[test]
fn rows_over_the_limit_are_veiled() {
    let mut settings = settings();
    settings.limits.row_bytes = 100;
    settings.limits.cell_bytes = 60;
    let header = "School_id,Teacher_id,First_name,Last_name,Password\n";
    for long in [
        format!("1,2,{},hunter2", "a".repeat(300)),
        format!("1,2,A,B,hunter2{}", "y".repeat(200)),
        format!("1,2,A,\"B{}\",hunter2", "\n".repeat(200)),
    ] {
        let file = format!("{header}1,2,A,B,hunter2\n{long}\n1,3,A,B,hunter2\n");
        let (copy, _) = copy(Stem::Teachers, file.as_bytes(), &settings.limits);
        assert!(!String::from_utf8(copy).unwrap().contains("hunter2"));
        same(Stem::Teachers, file.as_bytes(), &settings);
    }
}

/// Text as people and machines put it into cells.
fn junk() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        ",",
        "\"",
        "\n",
        "\r",
        "\r\n",
        ";",
        "\t",
        " ",
        "\"\"",
        ",\"",
        "\",",
        "1",
        "a",
        "NULL",
        "@",
        "8-Jun",
        "1/2/2012",
        "\0",
        "x,y,z\n",
        "\n1,2,A,B,pw,u\n",
        "\n1,2,A,B,\"pw\",u\n",
        "\n1,2,A,B,\"p,w\n\",u\n",
        "1,2,A,B,",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn the_copy_reads_like_the_file(junk in junk(), at in 0_usize..5, ends in any::<bool>()) {
        let mut names = vec!["School_id", "Teacher_id", "First_name", "Last_name", "Username"];
        names.insert(at, "Password");
        let file = names.join(",") + if ends { "\r\n" } else { "\n" } + &junk;
        same(Stem::Teachers, file.as_bytes(), &settings());
    }

    #[test]
    fn nothing_of_a_password_is_left(
        passwords in prop_oneof![
            prop::collection::vec("[A-Z,;\"\n\r ]{1,10}Z", 1..8),
            prop::collection::vec("[A-Z,;\" ]{1,10}Z", 1..8),
        ],
        style in prop::sample::select(vec![csv::QuoteStyle::Always, csv::QuoteStyle::Necessary]),
        cut in 0_usize..40,
    ) {
        let mut writer = csv::WriterBuilder::new().quote_style(style).from_writer(Vec::new());
        writer.write_record(["school_id", "teacher_id", "first_name", "password", "last_name"]).unwrap();
        for password in &passwords {
            writer.write_record(["1", "2", "a,b", password, "c\nd"]).unwrap();
        }
        let mut file = writer.into_inner().unwrap();
        same(Stem::Teachers, &file, &settings());
        let (copy, _) = copy(Stem::Teachers, &file, &Limits::default());
        prop_assert!(!copy.iter().any(u8::is_ascii_uppercase), "{}", String::from_utf8_lossy(&copy));
        if passwords.iter().any(|password| password.contains(['\r', '\n'])) {
            return Ok(());
        }
        // Nor is it when the file is cut short.
        file.truncate(file.len().saturating_sub(cut).max(60));
        let (copy, _) = self::copy(Stem::Teachers, &file, &Limits::default());
        prop_assert!(!copy.iter().any(u8::is_ascii_uppercase), "{}", String::from_utf8_lossy(&copy));
        same(Stem::Teachers, &file, &settings());
    }

    #[test]
    fn any_bytes_can_be_copied(bytes in prop::collection::vec(any::<u8>(), 0..300), stem in prop::sample::select(Stem::ALL.to_vec())) {
        let mut file = b"Password,School_id\n".to_vec();
        copy(stem, &bytes, &Limits::default());
        file.extend(bytes);
        copy(stem, &file, &Limits::default());
    }
}
