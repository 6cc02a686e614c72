//! Fields that deviate, and values the source cannot give.

use homeroom_model::Role;

use super::sample::{Subject, Town, Work, apply, created, day, is_well, source};
use crate::field::{person, role};
use crate::{Cell, CellOrigin, Differs, FieldChange, Kind, Of, Op, Outcome, Until, Value};

/// S23: a stand-in is marked, and its mark goes with it.
pub fn fillers_are_marked_and_replaced(subject: &Subject) {
    let town = Town::build(subject, 1);
    let of = Of::Role(town.students[0], Role::Student);
    let stand_in = FieldChange {
        field: role::BIRTH_DATE,
        before: Value::Null,
        after: Value::from("1900-01-01"),
    };
    let real = FieldChange {
        field: role::BIRTH_DATE,
        before: Value::from("1900-01-01"),
        after: Value::from("2011-03-04"),
    };
    let fill = Op::Fill {
        of,
        field: &stand_in,
    };
    let unfill = Op::Unfill { of, field: &real };
    let mut work = Work::begin(subject, &town, 2);
    // There is no stand-in to replace yet; with none of the two steps done.
    assert!(!work.act(unfill).is_done());
    work.done(fill);
    work.commit();
    let marks = || subject.rows("SELECT entity, field, value FROM placeholders");
    let mark = [
        town.students[0].to_string(),
        "student.birth_date".into(),
        "\"1900-01-01\"".into(),
    ];
    assert_eq!(marks(), [mark]);
    apply(subject, &town, 3, &[unfill]);
    assert!(marks().is_empty());
    let sql = "SELECT birth_date FROM students ORDER BY id LIMIT 1";
    assert_eq!(subject.value(sql), "2011-03-04");
    is_well(subject, town.district);
}

/// Integration-side A5.9.
pub fn overrides_say_how_long_they_hold(subject: &Subject) {
    let town = Town::build(subject, 1);
    let of = Of::Record(Kind::Person, town.teacher);
    let cell = |until| Cell {
        base: Value::from("e1"),
        value: Value::from("e2"),
        origin: CellOrigin::User,
        until: Some(until),
        by: Some("admin".into()),
    };
    let field = person::EMAIL;
    let cells = [Until::SourceAgrees, Until::Date(day(30)), Until::Always].map(cell);
    let mut before = None;
    for after in &cells {
        let op = Op::Cell {
            of,
            field,
            before,
            after: Some(after),
        };
        apply(subject, &town, 2, &[op]);
        let mut read = Vec::new();
        let mut visit = |id, name: &str, cell: Cell| {
            read.push((id, name.to_owned(), cell));
            Ok(())
        };
        subject.read().cells(town.district, &mut visit).unwrap();
        assert_eq!(read, [(town.teacher, "email".to_owned(), after.clone())]);
        before = Some(after);
    }
    let mut work = Work::begin(subject, &town, 3);
    let stale = Op::Cell {
        of,
        field,
        before: None,
        after: None,
    };
    assert_eq!(work.act(stale), Outcome::Differs(Differs::Cell));
    work.commit();
}

/// S-less A6.14: licence codes by source id or SIS id.
pub fn side_data_finds_its_person_and_survives_a_rekey(subject: &Subject) {
    let town = Town::build(subject, 1);
    for (kind, key) in [
        ("source_id", source(30)),
        ("sis_id", "00040".to_owned()),
        ("sis_id", "none".to_owned()),
    ] {
        let sql = format!(
            "INSERT INTO side_data (district, key_kind, key, name, value) VALUES ({}, '{kind}', '{key}', 'licence', 'x')",
            town.district
        );
        subject.rows(&sql);
    }
    let values = || subject.rows("SELECT person, key FROM side_values ORDER BY key");
    let student = vec![town.students[0].to_string(), "00040".to_owned()];
    let teacher = vec![town.teacher.to_string(), source(30)];
    let nobody = vec!["NULL".to_owned(), "none".to_owned()];
    let expected = [student, teacher, nobody];
    assert_eq!(values(), expected);
    let (old, new) = (source(30), source(31));
    let rekey = Op::Rekey {
        kind: Kind::Person,
        old: &old,
        new: created(&new),
    };
    apply(subject, &town, 2, &[rekey]);
    assert_eq!(values(), expected);
    assert_eq!(
        subject.value("SELECT count(*) FROM side_data WHERE person IS NULL"),
        "1"
    );
}
