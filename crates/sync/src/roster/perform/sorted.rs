//! Changes of fields, sorted out by where they are written.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::{Kind, Role};
use homeroom_plan::Change;
use homeroom_roster::{self as app, FieldChange, Record, Value, field};

use crate::roster::columns::{self, Column, column};
use crate::roster::values::own_name;

/// Changes by where they go.
#[derive(Default)]
pub(super) struct Sorted {
    own: Vec<FieldChange<'static>>,
    /// Of the name and email, which each role of a person says: one for each role whose word changed.
    person: Vec<FieldChange<'static>>,
    ext: Vec<(String, String, String)>,
    roles: BTreeMap<Role, Vec<FieldChange<'static>>>,
    role_ext: BTreeMap<Role, Vec<(String, String, String)>>,
    pub(super) schools: BTreeSet<Role>,
}

impl Sorted {
    pub(super) fn of<'c>(
        kind: Kind,
        changes: impl Iterator<Item = &'c Change>,
        before: impl Fn(app::Field, &str) -> Value<'static>,
        after: impl Fn(app::Field, &str) -> Value<'static>,
    ) -> Self {
        let mut sorted = Self::default();
        for change in changes {
            let field = |field: app::Field| FieldChange {
                field,
                before: before(field, &change.before),
                after: after(field, &change.after),
            };
            let texts = || (change.before.clone(), change.after.clone());
            match column(kind, change.field) {
                Column::Own(own) => sorted.own.push(field(own)),
                Column::OfPerson(_, own) => sorted.person.push(field(own)),
                Column::Ext => {
                    let (before, after) = texts();
                    sorted.ext.push((change.field.to_owned(), before, after));
                }
                Column::OfRole(role, own) => sorted.roles.entry(role).or_default().push(field(own)),
                Column::ExtOfRole(role) => {
                    let (before, after) = texts();
                    let name = own_name(role, change.field).to_owned();
                    sorted
                        .role_ext
                        .entry(role)
                        .or_default()
                        .push((name, before, after));
                }
                Column::School(role) | Column::Schools(role) => {
                    sorted.schools.insert(role);
                }
                Column::Roles | Column::End => {}
            }
        }
        sorted
    }

    /// The changes of the record itself. `said` is what the source says of the person as a whole.
    pub(super) fn own(&self, record: &Record<'_>, said: &Record<'_>) -> Vec<FieldChange<'static>> {
        let mut own = self.own.clone();
        for change in &self.person {
            let current = record.get(change.field);
            let again = own.iter().any(|there| there.field == change.field);
            // A role that comes or goes does not change the name that another role says too.
            let told_before = change.before == *current || change.before != Value::Null;
            let still_said = change.after == Value::Null && *said.get(change.field) != Value::Null;
            if !again && told_before && !still_said {
                own.push(change.clone());
            }
        }
        own.retain(|change| change.after != *record.get(change.field));
        if let (Some(place), false) = (record.table().field("ext"), self.ext.is_empty()) {
            own.push(ext_change(place, columns::ext(record), &self.ext));
        }
        own
    }

    /// The changes of each role that the person has; one that comes with this plan is complete already.
    pub(super) fn roles(
        &self,
        held: &[(Role, Record<'static>)],
    ) -> Vec<(Role, Vec<FieldChange<'static>>)> {
        let mut roles = self.roles.clone();
        for (role, changes) in &self.role_ext {
            if let Some((_, record)) = held.iter().find(|(held, _)| held == role) {
                let change = ext_change(field::role::EXT, columns::ext(record), changes);
                roles.entry(*role).or_default().push(change);
            }
        }
        for (role, changes) in &mut roles {
            let record = held
                .iter()
                .find(|(held, _)| held == role)
                .map(|(_, record)| record);
            changes.retain(|change| {
                record.is_some_and(|record| *record.get(change.field) != change.after)
            });
        }
        roles.retain(|_, changes| !changes.is_empty());
        roles.into_iter().collect()
    }
}

fn ext_change(
    place: app::Field,
    mut ext: BTreeMap<String, String>,
    changes: &[(String, String, String)],
) -> FieldChange<'static> {
    let before = columns::ext_value(&ext);
    for (name, _, after) in changes {
        if after.is_empty() {
            ext.remove(name);
        } else {
            ext.insert(name.clone(), after.clone());
        }
    }
    FieldChange {
        field: place,
        before,
        after: columns::ext_value(&ext),
    }
}
