//! The audit, and the change feed made of it.

use rusqlite::{Connection, Row, params};

use super::scans::each;
use crate::change::{AuditEntry, RowChange};
use crate::roster::Visited;
use crate::sqlite::columns;
use crate::sqlite::fault::Answer;
use crate::sqlite::query;
use crate::timeline::TimelineRead;

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

pub(crate) fn history(at: &Connection, district: i64, id: i64) -> Answer<Vec<AuditEntry>> {
    // The row that made a profile does not say whose it was.
    let sql = "SELECT id FROM profile WHERE person = ?1";
    let profiles: Vec<i64> = query::all(at, sql, [id], |row| Ok(row.get(0)?))?;
    // Rows that only look alike, such as those with a longer number, are sorted out afterwards.
    let sql = select!(
        "WHERE district = ?1 AND (subject = ?2 OR subject IN (SELECT id FROM profile WHERE person = ?2) OR instr(changes, ?3) > 0) \
         ORDER BY seq"
    );
    let mut entries: Vec<AuditEntry> =
        query::all(at, sql, params![district, id, id.to_string()], read)?;
    entries.retain(|entry| entry.is_about(id) || profiles.contains(&entry.subject));
    Ok(entries)
}

pub(crate) fn newest(
    at: &Connection,
    district: i64,
    before: Option<i64>,
    limit: u32,
) -> Answer<Vec<AuditEntry>> {
    let sql = select!(
        "WHERE district = ?1 AND seq < ifnull(?2, 9223372036854775807) ORDER BY seq DESC LIMIT ?3"
    );
    query::all(at, sql, params![district, before, limit], read)
}

pub(crate) fn timeline_reads(
    at: &Connection,
    district: i64,
    subject: Option<i64>,
    limit: u32,
) -> Answer<Vec<TimelineRead>> {
    let sql = "SELECT seq, actor, at FROM timeline_read WHERE district = ?1 AND subject IS ?2 ORDER BY seq DESC LIMIT ?3";
    query::all(at, sql, params![district, subject, limit], |row| {
        Ok(TimelineRead {
            seq: row.get(0)?,
            actor: row.get(1)?,
            at: columns::moment(row, 2)?,
        })
    })
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
