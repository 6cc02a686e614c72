//! The transaction of a district's plan.

mod alike;
mod audit;
mod carry;
mod cells;
mod commit;
mod fields;
mod invert;
mod leaving;
mod links;
mod merges;
mod notes;
mod records;
mod roles;
mod seats;
mod switches;
mod ties;

pub(crate) use cells::value as cell_value;
pub(crate) use links::{any as has_link, of as links_of, person_kind, value as link_value};
pub(crate) use records::read as record;
pub(crate) use roles::read_schools as schools_of;
pub(crate) use seats::{of as seat_of, seat as seat_value};

use std::sync::MutexGuard;

use homeroom_model::{Date, Timestamp};
use rusqlite::Connection;

use crate::change::{AuditEntry, RowChange, Undone};
use crate::error::Outcome;
use crate::roster::{Applying, Begin, Commit, Reading};
use crate::sqlite::districts::claim;
use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::query;
use crate::sqlite::read::{View, broken, ids_of};
use crate::{Action, Kind, Op, Refusal, RosterError};

/// The writing connection inside `BEGIN IMMEDIATE`. Dropped before its end, it rolls back.
pub(crate) struct SqliteApplying<'r> {
    writer: MutexGuard<'r, View>,
    at: Applied,
    open: bool,
    /// SQLite may have taken everything back by itself; what came now would not be part of the transaction.
    failed: bool,
}

/// Where and when it is applied, and the numbers that are given out.
pub(crate) struct Applied {
    pub(crate) district: i64,
    pub(crate) run: i64,
    pub(crate) actor: String,
    pub(crate) at: Timestamp,
    pub(crate) on: String,
    next_id: i64,
    first_id: i64,
    first_seq: i64,
    next_seq: i64,
}

/// What an action did.
pub(crate) struct Effect {
    /// The word of integration-side B3.
    pub(crate) op: &'static str,
    pub(crate) kind: Kind,
    pub(crate) id: i64,
    /// Nothing for a creation.
    pub(crate) changes: Vec<RowChange>,
    /// Notes and hashes are not of the roster and leave no row in the audit.
    pub(crate) audited: bool,
}

impl Effect {
    pub(crate) fn new(op: &'static str, kind: Kind, id: i64, changes: Vec<RowChange>) -> Self {
        Self {
            op,
            kind,
            id,
            changes,
            audited: true,
        }
    }

    pub(crate) fn unaudited(op: &'static str, kind: Kind, id: i64) -> Self {
        Self {
            audited: false,
            ..Self::new(op, kind, id, Vec::new())
        }
    }
}

impl<'r> SqliteApplying<'r> {
    pub(crate) fn begin(
        writer: MutexGuard<'r, View>,
        begin: &Begin<'_>,
    ) -> Result<Self, RosterError> {
        let what = "beginning to apply";
        let sqlite = |error: rusqlite::Error| Fault::from(error).into_error(what);
        writer
            .connection()
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(sqlite)?;
        let mut applying = Self {
            at: Applied::nowhere(begin.on),
            writer,
            open: true,
            failed: false,
        };
        applying.at =
            Applied::read(applying.connection(), begin).map_err(|fault| fault.into_error(what))?;
        Ok(applying)
    }

    fn connection(&self) -> &Connection {
        self.writer.connection()
    }

    fn usable(&self) -> Result<(), RosterError> {
        if self.failed {
            let why = "an action before could not be written; begin again";
            return Err(RosterError::unavailable(why));
        }
        Ok(())
    }

    /// Does something that, where it is not done whole, is taken back by hand.
    fn or_else<T>(
        &mut self,
        job: impl FnOnce(&Connection, &mut Applied) -> Answer<T>,
        undo: impl FnOnce(&Connection) -> Answer<()>,
    ) -> Answer<T> {
        let numbers = (self.at.next_id, self.at.next_seq);
        let connection = self.writer.connection();
        let done = job(connection, &mut self.at);
        if done.is_err() {
            (self.at.next_id, self.at.next_seq) = numbers;
            undo(connection)?;
        }
        done
    }

    /// Does something that leaves the database as it was unless it is done whole.
    fn whole<T>(&mut self, job: impl FnOnce(&Connection, &mut Applied) -> Answer<T>) -> Answer<T> {
        let numbers = (self.at.next_id, self.at.next_seq);
        let connection = self.writer.connection();
        let done = query::whole(connection, || job(connection, &mut self.at));
        if done.is_err() {
            (self.at.next_id, self.at.next_seq) = numbers;
        }
        done
    }
}

impl Applied {
    fn nowhere(on: Date) -> Self {
        Self {
            district: 0,
            run: 0,
            actor: String::new(),
            at: Timestamp::from_millis(0),
            on: on.to_string(),
            next_id: 0,
            first_id: 0,
            first_seq: 0,
            next_seq: 0,
        }
    }

    fn read(tx: &Connection, begin: &Begin<'_>) -> Answer<Self> {
        claim(tx, begin.district, begin.fence)?;
        let refused =
            |refusal, message: &str| Fault::Roster(RosterError::refused(refusal, message));
        let sql = "SELECT 1 FROM run WHERE id = ?1 AND district = ?2 AND state IN ('running', 'held', 'planned')";
        if !query::any(tx, sql, [begin.run, begin.district])? {
            return Err(refused(Refusal::Gone, "that run is not going on"));
        }
        let sql = "SELECT next_id, mirror, (SELECT ifnull(max(seq), 0) FROM audit) FROM district WHERE id = ?1";
        let found = query::first(tx, sql, [begin.district], |row| {
            Ok((
                row.get(0)?,
                row.get::<_, Option<i64>>(1)?,
                row.get::<_, i64>(2)?,
            ))
        })?;
        let (next_id, mirror, seq) = found.ok_or(Fault::Refused(Refusal::Gone))?;
        if mirror != begin.mirror {
            return Err(refused(
                Refusal::Moved,
                "another mirror has been applied since the plan was made; plan again",
            ));
        }
        Ok(Self {
            district: begin.district,
            run: begin.run,
            actor: begin.actor.to_owned(),
            at: begin.at,
            on: begin.on.to_string(),
            next_id,
            first_id: next_id,
            first_seq: seq + 1,
            next_seq: seq + 1,
        })
    }

    /// A new local id.
    pub(crate) fn id(&mut self) -> Answer<i64> {
        let id = self.next_id;
        if crate::district_of(id + 1) != self.district {
            return Err(Fault::Refused(Refusal::Invalid));
        }
        self.next_id += 1;
        Ok(id)
    }

    /// Refuses what belongs to another district.
    pub(crate) fn own(&self, id: i64) -> Answer<()> {
        if crate::district_of(id) == self.district {
            Ok(())
        } else {
            Err(Fault::Refused(Refusal::Gone))
        }
    }
}

impl Applying for SqliteApplying<'_> {
    fn apply(&mut self, action: &Action<'_>) -> Result<Outcome, RosterError> {
        self.usable()?;
        let job = |tx: &Connection, at: &mut Applied| {
            let effect = perform(tx, at, action)?;
            let seq = audit::write(tx, at, action, &effect)?;
            Ok(Outcome::Done { id: effect.id, seq })
        };
        let done = match action.op {
            Op::Create { kind, .. } => {
                let id = self.at.next_id;
                self.or_else(job, |tx| records::uncreate(tx, kind, id))
            }
            // One change.
            Op::Seen { .. } => self.or_else(job, |_| Ok(())),
            // Takes itself back.
            Op::Seats { .. } => self.or_else(job, |_| Ok(())),
            _ => self.whole(job),
        };
        let done = done.or_else(|fault| fault.into_outcome("applying an action"));
        self.failed = done.is_err();
        done
    }

    fn invert(
        &mut self,
        entry: &AuditEntry,
        number: i64,
        reason: &str,
    ) -> Result<Undone, RosterError> {
        self.usable()?;
        let done = self.whole(|tx, at| invert::invert(tx, at, entry, number, reason));
        let undone = match done {
            Ok(seq) => Ok(Undone::Done(seq)),
            Err(fault) => fault
                .into_outcome("undoing an action")
                .map(|outcome| match outcome {
                    Outcome::Differs(differs) => Undone::Kept(differs),
                    Outcome::SetAside(_) | Outcome::Done { .. } => Undone::InUse,
                }),
        };
        self.failed = undone.is_err();
        undone
    }

    fn broken(&self) -> Result<Vec<(&'static str, i64)>, RosterError> {
        let at = &self.at;
        let [first, _] = ids_of(at.district);
        let (changed, all) = (at.next_seq - at.first_seq, at.next_id - first);
        // Asking for each of many records costs more than looking through all of them.
        let found = if changed > all / 2 {
            broken::broken_beside_constraints(self.connection(), at.district)
        } else {
            broken::broken_since(self.connection(), at.district, (at.first_seq, at.first_id))
        };
        found.map_err(|fault| fault.into_error("checking the invariants"))
    }

    fn look(&self) -> &dyn Reading {
        &*self.writer
    }

    fn commit(mut self: Box<Self>, commit: &Commit<'_>) -> Result<i64, RosterError> {
        self.usable()?;
        let end = |applying: &mut Self| -> Answer<i64> {
            commit::finish(applying.connection(), &applying.at, commit)?;
            applying.connection().execute_batch("COMMIT")?;
            applying.open = false;
            Ok(applying.at.next_seq - 1)
        };
        end(&mut self).map_err(|fault| fault.into_error("committing a plan"))
    }
}

impl Drop for SqliteApplying<'_> {
    fn drop(&mut self) {
        if self.open {
            // Fails only where SQLite has rolled back already.
            let _ = self.connection().execute_batch("ROLLBACK");
        }
    }
}

/// One action.
fn perform(tx: &Connection, at: &mut Applied, action: &Action<'_>) -> Answer<Effect> {
    match action.op {
        Op::Create {
            kind,
            record,
            roles,
            link,
        } => records::create(tx, at, kind, record, roles, link),
        Op::Remove { kind, id } => records::remove(tx, at, kind, id),
        Op::Link {
            kind,
            id,
            link,
            adopted,
        } => links::link(tx, at, kind, id, &link, adopted),
        Op::Update { kind, id, fields } => fields::update(tx, at, kind, id, fields),
        Op::UpdateRole {
            person,
            role,
            fields,
        } => fields::update_role(tx, at, person, role, fields),
        Op::Schools {
            person,
            role,
            before,
            after,
        } => roles::schools(tx, at, person, role, before, after),
        Op::Rekey { kind, old, new } => links::rekey(tx, at, kind, old, &new),
        Op::Merge { from, into, joint } => merges::merge(tx, at, from, into, joint),
        Op::Unmerge { from } => merges::unmerge(tx, at, from),
        Op::Split {
            from,
            link,
            record,
            roles,
        } => merges::split(tx, at, from, &link, record, roles),
        Op::Deactivate { .. }
        | Op::Reactivate { .. }
        | Op::Suspend { .. }
        | Op::Archive { .. }
        | Op::Restore { .. } => switch(tx, at, action),
        Op::CarryOver { from, into } => carry::carry_over(tx, at, from, into),
        Op::Seats { section, changes } => seats::change(tx, at, section, changes),
        Op::GrantRole { person, role } => roles::grant(tx, at, person, &role),
        Op::RevokeRole { person, role } => roles::revoke(tx, at, person, role),
        Op::Tie { tie, open } => ties::change(tx, at, tie, open),
        Op::Fill { of, field } => cells::fill(tx, at, of, field),
        Op::Unfill { of, field } => cells::unfill(tx, at, of, field),
        Op::Cell {
            of,
            field,
            before,
            after,
        } => cells::cell(tx, at, of, field, before, after),
        Op::Seen {
            kind,
            source_id,
            seen,
        } => links::seen(tx, at, kind, source_id, &seen),
        Op::Quarantine {
            kind,
            source_id,
            why,
        } => links::quarantine(tx, at, kind, source_id, why),
        ref note => notes::note(tx, at, note),
    }
}

/// One action that switches something on or off.
fn switch(tx: &Connection, at: &Applied, action: &Action<'_>) -> Answer<Effect> {
    let why = action.reason;
    match action.op {
        Op::Deactivate {
            person,
            disconnected,
        } => switches::deactivate(tx, at, person, disconnected, why),
        Op::Reactivate { person } => switches::reactivate(tx, at, person),
        Op::Suspend { person, suspended } => switches::suspend(tx, at, person, suspended, why),
        Op::Archive { kind, id } => switches::archive(tx, at, kind, id, why),
        Op::Restore { kind, id } => switches::restore(tx, at, kind, id),
        _ => Err(Fault::Refused(Refusal::Invalid)),
    }
}
