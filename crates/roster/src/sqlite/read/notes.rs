//! Findings, suggestions, conflicts, staged records, the crosswalk.

use rusqlite::Connection;

use crate::notes::{Conflict, CrosswalkRow, Decision, Finding, Staged, Suggestion};
use crate::sqlite::columns;
use crate::sqlite::fault::Answer;
use crate::sqlite::query;

pub(crate) fn findings(at: &Connection, district: i64, closed_too: bool) -> Answer<Vec<Finding>> {
    let sql = "SELECT kind, source_id, code, field, reaction, first_seen, last_seen, closed FROM finding \
               WHERE district = ?1 AND (?2 OR closed IS NULL) ORDER BY kind, source_id, code, field";
    query::all(at, sql, rusqlite::params![district, closed_too], |row| {
        Ok(Finding {
            kind: row.get(0)?,
            source_id: row.get(1)?,
            code: row.get(2)?,
            field: row.get(3)?,
            reaction: row.get(4)?,
            seen: (row.get(5)?, row.get(6)?),
            closed: row.get(7)?,
        })
    })
}

pub(crate) fn suggestions(at: &Connection, district: i64) -> Answer<Vec<Suggestion>> {
    let sql = "SELECT id, about, kind, source_id, entity, rung, evidence, state FROM suggestion \
               WHERE district = ?1 ORDER BY id";
    query::all(at, sql, [district], |row| {
        Ok(Suggestion {
            id: row.get(0)?,
            about: row.get(1)?,
            kind: columns::kind(row, 2)?,
            source_id: row.get(3)?,
            entity: row.get(4)?,
            rung: row.get(5)?,
            evidence: row.get(6)?,
            decision: columns::word(row, 7, Decision::from_text)?,
        })
    })
}

pub(crate) fn conflicts(at: &Connection, district: i64) -> Answer<Vec<Conflict>> {
    let sql = "SELECT id, code, kind, source_id, field, entities, evidence, state = 'open' FROM conflict \
               WHERE district = ?1 ORDER BY id";
    query::all(at, sql, [district], |row| {
        Ok(Conflict {
            id: row.get(0)?,
            code: row.get(1)?,
            kind: columns::kind(row, 2)?,
            source_id: row.get(3)?,
            field: row.get(4)?,
            entities: columns::json(row, 5, "a conflict")?,
            evidence: row.get(6)?,
            open: row.get(7)?,
        })
    })
}

pub(crate) fn staged(at: &Connection, district: i64) -> Answer<Vec<Staged>> {
    let sql = "SELECT kind, source_id, verdict, reason FROM staged WHERE district = ?1 ORDER BY kind, source_id";
    query::all(at, sql, [district], |row| {
        let picked = match columns::text(row, 2)? {
            "picked" => Some(true),
            "dropped" => Some(false),
            _ => None,
        };
        Ok(Staged {
            kind: columns::kind(row, 0)?,
            source_id: row.get(1)?,
            picked,
            reason: row.get(3)?,
        })
    })
}

pub(crate) fn crosswalk(at: &Connection, district: i64) -> Answer<Vec<CrosswalkRow>> {
    let sql = "SELECT kind, key_kind = 'source_id', old, new, used_by FROM crosswalk \
               WHERE district = ?1 ORDER BY kind, old, key_kind";
    query::all(at, sql, [district], |row| {
        Ok(CrosswalkRow {
            kind: columns::kind(row, 0)?,
            source_ids: row.get(1)?,
            old: row.get(2)?,
            new: row.get(3)?,
            used_by: row.get(4)?,
        })
    })
}
