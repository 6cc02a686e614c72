//! People leave a class that no group divides: most of what a day changes in rosters.

use rusqlite::{Connection, params};

use super::Applied;
use super::seats::{Groups, INSERT, end, put, read, unseat};
use crate::change::{Held, RowChange};
use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::query;
use crate::{Differs, SeatChange};

/// Whether people only leave seats that were taken.
pub(super) fn only_go(changes: &[SeatChange]) -> bool {
    let goes = |change: &SeatChange| {
        change.before.is_some() && !change.after.is_some_and(|seat| seat.is_needed())
    };
    changes.iter().all(goes)
}

/// Takes them out. Takes itself back, as seating people does, where somebody's seat is not as it should be: a savepoint copies every
/// page that is changed under it.
pub(super) fn leave(
    tx: &Connection,
    at: &Applied,
    section: i64,
    changes: &[SeatChange],
) -> Answer<RowChange> {
    let leaving = Leaving {
        tx,
        section,
        on: &at.on,
    };
    let mut gone: Vec<(&SeatChange, Held)> = Vec::with_capacity(changes.len());
    for change in changes {
        match leaving.leave_one(change) {
            Ok(held) => gone.push((change, held)),
            Err(fault) => {
                for (change, held) in gone.iter().rev() {
                    leaving.return_one(change, held)?;
                }
                return Err(fault);
            }
        }
    }
    let mut groups = Groups::default();
    for (change, held) in gone {
        groups.add(change.is_teacher, Some(held), None, change.person);
    }
    Ok(RowChange::Seats {
        section,
        on: at.on.clone(),
        seats: groups.0,
        left: Vec::new(),
    })
}

/// One class while people leave it.
struct Leaving<'t> {
    tx: &'t Connection,
    section: i64,
    on: &'t str,
}

impl Leaving<'_> {
    /// Takes somebody out of their seat, and answers what it was; nothing is done where it is not as it should be.
    fn leave_one(&self, change: &SeatChange) -> Answer<Held> {
        let (person, is_teacher) = (change.person, change.is_teacher);
        let found = read(self.tx, self.section, person, is_teacher)?;
        let found = found.filter(|held| Some(held.seat) == change.before);
        let held = found.ok_or(Fault::Differs(Differs::Member(person)))?;
        if let Some(opened) = held.opened.as_deref() {
            let key = (self.section, person, is_teacher);
            end(self.tx, key, (opened, self.on), held.seat.position)?;
        }
        unseat(self.tx, self.section, std::slice::from_ref(change))?;
        Ok(held)
    }

    /// Gives somebody their seat back as it was.
    fn return_one(&self, change: &SeatChange, held: &Held) -> Answer<()> {
        let (person, is_teacher) = (change.person, change.is_teacher);
        if held
            .opened
            .as_deref()
            .is_some_and(|opened| opened < self.on)
        {
            let sql = "DELETE FROM membership_past \
                       WHERE section = ?1 AND person = ?2 AND is_teacher = ?3 AND opened = ?4";
            let row = params![self.section, person, is_teacher, held.opened];
            query::change(self.tx, sql, row)?;
        }
        let mut insert = self.tx.prepare_cached(INSERT)?;
        put(&mut insert, self.section, person, is_teacher, held)
    }
}
