//! Who changes an id: people who merge and split, records under other keys (district-side 7.5 lists them apart).

use std::collections::BTreeMap;

use homeroom_model::Kind;
use homeroom_segment::{Candidate, Evidence, Rekeyed, Snapshot};
use serde::Serialize;

use crate::action::label;
use crate::counts::Served;
use crate::people::RoleFrom;
use crate::plan::Plan;
use crate::summary::IdChange;

/// Changes of ids, counted, and as many of them listed as are wanted.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize)]
pub struct IdChanges {
    /// How many people are now part of another.
    pub merged: u64,
    /// How many people were part of another.
    pub split: u64,
    /// How many records probably have another key, per type.
    pub rekeyed: BTreeMap<Served, u64>,
    /// People who are now part of another, by the id that goes.
    pub merges: Vec<IdChange>,
    /// People who were part of another, by the id that stays.
    pub splits: Vec<IdChange>,
    /// Likely pairs of an old and a new key.
    pub rekeys: Vec<IdChange>,
}

impl IdChanges {
    pub(crate) fn of(plan: &Plan, old: &Snapshot, candidate: &Candidate, most: usize) -> Self {
        let sides = Sides {
            plan,
            old,
            candidate,
        };
        let (mut merges, mut splits) = sides.people();
        let mut changes = Self {
            merged: merges.len() as u64,
            split: splits.len() as u64,
            ..Self::default()
        };
        for rekeyed in plan.rekeyed() {
            *changes.rekeyed.entry(type_of(rekeyed)).or_default() += 1;
        }
        let by_ids = |a: &IdChange, b: &IdChange| {
            (a.kind, a.from_id, &a.to).cmp(&(b.kind, b.from_id, &b.to))
        };
        merges.sort_by(by_ids);
        splits.sort_by(by_ids);
        merges.truncate(most);
        splits.truncate(most);
        let rekeys = plan.rekeyed().iter().take(most);
        changes.rekeys = rekeys.map(|rekeyed| sides.rekeyed(rekeyed)).collect();
        (changes.merges, changes.splits) = (merges, splits);
        changes
    }
}

struct Sides<'a> {
    plan: &'a Plan,
    old: &'a Snapshot,
    candidate: &'a Candidate,
}

impl Sides<'_> {
    fn old_label(&self, kind: Kind, row: u32, role: usize) -> String {
        let table = self.old.table(kind);
        label(kind, table.row(row), table.key(row, role).as_ref())
    }

    fn new_label(&self, kind: Kind, row: u32, role: usize) -> String {
        let table = self.candidate.table(kind);
        label(kind, table.row(row), table.keys(row).get(role))
    }

    /// Who merges and who splits. A person of whom nothing else is left has merged; one who goes on has split.
    fn people(&self) -> (Vec<IdChange>, Vec<IdChange>) {
        let kind = Kind::Employee;
        let (mut merges, mut splits) = (Vec::new(), Vec::new());
        let gone = self.plan.deleted(kind);
        for (row, person) in (0..).zip(self.plan.people()) {
            let mut seen = [None; 3];
            for (role, (from, slot)) in person.roles.iter().zip(&mut seen).enumerate() {
                let RoleFrom::Old(old) = *from else { continue };
                if person.old == Some(old) {
                    continue;
                }
                *slot = Some((role, old));
            }
            let mut told = Vec::new();
            for (role, old) in seen.into_iter().flatten() {
                if told.contains(&old) {
                    continue;
                }
                told.push(old);
                let back = person.returned.and_then(|at| {
                    let record = self.plan.returned().get(at as usize)?;
                    Some(record.id)
                });
                let change = IdChange {
                    kind: Served::Users,
                    from: self.old_label(kind, old, role),
                    from_id: self.old.table(kind).id(old),
                    to: self.new_label(kind, row, role),
                    to_id: person.old.map(|row| self.old.table(kind).id(row)).or(back),
                    evidence: Evidence::Email,
                };
                if gone.binary_search(&old).is_ok() {
                    merges.push(change);
                } else {
                    splits.push(change);
                }
            }
        }
        (merges, splits)
    }

    fn rekeyed(&self, rekeyed: &Rekeyed) -> IdChange {
        let (kind, role) = (rekeyed.kind, usize::from(rekeyed.role));
        let table = self.old.table(kind);
        let id = table
            .role_id(rekeyed.old, role)
            .filter(|_| kind == Kind::Employee);
        IdChange {
            kind: type_of(rekeyed),
            from: self.old_label(kind, rekeyed.old, role),
            from_id: id.unwrap_or_else(|| table.id(rekeyed.old)),
            to: self.new_label(kind, rekeyed.candidate, role),
            to_id: None,
            evidence: rekeyed.evidence,
        }
    }
}

fn type_of(rekeyed: &Rekeyed) -> Served {
    match (rekeyed.kind, rekeyed.role) {
        (Kind::School, _) => Served::Schools,
        (Kind::Student, _) => Served::Students,
        (Kind::Employee, 0) => Served::Teachers,
        (Kind::Employee, 1) => Served::Staff,
        (Kind::Employee, _) => Served::DistrictAdmins,
        (Kind::Contact | Kind::ContactLink, _) => Served::Contacts,
        (Kind::Section, _) => Served::Sections,
        (Kind::Course | Kind::Resource, _) => Served::Courses,
        (Kind::Term, _) => Served::Terms,
    }
}
