//! Which changes a selection approves: whose school they belong to.

use homeroom_model::Kind;
use homeroom_segment::{Candidate, Relation, Snapshot, fields};
use roaring::RoaringBitmap;

use super::Selection;
use crate::matches::NO_ROW;
use crate::people::RoleFrom;
use crate::plan::Plan;

/// A plan and what it was made from.
#[derive(Clone, Copy)]
pub(super) struct Sides<'a> {
    pub(super) old: &'a Snapshot,
    pub(super) candidate: &'a Candidate,
    pub(super) plan: &'a Plan,
}

/// What is approved of one kind.
#[derive(Default)]
pub(super) struct Approved {
    /// Rows of the candidate.
    pub(super) new: RoaringBitmap,
    /// Rows of the old table: deletions, and for employees also those whose roles are approved elsewhere.
    pub(super) old: RoaringBitmap,
}

/// What is approved, per kind in the order of the enum.
pub(super) fn approve(sides: &Sides<'_>, selection: &Selection) -> Vec<Approved> {
    let mut approved: Vec<Approved> = Kind::ALL.iter().map(|_| Approved::default()).collect();
    for kind in Kind::ALL {
        if let Some(slot) = approved.get_mut(kind as usize)
            && selection.has_type(kind)
        {
            *slot = if kind == Kind::Employee {
                people(sides, selection)
            } else {
                records(sides, selection, kind)
            };
        }
    }
    approved
}

fn records(sides: &Sides<'_>, selection: &Selection, kind: Kind) -> Approved {
    let deleted = sides.plan.deleted(kind).iter().copied();
    let rows = 0..sides.candidate.table(kind).len();
    if selection.schools.is_none() {
        return Approved {
            new: rows.collect(),
            old: deleted.collect(),
        };
    }
    let new = sides.schools_of_new(kind);
    let is_new = |row: &u32| {
        let school = new.get(*row as usize).copied().flatten();
        selection.has_school(school)
    };
    let stays = sides.students_who_stay(kind);
    let is_old = |row: &u32| {
        let student = sides.old.lists(Relation::LinkStudent).first(*row);
        let stays = student.and_then(|student| stays.get(student as usize).copied());
        let school = match stays.filter(|row| *row != NO_ROW) {
            Some(row) => sides.school_of_student(row),
            None => sides.school_of_old(kind, *row),
        };
        selection.has_school(school)
    };
    Approved {
        new: rows.filter(is_new).collect(),
        old: deleted.filter(is_old).collect(),
    }
}

/// People who exchange roles go together: no role is ever there twice, or nowhere.
fn people(sides: &Sides<'_>, selection: &Selection) -> Approved {
    let (old_rows, new_rows) = (
        sides.old.table(Kind::Employee).len(),
        sides.candidate.table(Kind::Employee).len(),
    );
    let mut groups = Groups::new(old_rows + new_rows);
    for (row, person) in (0..).zip(sides.plan.people()) {
        for from in person.roles {
            if let RoleFrom::Old(old) = from {
                groups.join(old, old_rows + row);
            }
        }
        if let Some(old) = person.old {
            groups.join(old, old_rows + row);
        }
    }
    let mut first: Vec<Option<&str>> = vec![None; (old_rows + new_rows) as usize];
    for row in 0..new_rows {
        let group = groups.of(old_rows + row);
        for relation in SCHOOLS {
            let schools = sides.candidate.lists(relation).get(row).iter();
            let schools = schools.map(|school| sides.new_school(*school));
            note(first.get_mut(group as usize), schools);
        }
    }
    let settled: RoaringBitmap = (0..)
        .zip(&first)
        .filter(|(_, first)| first.is_some())
        .map(|(group, _)| group)
        .collect();
    for row in 0..old_rows {
        let group = groups.of(row);
        for relation in SCHOOLS.into_iter().filter(|_| !settled.contains(group)) {
            let schools = sides.old.lists(relation).get(row).iter();
            let schools = schools.map(|school| sides.old_school(*school));
            note(first.get_mut(group as usize), schools);
        }
    }
    let mut is_approved = |member: u32| {
        let group = groups.of(member);
        selection.has_school(first.get(group as usize).copied().flatten())
    };
    let old = (0..old_rows).filter(|row| is_approved(*row)).collect();
    let new = (0..new_rows).filter(|row| is_approved(old_rows + row));
    Approved {
        new: new.collect(),
        old,
    }
}

/// The relations that say where an employee works.
const SCHOOLS: [Relation; 2] = [Relation::TeacherSchool, Relation::StaffSchools];

/// Keeps the first school by its SIS id.
fn note<'a>(slot: Option<&mut Option<&'a str>>, schools: impl Iterator<Item = &'a str>) {
    if let (Some(slot), Some(school)) = (slot, schools.min())
        && slot.is_none_or(|first| school < first)
    {
        *slot = Some(school);
    }
}

impl<'a> Sides<'a> {
    pub(super) fn old_school(&self, row: u32) -> &'a str {
        let table = self.old.table(Kind::School);
        table.row(row).text(fields::school::SIS_ID)
    }

    pub(super) fn new_school(&self, row: u32) -> &'a str {
        let table = self.candidate.table(Kind::School);
        table.row(row).text(fields::school::SIS_ID)
    }

    fn school_of_student(&self, row: u32) -> Option<&'a str> {
        let school = self.first_new(Relation::StudentSchool, row)?;
        Some(self.new_school(school))
    }

    /// For ties, the candidate's row of each published student who stays: a tie that goes is his school's business.
    fn students_who_stay(&self, kind: Kind) -> Vec<u32> {
        if kind != Kind::ContactLink {
            return Vec::new();
        }
        let mut rows = vec![NO_ROW; self.old.table(Kind::Student).len() as usize];
        for (row, fate) in (0..).zip(self.plan.fates(Kind::Student)) {
            if let Some(slot) = fate.old().and_then(|old| rows.get_mut(old as usize)) {
                *slot = row;
            }
        }
        rows
    }

    fn first_new(&self, relation: Relation, row: u32) -> Option<u32> {
        self.candidate.lists(relation).get(row).first().copied()
    }

    /// The school of each of the candidate's records of a kind.
    fn schools_of_new(&self, kind: Kind) -> Vec<Option<&'a str>> {
        let rows = 0..self.candidate.table(kind).len();
        let school = |relation, row| {
            let school = self.first_new(relation, row)?;
            Some(self.new_school(school))
        };
        let of_student = |student| self.school_of_student(student);
        match kind {
            Kind::School => rows.map(|row| Some(self.new_school(row))).collect(),
            Kind::Student => rows.map(of_student).collect(),
            Kind::Section => {
                let rows = rows.map(|row| school(Relation::SectionSchool, row));
                rows.collect()
            }
            Kind::ContactLink => {
                let student = |row| self.first_new(Relation::LinkStudent, row);
                rows.map(|row| of_student(student(row)?)).collect()
            }
            Kind::Contact => self.first_schools(kind, Relation::LinkContact, |link| {
                of_student(self.first_new(Relation::LinkStudent, link)?)
            }),
            Kind::Course => self.first_schools(kind, Relation::SectionCourse, |section| {
                school(Relation::SectionSchool, section)
            }),
            Kind::Term => self.first_schools(kind, Relation::SectionTerm, |section| {
                school(Relation::SectionSchool, section)
            }),
            Kind::Employee | Kind::Resource => rows.map(|_| None).collect(),
        }
    }

    /// Of each record that a relation leads to, the first school of those that lead to it.
    fn first_schools(
        &self,
        kind: Kind,
        relation: Relation,
        school: impl Fn(u32) -> Option<&'a str>,
    ) -> Vec<Option<&'a str>> {
        let mut first: Vec<Option<&str>> = vec![None; self.candidate.table(kind).len() as usize];
        for row in 0..self.candidate.table(relation.from()).len() {
            let slot = self.first_new(relation, row);
            let slot = slot.and_then(|target| first.get_mut(target as usize));
            note(slot, school(row).into_iter());
        }
        first
    }

    /// The school a published record belongs to.
    fn school_of_old(&self, kind: Kind, row: u32) -> Option<&'a str> {
        let school = |relation, row| {
            let school = self.old.lists(relation).first(row)?;
            Some(self.old_school(school))
        };
        let of_student = |student| school(Relation::StudentSchool, student);
        let of_section = |section| school(Relation::SectionSchool, section);
        let student = |link| self.old.lists(Relation::LinkStudent).first(link);
        let back = |relation| self.old.back(relation).get(row).iter().copied();
        match kind {
            Kind::School => Some(self.old_school(row)),
            Kind::Student => of_student(row),
            Kind::Section => of_section(row),
            Kind::ContactLink => of_student(student(row)?),
            Kind::Contact => {
                let links = back(Relation::LinkContact);
                links.filter_map(|link| of_student(student(link)?)).min()
            }
            Kind::Course => back(Relation::SectionCourse).filter_map(of_section).min(),
            Kind::Term => back(Relation::SectionTerm).filter_map(of_section).min(),
            Kind::Employee | Kind::Resource => None,
        }
    }
}

/// Groups that grow together.
struct Groups(Vec<u32>);

impl Groups {
    fn new(members: u32) -> Self {
        Self((0..members).collect())
    }

    /// The group of a member, as the number of one of its members.
    fn of(&mut self, member: u32) -> u32 {
        let mut at = member;
        while let Some(up) = self.0.get(at as usize).copied()
            && up != at
        {
            let above = self.0.get(up as usize).copied().unwrap_or(up);
            if let Some(slot) = self.0.get_mut(at as usize) {
                *slot = above;
            }
            at = above;
        }
        at
    }

    fn join(&mut self, some: u32, other: u32) {
        let (some, other) = (self.of(some), self.of(other));
        if let Some(slot) = self.0.get_mut(some.max(other) as usize) {
            *slot = some.min(other);
        }
    }
}
