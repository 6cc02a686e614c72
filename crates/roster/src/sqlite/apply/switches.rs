//! States: the two switches of a person, and archived or active for everything else (integration-side B7).

use homeroom_model::Timestamp;
use rusqlite::Connection;

use super::{Applied, Effect, fields};
use crate::field::{course, person, profile, school, section, term};
use crate::sqlite::fault::{Answer, Fault};
use crate::{Differs, Field, FieldChange, Kind, Of, Refusal, Value};

/// A state, why, and since when.
type Switch = (Field, Field, Field);

const SOURCE: Switch = (
    person::SOURCE_STATE,
    person::SOURCE_REASON,
    person::SOURCE_SINCE,
);
const APP: Switch = (person::APP_STATE, person::APP_REASON, person::APP_SINCE);

/// `deactivate`.
pub(crate) fn deactivate(
    tx: &Connection,
    at: &Applied,
    person: i64,
    disconnected: bool,
    why: &str,
) -> Answer<Effect> {
    let (from, to) = if disconnected {
        (&["present"][..], "disconnected")
    } else {
        (&["present", "disconnected"][..], "missing")
    };
    turn(
        tx,
        at,
        ("deactivate", Kind::Person, person),
        SOURCE,
        from,
        to,
        Some(why),
    )
}

/// `reactivate`.
pub(crate) fn reactivate(tx: &Connection, at: &Applied, person: i64) -> Answer<Effect> {
    let from = &["missing", "disconnected", "never"];
    turn(
        tx,
        at,
        ("reactivate", Kind::Person, person),
        SOURCE,
        from,
        "present",
        None,
    )
}

/// The app's own switch.
pub(crate) fn suspend(
    tx: &Connection,
    at: &Applied,
    person: i64,
    suspended: bool,
    why: &str,
) -> Answer<Effect> {
    let about = ("update", Kind::Person, person);
    if suspended {
        turn(tx, at, about, APP, &["ok"], "suspended", Some(why))
    } else {
        turn(tx, at, about, APP, &["suspended"], "ok", None)
    }
}

/// `archive`.
pub(crate) fn archive(
    tx: &Connection,
    at: &Applied,
    kind: Kind,
    id: i64,
    why: &str,
) -> Answer<Effect> {
    turn(
        tx,
        at,
        ("archive", kind, id),
        of_kind(kind)?,
        &["active"],
        "archived",
        Some(why),
    )
}

/// `restore`.
pub(crate) fn restore(tx: &Connection, at: &Applied, kind: Kind, id: i64) -> Answer<Effect> {
    turn(
        tx,
        at,
        ("restore", kind, id),
        of_kind(kind)?,
        &["archived"],
        "active",
        None,
    )
}

fn of_kind(kind: Kind) -> Answer<Switch> {
    Ok(match kind {
        Kind::School => (school::STATE, school::REASON, school::SINCE),
        Kind::Term => (term::STATE, term::REASON, term::SINCE),
        Kind::Course => (course::STATE, course::REASON, course::SINCE),
        Kind::Section => (section::STATE, section::REASON, section::SINCE),
        Kind::Profile => (profile::STATE, profile::REASON, profile::SINCE),
        Kind::Person => return Err(Fault::Refused(Refusal::Invalid)),
    })
}

fn turn(
    tx: &Connection,
    at: &Applied,
    (op, kind, id): (&'static str, Kind, i64),
    switch: Switch,
    from: &[&str],
    to: &'static str,
    why: Option<&str>,
) -> Answer<Effect> {
    at.own(id)?;
    let of = Of::Record(kind, id);
    let state = fields::get(tx, of, switch.0)?.unwrap_or(Value::Null);
    if !state.text().is_some_and(|state| from.contains(&state)) {
        return Err(Fault::Differs(Differs::State));
    }
    let columns = changes(tx, of, switch, state, to, why, at.at)?;
    let turned = fields::set_all(tx, of, &columns)?;
    Ok(Effect::new(op, kind, id, vec![turned]))
}

/// What turns the source's switch of a person on, if it is not.
pub(crate) fn presence(
    tx: &Connection,
    at: &Applied,
    id: i64,
) -> Answer<Vec<FieldChange<'static>>> {
    let of = Of::Record(Kind::Person, id);
    let state = fields::get(tx, of, person::SOURCE_STATE)?;
    let state = state.ok_or(Fault::Differs(Differs::State))?;
    if state.text() == Some("present") {
        return Ok(Vec::new());
    }
    changes(tx, of, SOURCE, state, "present", None, at.at)
}

fn changes(
    tx: &Connection,
    of: Of,
    switch: Switch,
    state: Value<'static>,
    to: &'static str,
    why: Option<&str>,
    at: Timestamp,
) -> Answer<Vec<FieldChange<'static>>> {
    let why = Value::from(why).into_owned();
    let values = [
        (switch.0, state, Value::from(to)),
        (
            switch.1,
            fields::get(tx, of, switch.1)?.unwrap_or(Value::Null),
            why,
        ),
        (
            switch.2,
            fields::get(tx, of, switch.2)?.unwrap_or(Value::Null),
            Value::from(at.millis()),
        ),
    ];
    let changes = values
        .into_iter()
        .map(|(field, before, after)| FieldChange {
            field,
            before,
            after,
        });
    Ok(changes.collect())
}
