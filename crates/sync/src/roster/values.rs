//! What the app shows of a record, under the names that the mirror has for its fields.

use std::collections::BTreeMap;

use homeroom_model::{Kind, Role};
use homeroom_roster::field::{Form, person};
use homeroom_roster::{self as app, LinkState, Reading, RosterError};

use super::columns::{self, Column, column, roster_kind};

/// Names and texts; a record that is not there has none, and ties are read as what they are.
pub(super) fn of(
    reading: &dyn Reading,
    kind: Kind,
    id: i64,
) -> Result<BTreeMap<String, String>, RosterError> {
    match roster_kind(kind) {
        Some(app::Kind::Person) => of_person(reading, kind, id),
        Some(stored) => of_record(reading, stored, kind, id),
        None => Ok(BTreeMap::new()),
    }
}

/// The id a record of the app goes by in the source.
pub(super) fn source_of(reading: &dyn Reading, id: i64) -> Result<Option<String>, RosterError> {
    let links = reading.links_of(id)?;
    let active = links
        .into_iter()
        .find(|(_, link)| link.state == LinkState::Active);
    Ok(active.map(|(source, _)| source))
}

/// What stands before the names of a role's fields in the mirror.
pub(super) fn prefix(role: Role) -> &'static str {
    match role {
        Role::Teacher => "teacher_",
        Role::Staff => "staff_",
        Role::DistrictAdmin => "admin_",
        Role::Student | Role::Contact => "",
    }
}

fn of_person(
    reading: &dyn Reading,
    kind: Kind,
    id: i64,
) -> Result<BTreeMap<String, String>, RosterError> {
    let mut values = BTreeMap::new();
    let Some(own) = reading.record(app::Kind::Person, id)? else {
        return Ok(values);
    };
    let roles = reading.roles_of(id)?;
    for (role, record) in &roles {
        let prefix = prefix(*role);
        let mut put = |name: &str, text: String| values.insert(format!("{prefix}{name}"), text);
        if *role == Role::Contact {
            put("name", columns::text(own.get(person::LAST_NAME)));
        } else {
            put("first_name", columns::text(own.get(person::FIRST_NAME)));
            put("middle_name", columns::text(own.get(person::MIDDLE_NAME)));
            put("last_name", columns::text(own.get(person::LAST_NAME)));
        }
        put("email", columns::text(own.get(person::EMAIL)));
        for (field, value) in record.iter().filter(|(field, _)| field.name() != "ext") {
            put(mirror_name(*role, field.name()), columns::text(value));
        }
        for (name, text) in columns::ext(record) {
            put(&name, text);
        }
        let schools = reading.schools_of(id, *role)?;
        let mut all = Vec::new();
        for (school, primary) in schools {
            let source = source_of(reading, school)?.unwrap_or_default();
            if primary {
                put("school", source.clone());
            }
            all.push(source);
        }
        all.sort();
        put("schools", all.join(" "));
    }
    if kind == Kind::Employee {
        let order = [Role::Teacher, Role::Staff, Role::DistrictAdmin];
        let held = order
            .into_iter()
            .filter(|role| roles.iter().any(|(held, _)| held == role));
        let held: Vec<_> = held.map(Role::text).collect();
        values.insert("roles".to_owned(), held.join("\u{1f}"));
    }
    Ok(values)
}

fn of_record(
    reading: &dyn Reading,
    stored: app::Kind,
    kind: Kind,
    id: i64,
) -> Result<BTreeMap<String, String>, RosterError> {
    let mut values = BTreeMap::new();
    let Some(record) = reading.record(stored, id)? else {
        return Ok(values);
    };
    for (field, value) in record.iter() {
        let name = match (kind, field.name()) {
            (Kind::School, "number") => "school_number",
            (Kind::Section, "number") => "section_number",
            (_, name) => name,
        };
        if column(kind, name) != Column::Own(field) {
            continue;
        }
        let text = match (field.form(), value.integer()) {
            (Form::Reference(_), Some(target)) => source_of(reading, target)?.unwrap_or_default(),
            _ => columns::text(value),
        };
        values.insert(name.to_owned(), text);
    }
    values.extend(columns::ext(&record));
    Ok(values)
}

/// The mirror's name of a role's column.
fn mirror_name(role: Role, column: &str) -> &str {
    match (role, column) {
        (Role::Student, "number") => "student_number",
        (_, "birth_date") => "dob",
        (_, column) => column,
    }
}

/// The name of a role's field without the role in front.
pub(super) fn own_name(role: Role, name: &str) -> &str {
    let prefix = prefix(role);
    name.strip_prefix(prefix).unwrap_or(name)
}
