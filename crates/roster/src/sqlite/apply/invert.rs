//! The inverse of a row of the audit: every change of it, the last one first, each only where it still stands as it was left.

use rusqlite::Connection;

use super::audit::{self, Why};
use super::{Applied, Effect, carry, cells, fields, links, merges, records, roles, seats, ties};
use crate::change::{AuditEntry, RoleValue, RowChange};
use crate::sqlite::fault::{Answer, Fault};
use crate::{Differs, Kind, Refusal};

/// Undoes a row; the number of the row that says so.
pub(crate) fn invert(
    tx: &Connection,
    at: &mut Applied,
    entry: &AuditEntry,
    number: i64,
    reason: &str,
) -> Answer<i64> {
    let kind = Kind::from_text(&entry.kind).ok_or(Fault::Refused(Refusal::Invalid))?;
    if entry.district != at.district {
        return Err(Fault::Refused(Refusal::Gone));
    }
    let mut changes = Vec::with_capacity(entry.changes.len());
    for change in entry.changes.iter().rev() {
        changes.push(undo(tx, at, change)?);
    }
    if entry.changes.is_empty() {
        changes.push(records::take_away(tx, at, kind, entry.subject)?);
    }
    let own = |change: &RowChange| matches!(change, RowChange::Carried(_));
    if changes.iter().any(own) {
        carry::follow_the_audit(tx, at)?;
    }
    let evidence = format!("audit {}", entry.seq);
    let why = Why {
        number,
        reason,
        evidence: Some(&evidence),
        policy: None,
    };
    let effect = Effect::new("undo", kind, entry.subject, changes);
    audit::row(tx, at, &why, &effect)
}

fn undo(tx: &Connection, at: &Applied, change: &RowChange) -> Answer<RowChange> {
    match change {
        RowChange::Own { .. } => Err(Fault::Refused(Refusal::InUse)),
        RowChange::Carried(carried) => carry::set(tx, at, &carried.inverse()),
        RowChange::Created { created, id } => records::take_away(tx, at, *created, *id),
        RowChange::Removed {
            removed,
            kind,
            id,
            roles,
            links,
        } => {
            records::bring_back(tx, at, (*kind, *id), removed, roles, links)?;
            Ok(RowChange::Created {
                created: *kind,
                id: *id,
            })
        }
        RowChange::Fields { fields, kind, id } => {
            links::touch(tx, *id)?;
            if fields.contains_key("merged_into") && fields.len() > 1 {
                return turn_back(tx, *id, fields);
            }
            fields::set_back(tx, *kind, *id, fields)
        }
        RowChange::Role {
            person,
            role_before,
            role_after,
        } => {
            links::touch(tx, *person)?;
            role(tx, *person, role_before.as_ref(), role_after.as_ref())
        }
        RowChange::Schools {
            schools_of,
            person,
            before,
            after,
        } => {
            links::touch(tx, *person)?;
            roles::set_schools(tx, *person, roles::role_of(schools_of)?, after, before)
        }
        RowChange::Link {
            link,
            kind,
            before,
            after,
        } => links::put(tx, at, *kind, link, after.clone(), before.clone()),
        RowChange::Seats {
            section,
            seats,
            left,
            ..
        } => {
            links::touch(tx, *section)?;
            seats::set_back(tx, at, *section, seats, left)
        }
        RowChange::Tie {
            tie, before, after, ..
        } => ties::put(tx, at, tie.clone(), after.clone(), before.clone()),
        RowChange::Cell {
            cell,
            kind,
            id,
            before,
            after,
        } => cells::put(tx, at, (*kind, *id), cell, after.clone(), before.clone()),
    }
}

/// The four columns of the app's switch change together or not at all.
fn turn_back(tx: &Connection, id: i64, fields: &fields::Changed) -> Answer<RowChange> {
    let side = |name: &str| {
        let pair = fields.get(name).cloned();
        pair.ok_or(Fault::unreadable("the audit"))
    };
    let (state, reason) = (side("app_state")?, side("app_reason")?);
    let (since, target) = (side("app_since")?, side("merged_into")?);
    let before = [state.0, reason.0, since.0, target.0];
    let after = [state.1, reason.1, since.1, target.1];
    merges::turn(tx, id, &after, &before)
}

/// Takes a role back, or gives it back; it has to be as it was left.
fn role(
    tx: &Connection,
    person: i64,
    before: Option<&RoleValue>,
    after: Option<&RoleValue>,
) -> Answer<RowChange> {
    let name = before.or(after).map(|value| value.role.as_str());
    let role = roles::role_of(name.ok_or(Fault::unreadable("the audit"))?)?;
    let now = roles::read_role(tx, person, role)?;
    if now.as_ref() != after {
        return Err(Fault::Differs(Differs::Role));
    }
    if now.is_some() {
        roles::take_away(tx, person, role)?;
    }
    if let Some(value) = before {
        records::insert_value(tx, person, value)?;
    }
    Ok(RowChange::Role {
        person,
        role_before: now,
        role_after: before.cloned(),
    })
}
