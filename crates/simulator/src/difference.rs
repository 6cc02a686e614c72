//! What changes between two days, known without importing anything: the oracle for tests of the import.

use crate::census::Census;
use crate::district::District;
use crate::draw::index;
use crate::table::Cells;

/// How many records of a kind came, changed and went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Records of the later day only.
    pub created: u64,
    /// Records of both days that differ.
    pub updated: u64,
    /// Records of the earlier day only.
    pub deleted: u64,
}

/// The difference between two days, as far as the files alone decide it. Records are compared by their SIS ids and by
/// the text of their own columns, so an import sees the same creations and deletions; what it derives (primary
/// schools, section grades, merged people) can update further records.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Schools by their columns.
    pub schools: Change,
    /// Students by their own columns, without contacts, enrollments and derived values.
    pub students: Change,
    /// Teachers by their columns, without their sections.
    pub teachers: Change,
    /// Staff by all their rows.
    pub staff: Change,
    /// Sections by their columns and the students in them. A course renamed under its number updates here, though an
    /// import may only update the course.
    pub sections: Change,
    /// Pairs of section and student; they have no columns to change.
    pub enrollments: Change,
    /// SIS ids of the students whose own columns changed, sorted.
    pub students_changed: Vec<String>,
    /// SIS ids of the students of both days whose contact cells changed, sorted.
    pub contacts_changed: Vec<String>,
    /// Numbers of sections whose students changed while they existed on both days.
    pub rosters_changed: u64,
}

impl std::fmt::Debug for Difference {
    /// Counts only: the lists name students.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Difference")
            .field("schools", &self.schools)
            .field("students", &self.students)
            .field("teachers", &self.teachers)
            .field("staff", &self.staff)
            .field("sections", &self.sections)
            .field("enrollments", &self.enrollments)
            .field("students_changed", &self.students_changed.len())
            .field("contacts_changed", &self.contacts_changed.len())
            .field("rosters_changed", &self.rosters_changed)
            .finish()
    }
}

impl Change {
    /// Counts one record by its texts on the two days.
    fn take<T: PartialEq>(&mut self, before: Option<T>, after: Option<T>) {
        match (before, after) {
            (None, Some(_)) => self.created += 1,
            (Some(_), None) => self.deleted += 1,
            (Some(before), Some(after)) if before != after => self.updated += 1,
            _ => {}
        }
    }
}

impl District {
    /// What an import of day `to` over day `from` has to find.
    pub fn difference(&self, from: u32, to: u32) -> Difference {
        let mut difference = Difference::default();
        let mut scratch = Census::new();
        self.school_changes(from, to, &mut difference, &mut scratch);
        self.teacher_changes(from, to, &mut difference, &mut scratch);
        self.staff_changes(from, to, &mut difference, &mut scratch);
        let touched = self.student_changes(from, to, &mut difference, &mut scratch);
        self.section_changes(from, to, &touched, &mut difference, &mut scratch);
        difference.students_changed.sort_unstable();
        difference.contacts_changed.sort_unstable();
        difference
    }

    fn school_changes(&self, from: u32, to: u32, into: &mut Difference, scratch: &mut Census) {
        for school in &self.plan.schools {
            let mut text = |day| {
                let mut cells = Cells::default();
                self.school_cells(school, day, &mut cells, scratch);
                Some(cells)
            };
            into.schools.take(text(from), text(to));
        }
    }

    fn teacher_changes(&self, from: u32, to: u32, into: &mut Difference, scratch: &mut Census) {
        for post in 0..self.plan.posts {
            let mut text = |day| {
                let mut cells = Cells::default();
                let present = self.teacher_cells(post, day, &mut cells, scratch);
                let id = self.teacher_id(post, self.teacher_holder(post, day).generation);
                present.then_some((id, cells))
            };
            let (before, after) = (text(from), text(to));
            by_id(&mut into.teachers, before, after);
        }
    }

    fn staff_changes(&self, from: u32, to: u32, into: &mut Difference, scratch: &mut Census) {
        for post in 0..self.plan.staff {
            let mut text = |day| {
                let member = self.staff_member(post, day)?;
                let home = self.plan.school_of_staff(post)?;
                let further = self.further_schools(post);
                let schools = std::iter::once(home).chain(further);
                let rows = (0..).zip(schools).map(|(row, school)| {
                    let mut cells = Cells::default();
                    self.staff_cells(&member, school, row, &mut cells, scratch);
                    cells
                });
                let rows: Vec<Cells> = rows.collect();
                Some((member.id, rows))
            };
            let (before, after) = (text(from), text(to));
            by_id(&mut into.staff, before, after);
        }
    }

    /// Students and enrollments; returns which sections' students changed.
    fn student_changes(
        &self,
        from: u32,
        to: u32,
        into: &mut Difference,
        scratch: &mut Census,
    ) -> Vec<bool> {
        let mut touched = vec![false; index(self.plan.slots)];
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for seat in 0..self.plan.seats {
            let old = self.student(seat, from);
            let new = self.student(seat, to);
            before.clear();
            after.clear();
            if let Some(old) = &old {
                self.schedule(old, from, &mut before);
            }
            if let Some(new) = &new {
                self.schedule(new, to, &mut after);
            }
            match (&old, &new) {
                (Some(old), Some(new)) if old.unique == new.unique => {
                    let rows = self.student_rows(old, from, scratch);
                    let now = self.student_rows(new, to, scratch);
                    let id = || self.student_id(seat, new.unique).0;
                    if rows.own != now.own {
                        into.students.updated += 1;
                        into.students_changed.push(id());
                    }
                    if rows.contacts != now.contacts {
                        into.contacts_changed.push(id());
                    }
                    before.sort_unstable();
                    after.sort_unstable();
                    let gone = without(&before, &after);
                    let come = without(&after, &before);
                    into.enrollments.deleted += gone.len() as u64;
                    into.enrollments.created += come.len() as u64;
                    touch(&mut touched, gone.iter().chain(&come));
                }
                _ => {
                    into.students.deleted += u64::from(old.is_some());
                    into.students.created += u64::from(new.is_some());
                    into.enrollments.deleted += before.len() as u64;
                    into.enrollments.created += after.len() as u64;
                    touch(&mut touched, before.iter().chain(&after));
                }
            }
        }
        touched
    }

    fn section_changes(
        &self,
        from: u32,
        to: u32,
        touched: &[bool],
        into: &mut Difference,
        scratch: &mut Census,
    ) {
        for school in &self.plan.schools {
            for local in 0..school.slots() {
                let mut text = |day| {
                    let section = self.section(school, local, day)?;
                    let mut cells = Cells::default();
                    self.section_cells(&section, &mut cells, scratch);
                    Some(cells)
                };
                let (before, after) = (text(from), text(to));
                let slot = index(school.first_slot + local);
                let rostered = touched.get(slot) == Some(&true);
                if rostered && before.is_some() && after.is_some() {
                    into.sections.updated += 1;
                    into.rosters_changed += 1;
                } else {
                    into.sections.take(before, after);
                }
            }
        }
    }
}

/// Counts the record of a post: another id is another record.
fn by_id<T: PartialEq>(
    change: &mut Change,
    before: Option<(String, T)>,
    after: Option<(String, T)>,
) {
    match (before, after) {
        (Some(before), Some(after)) if before.0 != after.0 => {
            change.deleted += 1;
            change.created += 1;
        }
        (before, after) => change.take(before, after),
    }
}

/// What the first sorted list has and the second lacks.
fn without(list: &[u64], other: &[u64]) -> Vec<u64> {
    let lacks = |slot: &&u64| other.binary_search(slot).is_err();
    list.iter().filter(lacks).copied().collect()
}

fn touch<'a>(touched: &mut [bool], slots: impl Iterator<Item = &'a u64>) {
    for &slot in slots {
        if let Some(place) = touched.get_mut(index(slot)) {
            *place = true;
        }
    }
}
