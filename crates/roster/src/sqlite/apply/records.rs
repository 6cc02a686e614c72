//! Records: made, removed, and brought back.

use homeroom_model::Role;
use rusqlite::types::ToSql;
use rusqlite::{Connection, params};

use super::roles::{insert_role, read_roles, role_of};
use super::{Applied, Effect, links};
use crate::change::{FieldValues, RoleValue, RowChange};
use crate::field::{self, Table};
use crate::link::{LinkValue, NewLink};
use crate::sqlite::columns;
use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::query;
use crate::{Kind, NewRole, Record, Refusal};

/// `create`.
pub(crate) fn create(
    tx: &Connection,
    at: &mut Applied,
    kind: Kind,
    record: &Record<'_>,
    roles: &[NewRole<'_>],
    link: Option<NewLink<'_>>,
) -> Answer<Effect> {
    let id = at.id()?;
    insert_with_roles(tx, kind, id, record, roles)?;
    if let Some(link) = link {
        links::insert_new(tx, at, kind, id, &link)?;
    }
    Ok(Effect::new("create", kind, id, Vec::new()))
}

/// Takes back what of a creation was written, under the id that was next. A savepoint for each of a million creations costs more
/// than all their checks; nothing else refers to the record yet, so this is the same.
pub(crate) fn uncreate(tx: &Connection, kind: Kind, id: i64) -> Answer<()> {
    delete(tx, kind, id)
}

/// A record and its roles, under an id.
pub(crate) fn insert_with_roles(
    tx: &Connection,
    kind: Kind,
    id: i64,
    record: &Record<'_>,
    roles: &[NewRole<'_>],
) -> Answer<()> {
    let fits = std::ptr::eq(record.table(), field::table(kind));
    if !fits || (kind != Kind::Person && !roles.is_empty()) {
        return Err(Fault::Refused(Refusal::Invalid));
    }
    insert(tx, field::table(kind), &[&id], record)?;
    for role in roles {
        insert_role(tx, id, role.role, role.record, role.schools)?;
    }
    Ok(())
}

/// One row of a table of fields.
pub(crate) fn insert(
    tx: &Connection,
    table: &Table,
    keys: &[&dyn ToSql],
    record: &Record<'_>,
) -> Answer<()> {
    let mut statement = tx.prepare_cached(table.insert)?;
    let mut place = 0;
    for key in keys {
        place += 1;
        statement.raw_bind_parameter(place, key)?;
    }
    for value in &record.values {
        place += 1;
        statement.raw_bind_parameter(place, value)?;
    }
    statement.raw_execute()?;
    Ok(())
}

/// A removal as an action.
pub(crate) fn remove(tx: &Connection, at: &Applied, kind: Kind, id: i64) -> Answer<Effect> {
    at.own(id)?;
    let removed = take_away(tx, at, kind, id)?;
    Ok(Effect::new("remove", kind, id, vec![removed]))
}

/// Removes a record that nothing refers to, with its roles and source ids.
pub(crate) fn take_away(tx: &Connection, at: &Applied, kind: Kind, id: i64) -> Answer<RowChange> {
    let record = read(tx, kind, id)?.ok_or(Fault::Differs(crate::Differs::State))?;
    let deviates = query::any(tx, "SELECT 1 FROM cell WHERE entity = ?1", [id])?;
    if deviates {
        return Err(Fault::Refused(Refusal::InUse));
    }
    let links = links::of(tx, id)?;
    let roles = read_roles(tx, id)?;
    delete(tx, kind, id).map_err(Fault::removing)?;
    let sql = "UPDATE suggestion SET state = 'gone', last_seen = ?3 \
               WHERE district = ?1 AND entity = ?2 AND state = 'open'";
    query::change(tx, sql, params![at.district, id, at.at.millis()])?;
    Ok(RowChange::Removed {
        removed: values_of(&record),
        kind,
        id,
        roles,
        links,
    })
}

fn delete(tx: &Connection, kind: Kind, id: i64) -> Answer<()> {
    query::change(tx, "DELETE FROM role_school WHERE person = ?1", [id])?;
    query::change(tx, "DELETE FROM role WHERE person = ?1", [id])?;
    links::forget(tx, id)?;
    let none: Option<&str> = None;
    query::change(tx, field::table(kind).delete, params![id, none]).map(drop)
}

/// Brings a removed record back under its old id.
pub(crate) fn bring_back(
    tx: &Connection,
    at: &Applied,
    (kind, id): (Kind, i64),
    removed: &FieldValues,
    roles: &[RoleValue],
    links: &[(String, LinkValue)],
) -> Answer<()> {
    let record = record_of(field::table(kind), removed)?;
    insert(tx, field::table(kind), &[&id], &record)?;
    for role in roles {
        insert_value(tx, id, role)?;
    }
    for (source_id, value) in links {
        links::insert(tx, at, kind, source_id, value, None, None)?;
    }
    Ok(())
}

/// A role as the audit keeps it.
pub(crate) fn insert_value(tx: &Connection, person: i64, value: &RoleValue) -> Answer<()> {
    let role: Role = role_of(&value.role)?;
    let record = record_of(&field::role::TABLE, &value.fields)?;
    insert_role(tx, person, role, &record, &value.schools)
}

/// One record.
pub(crate) fn read(tx: &Connection, kind: Kind, id: i64) -> Answer<Option<Record<'static>>> {
    let table = field::table(kind);
    let none: Option<&str> = None;
    query::first(tx, table.select, params![id, none], |row| {
        Ok(columns::record(row, 1, table)?.into_owned())
    })
}

/// What a record holds, as the audit keeps it.
pub(crate) fn values_of(record: &Record<'static>) -> FieldValues {
    record
        .iter()
        .filter(|(_, value)| **value != crate::Value::Null)
        .map(|(field, value)| (field.name().to_owned(), value.clone()))
        .collect()
}

fn record_of(table: &'static Table, values: &FieldValues) -> Answer<Record<'static>> {
    let mut record = Record::empty(table);
    for (name, value) in values {
        let field = table.field(name).ok_or(Fault::unreadable("the audit"))?;
        record.set(field, value.clone());
    }
    Ok(record)
}
