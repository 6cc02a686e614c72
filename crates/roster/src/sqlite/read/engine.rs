//! Districts, mirrors, notices, runs, plans, holds, approvals.

use rusqlite::{Connection, Row, params};

use crate::district::{self, District};
use crate::hold::{Approval, Hold, HoldOutcome};
use crate::mirror::MirrorRow;
use crate::notice::Notice;
use crate::run::{Plan, PlanState, Run, RunState};
use crate::sqlite::columns;
use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::query;

pub(crate) fn district(at: &Connection, id: i64) -> Answer<Option<District>> {
    let sql = "SELECT id, source_id, name, state, state_reason, keep_until, mirror, cursor, cursor_at, source_sync, \
               last_read, last_apply, policy, fence, powers FROM district WHERE id = ?1";
    query::first(at, sql, [id], read_district)
}

pub(crate) fn districts(at: &Connection) -> Answer<Vec<District>> {
    let sql = "SELECT id, source_id, name, state, state_reason, keep_until, mirror, cursor, cursor_at, source_sync, \
               last_read, last_apply, policy, fence, powers FROM district ORDER BY id";
    query::all(at, sql, [], read_district)
}

fn read_district(row: &Row<'_>) -> Answer<District> {
    Ok(District {
        id: row.get(0)?,
        source_id: row.get(1)?,
        name: row.get(2)?,
        state: columns::word(row, 3, district::Connection::from_text)?,
        state_reason: row.get(4)?,
        keep_until: columns::date_if_any(row, 5)?,
        mirror: row.get(6)?,
        cursor: row.get(7)?,
        cursor_at: columns::moment_if_any(row, 8)?,
        source_sync: columns::moment_if_any(row, 9)?,
        last_read: columns::moment_if_any(row, 10)?,
        last_apply: columns::moment_if_any(row, 11)?,
        policy: row.get(12)?,
        fence: row.get(13)?,
        powers: row.get(14)?,
    })
}

pub(crate) fn mirrors(at: &Connection, district: i64) -> Answer<Vec<MirrorRow>> {
    let sql =
        "SELECT number, manifest, about, made FROM mirror WHERE district = ?1 ORDER BY number DESC";
    query::all(at, sql, [district], read_mirror)
}

pub(crate) fn mirror(at: &Connection, district: i64, number: i64) -> Answer<Option<MirrorRow>> {
    let sql =
        "SELECT number, manifest, about, made FROM mirror WHERE district = ?1 AND number = ?2";
    query::first(at, sql, [district, number], read_mirror)
}

fn read_mirror(row: &Row<'_>) -> Answer<MirrorRow> {
    Ok(MirrorRow {
        number: row.get(0)?,
        manifest: row.get(1)?,
        about: row.get(2)?,
        made: columns::moment(row, 3)?,
    })
}

pub(crate) fn notices(at: &Connection, district: i64, closed_too: bool) -> Answer<Vec<Notice>> {
    let sql = "SELECT id, code, subject, detail, raised, settled FROM notice \
               WHERE district = ?1 AND (?2 OR settled IS NULL) ORDER BY id";
    query::all(at, sql, params![district, closed_too], |row| {
        Ok(Notice {
            id: row.get(0)?,
            code: row.get(1)?,
            subject: row.get(2)?,
            detail: row.get(3)?,
            raised: columns::moment(row, 4)?,
            settled: columns::moment_if_any(row, 5)?,
        })
    })
}

pub(crate) fn run(at: &Connection, run: i64) -> Answer<Option<Run>> {
    let sql = "SELECT id, trigger, scope, mode, state, started, finished, mirror, plan, report, first_change, last_change, \
               undoes, base FROM run WHERE id = ?1";
    query::first(at, sql, [run], read_run)
}

pub(crate) fn runs(at: &Connection, district: i64, limit: u32) -> Answer<Vec<Run>> {
    let sql = "SELECT id, trigger, scope, mode, state, started, finished, mirror, plan, report, first_change, last_change, \
               undoes, base FROM run WHERE district = ?1 ORDER BY started DESC, id DESC LIMIT ?2";
    query::all(at, sql, params![district, limit], read_run)
}

fn read_run(row: &Row<'_>) -> Answer<Run> {
    let (first, last): (Option<i64>, Option<i64>) = (row.get(10)?, row.get(11)?);
    Ok(Run {
        id: row.get(0)?,
        trigger: row.get(1)?,
        scope: row.get(2)?,
        mode: row.get(3)?,
        state: columns::word(row, 4, RunState::from_text)?,
        started: columns::moment(row, 5)?,
        finished: columns::moment_if_any(row, 6)?,
        mirror: row.get(7)?,
        plan: row.get(8)?,
        report: row.get(9)?,
        changes: first.zip(last),
        undoes: row.get(12)?,
        base: row.get(13)?,
    })
}

pub(crate) fn plan(at: &Connection, district: i64, digest: &str) -> Answer<Option<Plan>> {
    let sql = "SELECT digest, run, state, object, actions, inputs, made FROM plan WHERE district = ?1 AND digest = ?2";
    query::first(at, sql, params![district, digest], |row| {
        Ok(Plan {
            digest: row.get(0)?,
            run: row.get(1)?,
            state: columns::word(row, 2, PlanState::from_text)?,
            object: row.get(3)?,
            actions: row.get(4)?,
            inputs: row.get(5)?,
            made: columns::moment(row, 6)?,
        })
    })
}

pub(crate) fn plan_objects(at: &Connection, district: i64) -> Answer<Vec<String>> {
    let sql =
        "SELECT DISTINCT object FROM plan WHERE district = ?1 AND object <> '' ORDER BY object";
    query::all(at, sql, [district], |row| Ok(row.get(0)?))
}

pub(crate) fn holds(at: &Connection, district: i64, closed_too: bool) -> Answer<Vec<Hold>> {
    let sql = "SELECT id, subject, plan, pattern, verdicts, discussion, opened, renewed, outcome FROM hold \
               WHERE district = ?1 AND (?2 OR closed IS NULL) ORDER BY id";
    query::all(at, sql, params![district, closed_too], |row| {
        let outcome = columns::text_if_any(row, 8)?;
        let outcome = outcome
            .map(|text| HoldOutcome::from_text(text).ok_or(Fault::unreadable("a hold")))
            .transpose()?;
        Ok(Hold {
            id: row.get(0)?,
            subject: row.get(1)?,
            plan: row.get(2)?,
            pattern: row.get(3)?,
            verdicts: row.get(4)?,
            discussion: row.get(5)?,
            opened: columns::moment(row, 6)?,
            renewed: columns::moment(row, 7)?,
            outcome,
        })
    })
}

pub(crate) fn approvals(at: &Connection, district: i64, digest: &str) -> Answer<Vec<Approval>> {
    let sql = "SELECT digest, part, by, at, note, used_by FROM approval \
               WHERE district = ?1 AND digest = ?2 AND NOT withdrawn ORDER BY seq";
    query::all(at, sql, params![district, digest], |row| {
        Ok(Approval {
            digest: row.get(0)?,
            part: row.get(1)?,
            by: row.get(2)?,
            at: columns::moment(row, 3)?,
            note: row.get(4)?,
            used_by: row.get(5)?,
        })
    })
}
