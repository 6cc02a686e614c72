//! Ties between two people: contacts and students, teachers and students without a class.

use rusqlite::{Connection, ToSql, params_from_iter};

use super::{Applied, Effect};
use crate::change::{RowChange, TieValue};
use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::query;
use crate::{Differs, Kind, Tie};

/// The SQL of one kind of tie; `?1` to `?n` are its key, then one or two dates.
struct Sql {
    since: &'static str,
    open: &'static str,
    forget: &'static str,
    end: &'static str,
    give_back: &'static str,
}

const RELATIONSHIP: Sql = Sql {
    since: "SELECT opened FROM relationship WHERE contact = ?1 AND student = ?2 AND type = ?3 AND label = ?4 AND closed IS NULL",
    open: "INSERT INTO relationship (contact, student, type, label, opened) VALUES (?1, ?2, ?3, ?4, ?5)",
    forget: "DELETE FROM relationship WHERE contact = ?1 AND student = ?2 AND type = ?3 AND label = ?4 AND closed IS NULL",
    end: "UPDATE relationship SET closed = ?5 WHERE contact = ?1 AND student = ?2 AND type = ?3 AND label = ?4 AND closed IS NULL",
    give_back: "DELETE FROM relationship WHERE contact = ?1 AND student = ?2 AND type = ?3 AND label = ?4 AND opened >= ?5",
};

const ASSOCIATION: Sql = Sql {
    since: "SELECT opened FROM association WHERE teacher = ?1 AND student = ?2 AND closed IS NULL",
    open: "INSERT INTO association (teacher, student, opened) VALUES (?1, ?2, ?3)",
    forget: "DELETE FROM association WHERE teacher = ?1 AND student = ?2 AND closed IS NULL",
    end: "UPDATE association SET closed = ?3 WHERE teacher = ?1 AND student = ?2 AND closed IS NULL",
    give_back: "DELETE FROM association WHERE teacher = ?1 AND student = ?2 AND opened >= ?3",
};

/// A tie begins or ends today.
pub(crate) fn change(tx: &Connection, at: &Applied, tie: Tie<'_>, open: bool) -> Answer<Effect> {
    let (value, person) = match tie {
        Tie::Relationship {
            contact,
            student,
            kind,
            label,
        } => {
            let value = TieValue::Relationship(contact, student, kind.to_owned(), label.to_owned());
            (value, contact)
        }
        Tie::Association { teacher, student } => (TieValue::Association(teacher, student), teacher),
    };
    at.own(person)?;
    let before = since(tx, &value)?;
    if before.is_some() == open {
        return Err(Fault::Differs(Differs::Tie));
    }
    let after = open.then(|| at.on.clone());
    let changed = put(tx, at, value, before, after)?;
    let op = if open { "enrol" } else { "unenrol" };
    Ok(Effect::new(op, Kind::Person, person, vec![changed]))
}

/// Brings a tie from one state to another, if it is as it should be before.
pub(crate) fn put(
    tx: &Connection,
    at: &Applied,
    tie: TieValue,
    before: Option<String>,
    after: Option<String>,
) -> Answer<RowChange> {
    if since(tx, &tie)? != before {
        return Err(Fault::Differs(Differs::Tie));
    }
    let sql = sql_of(&tie);
    if let Some(opened) = &before {
        if *opened < at.on {
            run(tx, sql.end, &tie, Some(&at.on))?;
        } else {
            run(tx, sql.forget, &tie, None)?; // Nobody could have seen it on any day.
        }
    }
    if let Some(opened) = &after {
        run(tx, sql.give_back, &tie, Some(opened))?;
        run(tx, sql.open, &tie, Some(opened))?;
    }
    Ok(RowChange::Tie {
        tie,
        on: at.on.clone(),
        before,
        after,
    })
}

/// Since when a tie is open.
fn since(tx: &Connection, tie: &TieValue) -> Answer<Option<String>> {
    let key = key(tie);
    query::first(tx, sql_of(tie).since, params_from_iter(key), |row| {
        Ok(row.get(0)?)
    })
}

fn run(tx: &Connection, sql: &str, tie: &TieValue, date: Option<&String>) -> Answer<()> {
    let mut values = key(tie);
    if let Some(date) = date {
        values.push(date);
    }
    query::change(tx, sql, params_from_iter(values)).map(drop)
}

fn sql_of(tie: &TieValue) -> &'static Sql {
    match tie {
        TieValue::Relationship(..) => &RELATIONSHIP,
        TieValue::Association(..) => &ASSOCIATION,
    }
}

fn key(tie: &TieValue) -> Vec<&dyn ToSql> {
    match tie {
        TieValue::Relationship(contact, student, kind, label) => {
            vec![contact, student, kind, label]
        }
        TieValue::Association(teacher, student) => vec![teacher, student],
    }
}

/// Open ties of somebody, as either side, in the order of their keys.
pub(crate) fn of(tx: &Connection, person: i64) -> Answer<Vec<TieValue>> {
    let sql = "SELECT contact, student, type, label FROM relationship \
               WHERE (contact = ?1 OR student = ?1) AND closed IS NULL ORDER BY contact, student, type, label";
    let mut ties = query::all(tx, sql, [person], |row| {
        Ok(TieValue::Relationship(
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            row.get(3)?,
        ))
    })?;
    let sql = "SELECT teacher, student FROM association \
               WHERE (teacher = ?1 OR student = ?1) AND closed IS NULL ORDER BY teacher, student";
    ties.extend(query::all(tx, sql, [person], |row| {
        Ok(TieValue::Association(row.get(0)?, row.get(1)?))
    })?);
    Ok(ties)
}

/// The same tie with somebody else in the place of somebody.
pub(crate) fn moved(tie: &TieValue, from: i64, into: i64) -> TieValue {
    let other = |person: i64| if person == from { into } else { person };
    match tie {
        TieValue::Relationship(contact, student, kind, label) => TieValue::Relationship(
            other(*contact),
            other(*student),
            kind.clone(),
            label.clone(),
        ),
        TieValue::Association(teacher, student) => {
            TieValue::Association(other(*teacher), other(*student))
        }
    }
}

/// Closes a tie and opens the moved one, unless that is open already.
pub(crate) fn move_over(
    tx: &Connection,
    at: &Applied,
    tie: TieValue,
    (from, into): (i64, i64),
) -> Answer<Vec<RowChange>> {
    let target = moved(&tie, from, into);
    let opened = since(tx, &tie)?;
    let mut changes = vec![put(tx, at, tie, opened, None)?];
    if since(tx, &target)?.is_none() {
        changes.push(put(tx, at, target, None, Some(at.on.clone()))?);
    }
    Ok(changes)
}
