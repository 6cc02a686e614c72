use proptest::prelude::*;

use super::*;

const ONE: &str = "5f00aa11bb22cc33dd44ee21";
const TWO: &str = "5f00aa11bb22cc33dd44ee22";

fn limits() -> Limits {
    Limits {
        rows: 5,
        body_bytes: 2000,
        other_metrics: 2,
    }
}

fn json(text: &str) -> Result<Batch, Refused> {
    let form = Form {
        progress: Some("lessons_completed"),
        limits: &limits(),
    };
    read_json(text.as_bytes(), &form)
}

fn csv(text: &str) -> Result<Batch, Refused> {
    let form = Form {
        progress: Some("lessons_completed"),
        limits: &limits(),
    };
    read_csv(text.as_bytes(), &form)
}

fn students(rows: &[String]) -> String {
    format!(r#"{{"data":{{"students":[{}]}}}}"#, rows.join(","))
}

fn row(index: u32, student: &str, minutes: &str, progress: &str) -> Row {
    Row {
        index,
        student: ObjectId::from_hex(student).unwrap(),
        minutes: Amount::parse(minutes.as_bytes()),
        progress: Amount::parse(progress.as_bytes()),
    }
}

#[test]
fn the_body_of_the_reference_is_read_in_both_forms() {
    let sent = format!(
        r#"{{ "data": {{ "students": [
            {{ "clever_id": "{ONE}", "metrics": {{ "minutes": 126, "lessons_completed": 23 }} }},
            {{ "clever_id": "{TWO}", "metrics": {{ "minutes": 32.5, "lessons_completed": 4.2 }} }} ] }} }}"#
    );
    let read = json(&sent).unwrap();
    assert_eq!(
        read.rows,
        [row(0, ONE, "126", "23"), row(1, TWO, "32.5", "4.2")]
    );
    assert_eq!(
        (read.received, read.progress_key.as_deref()),
        (2, Some("lessons_completed"))
    );
    assert!(read.rejected.is_empty() && read.repeated.is_empty() && read.others.is_empty());
    let table = format!("clever_id,minutes,lessons_completed\n{ONE},126,23\n{TWO},32.5,4.2\n");
    assert_eq!(csv(&table).unwrap(), read);
}

#[test]
fn an_empty_list_is_a_submission_of_nothing() {
    let nothing = Batch::default();
    assert_eq!(json(r#"{"data":{"students":[]}}"#), Ok(nothing.clone()));
    let table = csv("clever_id,minutes,lessons_completed\n").unwrap();
    assert_eq!((table.received, table.rows), (0, nothing.rows));
}

#[test]
fn each_row_stands_for_itself() {
    for (sent, reason) in [
        (
            r#"{"clever_id":"12","metrics":{"minutes":1}}"#,
            Reason::UnknownStudent,
        ),
        (
            r#"{"clever_id":12,"metrics":{"minutes":1}}"#,
            Reason::UnknownStudent,
        ),
        (
            r#"{"clever_id":null,"metrics":{"minutes":1}}"#,
            Reason::UnknownStudent,
        ),
        (r#"{"metrics":{"minutes":1}}"#, Reason::UnknownStudent),
        (
            r#"{"clever_id":"ID","metrics":{"minutes":-1}}"#,
            Reason::BadValue,
        ),
        (
            r#"{"clever_id":"ID","metrics":{"minutes":"5"}}"#,
            Reason::BadValue,
        ),
        (
            r#"{"clever_id":"ID","metrics":{"minutes":null}}"#,
            Reason::BadValue,
        ),
        (
            r#"{"clever_id":"ID","metrics":{"minutes":[1]}}"#,
            Reason::BadValue,
        ),
        (
            r#"{"clever_id":"ID","metrics":{"minutes":1e999}}"#,
            Reason::BadValue,
        ),
        (
            r#"{"clever_id":"ID","metrics":{"minutes":1,"lessons_completed":true}}"#,
            Reason::BadValue,
        ),
        (r#"{"clever_id":"ID","metrics":{}}"#, Reason::NoMetrics),
        (r#"{"clever_id":"ID"}"#, Reason::NoMetrics),
        (
            r#"{"clever_id":"ID","metrics":{"books_read":1}}"#,
            Reason::NoMetrics,
        ),
        (r#"{"clever_id":"ID","metrics":[1,2]}"#, Reason::NotARow),
        (r#"{"clever_id":"ID","metrics":7}"#, Reason::NotARow),
        ("7", Reason::NotARow),
        ("null", Reason::NotARow),
        (r#""text""#, Reason::NotARow),
        (r#"[{"clever_id":1}]"#, Reason::NotARow),
    ] {
        let good = format!(r#"{{"clever_id":"{TWO}","metrics":{{"minutes":1}}}}"#);
        let read = json(&students(&[good.clone(), sent.replace("ID", ONE), good])).unwrap();
        assert_eq!(
            read.rows,
            [row(0, TWO, "1", "x"), row(2, TWO, "1", "x")],
            "{sent}"
        );
        let [rejected] = read.rejected.as_slice() else {
            panic!("{sent}")
        };
        assert_eq!((rejected.index, rejected.reason), (1, reason), "{sent}");
        assert_eq!((read.received, read.repeated), (3, vec![2]), "{sent}");
    }
}

#[test]
fn what_was_sent_in_place_of_an_id_is_not_repeated() {
    let good = format!(r#"{{"clever_id":"{TWO}","metrics":{{"minutes":1}}}}"#);
    for id in [
        "\"5f00aa11bb22cc33dd44ee2\"",
        r#""\u0041nna Abara""#,
        "17",
        "[\"Anna\"]",
        r#""🎈""#,
    ] {
        let sent = format!(r#"{{"clever_id":{id},"metrics":{{"minutes":1}}}}"#);
        let read = json(&students(&[sent, good.clone()])).unwrap();
        let [rejected] = read.rejected.as_slice() else {
            panic!("{id}")
        };
        assert_eq!((rejected.index, rejected.student), (0, None));
        let written = serde_json::to_string(rejected).unwrap();
        assert!(written.contains(r#""clever_id":"not an id""#), "{written}");
        let kept: Rejected = serde_json::from_str(&written).unwrap();
        assert_eq!(&kept, rejected);
    }
    // What was kept before ids were looked at is not shown either.
    let before = r#"{"index":3,"clever_id":"Anna Abara","reason":"unknown_student"}"#;
    assert_eq!(
        serde_json::from_str::<Rejected>(before).unwrap().student,
        None
    );
    // An id may be written in capitals and with escapes: it is the same id.
    let sent = format!(
        r#"{{"clever_id":"\u0035{}","metrics":{{"minutes":1}}}}"#,
        &ONE[1..].to_uppercase()
    );
    assert_eq!(
        json(&students(&[sent])).unwrap().rows,
        [row(0, ONE, "1", "x")]
    );
}

#[test]
fn bodies_that_are_no_submission_are_refused_whole() {
    for (sent, expected) in [
        ("", Refused::NotJson { line: 1, column: 0 }),
        (
            "{\"data\":{\"students\":[\n]}",
            Refused::NotJson { line: 2, column: 2 },
        ),
        ("minutes=5", Refused::NotJson { line: 1, column: 1 }),
        ("[]", Refused::NoStudents),
        ("{}", Refused::NoStudents),
        (r#"{"data":{}}"#, Refused::NoStudents),
        (r#"{"data":[]}"#, Refused::NoStudents),
        (r#"{"students":[]}"#, Refused::NoStudents),
        (r#"{"data":{"students":{}}}"#, Refused::NoStudents),
        (
            r#"{"data":{"students":[1,2,3]}}"#,
            Refused::Nothing { rows: 3 },
        ),
        (
            r#"{"data":{"students":[1,2,3,4,5,6]}}"#,
            Refused::TooManyRows { most: 5 },
        ),
    ] {
        let refused = json(sent).unwrap_err();
        assert_eq!(refused, expected, "{sent}");
        assert_eq!(
            refused.is_too_large(),
            matches!(refused, Refused::TooManyRows { .. })
        );
    }
    let large = json(&" ".repeat(2001)).unwrap_err();
    assert_eq!(
        large,
        Refused::TooLarge {
            bytes: 2001,
            most: 2000
        }
    );
    assert!(large.is_too_large());
    assert!(json(r#"{"data":{"students":[]}} tail"#).is_err());
}

#[test]
fn headers_say_what_they_lack() {
    let many = (0..300).fold("clever_id,minutes".to_owned(), |header, column| {
        format!("{header},c{column}")
    });
    for (sent, fault) in [
        ("", HeaderFault::Missing),
        ("\n\r\n", HeaderFault::Missing),
        ("minutes,lessons_completed\n", HeaderFault::NoStudent),
        ("id;minutes\n", HeaderFault::NoStudent),
        ("clever_id\n", HeaderFault::NoMetric),
        ("clever_id,books_read\n", HeaderFault::NoMetric),
        ("clever_id,minutes,minutes\n", HeaderFault::Twice),
        (&many, HeaderFault::TooMany),
        ("clever_id,\"minutes\n", HeaderFault::Unreadable),
    ] {
        assert_eq!(csv(sent), Err(Refused::Header(fault)), "{sent:?}");
    }
    let utf16: Vec<u8> = "clever_id,minutes"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let form = Form {
        progress: None,
        limits: &limits(),
    };
    assert!(matches!(read_csv(&utf16, &form), Err(Refused::Header(_))));
}

#[test]
fn the_oddities_of_real_csv_are_accepted() {
    let expected = [row(0, ONE, "126", "23"), row(1, TWO, "32.5", "4.2")];
    for sent in [
        format!("\u{feff}clever_id,minutes,lessons_completed\r\n{ONE},126,23\r\n{TWO},32.5,4.2"),
        format!("clever_id, minutes, lessons_completed\n{ONE}, 126, 23\n{TWO},\t32.5 ,4.2\n\n"),
        format!(
            "\"clever_id\", \"minutes\",\"lessons_completed\"\n\"{ONE}\", \"126\" ,\"23\"\n{TWO},32.5,4.2\n,,\n"
        ),
        format!("clever_id,minutes,lessons_completed\r{ONE},126,23\r{TWO},32.5,4.2\r"),
        format!("lessons_completed,clever_id,minutes\n23,{ONE},126\n4.2,{TWO},32.5"),
        format!("clever_id,minutes,lessons_completed,\n{ONE},126,23,\n{TWO},32.5,4.2,note\n"),
    ] {
        let read = csv(&sent).unwrap();
        assert_eq!(read.rows, expected, "{sent:?}");
        assert!(read.rejected.is_empty(), "{sent:?}");
    }
}

#[test]
fn rows_of_csv_are_rejected_one_by_one() {
    for (line, reason) in [
        ("ID,-1,2", Reason::BadValue),
        ("ID,\"1,5\",2", Reason::BadValue),
        ("ID,1,two", Reason::BadValue),
        ("ID,,", Reason::NoMetrics),
        ("ID", Reason::NoMetrics),
        (",1,2", Reason::UnknownStudent),
        ("Anna,1,2", Reason::UnknownStudent),
        ("ID,1,2,3", Reason::NotARow),
        ("ID,\"1,2", Reason::NotARow),
        ("\"ID\"x,1,2", Reason::NotARow),
    ] {
        let sent = format!(
            "clever_id,minutes,lessons_completed\n{TWO},,1\n{}\n",
            line.replace("ID", ONE)
        );
        let read = csv(&sent).unwrap();
        assert_eq!(read.rows, [row(0, TWO, "x", "1")], "{line}");
        let [rejected] = read.rejected.as_slice() else {
            panic!("{line}")
        };
        assert_eq!((rejected.index, rejected.reason), (1, reason), "{line}");
    }
}

#[test]
fn keys_that_are_not_used_are_listed_and_no_row_is_lost_for_them() {
    let sent: Vec<String> = ["a", "b", "c", "a"]
        .iter()
        .map(|key| format!(r#"{{"clever_id":"{ONE}","metrics":{{"minutes":1,"{key}":"any"}}}}"#))
        .collect();
    let read = json(&students(&sent)).unwrap();
    let listed: Vec<_> = read
        .others
        .iter()
        .map(|other| (other.key.as_str(), other.rows))
        .collect();
    assert_eq!(listed, [("a", 2), ("b", 1)], "two are named at most");
    assert_eq!((read.rows.len(), read.progress_key), (4, None));
    assert_eq!(read.repeated, [1, 2, 3]);
}

#[test]
fn another_key_in_the_place_of_the_known_one_is_a_change_of_the_metric() {
    let with = |metrics: &str| {
        let row = format!(r#"{{"clever_id":"{ONE}","metrics":{{"minutes":1{metrics}}}}}"#);
        json(&students(&[row])).unwrap()
    };
    for (metrics, expected) in [
        (r#","books_read":3"#, Some("books_read")),
        (r#","books_read":3,"stars_won":4"#, None),
        (r#","books_read":3,"lessons_completed":4"#, None),
        ("", None),
    ] {
        assert_eq!(with(metrics).changed_key(), expected, "{metrics}");
    }
    let table = csv(&format!("clever_id,minutes,books_read\n{ONE},1,3\n")).unwrap();
    assert_eq!(table.changed_key(), Some("books_read"));
    let empty = csv(&format!("clever_id,minutes,books_read\n{ONE},1,\n")).unwrap();
    assert_eq!(
        empty.changed_key(),
        None,
        "a column without values says nothing"
    );
}

#[test]
fn an_app_that_declared_nothing_declares_by_sending() {
    let form = Form {
        progress: None,
        limits: &limits(),
    };
    let sent = format!(
        r#"{{"data":{{"students":[{{"clever_id":"{ONE}","metrics":{{"books_read":2,"minutes":1,"stars_won":9}}}}]}}}}"#
    );
    let read = read_json(sent.as_bytes(), &form).unwrap();
    assert_eq!(read.rows, [row(0, ONE, "1", "2")]);
    assert_eq!(read.progress_key.as_deref(), Some("books_read"));
    assert_eq!(
        read.others.first().map(|other| other.key.as_str()),
        Some("stars_won")
    );
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..300)) {
        let form = Form { progress: None, limits: &limits() };
        let _ = read_json(&body, &form);
        let _ = read_csv(&body, &form);
    }

    #[test]
    fn anything_like_csv_accounts_for_every_row(body in "[0-9a-f,\"\r\n ]{0,200}") {
        let sent = format!("clever_id,minutes\n{body}");
        let form = Form { progress: None, limits: &Limits { rows: 1000, ..limits() } };
        if let Ok(read) = read_csv(sent.as_bytes(), &form) {
            prop_assert_eq!(read.rows.len() + read.rejected.len(), read.received as usize);
        }
    }
}
