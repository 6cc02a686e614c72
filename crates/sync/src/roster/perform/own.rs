//! What is noted beside a record: where a value came from that the source did not say, what it says of islands, and what people
//! are told.

use homeroom_plan::{Adjusted, Adjustment, Change, Origin, Reason};
use homeroom_roster::{self as app, Of, RosterError, Value};

use super::Performer;
use super::step::{Done, Step};
use crate::roster::columns::{self, Column, column, roster_kind};

/// What somebody without a class is told.
const NO_CLASS: &str = "Your account is ready. You are not in a class yet: as soon as your school puts you into one, you will \
                        find it here.";

/// The code of that notice.
pub(crate) const NO_CLASS_CODE: &str = "without_class";

impl Performer<'_> {
    /// Says of a value of a new record that it is a stand-in, or that it was worked out.
    pub(super) fn note_origin(
        &mut self,
        step: Step<'_>,
        id: i64,
        adjusted: &Adjusted,
    ) -> Result<(), RosterError> {
        let origin = match adjusted.how {
            Adjustment::Filled => app::CellOrigin::Filler,
            Adjustment::Inferred => app::CellOrigin::Derived,
            Adjustment::Truncated | Adjustment::Dropped => return Ok(()),
        };
        let Some((of, field)) = place(step, id, adjusted.field) else {
            return Ok(());
        };
        let cell = app::Cell {
            base: Value::Null,
            value: columns::value(field, &adjusted.value),
            origin,
            until: None,
            by: None,
        };
        let op = app::Op::Cell {
            of,
            field,
            before: None,
            after: Some(&cell),
        };
        self.call(step, op).map(|_| ())
    }

    /// Changes fields, and says of each whether a stand-in stands in it now: it is marked where one came, and the mark goes where
    /// the first real value did (integration-side A2.3).
    pub(super) fn updated(
        &mut self,
        step: Step<'_>,
        changes: &[Change],
    ) -> Result<Done, RosterError> {
        let done = self.update(step, changes)?;
        let real = step.action.reason == Reason::FillerReplaced;
        let filled = |change: &&Change| change.origin == Origin::Filler;
        let id = step.action.local.map(|local| local.0);
        let (true, Some(id)) = (matches!(done, Done::Yes), id) else {
            return Ok(done);
        };
        if !real && !changes.iter().any(|change| filled(&change)) {
            return Ok(done);
        }
        let cells = self.applying.look().cells_of(id)?;
        for change in changes {
            let Some((of, field)) = place(step, id, change.field) else {
                continue;
            };
            let name = cell_name(of, field);
            let before = cells.iter().find(|(cell, _)| *cell == name);
            let before = before.map(|(_, cell)| cell);
            let stands_in = before.is_some_and(|cell| cell.origin == app::CellOrigin::Filler);
            let after = filled(&change).then(|| app::Cell {
                base: Value::Null,
                value: columns::value(field, &change.after),
                origin: app::CellOrigin::Filler,
                until: None,
                by: None,
            });
            if after.is_none() && !stands_in {
                continue;
            }
            let op = app::Op::Cell {
                of,
                field,
                before,
                after: after.as_ref(),
            };
            let marked = self.call(step, op)?;
            if !matches!(marked, Done::Yes) {
                return Ok(marked);
            }
        }
        Ok(done)
    }

    /// Notes what the source says now of fields that are the app's own; what stands in them stays.
    pub(super) fn islands(
        &mut self,
        step: Step<'_>,
        changes: &[Change],
    ) -> Result<Done, RosterError> {
        let Some(id) = step.action.local.map(|local| local.0) else {
            return Ok(Done::Yes);
        };
        for change in changes {
            let Some((of, field)) = place(step, id, change.field) else {
                continue;
            };
            let name = cell_name(of, field);
            let cells = self.applying.look().cells_of(id)?;
            let before = cells.into_iter().find(|(cell, _)| *cell == name);
            let before = before.map(|(_, cell)| cell);
            let base = columns::value(field, &change.after);
            let after = match &before {
                Some(cell) => app::Cell {
                    base,
                    ..cell.clone()
                },
                None => app::Cell {
                    base,
                    value: self.shown(of, field)?,
                    origin: app::CellOrigin::Source,
                    until: None,
                    by: None,
                },
            };
            let op = app::Op::Cell {
                of,
                field,
                before: before.as_ref(),
                after: Some(&after),
            };
            let done = self.call(step, op)?;
            if !matches!(done, Done::Yes) {
                return Ok(done);
            }
        }
        Ok(Done::Yes)
    }

    /// Tells somebody that they have no class yet, or no longer.
    pub(super) fn tell_person(&mut self, step: Step<'_>, over: bool) -> Result<Done, RosterError> {
        let made = step.action.source.and_then(|id| self.local(&id));
        let Some(person) = step.action.local.map(|local| local.0).or(made) else {
            return Ok(Done::No("its account was not made".to_owned()));
        };
        let op = app::Op::Notice {
            person,
            code: NO_CLASS_CODE,
            detail: (!over).then_some(NO_CLASS),
        };
        self.call(step, op)
    }

    fn shown(&self, of: Of, field: app::Field) -> Result<Value<'static>, RosterError> {
        let look = self.applying.look();
        Ok(match of {
            Of::Record(kind, id) => look
                .record(kind, id)?
                .map_or(Value::Null, |record| record.get(field).clone().into_owned()),
            Of::Role(person, role) => {
                let roles = look.roles_of(person)?;
                let held = roles.iter().find(|(held, _)| *held == role);
                held.map_or(Value::Null, |(_, record)| {
                    record.get(field).clone().into_owned()
                })
            }
        })
    }
}

/// The name of a field among the cells.
fn cell_name(of: Of, field: app::Field) -> String {
    match of {
        Of::Record(..) => field.name().to_owned(),
        Of::Role(_, role) => format!("{}.{}", role.text(), field.name()),
    }
}

/// Where a field of the mirror stands.
fn place(step: Step<'_>, id: i64, name: &str) -> Option<(Of, app::Field)> {
    let kind = roster_kind(step.action.kind)?;
    match column(step.action.kind, name) {
        Column::Own(field) | Column::OfPerson(_, field) => Some((Of::Record(kind, id), field)),
        Column::OfRole(role, field) => Some((Of::Role(id, role), field)),
        _ => None,
    }
}
