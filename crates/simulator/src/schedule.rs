//! The sections a student attends on a given day.

use crate::block::{Block, PLACES, Shape, Spot};
use crate::district::District;
use crate::draw::Topic;
use crate::quirk::Quirk;
use crate::school::School;
use crate::seat::Student;

/// Schedule changes that add or drop a class instead of exchanging one, of a million.
const ADD_OR_DROP: u64 = 150_000;

/// What became of a student's timetable.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Changes {
    pub(crate) changes: u64,
}

impl District {
    /// Fills `slots` with the numbers of the student's sections, without repetition.
    pub(crate) fn schedule(&self, student: &Student, day: u32, slots: &mut Vec<u64>) -> Changes {
        slots.clear();
        let mut changes = Changes::default();
        let Some(school) = self.plan.school(student.school) else {
            return changes;
        };
        let Some(mut dropped) = school.dropped(&self.keys, student.place) else {
            return changes;
        };
        let mut exchanges: Vec<(u64, u64)> = Vec::new();
        let chain = &self.chains.schedule;
        for mut event in chain.events(&self.keys, student.unique, student.since, day) {
            let place = 1 + event.draw.below(PLACES - 1);
            changes.changes += 1;
            if event.draw.chance(ADD_OR_DROP) {
                dropped ^= 1 << place;
            } else {
                exchanges.push((place, event.draw.next()));
            }
        }
        for (place, (block, pool)) in (0..).zip(school.places(student.place)) {
            if dropped & (1 << place) != 0 {
                continue;
            }
            let count = block.parallels(pool);
            let mut parallel = block.parallel(pool, student.place);
            for (_, step) in exchanges.iter().filter(|(at, _)| *at == place) {
                // Another class than now, where there is one.
                parallel = (parallel + 1 + step % (count - 1).max(1)) % count;
            }
            slots.push(self.running(school, block, Spot { pool, parallel }, student, day));
        }
        self.visit(school, student, day, slots);
        changes
    }

    /// The section a student of a stand is in: the stand's own while it exists, else one beside it; some of a pool's
    /// students change to a section that opens in it.
    fn running(
        &self,
        school: &School,
        block: &Block,
        stand: Spot,
        student: &Student,
        day: u32,
    ) -> u64 {
        let count = block.parallels(stand.pool);
        if day > 0 {
            let later = school.first_slot + school.later(block, stand.pool);
            if self.has_opened(later, day) {
                let mut draw = self
                    .keys
                    .draw2(Topic::SectionOpenPick, student.unique, later);
                if draw.below(count + 1) == 0 {
                    return later;
                }
            }
        }
        let mut stand = stand;
        loop {
            let slot = school.first_slot + block.section(stand);
            // The first of a pool is never cancelled, so that this ends.
            if stand.parallel == 0 || !self.is_cancelled(slot, day) {
                return slot;
            }
            stand.parallel = (stand.parallel + 1) % count;
        }
    }

    pub(crate) fn is_cancelled(&self, slot: u64, day: u32) -> bool {
        let chain = &self.chains.section_cancel;
        chain.once(&self.keys, slot, 0, day).is_some()
    }

    pub(crate) fn has_opened(&self, slot: u64, day: u32) -> bool {
        let chain = &self.chains.section_open;
        chain.once(&self.keys, slot, 0, day).is_some()
    }

    /// Some older students take sections of another school of the zone in place of their own.
    fn visit(&self, school: &School, student: &Student, day: u32, slots: &mut [u64]) {
        let secondary = |(block, _): (&Block, u64)| block.shape != Shape::Homeroom;
        if !school.places(student.place).next().is_some_and(secondary) {
            return;
        }
        let Some(count) = self.visits(student, slots.len() as u64) else {
            return;
        };
        let host = self.plan.neighbours(school).find_map(|school| {
            let block = school.electives()?;
            (block.sections >= PLACES).then_some((school, block))
        });
        let Some((host, block)) = host else { return };
        let mut draw = self.keys.draw(Topic::Elsewhere, student.unique);
        let start = draw.below(block.sections);
        let guest_slots = (0..block.sections)
            .map(|step| block.first_section + (start + step) % block.sections)
            .filter(|&section| {
                block.spot(section).parallel == 0
                    || !self.is_cancelled(host.first_slot + section, day)
            })
            .take(crate::draw::index(count));
        for (slot, section) in slots.iter_mut().rev().zip(guest_slots) {
            *slot = host.first_slot + section;
        }
    }

    /// How many of its sections a student has elsewhere.
    fn visits(&self, student: &Student, sections: u64) -> Option<u64> {
        let has = |quirk| self.placed.has(quirk, student.seat);
        if has(Quirk::PrimarySchoolElsewhere) {
            sections.checked_sub(2).filter(|&rest| rest > 2)
        } else if has(Quirk::PrimarySchoolTie) {
            sections.is_multiple_of(2).then_some(sections / 2)
        } else if has(Quirk::StudentAtSeveralSchools) {
            (sections > 0).then_some(1)
        } else {
            None
        }
    }
}
