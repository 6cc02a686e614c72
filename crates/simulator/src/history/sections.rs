//! Sections: what is taught in a year, by whom, and who goes there.

use super::truth::{Happening, Noun};
use super::world::{Part, SectionState, Today};
use crate::block::{Block, Shape, Spot};
use crate::course::letters;
use crate::draw::index;
use crate::school::{Role, School};

/// Sections with a second teacher, of a million.
const CO_TAUGHT: u64 = 100_000;

impl Today<'_> {
    /// The sections of a new school year.
    pub(super) fn begin_sections(&mut self) {
        let people = self.people;
        let new = self.has_new_ids();
        self.world.by_slot.resize(index(people.plan.slots), None);
        for (school, plan) in people.plan.schools.iter().enumerate() {
            let teachers = self.employees(|one| one.teaches() && one.school == school);
            for local in 0..plan.live {
                let Some(Role::Live(block, stand)) = plan.role(local) else {
                    continue;
                };
                let slot = plan.first_slot + local;
                let course = people.course(slot, plan.zone, block, stand, 0);
                let course = self.course(&course);
                let part = match block.shape {
                    Shape::Elective => Part::First,
                    Shape::Homeroom | Shape::Core => Part::Year,
                };
                let at = self.open_section(school, slot, (block, stand), part, new);
                let count = teachers.len() as u64;
                let nth = index((local * count).checked_div(plan.live).unwrap_or_default());
                let second = self.draw.chance(CO_TAUGHT);
                if let Some(section) = self.world.sections.get_mut(at) {
                    section.course = course;
                    section.teachers.clear();
                    section.teachers.extend(teachers.get(nth));
                    let beside = teachers.get((nth + 1) % teachers.len().max(1));
                    section.teachers.extend(beside.filter(|_| second));
                    section.teachers.dedup();
                }
            }
        }
    }

    /// The section at a slot of the timetable, new if there is none or if its id has had its time.
    fn open_section(
        &mut self,
        school: usize,
        slot: u64,
        (block, stand): (&Block, Spot),
        part: Part,
        new: bool,
    ) -> usize {
        let known = self.world.sections.iter().rposition(|one| one.slot == slot);
        let at = match known {
            Some(at) if !new => at,
            before => {
                if let Some(section) = before.and_then(|at| self.world.sections.get_mut(at)) {
                    section.open = false;
                }
                let entity = self.world.entity();
                let at = self.world.sections.len();
                self.world.sections.push(SectionState {
                    entity,
                    slot,
                    school,
                    id: String::new(),
                    open: true,
                    course: 0,
                    teachers: Vec::new(),
                    part,
                    edits: [0; 4],
                });
                self.name_section(at, letters(Some(block), stand.pool), part);
                at
            }
        };
        if let Some(section) = self.world.sections.get_mut(at) {
            section.open = true;
            section.part = part;
        }
        if let Some(place) = self.world.by_slot.get_mut(index(slot)) {
            *place = Some(at);
        }
        at
    }

    /// Gives a section an id that none has had.
    fn name_section(&mut self, at: usize, letters: &str, part: Part) {
        let term = match part {
            _ if !self.has_new_ids() => String::new(),
            Part::Year => format!("-{}Y", self.start() % 100),
            Part::First => format!("-{}A", self.start() % 100),
            Part::Second => format!("-{}B", self.start() % 100),
        };
        let systems = self.world.systems;
        let Some(section) = self.world.sections.get(at) else {
            return;
        };
        let (entity, slot) = (section.entity, section.slot);
        let school = self.world.schools.get(section.school);
        let school = school.map(|school| school.id.clone()).unwrap_or_default();
        let id = self.world.first_free(Noun::Section, entity, |again| {
            let mark = match again {
                0 => String::new(),
                more => format!("-{more}"),
            };
            match systems {
                0 => format!("{school}-{letters}-{slot:03}{term}{mark}"),
                _ => format!("SEC{systems}.{entity:06}{mark}"),
            }
        });
        if let Some(section) = self.world.sections.get_mut(at) {
            section.id = id;
        }
    }

    /// The sections of a seat of a school.
    pub(super) fn timetable(&self, school: usize, place: u64) -> Vec<usize> {
        let Some(plan) = self.people.plan.school(school as u64) else {
            return Vec::new();
        };
        let sections = plan.places(place).filter_map(|(block, pool)| {
            let parallel = block.parallel(pool, place);
            self.running(plan, block, Spot { pool, parallel })
        });
        let mut sections: Vec<usize> = sections.collect();
        sections.sort_unstable();
        sections.dedup();
        sections
    }

    /// The section at a stand, or the first of its pool where that one is cancelled.
    fn running(&self, plan: &School, block: &Block, stand: Spot) -> Option<usize> {
        let at = |stand| {
            let slot = plan.first_slot + block.section(stand);
            *self.world.by_slot.get(index(slot))?
        };
        let first = Spot {
            pool: stand.pool,
            parallel: 0,
        };
        at(stand).or_else(|| at(first))
    }

    /// The section beside another, taught in the same place of the timetable.
    fn beside(&self, at: usize, step: u64) -> Option<usize> {
        let section = self.world.sections.get(at)?;
        let plan = self.people.plan.school(section.school as u64)?;
        let Role::Live(block, stand) = plan.role(section.slot - plan.first_slot)? else {
            return None;
        };
        let count = block.parallels(stand.pool).max(1);
        let parallel = (stand.parallel + step) % count;
        let pool = stand.pool;
        self.running(plan, block, Spot { pool, parallel })
    }

    /// The second semester: other electives, or the same under new ids, and other students in them.
    pub(super) fn begin_second_term(&mut self) {
        let people = self.people;
        let new = self.has_new_ids();
        for at in 0..self.world.sections.len() {
            let section = self.world.sections.get(at).cloned();
            let Some(old) = section.filter(|one| one.open && one.part == Part::First) else {
                continue;
            };
            let plan = people.plan.school(old.school as u64);
            let role = plan.and_then(|plan| plan.role(old.slot - plan.first_slot));
            let Some(Role::Live(block, stand)) = role else {
                continue;
            };
            let at = self.open_section(old.school, old.slot, (block, stand), Part::Second, new);
            if let Some(section) = self.world.sections.get_mut(at) {
                section.course = old.course;
                section.teachers = old.teachers;
            }
        }
        for at in 0..self.world.pupils.len() {
            let Some(pupil) = self.world.pupils.get(at) else {
                continue;
            };
            let moved = pupil.sections.iter().filter_map(|section| {
                let state = self.world.sections.get(*section)?;
                match state.part {
                    Part::Year => Some(*section),
                    Part::First | Part::Second => self.beside(*section, 1),
                }
            });
            let mut sections: Vec<usize> = moved.collect();
            sections.sort_unstable();
            sections.dedup();
            if let Some(pupil) = self.world.pupils.get_mut(at) {
                pupil.sections = sections;
            }
        }
    }

    /// A student exchanges, drops or adds a class.
    pub(super) fn change_schedule(&mut self, at: usize) {
        let what = self.draw.below(8);
        let (nth, step) = (self.draw.next(), 1 + self.draw.below(5));
        let Some(pupil) = self.world.pupils.get(at) else {
            return;
        };
        let mut sections = pupil.sections.clone();
        let count = sections.len() as u64;
        let place = index(nth.checked_rem(count).unwrap_or_default());
        let school = pupil.school;
        match what {
            0 if count > 4 => {
                sections.remove(place);
            }
            1 => {
                let open = self.world.sections.iter().enumerate();
                let open = open.filter(|(_, one)| one.open && one.school == school);
                let open: Vec<usize> = open.map(|(at, _)| at).collect();
                sections.extend(self.one(&open));
            }
            _ => {
                let other = sections.get(place).and_then(|at| self.beside(*at, step));
                if let (Some(place), Some(other)) = (sections.get_mut(place), other) {
                    *place = other;
                }
            }
        }
        sections.sort_unstable();
        sections.dedup();
        if let Some(pupil) = self.world.pupils.get_mut(at)
            && pupil.sections != sections
        {
            pupil.sections = sections;
            self.happened(Happening::ScheduleChanged);
        }
    }

    /// A section's room, period, number or name changes, or its teacher.
    pub(super) fn edit_section(&mut self, at: usize) {
        let what = index(self.draw.below(6));
        let school = self.world.sections.get(at).map(|section| section.school);
        let teachers = self.employees(|one| one.teaches() && Some(one.school) == school);
        let teacher = self.one(&teachers);
        let Some(section) = self.world.sections.get_mut(at) else {
            return;
        };
        match (section.edits.get_mut(what), teacher) {
            (Some(edits), _) => *edits += 1,
            (None, Some(teacher)) => {
                section.teachers.retain(|one| *one != teacher);
                section.teachers.insert(0, teacher);
                section.teachers.truncate(2);
            }
            (None, None) => return,
        }
        self.happened(Happening::SectionEdited);
    }

    /// A section that has others beside it ends; its students go there.
    pub(super) fn cancel_section(&mut self, at: usize) {
        let (other, first) = (self.beside(at, 1), self.first_of(at));
        let Some((other, section)) = other.zip(self.world.sections.get_mut(at)) else {
            return;
        };
        let slot = section.slot;
        if other == at || slot == first {
            return;
        }
        section.open = false;
        if let Some(place) = self.world.by_slot.get_mut(index(slot)) {
            *place = None;
        }
        for pupil in &mut self.world.pupils {
            if pupil.sections.contains(&at) {
                pupil.sections.retain(|one| *one != at && *one != other);
                pupil.sections.push(other);
                pupil.sections.sort_unstable();
            }
        }
        self.happened(Happening::SectionCancelled);
    }

    /// The slot of the first section of the pool that a section is in; that one is never cancelled.
    fn first_of(&self, at: usize) -> u64 {
        let slot = || {
            let section = self.world.sections.get(at)?;
            let plan = self.people.plan.school(section.school as u64)?;
            let Role::Live(block, stand) = plan.role(section.slot - plan.first_slot)? else {
                return None;
            };
            let first = Spot {
                pool: stand.pool,
                parallel: 0,
            };
            Some(plan.first_slot + block.section(first))
        };
        slot().unwrap_or_default()
    }

    /// Every section's id is the next SIS's.
    pub(super) fn rekey_all_sections(&mut self) {
        for at in 0..self.world.sections.len() {
            self.name_section(at, "", Part::Year);
        }
    }
}
