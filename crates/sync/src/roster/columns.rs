//! Which column of the app's database a field of the mirror fills. A field without a column of its own stands in `ext`, under
//! its name.

use std::collections::BTreeMap;

use homeroom_model::{Kind, Role};
use homeroom_roster::field::{self, Form};
use homeroom_roster::{Field, PersonKind, Record, Value};

/// Where a field of the mirror stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// A column of the record itself.
    Own(Field),
    /// A column of a role.
    OfRole(Role, Field),
    /// A person's name or email, which several roles of the source may say.
    OfPerson(Role, Field),
    /// In the record's `ext`.
    Ext,
    /// In a role's `ext`.
    ExtOfRole(Role),
    /// The schools of a role; the primary one.
    School(Role),
    /// All schools of a role.
    Schools(Role),
    /// Which roles there are.
    Roles,
    /// An end of a tie.
    End,
}

/// The kind of the app's records that holds records of a kind; `None` for ties, which have no record of their own.
pub(crate) fn roster_kind(kind: Kind) -> Option<homeroom_roster::Kind> {
    Some(match kind {
        Kind::School => homeroom_roster::Kind::School,
        Kind::Term => homeroom_roster::Kind::Term,
        Kind::Course => homeroom_roster::Kind::Course,
        Kind::Section => homeroom_roster::Kind::Section,
        Kind::Student | Kind::Employee | Kind::Contact => homeroom_roster::Kind::Person,
        Kind::ContactLink | Kind::Resource => return None,
    })
}

/// The kind in the source of a record of the app's; people's is told by what their record is there. `None` for profiles, and for
/// people without that.
pub(crate) fn sent_kind(kind: homeroom_roster::Kind, person: Option<PersonKind>) -> Option<Kind> {
    Some(match kind {
        homeroom_roster::Kind::School => Kind::School,
        homeroom_roster::Kind::Term => Kind::Term,
        homeroom_roster::Kind::Course => Kind::Course,
        homeroom_roster::Kind::Section => Kind::Section,
        homeroom_roster::Kind::Person => match person? {
            PersonKind::Student => Kind::Student,
            PersonKind::Employee => Kind::Employee,
            PersonKind::Contact => Kind::Contact,
        },
        homeroom_roster::Kind::Profile => return None,
    })
}

/// What a person's record is in the source; `None` for what is no person.
pub(crate) fn person_kind(kind: Kind) -> Option<PersonKind> {
    Some(match kind {
        Kind::Student => PersonKind::Student,
        Kind::Employee => PersonKind::Employee,
        Kind::Contact => PersonKind::Contact,
        _ => return None,
    })
}

/// Where a field of a kind stands.
pub(crate) fn column(kind: Kind, name: &str) -> Column {
    match kind {
        Kind::School => own(
            &field::school::TABLE,
            if name == "school_number" {
                "number"
            } else {
                name
            },
        ),
        Kind::Term => own(&field::term::TABLE, name),
        Kind::Course => own(&field::course::TABLE, name),
        Kind::Section => own(
            &field::section::TABLE,
            if name == "section_number" {
                "number"
            } else {
                name
            },
        ),
        Kind::Student => of_role(Role::Student, name),
        Kind::Contact => match name {
            "name" => Column::OfPerson(Role::Contact, field::person::LAST_NAME),
            _ => of_role(Role::Contact, name),
        },
        Kind::Employee => employee(name),
        Kind::ContactLink | Kind::Resource => match name {
            "contact" | "student" => Column::End,
            _ => Column::Ext,
        },
    }
}

fn employee(name: &str) -> Column {
    let prefixes = [
        ("teacher_", Role::Teacher),
        ("staff_", Role::Staff),
        ("admin_", Role::DistrictAdmin),
    ];
    let found = prefixes
        .into_iter()
        .find_map(|(prefix, role)| Some((role, name.strip_prefix(prefix)?)));
    match found {
        Some((role, own)) => of_role(role, own),
        None => Column::Roles,
    }
}

fn of_role(role: Role, name: &str) -> Column {
    use homeroom_roster::field::{person, role as of};
    match name {
        "first_name" => Column::OfPerson(role, person::FIRST_NAME),
        "middle_name" => Column::OfPerson(role, person::MIDDLE_NAME),
        "last_name" => Column::OfPerson(role, person::LAST_NAME),
        "email" => Column::OfPerson(role, person::EMAIL),
        "sis_id" => Column::OfRole(role, of::SIS_ID),
        "number" | "student_number" => Column::OfRole(role, of::NUMBER),
        "state_id" => Column::OfRole(role, of::STATE_ID),
        "grade" => Column::OfRole(role, of::GRADE),
        "graduation_year" => Column::OfRole(role, of::GRADUATION_YEAR),
        "dob" => Column::OfRole(role, of::BIRTH_DATE),
        "title" => Column::OfRole(role, of::TITLE),
        "school" => Column::School(role),
        "schools" => Column::Schools(role),
        _ => Column::ExtOfRole(role),
    }
}

/// A column of the record, unless it is one that the source does not fill.
fn own(table: &field::Table, name: &str) -> Column {
    let reserved = [
        "origin",
        "state",
        "reason",
        "since",
        "ext",
        "copy_of",
        "successor",
        "carried_from",
    ];
    match table
        .field(name)
        .filter(|field| !reserved.contains(&field.name()))
    {
        Some(field) => Column::Own(field),
        None => Column::Ext,
    }
}

/// A text of the mirror as a column holds it; nothing for a blank one, and for one that is not of the column's form.
pub(crate) fn value(field: Field, text: &str) -> Value<'static> {
    if text.is_empty() {
        return Value::Null;
    }
    match field.form() {
        Form::Number => text.parse::<i64>().map_or(Value::Null, Value::Integer),
        Form::Text | Form::Date | Form::Json | Form::Moment | Form::Reference(_) => {
            Value::from(text.to_owned())
        }
    }
}

/// A column's value as the mirror would say it.
pub(crate) fn text(value: &Value<'_>) -> String {
    match value {
        Value::Null => String::new(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text.clone().into_owned(),
    }
}

/// What stands in a record's `ext`.
pub(crate) fn ext(record: &Record<'_>) -> BTreeMap<String, String> {
    let place = record.table().field("ext");
    let json = place.and_then(|place| record.get(place).text().map(str::to_owned));
    json.and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default()
}

/// `ext` as a column holds it; nothing if it is empty.
pub(crate) fn ext_value(ext: &BTreeMap<String, String>) -> Value<'static> {
    if ext.is_empty() {
        return Value::Null;
    }
    let json = serde_json::to_string(ext).unwrap_or_default();
    Value::from(json)
}
