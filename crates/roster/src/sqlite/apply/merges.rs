//! Accounts that become one, and come apart again (integration-side A3.6, A3.8).
//!
//! Work is never moved: it names the account and the source id it was done under, views follow `merged_into`. So a merge is
//! taken apart by giving the source ids back, whatever was done meanwhile.

use rusqlite::{Connection, params};

use super::alike::are_alike;
use super::{Applied, Effect, fields, links, records, roles, seats, ties};
use crate::change::RowChange;
use crate::field::{person, profile};
use crate::link::{LinkState, LinkValue, NewLink};
use crate::sqlite::columns;
use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::query;
use crate::{Differs, FieldChange, Kind, NewRole, Of, Record, Refusal, Seat, SeatChange, Value};

/// `merge`.
pub(crate) fn merge(
    tx: &Connection,
    at: &Applied,
    from: i64,
    into: i64,
    joint: bool,
) -> Answer<Effect> {
    at.own(from)?;
    at.own(into)?;
    if from == into || !are_alike(tx, from, into)? {
        return Err(Fault::Refused(Refusal::Invalid));
    }
    for account in [from, into] {
        let state = fields::get(tx, Of::Record(Kind::Person, account), person::APP_STATE)?;
        if !state.is_some_and(|state| matches!(state.text(), Some("ok" | "suspended"))) {
            return Err(Fault::Differs(Differs::State));
        }
    }
    let mut changes = move_links(tx, at, from, into, joint)?;
    changes.extend(grant_missing_roles(tx, from, into)?);
    changes.extend(move_profiles(tx, from, into)?);
    changes.extend(move_seats(tx, at, from, into)?);
    for tie in ties::of(tx, from)? {
        changes.extend(ties::move_over(tx, at, tie, (from, into))?);
    }
    changes.extend(follow(tx, from, into)?);
    changes.extend(suspend_with(tx, from, into)?);
    changes.push(give_up(tx, at, from, into)?);
    Ok(Effect::new("merge", Kind::Person, from, changes))
}

/// Whoever the app suspended does not come in again by another account: that one is suspended along, until somebody of the app
/// lifts it or the merge is taken apart (integration-side A6.5).
fn suspend_with(tx: &Connection, from: i64, into: i64) -> Answer<Option<RowChange>> {
    let [given_up, before] = [switch(tx, from)?, switch(tx, into)?];
    if given_up[0].text() != Some("suspended") || before[0].text() != Some("ok") {
        return Ok(None);
    }
    turn(tx, into, &before, &given_up).map(Some)
}

/// What merged accounts brought in goes on to where they go now.
fn follow(tx: &Connection, from: i64, into: i64) -> Answer<Vec<RowChange>> {
    let sql = "SELECT id FROM person WHERE merged_into = ?1 ORDER BY id";
    let earlier: Vec<i64> = query::all(tx, sql, [from], |row| Ok(row.get(0)?))?;
    let follow = |id| {
        let change = FieldChange {
            field: person::MERGED_INTO,
            before: Value::from(from),
            after: Value::from(into),
        };
        fields::set_all(tx, Of::Record(Kind::Person, id), &[change])
    };
    earlier.into_iter().map(follow).collect()
}

/// State and target have to change in one statement, for neither is allowed without the other.
fn give_up(tx: &Connection, at: &Applied, from: i64, into: i64) -> Answer<RowChange> {
    let before = switch(tx, from)?;
    let after = [
        Value::from("merged_into"),
        Value::Null,
        Value::from(at.at.millis()),
        Value::from(into),
    ];
    turn(tx, from, &before, &after)
}

const SWITCH: [crate::Field; 4] = [
    person::APP_STATE,
    person::APP_REASON,
    person::APP_SINCE,
    person::MERGED_INTO,
];

/// The app's switch of a person, with where a merged account went.
pub(crate) fn switch(tx: &Connection, id: i64) -> Answer<[Value<'static>; 4]> {
    let sql = "SELECT app_state, app_reason, app_since, merged_into FROM person WHERE id = ?1";
    let found = query::first(tx, sql, [id], |row| {
        let value = |column| Ok::<_, Fault>(columns::value(row, column)?.into_owned());
        Ok([value(0)?, value(1)?, value(2)?, value(3)?])
    })?;
    found.ok_or(Fault::Differs(Differs::State))
}

/// Turns the app's switch, all four columns at once.
pub(crate) fn turn(
    tx: &Connection,
    id: i64,
    before: &[Value<'static>; 4],
    after: &[Value<'static>; 4],
) -> Answer<RowChange> {
    if switch(tx, id)? != *before {
        return Err(Fault::Differs(Differs::State));
    }
    let sql = "UPDATE person SET app_state = ?2, app_reason = ?3, app_since = ?4, merged_into = ?5 WHERE id = ?1";
    let [state, reason, since, target] = after;
    query::change(tx, sql, params![id, state, reason, since, target])?;
    let pairs = before.iter().cloned().zip(after.iter().cloned());
    let fields = SWITCH
        .iter()
        .map(|field| field.name().to_owned())
        .zip(pairs);
    Ok(RowChange::Fields {
        fields: fields.collect(),
        kind: Kind::Person,
        id,
    })
}

fn move_links(
    tx: &Connection,
    at: &Applied,
    from: i64,
    into: i64,
    joint: bool,
) -> Answer<Vec<RowChange>> {
    let mut changes = Vec::new();
    let has_active = links::of(tx, into)?
        .iter()
        .any(|(_, value)| value.state == LinkState::Active);
    for (source_id, before) in links::of(tx, from)? {
        let lives = matches!(before.state, LinkState::Active | LinkState::Joint);
        let state = match (lives, joint) {
            (false, _) => before.state,
            (true, _) if !has_active => before.state,
            (true, true) => LinkState::Joint,
            (true, false) => LinkState::Alias,
        };
        let after = LinkValue {
            entity: into,
            state,
            evidence: before
                .evidence
                .clone()
                .or_else(|| Some(format!("merged from {from}"))),
            since: at.at,
            ..before.clone()
        };
        changes.push(links::put(
            tx,
            at,
            Kind::Person,
            &source_id,
            Some(before),
            Some(after),
        )?);
    }
    Ok(changes)
}

fn grant_missing_roles(tx: &Connection, from: i64, into: i64) -> Answer<Vec<RowChange>> {
    let mut changes = Vec::new();
    for value in roles::read_roles(tx, from)? {
        if roles::exists(tx, into, roles::role_of(&value.role)?)? {
            continue;
        }
        records::insert_value(tx, into, &value)?;
        changes.push(RowChange::Role {
            person: into,
            role_before: None,
            role_after: Some(value),
        });
    }
    Ok(changes)
}

/// Roles that a merge gave to the account that goes on and that are still as it gave them: powers come apart with the accounts.
fn take_back_roles(tx: &Connection, merged: &[RowChange]) -> Answer<Vec<RowChange>> {
    let mut changes = Vec::new();
    for change in merged {
        let RowChange::Role {
            person,
            role_before: None,
            role_after: Some(given),
        } = change
        else {
            continue;
        };
        let role = roles::role_of(&given.role)?;
        if roles::read_role(tx, *person, role)?.as_ref() == Some(given) {
            links::touch(tx, *person)?;
            changes.push(roles::take_away(tx, *person, role)?);
        }
    }
    Ok(changes)
}

fn move_profiles(tx: &Connection, from: i64, into: i64) -> Answer<Vec<RowChange>> {
    let sql = "SELECT id, is_default FROM profile WHERE person = ?1 ORDER BY id";
    let profiles = query::all(tx, sql, [from], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
    })?;
    let mut changes = Vec::new();
    for (id, is_default) in profiles {
        let change = |field, before: i64, after: i64| FieldChange {
            field,
            before: Value::from(before),
            after: Value::from(after),
        };
        let mut all = vec![change(profile::PERSON, from, into)];
        if is_default == 1 {
            // The account that stays keeps its own.
            all.insert(0, change(profile::IS_DEFAULT, 1, 0));
        }
        changes.push(fields::set_all(tx, Of::Record(Kind::Profile, id), &all)?);
    }
    Ok(changes)
}

fn move_seats(tx: &Connection, at: &Applied, from: i64, into: i64) -> Answer<Vec<RowChange>> {
    let sql = "SELECT section, is_teacher, source, intent, position, profile FROM membership \
               WHERE person = ?1 ORDER BY section, is_teacher";
    let taken: Vec<(i64, bool, Seat)> = query::all(tx, sql, [from], |row| {
        Ok((row.get(0)?, row.get(1)?, seats::seat(row, 2)?))
    })?;
    let mut changes = Vec::new();
    for (section, is_teacher, seat) in taken {
        let seat_of = |person, before, after| SeatChange {
            person,
            is_teacher,
            before,
            after,
        };
        let mut both = vec![seat_of(from, Some(seat), None)];
        if seats::read(tx, section, into, is_teacher)?.is_none() {
            both.push(seat_of(into, None, Some(seat)));
        }
        changes.push(seats::set(tx, at, section, &both)?);
    }
    Ok(changes)
}

/// A merge is taken apart: the source ids that came with the account go back, and it stands for itself again. Memberships follow
/// with the next sync, since rosters are planned by source ids.
pub(crate) fn unmerge(tx: &Connection, at: &Applied, from: i64) -> Answer<Effect> {
    at.own(from)?;
    let before = switch(tx, from)?;
    if before[0].text() != Some("merged_into") {
        return Err(Fault::Differs(Differs::State));
    }
    let mut changes = Vec::new();
    let merged = merged(tx, from)?;
    for (source_id, then) in brought(&merged, from) {
        let now = links::read(tx, at, Kind::Person, &source_id)?;
        let now = now.ok_or(Fault::Differs(Differs::Link))?;
        let after = LinkValue {
            entity: from,
            since: at.at,
            ..then
        };
        changes.push(links::put(
            tx,
            at,
            Kind::Person,
            &source_id,
            Some(now),
            Some(after),
        )?);
    }
    let then = switched(&merged, from);
    let suspended = then
        .as_ref()
        .filter(|(then, _)| then[0].text() == Some("suspended"));
    let after = match suspended {
        Some((then, _)) => then.clone(),
        None => [
            Value::from("ok"),
            Value::Null,
            Value::from(at.at.millis()),
            Value::Null,
        ],
    };
    changes.push(turn(tx, from, &before, &after)?);
    changes.extend(take_back_roles(tx, &merged)?);
    // What the merge alone suspended goes on, unless somebody of the app had to do with it since.
    if let Some(into) = before[3].integer()
        && let Some((before, after)) = switched(&merged, into)
        && switch(tx, into)? == after
    {
        changes.push(turn(tx, into, &after, &before)?);
    }
    Ok(Effect::new("split", Kind::Person, from, changes))
}

/// What the last merge of an account changed, as the audit says.
fn merged(tx: &Connection, from: i64) -> Answer<Vec<RowChange>> {
    let sql =
        "SELECT changes FROM audit WHERE subject = ?1 AND op = 'merge' ORDER BY seq DESC LIMIT 1";
    let changes: Option<Vec<RowChange>> =
        query::first(tx, sql, [from], |row| columns::json(row, 0, "the audit"))?;
    Ok(changes.unwrap_or_default())
}

/// The source ids that an account had before a merge.
fn brought(merged: &[RowChange], from: i64) -> Vec<(String, LinkValue)> {
    let links = merged.iter().filter_map(|change| match change {
        RowChange::Link {
            link,
            before: Some(before),
            ..
        } if before.entity == from => Some((link.clone(), before.clone())),
        _ => None,
    });
    links.collect()
}

/// How a merge turned the app's switch of an account: before and after.
fn switched(
    merged: &[RowChange],
    account: i64,
) -> Option<([Value<'static>; 4], [Value<'static>; 4])> {
    merged.iter().find_map(|change| match change {
        RowChange::Fields {
            fields,
            kind: Kind::Person,
            id,
        } if *id == account => {
            let pair = |field: &crate::Field| fields.get(field.name()).cloned();
            let [state, reason, since, target] = SWITCH.each_ref().map(pair);
            let (state, reason, since, target) = (state?, reason?, since?, target?);
            Some((
                [state.0, reason.0, since.0, target.0],
                [state.1, reason.1, since.1, target.1],
            ))
        }
        _ => None,
    })
}

/// `split`.
pub(crate) fn split(
    tx: &Connection,
    at: &mut Applied,
    from: i64,
    link: &NewLink<'_>,
    record: &Record<'_>,
    roles: &[NewRole<'_>],
) -> Answer<Effect> {
    at.own(from)?;
    let before = links::read(tx, at, Kind::Person, link.source_id)?;
    let before = before.filter(|before| before.entity == from);
    let before = before.ok_or(Fault::Differs(Differs::Link))?;
    let id = at.id()?;
    records::insert_with_roles(tx, Kind::Person, id, record, roles)?;
    let after = LinkValue {
        entity: id,
        person: link.person.or(before.person),
        state: link.state,
        rung: link.rung.to_owned(),
        evidence: link.evidence.map(str::to_owned),
        since: at.at,
    };
    let created = RowChange::Created {
        created: Kind::Person,
        id,
    };
    let moved = links::put(
        tx,
        at,
        Kind::Person,
        link.source_id,
        Some(before),
        Some(after),
    )?;
    let seen = crate::Seen {
        hash: link.hash,
        roster_hash: link.roster_hash,
        touched: None,
    };
    links::seen(tx, at, Kind::Person, link.source_id, &seen)?;
    Ok(Effect::new("split", Kind::Person, id, vec![created, moved]))
}
