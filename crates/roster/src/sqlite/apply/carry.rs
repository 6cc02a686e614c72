//! What the app keeps of a class goes on with another one (integration-side A5.14): the one place where the engine writes what
//! is the app's own, because a person of the app said so.

use rusqlite::{Connection, params};

use super::{Applied, Effect, fields};
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
    let sql = "INSERT INTO section_own (section, display_name, settings, changed_by) \
               SELECT ?2, display_name, settings, ?3 FROM section_own WHERE section = ?1 \
               ON CONFLICT (section) DO UPDATE SET display_name = ifnull(display_name, excluded.display_name), \
               settings = ifnull(settings, excluded.settings), changed_by = excluded.changed_by";
    query::change(tx, sql, params![from, into, at.actor])?;
    let sql = "UPDATE custom_group SET section = ?2, changed_by = ?3 WHERE section = ?1 AND closed IS NULL";
    query::change(tx, sql, params![from, into, at.actor])?;
    let sql = "UPDATE group_member SET closed = max(?2, opened), changed_by = ?3 WHERE closed IS NULL \
               AND custom_group IN (SELECT id FROM custom_group WHERE section = ?1) \
               AND person NOT IN (SELECT person FROM membership WHERE section = ?1 AND opened IS NOT NULL)";
    query::change(tx, sql, params![into, at.on, at.actor])?;
    // The app's own tables write their rows of the audit themselves.
    let last = query::first(tx, "SELECT ifnull(max(seq), 0) FROM audit", [], |row| {
        Ok(row.get::<_, i64>(0)?)
    })?;
    at.next_seq = at.next_seq.max(last.unwrap_or(0) + 1);
    Ok(Effect::new(
        "carry_over",
        Kind::Section,
        into,
        vec![changed],
    ))
}
