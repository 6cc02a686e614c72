//! Accounts of several records: old-style records of a teacher and an administrator who are one person (integration-side
//! A3.8). Each record says its own part of the account, so that neither takes away what the other gives.

use homeroom_model::Role;

use crate::action::Change;
use crate::known::{Link, LinkState};
use crate::planner::{Batch, Planner};
use crate::records;

impl Planner<'_> {
    /// Keeps the changes that a record can speak of: those of the roles it has, and of the person if it is the one by which the
    /// account is known. A role stays while another record has it.
    pub(crate) fn keep_to_own(
        &self,
        batch: &Batch,
        row: u32,
        link: &Link,
        changes: &mut Vec<Change>,
    ) {
        let mirror = self.input.mirror;
        let own = records::roles(mirror, batch.kind, row);
        let others = self.roles_of_others(batch, link);
        let leads = link.state != LinkState::Joint;
        changes.retain_mut(|change| {
            if change.field == "roles" {
                change.after = with(&change.after, &others);
                change.before = ordered(&change.before);
                return change.after != change.before;
            }
            let role = of_role(change.field);
            let mine = role.is_none_or(|role| own.contains(&role) || !others.contains(&role));
            mine && (leads || !is_of_person(change.field))
        });
    }
}

impl Planner<'_> {
    /// The roles that an account's other records have now.
    pub(crate) fn roles_of_others(&self, batch: &Batch, link: &Link) -> Vec<Role> {
        let mirror = self.input.mirror;
        let table = mirror.table(batch.kind);
        let live = batch.live(link.local).into_iter();
        let others = live.filter(|(_, other)| other.source != link.source);
        let rows = others.filter_map(|(_, other)| table.find(&other.source));
        rows.flat_map(|row| records::roles(mirror, batch.kind, row))
            .collect()
    }
}

const ROLES: [(&str, Role); 3] = [
    ("teacher_", Role::Teacher),
    ("staff_", Role::Staff),
    ("admin_", Role::DistrictAdmin),
];

fn of_role(field: &str) -> Option<Role> {
    let found = ROLES
        .into_iter()
        .find(|(prefix, _)| field.starts_with(prefix));
    found.map(|(_, role)| role)
}

fn is_of_person(field: &str) -> bool {
    let of_person = ["first_name", "middle_name", "last_name", "email"];
    of_person.iter().any(|name| field.ends_with(name))
}

/// Roles in their order, with some more.
fn with(text: &str, more: &[Role]) -> String {
    let held: Vec<_> = text.split('\u{1f}').filter_map(Role::from_text).collect();
    let all = ROLES
        .into_iter()
        .map(|(_, role)| role)
        .filter(|role| held.contains(role) || more.contains(role));
    all.map(Role::text).collect::<Vec<_>>().join("\u{1f}")
}

fn ordered(text: &str) -> String {
    with(text, &[])
}
