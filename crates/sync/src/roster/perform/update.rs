//! Accounts that are adopted, fields that change, roles that come.

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_plan::{Adjusted, Change, Reason};
use homeroom_roster::field::section;
use homeroom_roster::{self as app, FieldChange, Record, RosterError};

use super::Performer;
use super::sorted::Sorted;
use super::step::{Done, Step, new_link, seen, told};
use crate::roster::columns::roster_kind;
use crate::roster::values;

impl Performer<'_> {
    /// An account of the app becomes the source's too, and shows what the source says.
    pub(super) fn link(
        &mut self,
        step: Step<'_>,
        row: u32,
        rung: &str,
        adjusted: &[Adjusted],
    ) -> Result<Done, RosterError> {
        let action = step.action;
        let (Some(kind), Some(source), Some(local)) =
            (roster_kind(action.kind), action.source, action.local)
        else {
            return Ok(Done::Yes);
        };
        let hex = source.to_hex();
        let op = app::Op::Link {
            kind,
            id: local.0,
            link: new_link(action.kind, &hex, rung, step.applied()),
            adopted: true,
        };
        let done = self.call(step, op)?;
        if !matches!(done, Done::Yes) {
            return Ok(done);
        }
        self.locals.insert(source, local.0);
        let values = self
            .policy
            .first_values(self.mirror, (action.kind, row), adjusted);
        let known = values::of(self.applying.look(), action.kind, local.0)?;
        let changes = values.into_iter().filter_map(|(field, after, origin)| {
            let before = known.get(field).cloned().unwrap_or_default();
            // What people made of an island before the source knew the account is theirs.
            let theirs = !before.is_empty() && self.policy.is_island(action.kind, field);
            (before != after && field != "roles" && !theirs).then_some(Change {
                field,
                before,
                after,
                origin,
            })
        });
        let changes: Vec<_> = changes.collect();
        self.update(step, &changes)
    }

    /// Changes of fields: those of the record, of each role, and of the schools of roles, one call each.
    pub(super) fn update(
        &mut self,
        step: Step<'_>,
        changes: &[Change],
    ) -> Result<Done, RosterError> {
        let action = step.action;
        let (Some(kind), Some(source)) = (roster_kind(action.kind), action.source) else {
            return Ok(Done::Yes);
        };
        let Some(id) = self.local(&source) else {
            return Ok(Done::No("its account was not made".to_owned()));
        };
        let sorted = self.sorted((action.kind, source), changes);
        let mut ops: Vec<app::Op<'_>> = Vec::new();
        let Some(record) = self.applying.look().record(kind, id)? else {
            return Ok(Done::No("its record is gone".to_owned()));
        };
        let own = self.own_changes(step, &sorted, (source, kind), &record);
        if !own.is_empty() {
            ops.push(app::Op::Update {
                kind,
                id,
                fields: &own,
            });
        }
        let held = self
            .applying
            .look()
            .roles_of(if kind == app::Kind::Person { id } else { 0 })?;
        let roles = sorted.roles(&held);
        for (role, fields) in &roles {
            ops.push(app::Op::UpdateRole {
                person: id,
                role: *role,
                fields,
            });
        }
        let mut schools = Vec::new();
        for role in &sorted.schools {
            let before = self.applying.look().schools_of(id, *role)?;
            let after = self.schools_now(action.kind, source, *role);
            if before != after {
                schools.push((*role, before, after));
            }
        }
        for (role, before, after) in &schools {
            ops.push(app::Op::Schools {
                person: id,
                role: *role,
                before,
                after,
            });
        }
        for op in ops {
            let outcome = self.applying.apply(&step.with(op))?;
            if !outcome.is_done() {
                return Ok(told(&outcome));
            }
        }
        let hex = source.to_hex();
        let noted = app::Op::Seen {
            kind,
            source_id: &hex,
            seen: seen(action.applied),
        };
        self.call(step, noted)
    }

    /// The changes that can be made now; a record with others is looked at again.
    fn sorted(&mut self, (kind, source): (Kind, ObjectId), changes: &[Change]) -> Sorted {
        let waits = |change: &&Change| self.waits(kind, change.field, &change.after);
        let (waiting, ready): (Vec<_>, Vec<_>) = changes.iter().partition(waits);
        if !waiting.is_empty() {
            self.torn.insert((kind, source));
        }
        Sorted::of(
            kind,
            ready.into_iter(),
            |field, text| self.planned_value(field, text),
            |field, text| self.own_value(field, text),
        )
    }

    /// The changes of the record itself, as far as the app does not hold them yet.
    fn own_changes<'r>(
        &self,
        step: Step<'_>,
        sorted: &Sorted,
        (source, kind): (ObjectId, app::Kind),
        record: &Record<'r>,
    ) -> Vec<FieldChange<'r>> {
        let mut own = sorted.own(record, &self.said(step, source, kind));
        if step.action.reason == Reason::Accepted {
            // The source has no word for the course that people gave the class, and that they let go now.
            for change in own
                .iter_mut()
                .filter(|change| change.field == section::COURSE)
            {
                change.before = record.get(section::COURSE).clone();
            }
        }
        own
    }

    /// What the source says of a record now, as far as the app takes it.
    fn said(&self, step: Step<'_>, source: ObjectId, stored: app::Kind) -> Record<'static> {
        let kind = step.action.kind;
        let row = self.mirror.table(kind).find(&source);
        let said = row.map(|row| {
            let values = self
                .policy
                .first_values(self.mirror, (kind, row), step.adjusted);
            self.filled(stored, kind, row, &values).0
        });
        said.unwrap_or_else(|| Record::new(stored))
    }

    pub(super) fn schools_now(&self, kind: Kind, source: ObjectId, role: Role) -> Vec<(i64, bool)> {
        let row = self.mirror.table(kind).find(&source);
        row.map(|row| self.empty_role(role, row).schools)
            .unwrap_or_default()
    }

    pub(super) fn grant(&mut self, step: Step<'_>, role: Role) -> Result<Done, RosterError> {
        let (kind, Some(source), Some(local)) =
            (step.action.kind, step.action.source, step.action.local)
        else {
            return Ok(Done::Yes);
        };
        let Some(row) = self.mirror.table(kind).find(&source) else {
            return Ok(Done::No("the mirror lost its record".to_owned()));
        };
        let values = self
            .policy
            .first_values(self.mirror, (kind, row), step.adjusted);
        let (_, roles) = self.filled(app::Kind::Person, kind, row, &values);
        let Some(filled) = roles.iter().find(|filled| filled.role == role) else {
            return Ok(Done::Yes);
        };
        let held = self.applying.look().roles_of(local.0)?;
        if held.iter().any(|(held, _)| *held == role) {
            // An account that was merged into this one in the same plan brought it along.
            self.torn.insert((kind, source));
            return Ok(Done::Yes);
        }
        let op = app::Op::GrantRole {
            person: local.0,
            role: filled.as_new(),
        };
        self.call(step, op)
    }
}
