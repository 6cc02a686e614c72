//! What a snapshot holds, by the natural keys in which the oracle speaks.

use std::collections::BTreeMap;

use homeroom_model::{ContactType, Kind, ObjectId, PhoneType, Relationship};
use homeroom_segment::{Relation, Row, Snapshot, fields};
use homeroom_simulator::Noun;

/// A record: what it is, and its natural key.
pub(super) type Key = (Noun, String);

/// The ids of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ids {
    /// Its own: of an employee's role, not of the person.
    pub(super) id: ObjectId,
    /// The person's, of an employee's role.
    pub(super) user: Option<ObjectId>,
}

/// Every record of a snapshot.
pub(super) fn keys(snapshot: &Snapshot) -> BTreeMap<Key, Ids> {
    let mut keys = BTreeMap::new();
    let mut put = |noun, key: String, id, user| {
        let before = keys.insert((noun, key), Ids { id, user });
        assert_eq!(before, None, "two {noun:?} have one key");
    };
    for (noun, kind, field) in [
        (Noun::School, Kind::School, fields::school::SIS_ID),
        (Noun::Student, Kind::Student, fields::student::SIS_ID),
        (Noun::Section, Kind::Section, fields::section::SIS_ID),
    ] {
        let table = snapshot.table(kind);
        for row in 0..table.len() {
            put(
                noun,
                table.row(row).text(field).to_owned(),
                table.id(row),
                None,
            );
        }
    }
    for (kind, noun, key) in [
        (Kind::Course, Noun::Course, course as fn(Row<'_>) -> String),
        (Kind::Term, Noun::Term, term),
    ] {
        let table = snapshot.table(kind);
        for row in 0..table.len() {
            put(noun, key(table.row(row)), table.id(row), None);
        }
    }
    let table = snapshot.table(Kind::Employee);
    for row in 0..table.len() {
        for (role, noun, field) in [
            (0, Noun::Teacher, fields::employee::TEACHER_SIS_ID),
            (1, Noun::Staff, fields::employee::STAFF_ID),
        ] {
            if table.key(row, role).is_some() {
                let id = table.role_id(row, role).expect("a role has an id");
                let key = table.row(row).text(field).to_owned();
                put(noun, key, id, Some(table.id(row)));
            }
        }
    }
    let table = snapshot.table(Kind::Contact);
    for row in 0..table.len() {
        put(Noun::Contact, contact(snapshot, row), table.id(row), None);
    }
    keys
}

fn course(row: Row<'_>) -> String {
    match row.text(fields::course::NUMBER) {
        "" => format!("name|{}", row.text(fields::course::NAME)),
        number => format!("number|{number}"),
    }
}

fn term(row: Row<'_>) -> String {
    let date = |field| {
        row.date(field)
            .map(|date| date.to_string())
            .unwrap_or_default()
    };
    let [start, end] = [fields::term::START, fields::term::END].map(date);
    format!("{}|{start}|{end}", row.text(fields::term::NAME))
}

fn contact(snapshot: &Snapshot, at: u32) -> String {
    use fields::{contact as c, link as l};
    let row = snapshot.table(Kind::Contact).row(at);
    let [sis_id, name, email, phone] =
        [c::SIS_ID, c::NAME, c::EMAIL, c::PHONE].map(|field| row.text(field));
    if !sis_id.is_empty() {
        format!("id|{sis_id}")
    } else if !email.is_empty() {
        format!("email|{name}|{email}")
    } else if !phone.is_empty() {
        format!("phone|{name}|{phone}")
    } else {
        let link = snapshot.back(Relation::LinkContact).get(at)[0];
        let link = snapshot.table(Kind::ContactLink).row(link);
        let kind = link.listed::<ContactType>(l::KIND).text().to_owned();
        let relation = link
            .listed::<Relationship>(l::RELATIONSHIP)
            .text()
            .to_owned();
        let phone = row.listed::<PhoneType>(c::PHONE_TYPE).text().to_owned();
        format!("words|{name}|{kind}|{relation}|{phone}")
    }
}
