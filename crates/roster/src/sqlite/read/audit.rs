//! The audit, and the change feed made of it.

use rusqlite::{Connection, Row, params};

use super::scans::each;
use crate::change::{AuditEntry, RowChange};
use crate::roster::Visited;
use crate::sqlite::columns;
use crate::sqlite::fault::Answer;
use crate::sqlite::query;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT seq, district, run, action, at, actor, op, kind, subject, reason, evidence, policy, changes FROM audit ",
            $rest
        )
    };
}

pub(crate) fn changes(at: &Connection, after: i64, limit: u32) -> Answer<Vec<AuditEntry>> {
    let sql = select!("WHERE seq > ?1 ORDER BY seq LIMIT ?2");
    query::all(at, sql, params![after, limit], read)
}

pub(crate) fn changes_of(
    at: &Connection,
    run: i64,
    visit: &mut dyn FnMut(AuditEntry) -> Visited,
) -> Answer<()> {
    let sql = select!(
        "WHERE seq BETWEEN (SELECT first_change FROM run WHERE id = ?1) AND (SELECT last_change FROM run WHERE id = ?1) \
         AND run = ?1 ORDER BY seq"
    );
    each(at, sql, [run], |row| Ok(visit(read(row)?)?))
}

pub(crate) fn changes_back(
    at: &Connection,
    run: i64,
    before: Option<i64>,
    limit: u32,
) -> Answer<Vec<AuditEntry>> {
    let sql = select!(
        "WHERE seq BETWEEN (SELECT first_change FROM run WHERE id = ?1) AND ifnull(?2 - 1, (SELECT last_change FROM run WHERE id = ?1)) \
         AND run = ?1 ORDER BY seq DESC LIMIT ?3"
    );
    query::all(at, sql, params![run, before, limit], read)
}

pub(crate) fn timeline(at: &Connection, id: i64) -> Answer<Vec<AuditEntry>> {
    let sql = select!(
        "WHERE subject = ?1 OR (subject IN (SELECT section FROM membership WHERE person = ?1 \
         UNION SELECT section FROM membership_past WHERE person = ?1) AND kind = 'section' AND EXISTS \
         (SELECT 1 FROM json_each(changes) AS c, json_each(c.value, '$.seats') AS g, json_each(g.value, '$.people') AS p \
         WHERE p.value = ?1)) ORDER BY seq"
    );
    query::all(at, sql, [id], read)
}

fn read(row: &Row<'_>) -> Answer<AuditEntry> {
    let changes: Option<Vec<RowChange>> = columns::json_if_any(row, 12, "the audit")?;
    Ok(AuditEntry {
        seq: row.get(0)?,
        district: row.get(1)?,
        run: row.get(2)?,
        action: row.get(3)?,
        at: columns::moment_if_any(row, 4)?,
        actor: row.get(5)?,
        op: row.get(6)?,
        kind: row.get(7)?,
        subject: row.get(8)?,
        reason: row.get(9)?,
        evidence: row.get(10)?,
        policy: row.get(11)?,
        changes: changes.unwrap_or_default(),
    })
}
