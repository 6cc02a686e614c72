//! One school of the plan.

use crate::block::{Block, CORE, PLACES, Shape, Spot};
use crate::draw::{Draw, Keys, Topic, index};
use crate::grade::Grade;
use crate::kind::Kind;
use crate::shares::before;
use crate::spots::Spots;

/// Neighbours among whom dropped classes are scattered.
const GROUP: u64 = 8;
/// The same as a length.
const GROUP_LENGTH: usize = 8;

/// The seats of one grade, counted inside the school.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) grade: Grade,
    pub(crate) first: u64,
    pub(crate) count: u64,
}

/// One school of the plan.
#[derive(Clone, Debug)]
pub(crate) struct School {
    pub(crate) index: u64,
    pub(crate) kind: Kind,
    pub(crate) zone: u64,
    pub(crate) sis_id: String,
    pub(crate) name: String,
    pub(crate) first_seat: u64,
    pub(crate) seats: u64,
    pub(crate) grades: Vec<Span>,
    /// The seats whose students are in no section.
    pub(crate) sectionless: Spots,
    /// Enrollments on day 0 of the students seated here.
    pub(crate) enrollments: u64,
    pub(crate) blocks: Vec<Block>,
    /// Sections with students, which come first, and sections without.
    pub(crate) live: u64,
    pub(crate) idle: u64,
    /// Pools; each can open one more section in the course of the year.
    pub(crate) pools: u64,
    /// The number of its first section among all that can ever exist, and among those of day 0.
    pub(crate) first_slot: u64,
    pub(crate) first_planned: u64,
    pub(crate) first_post: u64,
    pub(crate) posts: u64,
    /// Posts that have sections; they come first.
    pub(crate) teaching: u64,
    pub(crate) first_staff: u64,
    pub(crate) staff: u64,
}

/// What a section of a school is, by its number inside the school.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Role<'a> {
    /// Part of the timetable from day 0.
    Live(&'a Block, Spot),
    /// Never has students.
    Idle,
    /// May open in the course of the year, in the pool of the spot.
    Later(&'a Block, Spot),
}

impl School {
    pub(crate) fn empty(index: u64, kind: Kind, zone: u64) -> Self {
        Self {
            index,
            kind,
            zone,
            sis_id: String::new(),
            name: String::new(),
            first_seat: 0,
            seats: 0,
            grades: Vec::new(),
            sectionless: Spots {
                count: 0,
                population: 0,
            },
            enrollments: 0,
            blocks: Vec::new(),
            live: 0,
            idle: 0,
            pools: 0,
            first_slot: 0,
            first_planned: 0,
            first_post: 0,
            posts: 0,
            teaching: 0,
            first_staff: 0,
            staff: 0,
        }
    }

    /// Sections on day 0.
    pub(crate) fn planned(&self) -> u64 {
        self.live + self.idle
    }

    /// Sections that can ever exist.
    pub(crate) fn slots(&self) -> u64 {
        self.planned() + self.pools
    }

    /// Students who are in sections.
    pub(crate) fn taught(&self) -> u64 {
        self.seats - self.sectionless.count
    }

    pub(crate) fn span_of(&self, seat: u64) -> Option<&Span> {
        self.grades
            .iter()
            .find(|span| seat >= span.first && seat - span.first < span.count)
    }

    /// Lowest and highest grade taught.
    pub(crate) fn grade_range(&self) -> Option<(Grade, Grade)> {
        let grades = || self.grades.iter().map(|span| span.grade);
        // Ungraded students do not make a school's range.
        let ranked = || grades().filter(|grade| *grade != Grade::Ungraded);
        Some((ranked().min()?, ranked().max()?))
    }

    /// The timetable of a seat: block and pool of each of its places.
    pub(crate) fn places(&self, seat: u64) -> impl Iterator<Item = (&Block, u64)> {
        let mut own = self.blocks.iter().filter(move |block| block.has_seat(seat));
        let first = own.next();
        let second = own.next();
        (0..PLACES).filter_map(move |place| match first?.shape {
            Shape::Homeroom => Some((first?, place)),
            _ if place < CORE => Some((first?, place)),
            _ => Some((second?, place - CORE)),
        })
    }

    /// Which places of its timetable the student on a seat has dropped, as bits; `None` for a student in no section.
    /// Together the students keep exactly [`Self::enrollments`].
    pub(crate) fn dropped(&self, keys: &Keys, seat: u64) -> Option<u16> {
        let hit = |at| self.sectionless.at(keys, Topic::Drop, self.index, at);
        if hit(seat).is_some() {
            return None;
        }
        let rank = seat - self.sectionless.before(keys, Topic::Drop, self.index, seat);
        let taught = self.taught();
        let all = (taught * PLACES).saturating_sub(self.enrollments);
        let group = rank - rank % GROUP;
        let size = GROUP.min(taught - group);
        let share = before(all, group + size, taught) - before(all, group, taught);
        let mut dice = keys.draw2(Topic::Drop, self.first_seat + group, 2);
        let counts = scatter(share, size, PLACES, &mut dice);
        let drops = counts.get(index(rank - group)).copied().unwrap_or_default();
        let mut draw = keys.draw2(Topic::Drop, self.first_seat + seat, 1);
        let mut mask = 0_u16;
        for _ in 0..drops.min(PLACES) {
            let mut place = 1 + draw.below(PLACES - 1);
            while mask & (1 << place) != 0 {
                place = (place + 1) % PLACES;
            }
            mask |= 1 << place;
        }
        Some(mask)
    }

    /// What a section is, by its number inside the school.
    pub(crate) fn role(&self, section: u64) -> Option<Role<'_>> {
        if section < self.live {
            let after = self
                .blocks
                .partition_point(|block| block.first_section <= section);
            let block = self.blocks.get(after.checked_sub(1)?)?;
            return Some(Role::Live(block, block.spot(section)));
        }
        let Some(pool) = section.checked_sub(self.planned()) else {
            return Some(Role::Idle);
        };
        let after = self
            .blocks
            .partition_point(|block| block.first_pool <= pool);
        let block = self.blocks.get(after.checked_sub(1)?)?;
        let pool = pool - block.first_pool;
        let parallel = block.parallels(pool);
        Some(Role::Later(block, Spot { pool, parallel }))
    }

    /// The section that may open in a pool, by its number inside the school.
    pub(crate) fn later(&self, block: &Block, pool: u64) -> u64 {
        self.planned() + block.first_pool + pool
    }

    /// Whether older students are taught here, by subject.
    pub(crate) fn electives(&self) -> Option<&Block> {
        self.blocks
            .last()
            .filter(|block| block.shape == Shape::Elective)
    }
}

/// Scatters `things` over `places`, at most `most` on each.
fn scatter(things: u64, places: u64, most: u64, dice: &mut Draw) -> [u64; GROUP_LENGTH] {
    let mut counts = [0; GROUP_LENGTH];
    for _ in 0..things.min(places * most) {
        let mut at = dice.below(places);
        while counts.get(index(at)).is_some_and(|&count| count >= most) {
            at = (at + 1) % places;
        }
        if let Some(count) = counts.get_mut(index(at)) {
            *count += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scattering_loses_nothing_and_overfills_nothing() {
        for (things, places) in [(0, 1), (7, 8), (72, 8), (20, 3), (9, 1)] {
            let mut dice = Keys::new(8).draw(Topic::Drop, things);
            let counts = scatter(things, places, PLACES, &mut dice);
            assert_eq!(counts.iter().sum::<u64>(), things);
            assert!(counts.iter().all(|&count| count <= PLACES));
            assert!(counts.iter().skip(index(places)).all(|&count| count == 0));
        }
    }
}
