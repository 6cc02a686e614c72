//! Cells: fields whose value deviates from the source's.

use homeroom_model::Date;
use rusqlite::{Connection, params};

use super::{Applied, Effect, fields};
use crate::change::RowChange;
use crate::sqlite::columns::{self, to_json};
use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::query;
use crate::{Cell, CellOrigin, Differs, Field, FieldChange, Kind, Of, Until, Value};

/// `fill`: value and mark together.
pub(crate) fn fill(
    tx: &Connection,
    at: &Applied,
    of: Of,
    change: &FieldChange<'_>,
) -> Answer<Effect> {
    let cell = Cell {
        base: change.before.clone().into_owned(),
        value: change.after.clone().into_owned(),
        origin: CellOrigin::Filler,
        until: None,
        by: None,
    };
    let (kind, id) = fields::whose(of);
    at.own(id)?;
    let name = fields::name(of, change.field);
    let before = read(tx, id, &name)?;
    let changes = vec![
        fields::set_all(tx, of, std::slice::from_ref(change))?,
        put(tx, at, (kind, id), &name, before, Some(cell))?,
    ];
    Ok(Effect::new("fill", kind, id, changes))
}

/// `unfill`: the mark goes with the stand-in.
pub(crate) fn unfill(
    tx: &Connection,
    at: &Applied,
    of: Of,
    change: &FieldChange<'_>,
) -> Answer<Effect> {
    let (kind, id) = fields::whose(of);
    at.own(id)?;
    let name = fields::name(of, change.field);
    let before = read(tx, id, &name)?;
    if before
        .as_ref()
        .is_none_or(|cell| cell.origin != CellOrigin::Filler)
    {
        return Err(Fault::Differs(Differs::Cell));
    }
    let changes = vec![
        fields::set_all(tx, of, std::slice::from_ref(change))?,
        put(tx, at, (kind, id), &name, before, None)?,
    ];
    Ok(Effect::new("unfill", kind, id, changes))
}

/// A cell by itself.
pub(crate) fn cell(
    tx: &Connection,
    at: &Applied,
    of: Of,
    field: Field,
    before: Option<&Cell>,
    after: Option<&Cell>,
) -> Answer<Effect> {
    let (kind, id) = fields::whose(of);
    at.own(id)?;
    if fields::get(tx, of, field)?.is_none() {
        return Err(Fault::Differs(Differs::State));
    }
    let name = fields::name(of, field);
    let change = put(tx, at, (kind, id), &name, before.cloned(), after.cloned())?;
    Ok(Effect::new("update", kind, id, vec![change]))
}

/// Brings a cell from one value to another, if it is as it should be before.
pub(crate) fn put(
    tx: &Connection,
    at: &Applied,
    (kind, id): (Kind, i64),
    name: &str,
    before: Option<Cell>,
    after: Option<Cell>,
) -> Answer<RowChange> {
    if read(tx, id, name)? != before {
        return Err(Fault::Differs(Differs::Cell));
    }
    match &after {
        None => {
            let sql = "DELETE FROM cell WHERE entity = ?1 AND field = ?2";
            query::change(tx, sql, params![id, name])?;
        }
        Some(cell) => write(tx, at, id, name, cell)?,
    }
    Ok(RowChange::Cell {
        cell: name.to_owned(),
        kind,
        id,
        before,
        after,
    })
}

fn write(tx: &Connection, at: &Applied, id: i64, name: &str, cell: &Cell) -> Answer<()> {
    let sql = "INSERT INTO cell (entity, field, base, value, origin, until, until_date, by, since) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (entity, field) DO UPDATE SET base = excluded.base, \
               value = excluded.value, origin = excluded.origin, until = excluded.until, \
               until_date = excluded.until_date, by = excluded.by, since = excluded.since";
    let (until, date) = match cell.until {
        None => (None, None),
        Some(Until::SourceAgrees) => (Some("source_agrees"), None),
        Some(Until::Date(date)) => (Some("date"), Some(date.to_string())),
        Some(Until::Always) => (Some("always"), None),
    };
    let row = params![
        id,
        name,
        json_or_null(&cell.base)?,
        json_or_null(&cell.value)?,
        cell.origin.text(),
        until,
        date,
        cell.by,
        at.at.millis()
    ];
    query::change(tx, sql, row).map(drop)
}

fn json_or_null(value: &Value<'_>) -> Answer<Option<String>> {
    match value {
        Value::Null => Ok(None),
        value => to_json(value).map(Some),
    }
}

/// One cell.
pub(crate) fn read(tx: &Connection, id: i64, name: &str) -> Answer<Option<Cell>> {
    let sql = "SELECT base, value, origin, until, until_date, by FROM cell WHERE entity = ?1 AND field = ?2";
    query::first(tx, sql, params![id, name], |row| value(row, 0))
}

/// A cell, from a column on.
pub(crate) fn value(row: &rusqlite::Row<'_>, first: usize) -> Answer<Cell> {
    let json = |column| -> Answer<Value<'static>> {
        Ok(columns::json_if_any(row, column, "a cell")?.unwrap_or(Value::Null))
    };
    let date: Option<Date> = columns::date_if_any(row, first + 4)?;
    let until = match columns::text_if_any(row, first + 3)? {
        None => None,
        Some("source_agrees") => Some(Until::SourceAgrees),
        Some("always") => Some(Until::Always),
        Some(_) => Some(Until::Date(date.ok_or(Fault::unreadable("a cell"))?)),
    };
    Ok(Cell {
        base: json(first)?,
        value: json(first + 1)?,
        origin: columns::word(row, first + 2, CellOrigin::from_text)?,
        until,
        by: row.get(first + 5)?,
    })
}
