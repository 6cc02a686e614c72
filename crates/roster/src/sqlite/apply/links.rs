//! Links: source ids and what they mean.

use rusqlite::{Connection, params};

use super::{Applied, Effect, fields, switches};
use crate::change::RowChange;
use crate::field::{person, school};
use crate::link::{Hash, LinkState, LinkValue, NewLink, PersonKind};
use crate::sqlite::columns;
use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::query;
use crate::{Differs, FieldChange, Kind, Of, Refusal, Seen, Value};

/// `link` and `adopt`.
pub(crate) fn link(
    tx: &Connection,
    at: &Applied,
    kind: Kind,
    id: i64,
    link: &NewLink<'_>,
    adopted: bool,
) -> Answer<Effect> {
    at.own(id)?;
    if super::records::read(tx, kind, id)?.is_none() {
        return Err(Fault::Differs(Differs::State));
    }
    if read(tx, at, kind, link.source_id)?.is_some() {
        return Err(Fault::Differs(Differs::Link));
    }
    let mut changes = vec![insert_new(tx, at, kind, id, link)?];
    let mut fields = Vec::new();
    if kind == Kind::Person && matches!(link.state, LinkState::Active | LinkState::Joint) {
        fields.extend(switches::presence(tx, at, id)?);
    }
    if adopted {
        fields.extend(adoption(tx, kind, id)?);
    }
    if !fields.is_empty() {
        changes.push(fields::set_all(tx, Of::Record(kind, id), &fields)?);
    }
    let op = if adopted { "adopt" } else { "link" };
    Ok(Effect::new(op, kind, id, changes))
}

fn adoption(tx: &Connection, kind: Kind, id: i64) -> Answer<Option<FieldChange<'static>>> {
    let field = match kind {
        Kind::Person => person::ORIGIN,
        Kind::Profile => return Err(Fault::Refused(Refusal::Invalid)),
        _ => crate::field::table(kind)
            .field(school::ORIGIN.name())
            .ok_or(Fault::Refused(Refusal::Invalid))?,
    };
    let before = fields::get(tx, Of::Record(kind, id), field)?.unwrap_or(Value::Null);
    let adopted = (before.text() != Some("adopted")).then(|| FieldChange {
        field,
        before,
        after: Value::from("adopted"),
    });
    Ok(adopted)
}

/// `rekey`.
pub(crate) fn rekey(
    tx: &Connection,
    at: &Applied,
    kind: Kind,
    old: &str,
    new: &NewLink<'_>,
) -> Answer<Effect> {
    let before = read(tx, at, kind, old)?.ok_or(Fault::Differs(Differs::Link))?;
    let lives = matches!(before.state, LinkState::Active | LinkState::Joint);
    if !lives || old == new.source_id {
        return Err(Fault::Differs(Differs::Link));
    }
    let id = before.entity;
    let (state, was) = (before.state, before.person);
    let alias = LinkValue {
        state: LinkState::Alias,
        since: at.at,
        ..before.clone()
    };
    let mut changes = vec![put(tx, at, kind, old, Some(before), Some(alias))?];
    changes.push(take_over(tx, at, kind, (id, state, was), new)?);
    if kind == Kind::Person {
        let present = switches::presence(tx, at, id)?;
        if !present.is_empty() {
            changes.push(fields::set_all(tx, Of::Record(kind, id), &present)?);
        }
    }
    Ok(Effect::new("rekey", kind, id, changes))
}

/// The new id: unknown, or one the record had before.
fn take_over(
    tx: &Connection,
    at: &Applied,
    kind: Kind,
    (id, state, was): (i64, LinkState, Option<PersonKind>),
    new: &NewLink<'_>,
) -> Answer<RowChange> {
    let known = read(tx, at, kind, new.source_id)?;
    let after = LinkValue {
        entity: id,
        person: new.person.or(was),
        state,
        rung: new.rung.to_owned(),
        evidence: new.evidence.map(str::to_owned),
        since: at.at,
    };
    match known {
        None => {
            insert(
                tx,
                at,
                kind,
                new.source_id,
                &after,
                new.hash,
                new.roster_hash,
            )?;
            Ok(RowChange::Link {
                link: new.source_id.to_owned(),
                kind,
                before: None,
                after: Some(after),
            })
        }
        Some(alias) if alias.entity == id => {
            let changed = put(tx, at, kind, new.source_id, Some(alias), Some(after))?;
            let seen = Seen {
                hash: new.hash,
                roster_hash: new.roster_hash,
                touched: None,
            };
            note_seen(tx, at, kind, new.source_id, &seen)?;
            Ok(changed)
        }
        Some(_) => Err(Fault::Differs(Differs::Link)),
    }
}

/// What of the mirror is applied.
pub(crate) fn seen(
    tx: &Connection,
    at: &Applied,
    kind: Kind,
    source_id: &str,
    seen: &Seen,
) -> Answer<Effect> {
    let id = note_seen(tx, at, kind, source_id, seen)?;
    Ok(Effect::unaudited("noop", kind, id))
}

fn note_seen(
    tx: &Connection,
    at: &Applied,
    kind: Kind,
    source_id: &str,
    seen: &Seen,
) -> Answer<i64> {
    let sql = "UPDATE link SET hash = ifnull(?4, hash), roster_hash = ifnull(?5, roster_hash), \
               touched = ifnull(?6, touched) WHERE district = ?1 AND kind = ?2 AND source_id = ?3";
    let row = params![
        at.district,
        kind.text(),
        source_id,
        seen.hash,
        seen.roster_hash,
        seen.touched
    ];
    // Asked for beforehand: what a change returns, SQLite collects in a table that it makes for each of them.
    let id = entity(tx, at, kind, source_id)?;
    query::change(tx, sql, row)?;
    Ok(id)
}

/// The record that a source id means.
fn entity(tx: &Connection, at: &Applied, kind: Kind, source_id: &str) -> Answer<i64> {
    let sql = "SELECT entity FROM link WHERE district = ?1 AND kind = ?2 AND source_id = ?3";
    let key = params![at.district, kind.text(), source_id];
    let id = query::first(tx, sql, key, |row| Ok(row.get(0)?))?;
    id.ok_or(Fault::Differs(Differs::Link))
}

/// `quarantine`.
pub(crate) fn quarantine(
    tx: &Connection,
    at: &Applied,
    kind: Kind,
    source_id: &str,
    why: Option<&str>,
) -> Answer<Effect> {
    let id = entity(tx, at, kind, source_id)?;
    let sql =
        "UPDATE link SET quarantine = ?4 WHERE district = ?1 AND kind = ?2 AND source_id = ?3";
    let row = params![at.district, kind.text(), source_id, why];
    query::change(tx, sql, row)?;
    Ok(Effect::unaudited("quarantine", kind, id))
}

/// A link that is made.
pub(crate) fn insert_new(
    tx: &Connection,
    at: &Applied,
    kind: Kind,
    id: i64,
    new: &NewLink<'_>,
) -> Answer<RowChange> {
    let row = params![
        at.district,
        kind.text(),
        new.source_id,
        id,
        new.state.text(),
        new.rung,
        new.evidence,
        at.at.millis(),
        new.hash,
        new.roster_hash,
        new.person.map(PersonKind::text)
    ];
    query::change(tx, INSERT, row)?;
    Ok(RowChange::Link {
        link: new.source_id.to_owned(),
        kind,
        before: None,
        after: Some(LinkValue {
            entity: id,
            person: new.person,
            state: new.state,
            rung: new.rung.to_owned(),
            evidence: new.evidence.map(str::to_owned),
            since: at.at,
        }),
    })
}

const INSERT: &str = "INSERT INTO link (district, kind, source_id, entity, state, rung, evidence, since, hash, roster_hash, \
                      person_kind) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

/// A link with what it says.
pub(crate) fn insert(
    tx: &Connection,
    at: &Applied,
    kind: Kind,
    source_id: &str,
    value: &LinkValue,
    hash: Option<Hash>,
    roster_hash: Option<Hash>,
) -> Answer<()> {
    let row = params![
        at.district,
        kind.text(),
        source_id,
        value.entity,
        value.state.text(),
        value.rung,
        value.evidence,
        value.since.millis(),
        hash,
        roster_hash,
        value.person.map(PersonKind::text)
    ];
    query::change(tx, INSERT, row).map(drop)
}

/// Brings a link from one value to another, if it is as it should be before.
pub(crate) fn put(
    tx: &Connection,
    at: &Applied,
    kind: Kind,
    source_id: &str,
    before: Option<LinkValue>,
    after: Option<LinkValue>,
) -> Answer<RowChange> {
    if read(tx, at, kind, source_id)? != before {
        return Err(Fault::Differs(Differs::Link));
    }
    match (&before, &after) {
        (_, None) => {
            let sql = "DELETE FROM link WHERE district = ?1 AND kind = ?2 AND source_id = ?3";
            query::change(tx, sql, params![at.district, kind.text(), source_id])?;
        }
        (None, Some(value)) => insert(tx, at, kind, source_id, value, None, None)?,
        (Some(_), Some(value)) => {
            let sql = "UPDATE link SET entity = ?4, state = ?5, rung = ?6, evidence = ?7, since = ?8 \
                       WHERE district = ?1 AND kind = ?2 AND source_id = ?3";
            let row = params![
                at.district,
                kind.text(),
                source_id,
                value.entity,
                value.state.text(),
                value.rung,
                value.evidence,
                value.since.millis()
            ];
            query::change(tx, sql, row)?;
        }
    }
    Ok(RowChange::Link {
        link: source_id.to_owned(),
        kind,
        before,
        after,
    })
}

/// Equal hashes no longer mean that a record is as the source has it.
pub(crate) fn touch(tx: &Connection, id: i64) -> Answer<()> {
    let sql = "UPDATE link SET touched = 1 \
               WHERE (entity = ?1 AND state = 'active') OR (entity = ?1 AND state <> 'active')";
    query::change(tx, sql, [id]).map(drop)
}

/// What a source id means.
pub(crate) fn read(
    tx: &Connection,
    at: &Applied,
    kind: Kind,
    source_id: &str,
) -> Answer<Option<LinkValue>> {
    let sql = "SELECT entity, state, rung, evidence, since, person_kind FROM link \
               WHERE district = ?1 AND kind = ?2 AND source_id = ?3";
    query::first(
        tx,
        sql,
        params![at.district, kind.text(), source_id],
        |row| value(row, 0),
    )
}

/// Source ids of a record, ascending.
pub(crate) fn of(tx: &Connection, id: i64) -> Answer<Vec<(String, LinkValue)>> {
    // Said so that the two indexes by record, one for active ids and one for the rest, can be used.
    let sql = "SELECT source_id, entity, state, rung, evidence, since, person_kind FROM link \
               WHERE (entity = ?1 AND state = 'active') OR (entity = ?1 AND state <> 'active') ORDER BY source_id";
    query::all(tx, sql, [id], |row| Ok((row.get(0)?, value(row, 1)?)))
}

/// Whether any source id means a record.
pub(crate) fn any(tx: &Connection, id: i64) -> Answer<bool> {
    let sql = "SELECT 1 FROM link WHERE (entity = ?1 AND state = 'active') OR (entity = ?1 AND state <> 'active')";
    query::any(tx, sql, [id])
}

/// Forgets all source ids of a record.
pub(crate) fn forget(tx: &Connection, id: i64) -> Answer<()> {
    let sql = "DELETE FROM link WHERE (entity = ?1 AND state = 'active') OR (entity = ?1 AND state <> 'active')";
    query::change(tx, sql, [id]).map(drop)
}

/// What a person's record is in the source.
pub(crate) fn person_kind(row: &rusqlite::Row<'_>, column: usize) -> Answer<Option<PersonKind>> {
    let text = columns::text_if_any(row, column)?;
    text.map(|text| PersonKind::from_text(text).ok_or(Fault::unreadable("a link")))
        .transpose()
}

/// What a link says, from a column on.
pub(crate) fn value(row: &rusqlite::Row<'_>, first: usize) -> Answer<LinkValue> {
    Ok(LinkValue {
        entity: row.get(first)?,
        state: columns::word(row, first + 1, LinkState::from_text)?,
        rung: row.get(first + 2)?,
        evidence: row.get(first + 3)?,
        since: columns::moment(row, first + 4)?,
        person: person_kind(row, first + 5)?,
    })
}
