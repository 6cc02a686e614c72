//! Seats of a class: one action brings one roster from what it is to what it shall be, all of it or nothing.

use rusqlite::{Connection, Statement, params};

use super::{Applied, Effect, leaving};
use crate::change::{Held, RowChange, SeatGroup};
use crate::seat::Intent;
use crate::sqlite::columns;
use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::query;
use crate::{Differs, Kind, Refusal, Seat, SeatChange};

pub(super) const INSERT: &str = "INSERT INTO membership (section, person, is_teacher, source, intent, position, profile, opened) \
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

/// `enrol`, `unenrol`, or both at once.
pub(crate) fn change(
    tx: &Connection,
    at: &Applied,
    section: i64,
    changes: &[SeatChange],
) -> Answer<Effect> {
    at.own(section)?;
    let change = if only_come(changes) {
        enrol(tx, at, section, changes)?
    } else if leaving::only_go(changes) && !is_divided(tx, section)? {
        leaving::leave(tx, at, section, changes)?
    } else {
        query::whole(tx, || set(tx, at, section, changes))?
    };
    let comes = |seat: &SeatChange| seat.before.is_none();
    let goes = |seat: &SeatChange| seat.after.is_none();
    let op = match (changes.iter().all(comes), changes.iter().all(goes)) {
        (true, false) => "enrol",
        (false, true) => "unenrol",
        _ => "update",
    };
    Ok(Effect::new(op, Kind::Section, section, vec![change]))
}

/// Seats people. Takes itself back where somebody cannot be seated: a savepoint for each class of a first load costs more than its
/// seats.
fn enrol(tx: &Connection, at: &Applied, section: i64, changes: &[SeatChange]) -> Answer<RowChange> {
    let mut groups = Groups::default();
    let mut insert = tx.prepare_cached(INSERT)?;
    for (place, change) in changes.iter().enumerate() {
        let seated = seat_one(&mut insert, at, section, change);
        match seated {
            Ok(held) => groups.add(change.is_teacher, None, Some(held), change.person),
            Err(fault) => {
                unseat(tx, section, changes.get(..place).unwrap_or_default())?;
                return Err(fault);
            }
        }
    }
    Ok(RowChange::Seats {
        section,
        on: at.on.clone(),
        seats: groups.0,
        left: Vec::new(),
    })
}

fn seat_one(
    insert: &mut Statement<'_>,
    at: &Applied,
    section: i64,
    change: &SeatChange,
) -> Answer<Held> {
    let seat = change.after.filter(Seat::is_needed);
    let seat = seat.ok_or(Fault::Refused(Refusal::Invalid))?;
    let held = held(seat, seat.is_member().then(|| at.on.clone()));
    put(insert, section, change.person, change.is_teacher, &held)?;
    Ok(held)
}

pub(super) fn unseat(tx: &Connection, section: i64, seated: &[SeatChange]) -> Answer<()> {
    let sql = "DELETE FROM membership WHERE section = ?1 AND person = ?2 AND is_teacher = ?3";
    for change in seated {
        query::change(tx, sql, params![section, change.person, change.is_teacher])?;
    }
    Ok(())
}

/// Changes a roster.
pub(crate) fn set(
    tx: &Connection,
    at: &Applied,
    section: i64,
    changes: &[SeatChange],
) -> Answer<RowChange> {
    let mut roster = Roster::open(tx, at, section)?;
    let mut groups = Groups::default();
    let mut insert = tx.prepare_cached(INSERT)?;
    for change in changes {
        let after = change.after.filter(Seat::is_needed);
        let (before, after) = match (change.before, after) {
            (None, None) => return Err(Fault::Refused(Refusal::Invalid)),
            (None, Some(_)) => (None, Some(seat_one(&mut insert, at, section, change)?)),
            (Some(_), _) => roster.bring(change.person, change.is_teacher, change.before, after)?,
        };
        groups.add(change.is_teacher, before, after, change.person);
    }
    Ok(RowChange::Seats {
        section,
        on: at.on.clone(),
        seats: groups.0,
        left: roster.left,
    })
}

/// Whether groups divide a class.
fn is_divided(tx: &Connection, section: i64) -> Answer<bool> {
    let sql = "SELECT 1 FROM custom_group WHERE section = ?1";
    query::any(tx, sql, [section])
}

/// Whether people only come, to seats that were free.
fn only_come(changes: &[SeatChange]) -> bool {
    changes.iter().all(|change| change.before.is_none())
}

fn held(seat: Seat, opened: Option<String>) -> Held {
    Held { seat, opened }
}

pub(super) fn put(
    insert: &mut Statement<'_>,
    section: i64,
    person: i64,
    is_teacher: bool,
    held: &Held,
) -> Answer<()> {
    let row = params![
        section,
        person,
        is_teacher,
        held.seat.source,
        held.seat.intent.map(Intent::text),
        held.seat.position,
        held.seat.profile,
        held.opened
    ];
    let done = insert.execute(row).map_err(Fault::from);
    match done {
        Ok(_) => Ok(()),
        Err(fault) if fault.is_taken() => Err(Fault::Differs(Differs::Member(person))),
        Err(fault) => Err(fault),
    }
}

/// One roster while it is changed.
struct Roster<'t> {
    tx: &'t Connection,
    section: i64,
    on: &'t str,
    /// Whether groups divide the class.
    divided: bool,
    /// Who left such a group: group, person, since when they were in it.
    left: Vec<(i64, i64, String)>,
}

impl<'t> Roster<'t> {
    fn open(tx: &'t Connection, at: &'t Applied, section: i64) -> Answer<Self> {
        Ok(Self {
            tx,
            section,
            on: &at.on,
            divided: is_divided(tx, section)?,
            left: Vec::new(),
        })
    }

    /// Brings a seat that is there to what it shall be.
    fn bring(
        &mut self,
        person: i64,
        is_teacher: bool,
        before: Option<Seat>,
        after: Option<Seat>,
    ) -> Answer<(Option<Held>, Option<Held>)> {
        let found = read(self.tx, self.section, person, is_teacher)?;
        if found.as_ref().map(|held| held.seat) != before {
            return Err(Fault::Differs(Differs::Member(person)));
        }
        let since = found.as_ref().and_then(|held| held.opened.clone());
        let after = after.map(|seat| {
            let opened = since.clone().or_else(|| Some(self.on.to_owned()));
            held(seat, opened.filter(|_| seat.is_member()))
        });
        self.replace(person, is_teacher, found.as_ref(), after.as_ref())?;
        Ok((found, after))
    }

    /// Writes a seat over another; a membership that ends is kept as a period, one that is given back takes its periods back.
    fn replace(
        &mut self,
        person: i64,
        is_teacher: bool,
        before: Option<&Held>,
        after: Option<&Held>,
    ) -> Answer<()> {
        let was = before.and_then(|held| held.opened.as_deref());
        let will = after.and_then(|held| held.opened.as_deref());
        let key = params![self.section, person, is_teacher];
        if before.is_some() {
            let sql =
                "DELETE FROM membership WHERE section = ?1 AND person = ?2 AND is_teacher = ?3";
            query::change(self.tx, sql, key)?;
        }
        if let Some(opened) = was.filter(|was| will != Some(*was)) {
            let position = before.and_then(|held| held.seat.position);
            let key = (self.section, person, is_teacher);
            end(self.tx, key, (opened, self.on), position)?;
        }
        if let Some(opened) = will.filter(|will| was != Some(*will)) {
            let sql = "DELETE FROM membership_past \
                       WHERE section = ?1 AND person = ?2 AND is_teacher = ?3 AND opened >= ?4";
            query::change(
                self.tx,
                sql,
                params![self.section, person, is_teacher, opened],
            )?;
        }
        if let Some(after) = after {
            put(
                &mut *self.tx.prepare_cached(INSERT)?,
                self.section,
                person,
                is_teacher,
                after,
            )?;
        }
        if self.divided && was.is_some() && will.is_none() && !is_teacher {
            self.leave_groups(person)?;
        }
        Ok(())
    }

    /// Who leaves the class leaves the groups that divide it (integration-side A5.13).
    fn leave_groups(&mut self, person: i64) -> Answer<()> {
        let sql = "UPDATE group_member SET closed = max(opened, ?3), closed_by_sync = 1 WHERE person = ?2 AND closed IS NULL \
                   AND custom_group IN (SELECT id FROM custom_group WHERE section = ?1) RETURNING custom_group, opened";
        let left = query::all(
            self.tx,
            sql,
            params![self.section, person, self.on],
            |row| Ok((row.get(0)?, person, row.get(1)?)),
        )?;
        self.left.extend(left);
        Ok(())
    }
}

/// Keeps a membership as a period: since when, and the day from which on it is over.
pub(super) fn end(
    tx: &Connection,
    (section, person, is_teacher): (i64, i64, bool),
    (opened, on): (&str, &str),
    position: Option<i64>,
) -> Answer<()> {
    if opened >= on {
        return Ok(()); // Nobody could have seen it on any day.
    }
    let sql = "INSERT INTO membership_past (section, person, is_teacher, opened, closed, position) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let row = params![section, person, is_teacher, opened, on, position];
    query::change(tx, sql, row).map(drop)
}

/// Gives a roster back what the audit says stood there before.
pub(crate) fn set_back(
    tx: &Connection,
    at: &Applied,
    section: i64,
    seats: &[SeatGroup],
    left: &[(i64, i64, String)],
) -> Answer<RowChange> {
    let mut roster = Roster::open(tx, at, section)?;
    let mut back = Vec::with_capacity(seats.len());
    for group in seats.iter().rev() {
        for person in &group.people {
            let found = read(tx, section, *person, group.is_teacher)?;
            if found != group.after {
                return Err(Fault::Differs(Differs::Member(*person)));
            }
            roster.replace(
                *person,
                group.is_teacher,
                found.as_ref(),
                group.before.as_ref(),
            )?;
        }
        back.push(SeatGroup {
            is_teacher: group.is_teacher,
            before: group.after.clone(),
            after: group.before.clone(),
            people: group.people.clone(),
        });
    }
    let sql = "UPDATE group_member SET closed = NULL, closed_by_sync = 0 \
               WHERE custom_group = ?1 AND person = ?2 AND opened = ?3 AND closed_by_sync = 1";
    for (group, person, opened) in left {
        query::change(tx, sql, params![group, person, opened])?;
    }
    Ok(RowChange::Seats {
        section,
        on: at.on.clone(),
        seats: back,
        left: roster.left,
    })
}

/// One seat.
pub(crate) fn read(
    tx: &Connection,
    section: i64,
    person: i64,
    is_teacher: bool,
) -> Answer<Option<Held>> {
    let sql = "SELECT source, intent, position, profile, opened FROM membership \
               WHERE section = ?1 AND person = ?2 AND is_teacher = ?3";
    query::first(tx, sql, params![section, person, is_teacher], |row| {
        let opened: Option<String> = row.get(4)?;
        Ok(held(seat(row, 0)?, opened))
    })
}

/// What one seat says.
pub(crate) fn of(
    tx: &Connection,
    section: i64,
    person: i64,
    is_teacher: bool,
) -> Answer<Option<Seat>> {
    Ok(read(tx, section, person, is_teacher)?.map(|held| held.seat))
}

/// A seat's columns `source, intent, position, profile`, from one on.
pub(crate) fn seat(row: &rusqlite::Row<'_>, first: usize) -> Answer<Seat> {
    let intent = columns::text_if_any(row, first + 1)?;
    let intent = intent
        .map(|text| Intent::from_text(text).ok_or(Fault::unreadable("an intent")))
        .transpose()?;
    Ok(Seat {
        source: row.get(first)?,
        intent,
        position: row.get(first + 2)?,
        profile: row.get(first + 3)?,
    })
}

/// People whose seats changed alike, in the order in which they were met.
#[derive(Default)]
pub(super) struct Groups(pub(super) Vec<SeatGroup>);

impl Groups {
    pub(super) fn add(
        &mut self,
        is_teacher: bool,
        before: Option<Held>,
        after: Option<Held>,
        person: i64,
    ) {
        let alike = |group: &&mut SeatGroup| {
            group.is_teacher == is_teacher && group.before == before && group.after == after
        };
        match self.0.iter_mut().find(alike) {
            Some(group) => group.people.push(person),
            None => self.0.push(SeatGroup {
                is_teacher,
                before,
                after,
                people: vec![person],
            }),
        }
    }
}
