//! What the engine found, asks and sets aside. None of it is of the roster, so none of it stands in the audit.

use rusqlite::{Connection, params};

use super::{Applied, Effect};
use crate::notes::{NewConflict, NewFinding, NewStaged, NewSuggestion};
use crate::sqlite::columns::to_json;
use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::query;
use crate::{Differs, Kind, Op, Refusal};

/// One note, or one that is no longer so.
pub(crate) fn note(tx: &Connection, at: &Applied, op: &Op<'_>) -> Answer<Effect> {
    let district = at.district;
    let now = at.at.millis();
    let none = |kind: Kind| Ok(Effect::unaudited("warn", kind, 0));
    match op {
        Op::Find(finding) => find(tx, at, finding),
        Op::Suggest(suggestion) => suggest(tx, at, suggestion),
        Op::Conflict(conflict) => conflicting(tx, at, conflict),
        Op::Stage(staged) => stage(tx, at, staged),
        Op::CloseFinding {
            kind,
            source_id,
            code,
            field,
        } => {
            let sql = "UPDATE finding SET closed = ?6, run = ?7 WHERE district = ?1 AND kind = ?2 AND source_id = ?3 \
                       AND code = ?4 AND field = ?5 AND closed IS NULL";
            must(
                tx,
                sql,
                params![district, kind, source_id, code, field, now, at.run],
            )?;
            none(Kind::Person)
        }
        Op::Withdraw { .. } | Op::Refuse { .. } | Op::CloseConflict { .. } => {
            answered(tx, at, op)?;
            none(Kind::Person)
        }
        Op::UsedCrosswalk {
            kind,
            source_ids,
            old,
        } => {
            let key = if *source_ids { "source_id" } else { "sis_id" };
            let sql = "UPDATE crosswalk SET used_by = ?5 WHERE district = ?1 AND kind = ?2 AND key_kind = ?3 AND old = ?4";
            must(tx, sql, params![district, kind.text(), key, old, at.run])?;
            none(*kind)
        }
        Op::Powers { before, after } => {
            let sql = "UPDATE district SET powers = ?3 WHERE id = ?1 AND powers = ?2";
            must(tx, sql, params![district, before, after])?;
            none(Kind::Person)
        }
        Op::Notice {
            person,
            code,
            detail,
        } => {
            at.own(*person)?;
            notify(tx, at, (*person, code), *detail)?;
            none(Kind::Person)
        }
        Op::Unstage { kind, source_id } => {
            let sql = "DELETE FROM staged WHERE district = ?1 AND kind = ?2 AND source_id = ?3";
            must(tx, sql, params![district, kind.text(), source_id])?;
            none(*kind)
        }
        _ => Err(Fault::Refused(Refusal::Invalid)),
    }
}

/// A question that nobody has to answer any more.
fn answered(tx: &Connection, at: &Applied, op: &Op<'_>) -> Answer<()> {
    let (district, now) = (at.district, at.at.millis());
    match op {
        Op::Withdraw { suggestion } => {
            // A no to a review was about one absence, and is over with it.
            let sql = "UPDATE suggestion SET state = 'gone', last_seen = ?3 WHERE district = ?1 AND id = ?2 \
                       AND (state IN ('open', 'accepted') OR (state = 'rejected' AND about = 'review'))";
            must(tx, sql, [district, *suggestion, now])
        }
        Op::Refuse { suggestion } => {
            let sql = "UPDATE suggestion SET state = 'rejected', decided_by = ?3, decided_at = ?4 WHERE district = ?1 AND id = ?2 \
                       AND state IN ('open', 'accepted')";
            must(tx, sql, params![district, suggestion, at.actor, now])
        }
        Op::CloseConflict { conflict } => {
            let sql = "UPDATE conflict SET state = 'gone', last_seen = ?3 WHERE district = ?1 AND id = ?2 AND state = 'open'";
            must(tx, sql, [district, *conflict, now])
        }
        _ => Err(Fault::Refused(Refusal::Invalid)),
    }
}

/// A notice about an account: raised, or over.
fn notify(
    tx: &Connection,
    at: &Applied,
    (person, code): (i64, &str),
    detail: Option<&str>,
) -> Answer<()> {
    let (district, now, subject) = (at.district, at.at.millis(), person.to_string());
    let Some(detail) = detail else {
        let sql = "UPDATE notice SET settled = ?4 WHERE district = ?1 AND code = ?2 AND subject = ?3 AND settled IS NULL";
        return must(tx, sql, params![district, code, subject, now]);
    };
    let sql = "INSERT INTO notice (district, code, subject, detail, raised) VALUES (?1, ?2, ?3, ?4, ?5) \
               ON CONFLICT (district, code, subject) WHERE settled IS NULL DO UPDATE SET detail = excluded.detail";
    query::change(tx, sql, params![district, code, subject, detail, now])?;
    Ok(())
}

/// A change of a note that has to be there.
fn must(tx: &Connection, sql: &str, params: impl rusqlite::Params) -> Answer<()> {
    match query::change(tx, sql, params)? {
        0 => Err(Fault::Differs(Differs::State)),
        _ => Ok(()),
    }
}

fn find(tx: &Connection, at: &Applied, finding: &NewFinding<'_>) -> Answer<Effect> {
    let sql = "INSERT INTO finding (district, kind, source_id, code, field, reaction, value, detail, first_seen, last_seen, run) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10) \
               ON CONFLICT (district, kind, source_id, code, field) DO UPDATE SET reaction = excluded.reaction, \
               value = excluded.value, detail = excluded.detail, last_seen = excluded.last_seen, run = excluded.run, \
               closed = NULL";
    let row = params![
        at.district,
        finding.kind,
        finding.source_id,
        finding.code,
        finding.field,
        finding.reaction,
        finding.value,
        finding.detail,
        at.at.millis(),
        at.run
    ];
    query::change(tx, sql, row)?;
    let kind = Kind::from_text(finding.kind).unwrap_or(Kind::Person);
    Ok(Effect::unaudited("warn", kind, 0))
}

fn suggest(tx: &Connection, at: &Applied, new: &NewSuggestion<'_>) -> Answer<Effect> {
    // A rejected pair stays rejected unless it rests on something else now; one that was gone is asked again.
    let sql = "INSERT INTO suggestion (district, about, kind, source_id, entity, rung, evidence, first_seen, last_seen) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8) \
               ON CONFLICT (district, about, kind, source_id, entity) DO UPDATE SET rung = excluded.rung, \
               evidence = excluded.evidence, last_seen = excluded.last_seen, \
               state = iif(state = 'gone' OR (state = 'rejected' AND evidence IS NOT excluded.evidence), 'open', state) \
               RETURNING id";
    let row = params![
        at.district,
        new.about,
        new.kind.text(),
        new.source_id,
        new.entity,
        new.rung,
        new.evidence,
        at.at.millis()
    ];
    let id = query::first(tx, sql, row, |row| Ok(row.get(0)?))?;
    let id = id.ok_or(Fault::unreadable("the number of a suggestion"))?;
    Ok(Effect::unaudited("suggest_link", new.kind, id))
}

fn conflicting(tx: &Connection, at: &Applied, new: &NewConflict<'_>) -> Answer<Effect> {
    let sql = "INSERT INTO conflict (district, code, kind, source_id, field, entities, evidence, first_seen, last_seen) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8) \
               ON CONFLICT (district, code, kind, source_id, field) DO UPDATE SET entities = excluded.entities, \
               evidence = excluded.evidence, last_seen = excluded.last_seen, state = 'open', decided_by = NULL, \
               decided_at = NULL RETURNING id";
    let row = params![
        at.district,
        new.code,
        new.kind.text(),
        new.source_id,
        new.field,
        to_json(new.entities)?,
        new.evidence,
        at.at.millis()
    ];
    let id = query::first(tx, sql, row, |row| Ok(row.get(0)?))?;
    let id = id.ok_or(Fault::unreadable("the number of a conflict"))?;
    Ok(Effect::unaudited("conflict", new.kind, id))
}

fn stage(tx: &Connection, at: &Applied, new: &NewStaged<'_>) -> Answer<Effect> {
    let sql = "INSERT INTO staged (district, kind, source_id, reason, first_seen, last_seen) VALUES (?1, ?2, ?3, ?4, ?5, ?5) \
               ON CONFLICT (district, kind, source_id) DO UPDATE SET reason = excluded.reason, last_seen = excluded.last_seen";
    let row = params![
        at.district,
        new.kind.text(),
        new.source_id,
        new.reason,
        at.at.millis()
    ];
    query::change(tx, sql, row)?;
    Ok(Effect::unaudited("stage", new.kind, 0))
}
