//! Records and roles with what the mirror says of them.

use std::collections::BTreeMap;

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_plan::Origin;
use homeroom_roster::field::{self, Form};
use homeroom_roster::{self as app, NewRole, Record, Value};
use homeroom_segment::{Relation, Snapshot, fields};

use super::Performer;
use crate::roster::columns::{self, Column, column};
use crate::roster::values::own_name;

/// A role with what the mirror says of it.
pub(super) struct Filled {
    pub(super) role: Role,
    record: Record<'static>,
    ext: BTreeMap<String, String>,
    pub(super) schools: Vec<(i64, bool)>,
}

impl Filled {
    pub(super) fn as_new(&self) -> NewRole<'_> {
        NewRole {
            role: self.role,
            record: &self.record,
            schools: &self.schools,
        }
    }
}

fn held_roles(mirror: &Snapshot, kind: Kind, row: u32) -> Vec<Role> {
    match kind {
        Kind::Student => vec![Role::Student],
        Kind::Contact => vec![Role::Contact],
        Kind::Employee => {
            let bits = mirror.table(kind).row(row).code(fields::employee::ROLES);
            let order = [Role::Teacher, Role::Staff, Role::DistrictAdmin];
            let held = order
                .into_iter()
                .zip(0..8)
                .filter(|(_, bit)| bits & 1 << bit != 0);
            held.map(|(role, _)| role).collect()
        }
        _ => Vec::new(),
    }
}

impl Performer<'_> {
    /// A record and its roles with what the mirror says.
    pub(super) fn filled(
        &self,
        kind: app::Kind,
        of: Kind,
        row: u32,
        values: &[(&'static str, String, Origin)],
    ) -> (Record<'static>, Vec<Filled>) {
        let mut record = Record::new(kind);
        let mut ext = BTreeMap::new();
        let held = held_roles(self.mirror, of, row);
        let mut roles: Vec<Filled> = held
            .iter()
            .map(|role| self.empty_role(*role, row))
            .collect();
        for (name, text, _) in values {
            let role = |role: Role| roles.iter().position(|filled| filled.role == role);
            match column(of, name) {
                Column::Own(field) => record.set(field, self.own_value(field, text)),
                Column::OfPerson(_, field)
                    if !text.is_empty() && *record.get(field) == Value::Null =>
                {
                    record.set(field, columns::value(field, text));
                }
                Column::Ext if !text.is_empty() => {
                    ext.insert((*name).to_owned(), text.clone());
                }
                Column::OfRole(of, field) => {
                    if let Some(filled) = role(of).and_then(|at| roles.get_mut(at)) {
                        filled.record.set(field, columns::value(field, text));
                    }
                }
                Column::ExtOfRole(of) if !text.is_empty() => {
                    if let Some(filled) = role(of).and_then(|at| roles.get_mut(at)) {
                        filled
                            .ext
                            .insert(own_name(of, name).to_owned(), text.clone());
                    }
                }
                _ => {}
            }
        }
        if let Some(place) = record.table().field("ext") {
            record.set(place, columns::ext_value(&ext));
        }
        for filled in &mut roles {
            let place = field::role::EXT;
            filled.record.set(place, columns::ext_value(&filled.ext));
        }
        (record, roles)
    }

    pub(super) fn empty_role(&self, role: Role, row: u32) -> Filled {
        let (primary, all) = match role {
            Role::Student => (
                Some(Relation::StudentSchool),
                Some(Relation::StudentSchools),
            ),
            Role::Teacher => (
                Some(Relation::TeacherSchool),
                Some(Relation::TeacherSchools),
            ),
            Role::Staff => (None, Some(Relation::StaffSchools)),
            Role::DistrictAdmin | Role::Contact => (None, None),
        };
        let schools = self.mirror.table(Kind::School);
        let local = |school: &u32| self.local(&schools.id(*school));
        let primary = primary.and_then(|relation| self.mirror.lists(relation).first(row));
        let primary = primary.and_then(|school| local(&school));
        let mut held: BTreeMap<i64, bool> = BTreeMap::new();
        if let Some(relation) = all {
            let rows = self.mirror.lists(relation).get(row).iter();
            held.extend(rows.filter_map(local).map(|school| (school, false)));
        }
        held.extend(primary.map(|school| (school, true)));
        Filled {
            role,
            record: Record::role(),
            ext: BTreeMap::new(),
            schools: self.narrowed(role, held.into_iter().collect()),
        }
    }

    /// A column's value; ids of other records become the app's own.
    pub(super) fn own_value(&self, field: app::Field, text: &str) -> Value<'static> {
        match field.form() {
            Form::Reference(_) => {
                let target = ObjectId::from_hex(text).and_then(|id| self.local(&id));
                target.map_or(Value::Null, Value::Integer)
            }
            _ => columns::value(field, text),
        }
    }

    /// A column's value as it was when the plan was made, whatever ids the plan gave since.
    pub(super) fn planned_value(&self, field: app::Field, text: &str) -> Value<'static> {
        match field.form() {
            Form::Reference(_) => {
                let look = self.applying.look();
                let id = ObjectId::from_hex(text);
                let target = id.and_then(|id| self.locals.planned(look, &id));
                target.map_or(Value::Null, Value::Integer)
            }
            _ => columns::value(field, text),
        }
    }

    /// Whether a value names a record that the source has and the app does not have yet, because a guard holds it or it could
    /// not be done: then the value waits, too.
    pub(super) fn waits(&self, kind: Kind, name: &str, text: &str) -> bool {
        let Column::Own(field) = column(kind, name) else {
            return false;
        };
        let Some(id) =
            ObjectId::from_hex(text).filter(|_| matches!(field.form(), Form::Reference(_)))
        else {
            return false;
        };
        let kinds = [Kind::Course, Kind::Term, Kind::School];
        let mut tables = kinds.into_iter().map(|kind| self.mirror.table(kind));
        self.local(&id).is_none() && tables.any(|table| table.find(&id).is_some())
    }
}
