//! What people decided about accounts and classes.

use homeroom_model::ObjectId;
use homeroom_plan::{Adjusted, Local};
use homeroom_roster::field::term;
use homeroom_roster::{self as app, FieldChange, LinkState, RosterError, Value};

use super::Performer;
use super::filled::Filled;
use super::step::{Done, Step, new_link, told};
use crate::roster::columns::roster_kind;

impl Performer<'_> {
    /// Two accounts become one.
    pub(super) fn merge(
        &mut self,
        step: Step<'_>,
        from: Local,
        joint: bool,
    ) -> Result<Done, RosterError> {
        let Some(into) = step.action.local else {
            return Ok(Done::Yes);
        };
        let op = app::Op::Merge {
            from: from.0,
            into: into.0,
            joint,
        };
        let done = self.call(step, op)?;
        if matches!(done, Done::Yes) {
            self.read_ids_of(into.0)?;
        }
        Ok(done)
    }

    /// A merge is taken apart.
    pub(super) fn unmerge(&mut self, step: Step<'_>, from: Local) -> Result<Done, RosterError> {
        let done = self.call(step, app::Op::Unmerge { from: from.0 })?;
        if matches!(done, Done::Yes) {
            self.read_ids_of(from.0)?;
            for id in step.action.local.into_iter().map(|local| local.0) {
                self.read_ids_of(id)?;
            }
        }
        Ok(done)
    }

    /// The ids that lead to an account now.
    fn read_ids_of(&mut self, id: i64) -> Result<(), RosterError> {
        for (source, link) in self.applying.look().links_of(id)? {
            let Some(source) = ObjectId::from_hex(&source) else {
                continue;
            };
            if matches!(link.state, LinkState::Active | LinkState::Joint) {
                self.locals.insert(source, id);
            } else {
                self.locals.remove(&source);
            }
        }
        Ok(())
    }

    /// An id gets an account of its own.
    pub(super) fn split(
        &mut self,
        step: Step<'_>,
        row: u32,
        adjusted: &[Adjusted],
    ) -> Result<Done, RosterError> {
        let action = step.action;
        let (Some(kind), Some(source), Some(from)) =
            (roster_kind(action.kind), action.source, action.local)
        else {
            return Ok(Done::Yes);
        };
        let hex = source.to_hex();
        let values = self
            .policy
            .first_values(self.mirror, (action.kind, row), adjusted);
        let (mut record, roles) = self.filled(kind, action.kind, row, &values);
        self.name_login(&mut record)?;
        let roles: Vec<_> = roles.iter().map(Filled::as_new).collect();
        let op = app::Op::Split {
            from: from.0,
            link: new_link(action.kind, &hex, "split", step.applied()),
            record: &record,
            roles: &roles,
        };
        let outcome = self.applying.apply(&step.with(op))?;
        let Some(id) = outcome.id() else {
            return Ok(told(&outcome));
        };
        self.locals.insert(source, id);
        Ok(Done::Yes)
    }

    /// A class goes on with what the app keeps of another.
    pub(super) fn carry_over(&mut self, step: Step<'_>, from: Local) -> Result<Done, RosterError> {
        let into = step.action.source.and_then(|source| self.local(&source));
        let Some(into) = into else {
            return Ok(Done::No("its class was not made".to_owned()));
        };
        let op = app::Op::CarryOver { from: from.0, into };
        self.call(step, op)
    }

    /// A term came in the place of another.
    pub(super) fn succeed(&mut self, step: Step<'_>, from: Local) -> Result<Done, RosterError> {
        let into = step.action.source.and_then(|source| self.local(&source));
        let Some(into) = into else {
            return Ok(Done::No("its term was not made".to_owned()));
        };
        let look = self.applying.look();
        let record = look.record(app::Kind::Term, from.0)?;
        let before = record.map_or(Value::Null, |record| record.get(term::SUCCESSOR).clone());
        let fields = [FieldChange {
            field: term::SUCCESSOR,
            before,
            after: Value::Integer(into),
        }];
        let op = app::Op::Update {
            kind: app::Kind::Term,
            id: from.0,
            fields: &fields,
        };
        self.call(step, op)
    }
}
