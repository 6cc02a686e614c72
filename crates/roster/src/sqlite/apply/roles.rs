//! Roles of people and their schools.

use homeroom_model::Role;
use rusqlite::{Connection, params};

use super::records::{insert, values_of};
use super::{Applied, Effect};
use crate::change::{RoleValue, RowChange};
use crate::field;
use crate::sqlite::columns;
use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::query;
use crate::{Differs, Kind, NewRole, Record, Refusal};

/// `role_grant`.
pub(crate) fn grant(
    tx: &Connection,
    at: &Applied,
    person: i64,
    role: &NewRole<'_>,
) -> Answer<Effect> {
    at.own(person)?;
    if exists(tx, person, role.role)? {
        return Err(Fault::Differs(Differs::Role));
    }
    insert_role(tx, person, role.role, role.record, role.schools)?;
    let change = RowChange::Role {
        person,
        role_before: None,
        role_after: read_role(tx, person, role.role)?,
    };
    Ok(Effect::new(
        "role_grant",
        Kind::Person,
        person,
        vec![change],
    ))
}

/// `role_revoke`.
pub(crate) fn revoke(tx: &Connection, at: &Applied, person: i64, role: Role) -> Answer<Effect> {
    at.own(person)?;
    let change = take_away(tx, person, role)?;
    Ok(Effect::new(
        "role_revoke",
        Kind::Person,
        person,
        vec![change],
    ))
}

/// Removes a role and its schools.
pub(crate) fn take_away(tx: &Connection, person: i64, role: Role) -> Answer<RowChange> {
    let before = read_role(tx, person, role)?.ok_or(Fault::Differs(Differs::Role))?;
    let key = params![person, role.text()];
    query::change(
        tx,
        "DELETE FROM role_school WHERE person = ?1 AND role = ?2",
        key,
    )?;
    query::change(tx, field::role::TABLE.delete, key)?;
    Ok(RowChange::Role {
        person,
        role_before: Some(before),
        role_after: None,
    })
}

/// `update` of the schools of a role.
pub(crate) fn schools(
    tx: &Connection,
    at: &Applied,
    person: i64,
    role: Role,
    before: &[(i64, bool)],
    after: &[(i64, bool)],
) -> Answer<Effect> {
    at.own(person)?;
    let change = set_schools(tx, person, role, before, after)?;
    Ok(Effect::new("update", Kind::Person, person, vec![change]))
}

/// Sets the schools of a role, if they are as they should be before.
pub(crate) fn set_schools(
    tx: &Connection,
    person: i64,
    role: Role,
    before: &[(i64, bool)],
    after: &[(i64, bool)],
) -> Answer<RowChange> {
    if !exists(tx, person, role)? {
        return Err(Fault::Differs(Differs::Role));
    }
    if read_schools(tx, person, role)? != before {
        return Err(Fault::Differs(Differs::Schools));
    }
    let sql = "DELETE FROM role_school WHERE person = ?1 AND role = ?2 AND school = ?3";
    for (school, _) in before.iter().filter(|pair| !after.contains(pair)) {
        query::change(tx, sql, params![person, role.text(), school])?;
    }
    for pair in after.iter().filter(|pair| !before.contains(pair)) {
        insert_school(tx, person, role, *pair)?;
    }
    Ok(RowChange::Schools {
        schools_of: role.text().to_owned(),
        person,
        before: before.to_vec(),
        after: after.to_vec(),
    })
}

/// A role with its fields and schools.
pub(crate) fn insert_role(
    tx: &Connection,
    person: i64,
    role: Role,
    record: &Record<'_>,
    schools: &[(i64, bool)],
) -> Answer<()> {
    if !std::ptr::eq(record.table(), &raw const field::role::TABLE) {
        return Err(Fault::Refused(Refusal::Invalid));
    }
    insert(tx, &field::role::TABLE, &[&person, &role.text()], record)?;
    for school in schools {
        insert_school(tx, person, role, *school)?;
    }
    Ok(())
}

fn insert_school(
    tx: &Connection,
    person: i64,
    role: Role,
    (school, primary): (i64, bool),
) -> Answer<()> {
    let sql = "INSERT INTO role_school (person, role, school, is_primary) VALUES (?1, ?2, ?3, ?4)";
    query::change(tx, sql, params![person, role.text(), school, primary]).map(drop)
}

/// Whether somebody has a role.
pub(crate) fn exists(tx: &Connection, person: i64, role: Role) -> Answer<bool> {
    let sql = "SELECT 1 FROM role WHERE person = ?1 AND role = ?2";
    query::any(tx, sql, params![person, role.text()])
}

/// A role as the audit keeps it.
pub(crate) fn read_role(tx: &Connection, person: i64, role: Role) -> Answer<Option<RoleValue>> {
    let table = &field::role::TABLE;
    let record = query::first(tx, table.select, params![person, role.text()], |row| {
        Ok(columns::record(row, 2, table)?.into_owned())
    })?;
    let Some(record) = record else {
        return Ok(None);
    };
    Ok(Some(RoleValue {
        role: role.text().to_owned(),
        fields: values_of(&record),
        schools: read_schools(tx, person, role)?,
    }))
}

/// All roles of somebody, by name.
pub(crate) fn read_roles(tx: &Connection, person: i64) -> Answer<Vec<RoleValue>> {
    let mut roles = Vec::new();
    for role in Role::ALL {
        roles.extend(read_role(tx, person, role)?);
    }
    Ok(roles)
}

/// The schools of a role, ascending.
pub(crate) fn read_schools(tx: &Connection, person: i64, role: Role) -> Answer<Vec<(i64, bool)>> {
    let sql = "SELECT school, is_primary FROM role_school WHERE person = ?1 AND role = ?2 ORDER BY school";
    query::all(tx, sql, params![person, role.text()], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

/// The role of a name.
pub(crate) fn role_of(name: &str) -> Answer<Role> {
    Role::from_text(name).ok_or(Fault::unreadable("a role"))
}
