//! Scans of people's roles, their schools and ties.

use homeroom_model::Role;
use rusqlite::Connection;

use super::scans::{each, ids_of};
use crate::Record;
use crate::action::Tie;
use crate::field;
use crate::roster::{AccountRow, Visited};
use crate::sqlite::apply::has_link;
use crate::sqlite::columns;
use crate::sqlite::fault::Answer;
use crate::sqlite::query;

pub(crate) fn roles(
    at: &Connection,
    district: i64,
    visit: &mut dyn FnMut(i64, Role, &Record<'_>) -> Visited,
) -> Answer<()> {
    let table = &field::role::TABLE;
    each(at, table.scan, [district], |row| {
        visit(
            row.get(0)?,
            columns::role(row, 1)?,
            &columns::record(row, 2, table)?,
        )?;
        Ok(())
    })
}

pub(crate) fn people(
    at: &Connection,
    district: i64,
    visit: &mut dyn FnMut(i64) -> Visited,
) -> Answer<()> {
    let sql = "SELECT id FROM person WHERE id BETWEEN ?1 AND ?2 ORDER BY id";
    each(at, sql, ids_of(district), |row| Ok(visit(row.get(0)?)?))
}

pub(crate) fn has_login_name(at: &Connection, name: &str) -> Answer<bool> {
    query::any(at, "SELECT 1 FROM person WHERE login_name = ?1", [name])
}

pub(crate) fn accounts(
    at: &Connection,
    district: i64,
    visit: &mut dyn FnMut(AccountRow<'_>) -> Visited,
) -> Answer<()> {
    let sql = "SELECT r.person, r.role, p.app_state, p.email, r.sis_id, r.number, r.state_id, r.ext \
               FROM role AS r JOIN person AS p ON p.id = r.person WHERE r.person BETWEEN ?1 AND ?2 ORDER BY r.person, r.role";
    each(at, sql, ids_of(district), |row| {
        visit(AccountRow {
            person: row.get(0)?,
            role: columns::role(row, 1)?,
            app_state: columns::text(row, 2)?,
            email: columns::text_if_any(row, 3)?,
            sis_id: columns::text_if_any(row, 4)?,
            number: columns::text_if_any(row, 5)?,
            state_id: columns::text_if_any(row, 6)?,
            ext: columns::text_if_any(row, 7)?,
        })?;
        Ok(())
    })
}

pub(crate) fn roles_of(at: &Connection, person: i64) -> Answer<Vec<(Role, Record<'static>)>> {
    let table = &field::role::TABLE;
    let mut found = Vec::new();
    for role in Role::ALL {
        let key = rusqlite::params![person, role.text()];
        let record = query::first(at, table.select, key, |row| {
            Ok(columns::record(row, 2, table)?.into_owned())
        })?;
        found.extend(record.map(|record| (role, record)));
    }
    Ok(found)
}

pub(crate) fn schools(
    at: &Connection,
    district: i64,
    visit: &mut dyn FnMut(i64, Role, i64, bool) -> Visited,
) -> Answer<()> {
    let sql = "SELECT person, role, school, is_primary FROM role_school \
               WHERE person BETWEEN ?1 AND ?2 ORDER BY person, role, school";
    each(at, sql, ids_of(district), |row| {
        visit(
            row.get(0)?,
            columns::role(row, 1)?,
            row.get(2)?,
            row.get(3)?,
        )?;
        Ok(())
    })
}

pub(crate) fn unlinked(
    at: &Connection,
    district: i64,
    role: Role,
    visit: &mut dyn FnMut(i64, &Record<'_>, &Record<'_>) -> Visited,
) -> Answer<()> {
    let (person, of_role) = (&field::person::TABLE, &field::role::TABLE);
    each(at, person.scan, [district], |row| {
        let id: i64 = row.get(0)?;
        if has_link(at, id)? {
            return Ok(());
        }
        let mut statement = at.prepare_cached(of_role.select)?;
        let mut found = statement.query(rusqlite::params![id, role.text()])?;
        if let Some(values) = found.next()? {
            visit(
                id,
                &columns::record(row, 1, person)?,
                &columns::record(values, 2, of_role)?,
            )?;
        }
        Ok(())
    })
}

pub(crate) fn account_flags(
    at: &Connection,
    district: i64,
    visit: &mut dyn FnMut(i64, bool, bool) -> Visited,
) -> Answer<()> {
    let sql = "SELECT o.person, o.privileged, p.email IS NOT NULL AND lower(p.email) IS lower(o.verified_email) \
               FROM person_own AS o JOIN person AS p ON p.id = o.person WHERE o.person BETWEEN ?1 AND ?2 \
               AND (o.privileged OR lower(p.email) = lower(o.verified_email)) ORDER BY o.person";
    each(at, sql, ids_of(district), |row| {
        visit(row.get(0)?, row.get(1)?, row.get(2)?)?;
        Ok(())
    })
}

pub(crate) fn ties(
    at: &Connection,
    district: i64,
    visit: &mut dyn FnMut(Tie<'_>, &str) -> Visited,
) -> Answer<()> {
    let sql = "SELECT contact, student, type, label, opened FROM relationship \
               WHERE contact BETWEEN ?1 AND ?2 AND closed IS NULL ORDER BY contact, student, type, label";
    each(at, sql, ids_of(district), |row| {
        let tie = Tie::Relationship {
            contact: row.get(0)?,
            student: row.get(1)?,
            kind: columns::text(row, 2)?,
            label: columns::text(row, 3)?,
        };
        visit(tie, columns::text(row, 4)?)?;
        Ok(())
    })?;
    let sql = "SELECT teacher, student, opened FROM association \
               WHERE teacher BETWEEN ?1 AND ?2 AND closed IS NULL ORDER BY teacher, student";
    each(at, sql, ids_of(district), |row| {
        let tie = Tie::Association {
            teacher: row.get(0)?,
            student: row.get(1)?,
        };
        visit(tie, columns::text(row, 2)?)?;
        Ok(())
    })
}
