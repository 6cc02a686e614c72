//! Timetables: which sections a school holds and which of them the student on a given place attends.
//!
//! A block is a run of students of one school with a number of *pools*. A pool is one subject, taught in some parallel
//! sections; every student of the block is in exactly one of them (or has dropped the pool). Elementary blocks are
//! homerooms that move together; core blocks are the subjects of one secondary grade, whose periods form a Latin
//! square so that a student's subjects never meet; elective blocks are open to all grades of a secondary school.

use crate::grade::Grade;
use crate::shares::before;

/// Pools a student can attend, whatever the blocks: the timetable has so many places.
pub(crate) const PLACES: u64 = 9;
/// Pools of a core block and of an elective block, which together make a secondary timetable.
pub(crate) const CORE: u64 = 6;
pub(crate) const ELECTIVE: u64 = PLACES - CORE;
/// Periods the core subjects rotate through.
const ROTATION: u64 = CORE - 1;
/// Students in the one huge section that some schools have (a marching band).
const HUGE: u64 = 130;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Homeroom,
    Core,
    Elective,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Early,
    Elementary,
    Middle,
    High,
}

/// A run of students that share subjects. Seats and sections are counted inside the school.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) shape: Shape,
    pub(crate) level: Level,
    pub(crate) low: Grade,
    pub(crate) high: Grade,
    pub(crate) first_seat: u64,
    pub(crate) seats: u64,
    pub(crate) first_section: u64,
    pub(crate) sections: u64,
    pub(crate) first_pool: u64,
    /// Whether the first elective has a huge section.
    pub(crate) huge: bool,
    /// A stride without a divisor common with the seats, and an offset: how electives mix the students.
    pub(crate) stride: u64,
    pub(crate) offset: u64,
}

/// A section's place in its block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) pool: u64,
    /// Which of the pool's parallel sections.
    pub(crate) parallel: u64,
}

impl Block {
    pub(crate) fn pools(&self) -> u64 {
        match self.shape {
            Shape::Homeroom => PLACES,
            Shape::Core => CORE,
            Shape::Elective => ELECTIVE,
        }
    }

    pub(crate) fn has_seat(&self, seat: u64) -> bool {
        seat >= self.first_seat && seat - self.first_seat < self.seats
    }

    /// Parallel sections of a pool. The sections are spread evenly, the first pools have what is left over.
    pub(crate) fn parallels(&self, pool: u64) -> u64 {
        let pools = self.pools();
        self.sections / pools + u64::from(pool < self.sections % pools)
    }

    /// The section (counted inside the school) at a spot. Neighbours in this order have the same teacher: all of a
    /// homeroom's subjects, or one subject of a secondary grade.
    pub(crate) fn section(&self, spot: Spot) -> u64 {
        let pools = self.pools();
        let inside = match self.shape {
            Shape::Homeroom => spot.parallel * pools + spot.pool,
            Shape::Core | Shape::Elective => {
                spot.pool * (self.sections / pools)
                    + spot.pool.min(self.sections % pools)
                    + spot.parallel
            }
        };
        self.first_section + inside
    }

    /// The spot of a section of this block: the inverse of [`Self::section`].
    pub(crate) fn spot(&self, section: u64) -> Spot {
        let inside = section.saturating_sub(self.first_section);
        let pools = self.pools();
        if self.shape == Shape::Homeroom {
            let (parallel, pool) = (inside / pools, inside % pools);
            return Spot { pool, parallel };
        }
        let (each, longer) = (self.sections / pools, self.sections % pools);
        let in_longer = longer * (each + 1);
        if inside < in_longer {
            let (pool, parallel) = (inside / (each + 1), inside % (each + 1));
            return Spot { pool, parallel };
        }
        let rest = inside - in_longer;
        Spot {
            pool: longer + rest / each.max(1),
            parallel: rest % each.max(1),
        }
    }

    /// Which parallel section of `pool` the student on `seat` (counted inside the school) attends. Evenly filled.
    pub(crate) fn parallel(&self, pool: u64, seat: u64) -> u64 {
        let at = seat.saturating_sub(self.first_seat);
        let count = self.parallels(pool);
        match self.shape {
            Shape::Homeroom => before(count, at, self.seats),
            Shape::Core => self.core_parallel(pool, at, count),
            Shape::Elective => self.elective_parallel(pool, at, count),
        }
    }

    /// Core: the student's class in the first pool fixes a track, the other pools stay on it (their periods would
    /// meet otherwise) and mix the students inside it.
    fn core_parallel(&self, pool: u64, at: u64, count: u64) -> u64 {
        let base_count = self.parallels(0);
        let base = before(base_count, at, self.seats);
        if pool == 0 {
            return base;
        }
        let tracks = base_count.clamp(1, ROTATION);
        let track = base % tracks;
        let on_track = count.saturating_sub(track).div_ceil(tracks);
        if on_track == 0 {
            return before(count, at, self.seats);
        }
        let first_of_class = (base * self.seats).div_ceil(base_count.max(1));
        let inside = at.saturating_sub(first_of_class);
        let class = (base / tracks + (inside >> (pool - 1))) % on_track;
        track + tracks * class
    }

    fn elective_parallel(&self, pool: u64, at: u64, count: u64) -> u64 {
        let seats = self.seats.max(1);
        let mixed = (0..=pool).fold(at, |place, _| place * self.stride % seats);
        let place = (mixed + self.offset) % seats;
        if self.huge && pool == 0 && count > 1 {
            return match place.checked_sub(HUGE) {
                None => 0,
                Some(rest) => 1 + before(count - 1, rest, seats - HUGE),
            };
        }
        before(count, place, seats)
    }

    /// Whether a block of this size may have a huge section.
    pub(crate) fn can_be_huge(seats: u64, sections: u64) -> bool {
        seats >= 2 * HUGE + 40 && sections >= 4 * ELECTIVE
    }

    /// The period of a section, 0 for the homeroom period.
    pub(crate) fn period(&self, spot: Spot) -> u64 {
        match self.shape {
            Shape::Core if spot.pool > 0 => 1 + (spot.pool - 1 + spot.parallel) % ROTATION,
            Shape::Homeroom | Shape::Core => 0,
            Shape::Elective => CORE + spot.pool,
        }
    }

    /// The first number from `wanted` on without a divisor common with `seats`.
    pub(crate) fn stride_from(wanted: u64, seats: u64) -> u64 {
        let mut stride = wanted.max(1);
        while gcd(stride, seats) > 1 {
            stride += 1;
        }
        stride
    }
}

/// Greatest common divisor.
pub(crate) fn gcd(a: u64, b: u64) -> u64 {
    let (mut a, mut b) = (a, b);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(shape: Shape, seats: u64, sections: u64) -> Block {
        let stride = Block::stride_from(seats * 618 / 1_000, seats);
        Block {
            shape,
            level: Level::High,
            low: Grade::Number(9),
            high: Grade::Number(9),
            first_seat: 50,
            seats,
            first_section: 30,
            sections,
            first_pool: 0,
            huge: shape == Shape::Elective && Block::can_be_huge(seats, sections),
            stride,
            offset: 17,
        }
    }

    #[test]
    fn every_section_has_one_spot_and_students() {
        for shape in [Shape::Homeroom, Shape::Core, Shape::Elective] {
            for (seats, sections) in [(24, 9), (60, 14), (211, 100), (431, 196), (700, 75)] {
                let block = block(shape, seats, sections);
                let mut filled = vec![0_u64; usize::try_from(sections).unwrap()];
                for section in 30..30 + sections {
                    assert_eq!(block.section(block.spot(section)), section);
                    let spot = block.spot(section);
                    assert!(spot.parallel < block.parallels(spot.pool));
                }
                for seat in 50..50 + seats {
                    assert!(block.has_seat(seat));
                    for pool in 0..block.pools() {
                        let parallel = block.parallel(pool, seat);
                        let section = block.section(Spot { pool, parallel });
                        filled[usize::try_from(section - 30).unwrap()] += 1;
                    }
                }
                assert!(
                    filled.iter().all(|&n| n > 0),
                    "{shape:?} {seats} {sections} {filled:?}"
                );
            }
        }
    }

    #[test]
    fn core_subjects_of_a_student_never_meet() {
        // Exactly divisible: with a remainder the last class of some pools is folded into others.
        let block = block(Shape::Core, 230, 60);
        for seat in 50..280 {
            let mut periods: Vec<u64> = (1..CORE)
                .map(|pool| {
                    block.period(Spot {
                        pool,
                        parallel: block.parallel(pool, seat),
                    })
                })
                .collect();
            periods.sort_unstable();
            assert_eq!(periods, [1, 2, 3, 4, 5]);
        }
    }
}
