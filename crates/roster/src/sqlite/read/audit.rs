//! The audit, and the change feed made of it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rusqlite::{Connection, Row, params};

use super::scans::each;
use crate::Kind;
use crate::change::{AuditEntry, RowChange};
use crate::roster::Visited;
use crate::sqlite::columns;
use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::query;
use crate::timeline::{History, TimelineRead};

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

pub(crate) fn history(
    at: &Connection,
    district: i64,
    ids: &[i64],
    before: Option<i64>,
    limit: u32,
) -> Answer<Vec<History>> {
    // The row that made a profile does not say whose it was.
    let mut profiles = BTreeMap::new();
    for id in ids {
        let sql = "SELECT id FROM profile WHERE person = ?1";
        let found: Vec<i64> = query::all(at, sql, [id], |row| Ok(row.get(0)?))?;
        profiles.extend(found.into_iter().map(|profile| (profile, *id)));
    }
    let asked: BTreeSet<i64> = ids.iter().copied().collect();
    let mut newest: BTreeMap<i64, (VecDeque<AuditEntry>, u64)> = BTreeMap::new();
    let sql = "SELECT seq, subject, changes FROM audit \
               WHERE district = ?1 AND seq < ifnull(?2, 9223372036854775807) ORDER BY seq DESC";
    each(at, sql, params![district, before], |row| {
        // Only what has the number of somebody who is asked about is read as a whole: a district's audit is long.
        let subject: i64 = row.get(1)?;
        let own = profiles.get(&subject).copied().unwrap_or(subject);
        let text = row.get_ref(2)?.as_bytes_or_null();
        let text = text.map_err(|_| Fault::unreadable("a text"))?;
        let text = text.unwrap_or_default();
        let named = numbers(text).chain([subject, own]);
        let named: BTreeSet<i64> = named.filter(|id| asked.contains(id)).collect();
        if named.is_empty() {
            return Ok(());
        }
        let found = query::first(at, select!("WHERE seq = ?1"), [row.get::<_, i64>(0)?], read)?;
        let Some(entry) = found else {
            return Ok(());
        };
        for id in named {
            if id != own && !entry.is_about(id) {
                continue;
            }
            let (entries, older) = newest.entry(id).or_default();
            if entries.len() < limit as usize {
                entries.push_front(entry.clone().only_about(id));
            } else {
                *older += 1;
            }
        }
        Ok(())
    })?;
    let found = ids.iter().map(|id| {
        let (entries, older) = newest.remove(id).unwrap_or_default();
        History {
            id: *id,
            entries: entries.into(),
            older,
        }
    });
    Ok(found.collect())
}

/// Numbers in a text that are long enough for an id.
fn numbers(text: &[u8]) -> impl Iterator<Item = i64> {
    let digits = text.split(|sign| !sign.is_ascii_digit());
    digits
        .filter(|digits| digits.len() > 9)
        .filter_map(|digits| std::str::from_utf8(digits).ok()?.parse().ok())
}

pub(crate) fn own_names(
    at: &Connection,
    district: i64,
    visit: &mut dyn FnMut(Kind, i64, &str) -> Visited,
) -> Answer<()> {
    let sql = "SELECT 'person', person, nickname FROM person_own WHERE person / 1000000000 = ?1 AND nickname IS NOT NULL \
               UNION ALL \
               SELECT 'section', section, display_name FROM section_own WHERE section / 1000000000 = ?1 AND display_name IS NOT NULL \
               ORDER BY 1, 2";
    each(at, sql, [district], |row| {
        let kind = columns::kind(row, 0)?;
        Ok(visit(kind, row.get(1)?, columns::text(row, 2)?)?)
    })
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
    let sql = "SELECT actor, at FROM timeline_read WHERE district = ?1 AND subject IS ?2 ORDER BY seq DESC LIMIT ?3";
    query::all(at, sql, params![district, subject, limit], |row| {
        Ok(TimelineRead {
            actor: row.get(0)?,
            at: columns::moment(row, 1)?,
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
