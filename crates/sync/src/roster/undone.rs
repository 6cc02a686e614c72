//! What people took back by undoing a run, and nobody released since (integration-side A4.10).
//!
//! The source may still say what was undone, and the next plan would do it again. So every undo leaves a notice with the code
//! [`CODE`] and the number of its run; as long as the notice is open, actions that would bring back exactly what that run took
//! back are held: the same record, the same field of a record, the same role, the same seat, the same switch. Values are not
//! compared: a third value for a field that people have just put right is looked at too. What else changes of the same record's
//! fields, or in the same roster, waits with it, since that is one action. Everything else goes on.
//!
//! The notice is settled when somebody approves what it holds, when the source was read completely since and no longer asks for
//! any of it, and when the undo itself is undone.

use std::collections::HashSet;

use homeroom_model::{ObjectId, Role};
use homeroom_plan::{Action, Op};
use homeroom_roster::{self as app, Reading, RosterError, RowChange, TieValue};

use super::columns::{Column, column};
use crate::mirror::tie_id;

/// The code of the notices.
pub(crate) const CODE: &str = "undone";

/// What was undone, of all undos that are in force.
#[derive(Default)]
pub(crate) struct Undone {
    /// Ids of the source whose record came, or that became another's.
    sources: HashSet<String>,
    /// Records that were switched on or off.
    switched: HashSet<i64>,
    /// Fields of records; those of roles as `student.grade`, schools of roles as `student.schools`.
    fields: HashSet<(i64, String)>,
    roles: HashSet<(i64, String)>,
    /// Seats: section, person, as a teacher.
    seats: HashSet<(i64, i64, bool)>,
    /// Sections of which any seat is among them.
    sections: HashSet<i64>,
    /// People some of whose profiles came or went.
    profiles: HashSet<i64>,
    /// Ties, by the ids that the mirror gives them.
    ties: HashSet<ObjectId>,
}

impl Undone {
    /// Reads what a district's undos in force took back.
    pub(crate) fn read(reading: &dyn Reading, district: i64) -> Result<Self, RosterError> {
        let mut undone = Self::default();
        let notices = reading.notices(district, false)?;
        for run in notices
            .into_iter()
            .filter(|notice| notice.code == CODE)
            .filter_map(|notice| notice.subject.parse::<i64>().ok())
        {
            undone.take(reading, run)?;
        }
        Ok(undone)
    }

    /// Whether nothing is in force.
    pub(crate) fn is_empty(&self) -> bool {
        self.sources.is_empty()
            && self.switched.is_empty()
            && self.fields.is_empty()
            && self.roles.is_empty()
            && self.seats.is_empty()
            && self.profiles.is_empty()
            && self.ties.is_empty()
    }

    fn take(&mut self, reading: &dyn Reading, run: i64) -> Result<(), RosterError> {
        let mut ties = HashSet::new();
        let mut back = Vec::new();
        reading.changes_of(run, &mut |entry| {
            for change in &entry.changes {
                match change {
                    RowChange::Created { id, .. } => back.push(*id),
                    RowChange::Tie { tie, .. } => {
                        ties.insert(tie_ends(tie));
                    }
                    other => self.change(other),
                }
            }
            Ok(())
        })?;
        for id in back {
            let links = reading.links_of(id)?;
            self.sources.extend(links.into_iter().map(|(id, _)| id));
        }
        for (contact, student) in ties {
            let (contacts, students) = (reading.links_of(contact)?, reading.links_of(student)?);
            for (contact, _) in &contacts {
                for (student, _) in &students {
                    let ends = (ObjectId::from_hex(contact), ObjectId::from_hex(student));
                    if let (Some(contact), Some(student)) = ends {
                        self.ties.insert(tie_id(&contact, &student));
                    }
                }
            }
        }
        Ok(())
    }

    fn change(&mut self, change: &RowChange) {
        match change {
            RowChange::Removed {
                removed,
                kind,
                links,
                ..
            } => {
                self.sources.extend(links.iter().map(|(id, _)| id.clone()));
                if *kind == app::Kind::Profile
                    && let Some(person) = removed.get("person").and_then(app::Value::integer)
                {
                    self.profiles.insert(person);
                }
            }
            RowChange::Fields { fields, id, .. } => {
                for name in fields.keys() {
                    if is_switch(name) {
                        self.switched.insert(*id);
                    } else {
                        self.fields.insert((*id, name.clone()));
                    }
                }
            }
            RowChange::Role {
                person,
                role_before,
                role_after,
            } => {
                let role = role_before.as_ref().or(role_after.as_ref());
                self.roles
                    .extend(role.map(|role| (*person, role.role.clone())));
            }
            RowChange::Schools {
                schools_of, person, ..
            } => {
                self.fields
                    .insert((*person, format!("{schools_of}.schools")));
            }
            RowChange::Link { link, .. } => {
                self.sources.insert(link.clone());
            }
            RowChange::Seats { section, seats, .. } => {
                self.sections.insert(*section);
                for group in seats {
                    let people = group.people.iter();
                    let seats = people.map(|person| (*section, *person, group.is_teacher));
                    self.seats.extend(seats);
                }
            }
            RowChange::Cell { cell, id, .. } => {
                self.fields.insert((*id, cell.clone()));
            }
            // Those that were carried over are told by the class's field.
            RowChange::Carried(_)
            | RowChange::Own { .. }
            | RowChange::Created { .. }
            | RowChange::Tie { .. } => {}
        }
    }

    /// Whether an action would do any of it again.
    pub(crate) fn again(
        &self,
        reading: &dyn Reading,
        district: i64,
        action: &Action,
    ) -> Result<bool, RosterError> {
        let local = action.local.map_or(0, |local| local.0);
        let named = |id: ObjectId| self.sources.contains(&id.to_hex());
        let tie = || action.source.is_some_and(|id| self.ties.contains(&id));
        Ok(match &action.op {
            Op::Create { .. } | Op::Copy { .. } | Op::MakeClass { .. } => {
                action.source.is_some_and(named) || tie()
            }
            Op::Link { .. } => action.source.is_some_and(named) || self.switched.contains(&local),
            Op::Rekey { from } => named(*from) || action.source.is_some_and(named),
            Op::Merge { from, .. } | Op::Unmerge { from } => self.switched.contains(&from.0),
            Op::Split { .. } => action.source.is_some_and(named),
            Op::CarryOver { .. } => {
                action.source.is_some_and(named) || self.named(local, "carried_from")
            }
            Op::Succeed { from } => self.named(from.0, "successor"),
            Op::Update { changes } => {
                let changed = |change: &homeroom_plan::Change| {
                    self.field(local, column(action.kind, change.field))
                };
                changes.iter().any(changed) || tie()
            }
            Op::GrantRole { role } | Op::RevokeRole { role } => self.role(local, *role),
            Op::Deactivate | Op::Reactivate | Op::Archive | Op::Restore => {
                self.switched.contains(&local) || tie()
            }
            Op::OpenProfile { .. } | Op::ReopenProfile { .. } | Op::CloseProfile { .. } => {
                self.profiles.contains(&local) || self.switched.contains(&local)
            }
            Op::Unenrol { members } => members.iter().any(|seat| {
                let is_teacher = seat.role != Role::Student;
                self.seats.contains(&(local, seat.person.0, is_teacher))
            }),
            Op::Enrol { members } | Op::Reseat { members } => {
                self.any_seat(reading, district, local, members)?
            }
            _ => false,
        })
    }

    fn any_seat(
        &self,
        reading: &dyn Reading,
        district: i64,
        section: i64,
        members: &[homeroom_plan::Place],
    ) -> Result<bool, RosterError> {
        let changed = self.sections.contains(&section);
        for place in members {
            let source = place.source.to_hex();
            let came = self.sources.contains(&source);
            if !changed && !came {
                continue;
            }
            let is_teacher = place.role != Role::Student;
            let again = match reading.linked(district, app::Kind::Person, &source)? {
                Some(link) => self.seats.contains(&(section, link.entity, is_teacher)),
                // Without an account, because that was undone too.
                None => came,
            };
            if again {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn field(&self, id: i64, column: Column) -> bool {
        match column {
            Column::Own(field) | Column::OfPerson(_, field) => self.named(id, field.name()),
            Column::Ext => self.named(id, "ext"),
            Column::OfRole(role, field) => {
                self.named(id, &format!("{}.{}", role.text(), field.name()))
            }
            Column::ExtOfRole(role) => self.named(id, &format!("{}.ext", role.text())),
            Column::School(role) | Column::Schools(role) => {
                self.named(id, &format!("{}.schools", role.text()))
            }
            Column::Roles => Role::ALL.into_iter().any(|role| self.role(id, role)),
            Column::End => false,
        }
    }

    fn named(&self, id: i64, field: &str) -> bool {
        self.fields.contains(&(id, field.to_owned()))
    }

    fn role(&self, person: i64, role: Role) -> bool {
        self.roles.contains(&(person, role.text().to_owned()))
    }
}

/// The fields that together are a switch of a record.
pub(crate) fn is_switch(field: &str) -> bool {
    matches!(
        field,
        "source_state"
            | "source_reason"
            | "source_since"
            | "app_state"
            | "app_reason"
            | "app_since"
            | "merged_into"
            | "state"
            | "reason"
            | "since"
    )
}

fn tie_ends(tie: &TieValue) -> (i64, i64) {
    match tie {
        TieValue::Relationship(contact, student, _, _) => (*contact, *student),
        TieValue::Association(teacher, student) => (*teacher, *student),
    }
}
