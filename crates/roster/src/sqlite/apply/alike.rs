//! What sorts of people two accounts are of.

use std::collections::BTreeSet;

use homeroom_model::Role;
use rusqlite::Connection;

use super::roles;
use crate::sqlite::fault::Answer;

/// Whether two accounts are of one kind: never is a student's made one with an employee's or a contact's (integration-side
/// A3.2, B8). One that has more roles than the other may take it in.
pub(super) fn are_alike(tx: &Connection, from: i64, into: i64) -> Answer<bool> {
    let [from, into] = [sorts(tx, from)?, sorts(tx, into)?];
    Ok(from.is_subset(&into) || into.is_subset(&from))
}

fn sorts(tx: &Connection, account: i64) -> Answer<BTreeSet<Sort>> {
    let roles = roles::read_roles(tx, account)?;
    let sorts = roles
        .iter()
        .map(|value| Ok(Sort::of(roles::role_of(&value.role)?)));
    sorts.collect()
}

/// What sort of person has a role.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Student,
    Employee,
    Contact,
}

impl Sort {
    fn of(role: Role) -> Self {
        match role {
            Role::Student => Self::Student,
            Role::Contact => Self::Contact,
            Role::Teacher | Role::Staff | Role::DistrictAdmin => Self::Employee,
        }
    }
}
