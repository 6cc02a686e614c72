//! Rows of the audit.

use rusqlite::{Connection, params};

use super::{Applied, Effect};
use crate::Action;
use crate::sqlite::columns::to_json;
use crate::sqlite::fault::Answer;
use crate::sqlite::query;

const INSERT: &str = "INSERT INTO audit (seq, district, run, action, at, actor, op, kind, subject, reason, evidence, policy, \
                      changes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

/// The row of an action, if it changed the roster; its number.
pub(crate) fn write(
    tx: &Connection,
    at: &mut Applied,
    action: &Action<'_>,
    effect: &Effect,
) -> Answer<Option<i64>> {
    if !effect.audited {
        return Ok(None);
    }
    let why = Why {
        number: action.number,
        reason: action.reason,
        evidence: action.evidence,
        policy: action.policy,
    };
    row(tx, at, &why, effect).map(Some)
}

/// Why something is done.
pub(crate) struct Why<'a> {
    pub(crate) number: i64,
    pub(crate) reason: &'a str,
    pub(crate) evidence: Option<&'a str>,
    pub(crate) policy: Option<&'a str>,
}

/// A row; its number.
pub(crate) fn row(
    tx: &Connection,
    at: &mut Applied,
    why: &Why<'_>,
    effect: &Effect,
) -> Answer<i64> {
    let changes = match effect.changes.as_slice() {
        [] => None,
        changes => Some(to_json(changes)?),
    };
    let seq = at.next_seq;
    let row = params![
        seq,
        at.district,
        at.run,
        why.number,
        at.at.millis(),
        at.actor,
        effect.op,
        effect.kind.text(),
        effect.id,
        why.reason,
        why.evidence,
        why.policy,
        changes
    ];
    query::change(tx, INSERT, row)?;
    at.next_seq += 1;
    Ok(seq)
}
