//! What the app keeps of a class goes on with another one (integration-side A5.14): the one place where the engine writes what
//! is the app's own, because a person of the app said so.

use rusqlite::{Connection, params};

use super::{Applied, Effect, fields};
use crate::change::{Carried, CarriedMember, OwnValue, RowChange};
use crate::field::section;
use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::query;
use crate::{Differs, FieldChange, Kind, Of, Value};

/// `carry_over`: display name and settings where the new class has none, open groups that divide the class with those of
/// their members who are in the new one.
pub(crate) fn carry_over(
    tx: &Connection,
    at: &mut Applied,
    from: i64,
    into: i64,
) -> Answer<Effect> {
    at.own(from)?;
    at.own(into)?;
    if super::records::read(tx, Kind::Section, from)?.is_none() {
        return Err(Fault::Differs(Differs::State));
    }
    let change = FieldChange {
        field: section::CARRIED_FROM,
        before: Value::Null,
        after: Value::from(from),
    };
    let changed = fields::set_all(tx, Of::Record(Kind::Section, into), &[change])?;
    let before = own(tx, into)?;
    let after = match (own(tx, from)?, before.clone()) {
        (Some(old), Some(new)) => Some(OwnValue {
            display_name: new.display_name.or(old.display_name),
            settings: new.settings.or(old.settings),
        }),
        (old, new) => new.or(old),
    };
    let carried = Carried {
        carried: into,
        before,
        after,
        groups: groups(tx, from)?
            .into_iter()
            .map(|group| (group, from, into))
            .collect(),
        members: leavers(tx, at, from, into)?,
    };
    let carried = set(tx, at, &carried)?;
    follow_the_audit(tx, at)?;
    Ok(Effect::new(
        "carry_over",
        Kind::Section,
        into,
        vec![changed, carried],
    ))
}

/// Brings what the app keeps from what it was to what it shall be; none of it if people changed it meanwhile.
pub(crate) fn set(tx: &Connection, at: &Applied, wanted: &Carried) -> Answer<RowChange> {
    let section = wanted.carried;
    if own(tx, section)? != wanted.before {
        return Err(Fault::Differs(Differs::State));
    }
    if wanted.before != wanted.after {
        match &wanted.after {
            None => {
                let sql = "DELETE FROM section_own WHERE section = ?1";
                query::change(tx, sql, [section])?;
            }
            Some(value) => {
                let sql = "INSERT INTO section_own (section, display_name, settings, changed_by) VALUES (?1, ?2, ?3, ?4) \
                           ON CONFLICT (section) DO UPDATE SET display_name = excluded.display_name, \
                           settings = excluded.settings, changed_by = excluded.changed_by";
                let row = params![section, value.display_name, value.settings, at.actor];
                query::change(tx, sql, row)?;
            }
        }
    }
    for (group, before, after) in &wanted.groups {
        let sql = "UPDATE custom_group SET section = ?3, changed_by = ?4 WHERE id = ?1 AND section = ?2 AND closed IS NULL";
        if query::change(tx, sql, params![group, before, after, at.actor])? == 0 {
            return Err(Fault::Differs(Differs::State));
        }
    }
    for member in &wanted.members {
        let sql = "UPDATE group_member SET closed = ?5, changed_by = ?6 \
                   WHERE custom_group = ?1 AND person = ?2 AND opened = ?3 AND closed IS ?4";
        let CarriedMember {
            group,
            person,
            opened,
            before,
            after,
        } = member;
        let row = params![group, person, opened, before, after, at.actor];
        if query::change(tx, sql, row)? == 0 {
            return Err(Fault::Differs(Differs::Member(*person)));
        }
    }
    Ok(RowChange::Carried(wanted.clone()))
}

/// The app's own tables write their rows of the audit themselves: the next number is the one after theirs.
pub(crate) fn follow_the_audit(tx: &Connection, at: &mut Applied) -> Answer<()> {
    let last = query::first(tx, "SELECT ifnull(max(seq), 0) FROM audit", [], |row| {
        Ok(row.get::<_, i64>(0)?)
    })?;
    at.next_seq = at.next_seq.max(last.unwrap_or(0) + 1);
    Ok(())
}

fn own(tx: &Connection, section: i64) -> Answer<Option<OwnValue>> {
    let sql = "SELECT display_name, settings FROM section_own WHERE section = ?1";
    query::first(tx, sql, [section], |row| {
        Ok(OwnValue {
            display_name: row.get(0)?,
            settings: row.get(1)?,
        })
    })
}

/// Open groups that divide a class.
fn groups(tx: &Connection, section: i64) -> Answer<Vec<i64>> {
    let sql = "SELECT id FROM custom_group WHERE section = ?1 AND closed IS NULL ORDER BY id";
    query::all(tx, sql, [section], |row| Ok(row.get(0)?))
}

/// Who leaves such a group because they are not in the class that it divides from now on.
fn leavers(tx: &Connection, at: &Applied, from: i64, into: i64) -> Answer<Vec<CarriedMember>> {
    let sql = "SELECT m.custom_group, m.person, m.opened, max(?3, m.opened) FROM group_member AS m \
               JOIN custom_group AS g ON g.id = m.custom_group WHERE m.closed IS NULL AND g.section = ?1 AND g.closed IS NULL \
               AND m.person NOT IN (SELECT person FROM membership WHERE section = ?2 AND opened IS NOT NULL) \
               ORDER BY m.custom_group, m.person";
    query::all(tx, sql, params![from, into, at.on], |row| {
        Ok(CarriedMember {
            group: row.get(0)?,
            person: row.get(1)?,
            opened: row.get(2)?,
            before: None,
            after: row.get(3)?,
        })
    })
}
