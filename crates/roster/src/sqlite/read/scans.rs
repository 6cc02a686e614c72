//! Scans for planning: in order, borrowed, nothing allocated per row but where a value is a document.

use rusqlite::{Connection, Params, Row, params};

use crate::cell::Cell;
use crate::field;
use crate::link::{LinkRow, LinkState, LinkValue};
use crate::roster::Visited;
use crate::seat::SeatRow;
use crate::sqlite::apply::{cell_value, has_link, link_value, person_kind, seat_value};
use crate::sqlite::columns;
use crate::sqlite::fault::Answer;
use crate::sqlite::query;
use crate::{Kind, Record};

/// Every row of a statement.
pub(crate) fn each(
    at: &Connection,
    sql: &str,
    params: impl Params,
    mut visit: impl FnMut(&Row<'_>) -> Answer<()>,
) -> Answer<()> {
    let mut statement = at.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    while let Some(row) = rows.next()? {
        visit(row)?;
    }
    Ok(())
}

pub(crate) fn links(
    at: &Connection,
    district: i64,
    kind: Kind,
    visit: &mut dyn FnMut(LinkRow<'_>) -> Visited,
) -> Answer<()> {
    macro_rules! select {
        ($table:literal, $present:literal) => {
            concat!(
                "SELECT l.source_id, l.entity, l.state, l.hash, l.roster_hash, l.quarantine, l.touched, l.person_kind, ",
                $present,
                " FROM link AS l JOIN ",
                $table,
                " AS r ON r.id = l.entity WHERE l.district = ?1 AND l.kind = ?2 ORDER BY l.source_id"
            )
        };
    }
    let sql = match kind {
        Kind::School => select!("school", "r.state = 'active'"),
        Kind::Term => select!("term", "r.state = 'active'"),
        Kind::Course => select!("course", "r.state = 'active'"),
        Kind::Section => select!("section", "r.state = 'active'"),
        Kind::Person => select!("person", "r.source_state = 'present'"),
        Kind::Profile => return Ok(()),
    };
    each(at, sql, params![district, kind.text()], |row| {
        visit(LinkRow {
            kind,
            source_id: columns::text(row, 0)?,
            person: person_kind(row, 7)?,
            entity: row.get(1)?,
            present: row.get(8)?,
            state: columns::word(row, 2, LinkState::from_text)?,
            hash: columns::hash_if_any(row, 3)?,
            roster_hash: columns::hash_if_any(row, 4)?,
            quarantine: columns::text_if_any(row, 5)?,
            touched: row.get(6)?,
        })?;
        Ok(())
    })
}

pub(crate) fn linked(
    at: &Connection,
    district: i64,
    kind: Kind,
    source_id: &str,
) -> Answer<Option<LinkValue>> {
    let sql = "SELECT entity, state, rung, evidence, since, person_kind FROM link \
               WHERE district = ?1 AND kind = ?2 AND source_id = ?3";
    query::first(at, sql, params![district, kind.text(), source_id], |row| {
        link_value(row, 0)
    })
}

const SEATS: &str = "SELECT section, person, is_teacher, source, intent, position, profile, opened FROM membership \
                     WHERE section BETWEEN ?1 AND ?2 ORDER BY section, person, is_teacher";

pub(crate) fn seats(
    at: &Connection,
    district: i64,
    visit: &mut dyn FnMut(SeatRow<'_>) -> Visited,
) -> Answer<()> {
    seats_between(at, ids_of(district), visit)
}

pub(crate) fn roster(
    at: &Connection,
    section: i64,
    visit: &mut dyn FnMut(SeatRow<'_>) -> Visited,
) -> Answer<()> {
    seats_between(at, [section, section], visit)
}

fn seats_between(
    at: &Connection,
    sections: [i64; 2],
    visit: &mut dyn FnMut(SeatRow<'_>) -> Visited,
) -> Answer<()> {
    each(at, SEATS, sections, |row| {
        visit(SeatRow {
            section: row.get(0)?,
            person: row.get(1)?,
            is_teacher: row.get(2)?,
            seat: seat_value(row, 3)?,
            opened: columns::text_if_any(row, 7)?,
        })?;
        Ok(())
    })
}

/// The first and the last id a district can have.
pub(crate) fn ids_of(district: i64) -> [i64; 2] {
    let first = district.saturating_mul(crate::IDS_PER_DISTRICT);
    [first, first.saturating_add(crate::IDS_PER_DISTRICT - 1)]
}

pub(crate) fn records(
    at: &Connection,
    district: i64,
    kind: Kind,
    visit: &mut dyn FnMut(i64, &Record<'_>) -> Visited,
) -> Answer<()> {
    let table = field::table(kind);
    each(at, table.scan, [district], |row| {
        visit(row.get(0)?, &columns::record(row, 1, table)?)?;
        Ok(())
    })
}

pub(crate) fn unlinked(
    at: &Connection,
    district: i64,
    kind: Kind,
    visit: &mut dyn FnMut(i64, &Record<'_>) -> Visited,
) -> Answer<()> {
    let table = field::table(kind);
    each(at, table.scan, [district], |row| {
        let id: i64 = row.get(0)?;
        if !has_link(at, id)? {
            visit(id, &columns::record(row, 1, table)?)?;
        }
        Ok(())
    })
}

pub(crate) fn cells(
    at: &Connection,
    district: i64,
    visit: &mut dyn FnMut(i64, &str, Cell) -> Visited,
) -> Answer<()> {
    let sql = "SELECT entity, field, base, value, origin, until, until_date, by FROM cell \
               WHERE entity BETWEEN ?1 AND ?2 ORDER BY entity, field";
    each(at, sql, ids_of(district), |row| {
        visit(row.get(0)?, columns::text(row, 1)?, cell_value(row, 2)?)?;
        Ok(())
    })
}

pub(crate) fn cells_of(at: &Connection, entity: i64) -> Answer<Vec<(String, Cell)>> {
    let sql = "SELECT field, base, value, origin, until, until_date, by FROM cell WHERE entity = ?1 ORDER BY field";
    query::all(at, sql, [entity], |row| {
        Ok((row.get(0)?, cell_value(row, 1)?))
    })
}
