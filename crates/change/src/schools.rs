//! What a plan does to each school.

use homeroom_model::Kind;
use homeroom_segment::{Relation, fields};

use crate::compare::Comparison;
use crate::counts::{Served, Tally};
use crate::fate::Fate;
use crate::matches::NO_ROW;
use crate::people::RoleFrom;
use crate::plan::KindPlan;

/// The types that are counted per school, in the order of reports.
const TYPES: [Served; 6] = [
    Served::Students,
    Served::Teachers,
    Served::Staff,
    Served::Contacts,
    Served::Sections,
    Served::Enrollments,
];

/// What happens to the records of one school.
///
/// Students and teachers belong to their primary school, staff to each of their schools, contacts to the primary school
/// of the first student they are tied to, enrollments to their section's school. What is published counts where it was
/// published, what comes where it comes.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct SchoolCounts {
    /// The school's id in the SIS.
    pub sis_id: String,
    /// Whether the school itself is deleted.
    pub gone: bool,
    /// How many students have it as their primary school afterwards.
    pub students_after: u64,
    tallies: [Tally; TYPES.len()],
}

impl SchoolCounts {
    /// Every type that is counted per school with its tally, in the order of reports.
    pub fn iter(&self) -> impl Iterator<Item = (Served, Tally)> {
        TYPES.into_iter().zip(self.tallies)
    }

    /// The tally of a type; nothing for types that are not counted per school.
    pub fn of(&self, kind: Served) -> Tally {
        let tally = self.iter().find(|(other, _)| *other == kind);
        tally.map(|(_, tally)| tally).unwrap_or_default()
    }

    fn of_mut(&mut self, kind: Served) -> Option<&mut Tally> {
        let at = TYPES.iter().position(|other| *other == kind)?;
        self.tallies.get_mut(at)
    }
}

/// Counts per school.
pub(crate) struct BySchool<'a> {
    comparison: &'a Comparison<'a>,
    schools: Vec<SchoolCounts>,
    /// For each candidate's school its place in `schools`, where the old table's schools come first.
    places: Vec<u32>,
}

impl<'a> BySchool<'a> {
    pub(crate) fn new(comparison: &'a Comparison<'a>, kinds: &[KindPlan]) -> Self {
        let (table, rows) = (
            comparison.old.table(Kind::School),
            comparison.candidate.table(Kind::School),
        );
        let named = |sis_id: &str| SchoolCounts {
            sis_id: sis_id.to_owned(),
            ..SchoolCounts::default()
        };
        let old = (0..table.len()).map(|row| named(table.row(row).text(fields::school::SIS_ID)));
        let mut schools: Vec<_> = old.collect();
        let mut places = Vec::with_capacity(rows.len() as usize);
        if let Some(plan) = kinds.get(Kind::School as usize) {
            for (row, fate) in (0..).zip(&plan.fates) {
                places.push(fate.old().unwrap_or_else(|| {
                    schools.push(named(rows.row(row).text(fields::school::SIS_ID)));
                    u32::try_from(schools.len() - 1).unwrap_or(NO_ROW)
                }));
            }
            for row in &plan.deleted {
                if let Some(school) = schools.get_mut(*row as usize) {
                    school.gone = true;
                }
            }
        }
        Self {
            comparison,
            schools,
            places,
        }
    }

    /// Counts all but enrollments, which come through [`BySchool::add`].
    pub(crate) fn count(&mut self, kinds: &[KindPlan]) {
        self.before();
        let simple = [
            (Kind::Student, Relation::StudentSchool, Served::Students),
            (Kind::Section, Relation::SectionSchool, Served::Sections),
        ];
        for (kind, relation, served) in simple {
            if let Some(plan) = kinds.get(kind as usize) {
                self.records(plan, relation, served);
            }
        }
        if let Some(plan) = kinds.get(Kind::Employee as usize) {
            self.role(plan, 0, Relation::TeacherSchool, Served::Teachers);
            self.role(plan, 1, Relation::StaffSchools, Served::Staff);
        }
        if let Some(plan) = kinds.get(Kind::Contact as usize) {
            self.contacts(plan);
        }
        let students = self.comparison.candidate.lists(Relation::StudentSchool);
        for row in 0..self.comparison.candidate.table(Kind::Student).len() {
            let place = students
                .get(row)
                .first()
                .and_then(|school| self.place(*school));
            if let Some(school) = place.and_then(|place| self.schools.get_mut(place as usize)) {
                school.students_after += 1;
            }
        }
    }

    /// The schools, by SIS id.
    pub(crate) fn finish(mut self) -> Vec<SchoolCounts> {
        for school in &mut self.schools {
            for tally in &mut school.tallies {
                tally.unchanged = tally
                    .unchanged
                    .saturating_sub(tally.updated + tally.deleted);
            }
        }
        self.schools.sort_by(|a, b| a.sis_id.cmp(&b.sis_id));
        self.schools
    }

    /// The place of a candidate's school.
    pub(crate) fn place(&self, school: u32) -> Option<u32> {
        self.places.get(school as usize).copied()
    }

    /// Changes the tally of a type in the school at a place.
    pub(crate) fn add(
        &mut self,
        place: Option<u32>,
        served: Served,
        change: impl FnOnce(&mut Tally),
    ) {
        let school = place.and_then(|place| self.schools.get_mut(place as usize));
        if let Some(tally) = school.and_then(|school| school.of_mut(served)) {
            change(tally);
        }
    }

    /// How much was published of each type, as `unchanged` until the end.
    fn before(&mut self) {
        let old = self.comparison.old;
        let count = |relation: Relation, row: u32| old.back(relation).get(row).len() as u64;
        let rosters = old.lists(Relation::SectionStudents);
        for row in 0..old.table(Kind::School).len() {
            let sections = old.back(Relation::SectionSchool).get(row).iter();
            let enrollments = sections.map(|section| rosters.get(*section).len() as u64);
            let published = [
                (Served::Students, count(Relation::StudentSchool, row)),
                (Served::Teachers, count(Relation::TeacherSchool, row)),
                (Served::Staff, count(Relation::StaffSchools, row)),
                (Served::Sections, count(Relation::SectionSchool, row)),
                (Served::Enrollments, enrollments.sum()),
            ];
            for (served, count) in published {
                self.add(Some(row), served, |tally| tally.unchanged = count);
            }
        }
        for contact in 0..old.table(Kind::Contact).len() {
            let school = self.contact_before(contact);
            self.add(school, Served::Contacts, |tally| tally.unchanged += 1);
        }
    }

    fn contact_before(&self, contact: u32) -> Option<u32> {
        let old = self.comparison.old;
        let link = *old.back(Relation::LinkContact).get(contact).first()?;
        let student = old.lists(Relation::LinkStudent).first(link)?;
        old.lists(Relation::StudentSchool).first(student)
    }

    fn records(&mut self, plan: &KindPlan, relation: Relation, served: Served) {
        let (old, candidate) = (self.comparison.old, self.comparison.candidate);
        for (row, fate) in (0..).zip(&plan.fates) {
            let new = || candidate.lists(relation).get(row).first().copied();
            match *fate {
                Fate::Unchanged(_) => {}
                Fate::Updated(old_row) => {
                    let school = old.lists(relation).first(old_row);
                    self.add(school, served, |tally| tally.updated += 1);
                }
                Fate::Created | Fate::Restored(_) => {
                    let place = new().and_then(|school| self.place(school));
                    self.add(place, served, |tally| {
                        tally.created += 1;
                        tally.restored += u64::from(matches!(fate, Fate::Restored(_)));
                    });
                }
            }
        }
        for row in &plan.deleted {
            let school = old.lists(relation).first(*row);
            self.add(school, served, |tally| tally.deleted += 1);
        }
    }

    /// A role is gone when nobody has it any more; with another person it has changed.
    fn role(&mut self, plan: &KindPlan, role: usize, relation: Relation, served: Served) {
        let (old, candidate) = (self.comparison.old, self.comparison.candidate);
        let people = &self.comparison.people;
        for (row, (person, fate)) in (0..).zip(people.iter().zip(&plan.fates)) {
            match person.roles.get(role).copied().unwrap_or_default() {
                RoleFrom::Nowhere => {}
                RoleFrom::Old(_) if fate.is_unchanged() => {}
                RoleFrom::Old(old_row) => {
                    for school in old.lists(relation).get(old_row) {
                        self.add(Some(*school), served, |tally| tally.updated += 1);
                    }
                }
                from @ (RoleFrom::New | RoleFrom::Returned(_)) => {
                    for school in candidate.lists(relation).get(row) {
                        self.add(self.place(*school), served, |tally| {
                            tally.created += 1;
                            tally.restored += u64::from(from != RoleFrom::New);
                        });
                    }
                }
            }
        }
        for row in self.comparison.roles_gone(role) {
            for school in old.lists(relation).get(row) {
                self.add(Some(*school), served, |tally| tally.deleted += 1);
            }
        }
    }

    fn contacts(&mut self, plan: &KindPlan) {
        if plan.is_quiet() {
            return;
        }
        let candidate = self.comparison.candidate;
        let mut schools = vec![NO_ROW; candidate.table(Kind::Contact).len() as usize];
        for link in (0..candidate.table(Kind::ContactLink).len()).rev() {
            let first = |relation, row| candidate.lists(relation).get(row).first().copied();
            let school = first(Relation::LinkStudent, link)
                .and_then(|student| first(Relation::StudentSchool, student));
            let slot = first(Relation::LinkContact, link)
                .and_then(|contact| schools.get_mut(contact as usize));
            if let (Some(slot), Some(school)) = (slot, school) {
                *slot = school;
            }
        }
        for (school, fate) in schools.into_iter().zip(&plan.fates) {
            match *fate {
                Fate::Unchanged(_) => {}
                Fate::Updated(old) => {
                    let school = self.contact_before(old);
                    self.add(school, Served::Contacts, |tally| tally.updated += 1);
                }
                Fate::Created | Fate::Restored(_) => {
                    let place = self.place(school);
                    self.add(place, Served::Contacts, |tally| {
                        tally.created += 1;
                        tally.restored += u64::from(matches!(fate, Fate::Restored(_)));
                    });
                }
            }
        }
        for row in &plan.deleted {
            let school = self.contact_before(*row);
            self.add(school, Served::Contacts, |tally| tally.deleted += 1);
        }
    }
}
