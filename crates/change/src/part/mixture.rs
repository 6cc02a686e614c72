//! A candidate of old and new rows.

use std::collections::BTreeMap;

use homeroom_model::Kind;
use homeroom_segment::{Candidate, CandidateLists, Mix, Relation, Spools};

use super::attribution::{Approved, Sides};
use super::{Inconsistency, Part, PartError};
use crate::matches::NO_ROW;
use crate::people::RoleFrom;

/// Mixes a candidate, or says what keeps it from being one.
pub(super) fn mix(
    sides: &Sides<'_>,
    approved: &[Approved],
    spools: &dyn Spools,
) -> Result<Candidate, PartError> {
    let mut mixture = Mixture {
        sides,
        approved,
        kinds: Kind::ALL.iter().map(|_| Mixed::default()).collect(),
        lost: BTreeMap::new(),
    };
    // What others need is mixed after them.
    for kind in [
        Kind::School,
        Kind::Student,
        Kind::Employee,
        Kind::ContactLink,
        Kind::Section,
        Kind::Resource,
        Kind::Contact,
        Kind::Course,
        Kind::Term,
    ] {
        let mixed = mixture.rows(kind);
        if let Some(slot) = mixture.kinds.get_mut(kind as usize) {
            *slot = mixed;
        }
    }
    let lists = Relation::ALL.map(|relation| mixture.lists(relation));
    if !mixture.lost.is_empty() {
        return Err(PartError::Inconsistent(mixture.inconsistencies()));
    }
    let mut mix = Mix::new(spools)?;
    for kind in Kind::ALL {
        for row in mixture.of(kind) {
            match *row {
                Side::New(row) => mix.copy_new(kind, sides.candidate, row)?,
                Side::Old(row) => mix.copy_old(sides.old.table(kind), row)?,
            };
        }
    }
    for (relation, lists) in Relation::ALL.into_iter().zip(lists) {
        mix.set_lists(relation, lists);
    }
    Ok(mix.finish()?)
}

/// Where a row is taken from.
#[derive(Clone, Copy)]
enum Side {
    New(u32),
    Old(u32),
}

/// The rows of one kind, and where the rows of both sides went.
#[derive(Default)]
struct Mixed {
    rows: Vec<Side>,
    of_new: Vec<u32>,
    of_old: Vec<u32>,
}

impl Mixed {
    fn new(old: u32, new: u32) -> Self {
        Self {
            rows: Vec::with_capacity(new as usize),
            of_new: vec![NO_ROW; new as usize],
            of_old: vec![NO_ROW; old as usize],
        }
    }

    /// Adds a row that stands for these rows of the two sides.
    fn push(&mut self, side: Side, old: Option<u32>, new: Option<u32>) {
        let number = u32::try_from(self.rows.len()).unwrap_or(NO_ROW);
        self.rows.push(side);
        if let Some(slot) = old.and_then(|row| self.of_old.get_mut(row as usize)) {
            *slot = number;
        }
        if let Some(slot) = new.and_then(|row| self.of_new.get_mut(row as usize)) {
            *slot = number;
        }
    }
}

/// Why records would lose their school.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Loss {
    /// They are approved, their school is new and waits.
    Waits,
    /// They wait, their school is approved to go.
    Goes,
}

struct Mixture<'a> {
    sides: &'a Sides<'a>,
    approved: &'a [Approved],
    kinds: Vec<Mixed>,
    /// How many records of a part would lose which school.
    lost: BTreeMap<(Part, String, Loss), u64>,
}

impl Mixture<'_> {
    fn of(&self, kind: Kind) -> &[Side] {
        self.kinds.get(kind as usize).map_or(&[], |kind| &kind.rows)
    }

    fn is_new_approved(&self, kind: Kind, row: u32) -> bool {
        let approved = self.approved.get(kind as usize);
        approved.is_some_and(|approved| approved.new.contains(row))
    }

    fn is_old_approved(&self, kind: Kind, row: u32) -> bool {
        let approved = self.approved.get(kind as usize);
        approved.is_some_and(|approved| approved.old.contains(row))
    }

    /// The rows of a kind: those of the candidate in its order, then those that are kept though the candidate lacks them.
    fn rows(&self, kind: Kind) -> Mixed {
        let (table, rows) = (self.sides.old.table(kind), self.sides.candidate.table(kind));
        let mut mixed = Mixed::new(table.len(), rows.len());
        if kind == Kind::Employee {
            self.people(&mut mixed);
            return mixed;
        }
        let needed = self.needed(kind);
        for (row, fate) in (0..).zip(self.sides.plan.fates(kind)) {
            let approved = self.is_new_approved(kind, row);
            match fate.old() {
                Some(old) if fate.is_unchanged() || approved => {
                    mixed.push(Side::New(row), Some(old), Some(row));
                }
                Some(old) => mixed.push(Side::Old(old), Some(old), Some(row)),
                None if approved || needed.new.contains(row) => {
                    mixed.push(Side::New(row), None, Some(row));
                }
                None => {}
            }
        }
        for row in self.sides.plan.deleted(kind) {
            // What nothing leads to any more does not wait for an approval of its own.
            let goes = self.is_old_approved(kind, *row) || self.was_needed(kind, *row);
            if needed.old.contains(*row) || !goes {
                mixed.push(Side::Old(*row), Some(*row), None);
            }
        }
        mixed
    }

    /// People of a group are all new or all old.
    fn people(&self, mixed: &mut Mixed) {
        let kind = Kind::Employee;
        let people = self.sides.plan.people();
        for (row, person) in (0..).zip(people) {
            if self.is_new_approved(kind, row) {
                mixed.push(Side::New(row), None, Some(row));
            } else if let Some(old) = person.old {
                // In its place, so that nothing approved changes the order of nothing.
                mixed.push(Side::Old(old), Some(old), None);
            }
        }
        for row in 0..self.sides.old.table(kind).len() {
            let there = mixed.of_old.get(row as usize) != Some(&NO_ROW);
            if !there && !self.is_old_approved(kind, row) {
                mixed.push(Side::Old(row), Some(row), None);
            }
        }
        // Where the teacher of a row of the other side is now.
        for (row, person) in (0..).zip(people) {
            let RoleFrom::Old(old) = person.roles.first().copied().unwrap_or_default() else {
                continue;
            };
            let (here, there) = (row as usize, old as usize);
            let now = if self.is_new_approved(kind, row) {
                mixed.of_new.get(here).copied()
            } else {
                mixed.of_old.get(there).copied()
            };
            let now = now.unwrap_or(NO_ROW);
            if let Some(slot) = mixed.of_new.get_mut(here) {
                *slot = now;
            }
            if let Some(slot) = mixed.of_old.get_mut(there) {
                *slot = now;
            }
        }
    }

    /// Rows that rows of the mixture lead to: contacts of ties, courses and terms of sections.
    fn needed(&self, kind: Kind) -> Approved {
        let mut needed = Approved::default();
        let Some(relation) = needed_by(kind) else {
            return needed;
        };
        for row in self.of(relation.from()) {
            match *row {
                Side::New(row) => {
                    let targets = self.sides.candidate.lists(relation).get(row);
                    needed.new.extend(targets.iter().copied());
                }
                Side::Old(row) => {
                    let targets = self.sides.old.lists(relation).get(row);
                    needed.old.extend(targets.iter().copied());
                }
            }
        }
        needed
    }

    /// Whether something published leads to a row that must be led to.
    fn was_needed(&self, kind: Kind, row: u32) -> bool {
        let relation = needed_by(kind);
        relation.is_some_and(|relation| !self.sides.old.back(relation).get(row).is_empty())
    }

    fn now_of_new(&self, kind: Kind, row: u32) -> Option<u32> {
        let now = self.kinds.get(kind as usize)?.of_new.get(row as usize);
        now.copied().filter(|row| *row != NO_ROW)
    }

    fn now_of_old(&self, kind: Kind, row: u32) -> Option<u32> {
        let now = self.kinds.get(kind as usize)?.of_old.get(row as usize);
        now.copied().filter(|row| *row != NO_ROW)
    }

    /// Whether a row of the candidate is not published, in the role that the relation is about.
    fn is_arrival(&self, relation: Relation, row: u32) -> bool {
        if relation == Relation::SectionTeachers {
            let person = self.sides.plan.people().get(row as usize);
            let from = person.and_then(|person| person.roles.first().copied());
            return matches!(from, Some(RoleFrom::New | RoleFrom::Returned(_)));
        }
        let fate = self.sides.plan.fates(relation.to()).get(row as usize);
        fate.is_some_and(|fate| fate.old().is_none())
    }

    fn lists(&mut self, relation: Relation) -> CandidateLists {
        let mut lists = CandidateLists::default();
        let partners = self.partners(relation.from());
        let count = self.of(relation.from()).len();
        let mut list = Vec::new();
        for at in 0..count {
            list.clear();
            match self.of(relation.from()).get(at).copied() {
                Some(Side::New(row)) => self.new_list(relation, row, &mut list),
                Some(Side::Old(row)) => {
                    let new = partners.get(row as usize).copied();
                    let new = new.filter(|row| *row != NO_ROW);
                    self.old_list(relation, row, new, &mut list);
                }
                None => {}
            }
            lists.push(list.iter().copied());
        }
        lists
    }

    /// For each old row the candidate's row of the same record.
    fn partners(&self, kind: Kind) -> Vec<u32> {
        let mut partners = vec![NO_ROW; self.sides.old.table(kind).len() as usize];
        for (row, fate) in (0..).zip(self.sides.plan.fates(kind)) {
            if let Some(slot) = fate.old().and_then(|old| partners.get_mut(old as usize)) {
                *slot = row;
            }
        }
        partners
    }

    /// What a new row leads to: whatever of it is there.
    fn new_list(&mut self, relation: Relation, row: u32, list: &mut Vec<u32>) {
        let to = relation.to();
        let targets = self.sides.candidate.lists(relation).get(row);
        list.extend(targets.iter().filter_map(|row| self.now_of_new(to, *row)));
        if list.is_empty()
            && let (Some(school), true) = (targets.first(), needs_school(relation))
        {
            let school = self.sides.new_school(*school).to_owned();
            self.lose(relation, school, Loss::Waits);
        }
    }

    /// What a kept row leads to: what it led to and is still there, and arrivals that lead to it.
    fn old_list(&mut self, relation: Relation, row: u32, new: Option<u32>, list: &mut Vec<u32>) {
        let to = relation.to();
        let targets = self.sides.old.lists(relation).get(row);
        list.extend(targets.iter().filter_map(|row| self.now_of_old(to, *row)));
        if needs_school(relation) {
            if list.is_empty()
                && let Some(school) = targets.first()
            {
                let school = self.sides.old_school(*school).to_owned();
                self.lose(relation, school, Loss::Goes);
            }
            return;
        }
        if matches!(
            relation,
            Relation::LinkContact
                | Relation::LinkStudent
                | Relation::SectionCourse
                | Relation::SectionTerm
        ) {
            return;
        }
        let Some(new) = new else { return };
        let wanted = self.sides.candidate.lists(relation).get(new);
        let arrivals = wanted.iter().filter(|row| self.is_arrival(relation, **row));
        let arrivals: Vec<_> = arrivals
            .filter_map(|row| self.now_of_new(to, *row))
            .collect();
        if arrivals.is_empty() {
            return;
        }
        list.extend(arrivals);
        // The candidate's order, where it says something and nothing else differs.
        let ordered: Vec<_> = wanted
            .iter()
            .filter_map(|row| self.now_of_new(to, *row))
            .collect();
        let sorted = |list: &[u32]| {
            let mut list = list.to_vec();
            list.sort_unstable();
            list.dedup();
            list
        };
        if sorted(&ordered) == sorted(list) {
            *list = ordered;
        }
    }

    fn lose(&mut self, relation: Relation, school: String, loss: Loss) {
        let part = Part::of(relation.from());
        *self.lost.entry((part, school, loss)).or_default() += 1;
    }

    fn inconsistencies(self) -> Vec<Inconsistency> {
        let lost = self.lost.into_iter();
        let told = lost.map(|((part, school, loss), records)| {
            let sentence = match loss {
                Loss::Waits => format!(
                    "{records} {part} would be in school {school}, which is new and not approved; approve the schools of \
                     {school} too."
                ),
                Loss::Goes => format!(
                    "{records} {part} that are not approved would lose their school {school}, which would be deleted; \
                     approve the {part} of {school} too."
                ),
            };
            Inconsistency {
                part: if loss == Loss::Waits {
                    Part::Schools
                } else {
                    part
                },
                school,
                records,
                sentence,
            }
        });
        told.collect()
    }
}

/// The relation that must lead to each record of a kind: ties to contacts, sections to courses and terms.
fn needed_by(kind: Kind) -> Option<Relation> {
    match kind {
        Kind::Contact => Some(Relation::LinkContact),
        Kind::Course => Some(Relation::SectionCourse),
        Kind::Term => Some(Relation::SectionTerm),
        _ => None,
    }
}

/// Whether a record must not be left without a school.
fn needs_school(relation: Relation) -> bool {
    matches!(
        relation,
        Relation::StudentSchool | Relation::SectionSchool | Relation::TeacherSchool
    )
}
