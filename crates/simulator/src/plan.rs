//! The skeleton of a district on day 0: how many students, sections, teachers and staff each school has, so that the
//! totals are exactly the profile's. It is a few kilobytes per school; people and sections are computed from it.

use crate::block::{Block, CORE, ELECTIVE, Level, PLACES, Shape};
use crate::draw::{Keys, Topic, index};
use crate::grade::Grade;
use crate::kind::{Kind, ZONE};
use crate::profile::Profile;
use crate::school::{School, Span};
use crate::shares::shares;
use crate::spots::Spots;

/// Grades are taught together until so many students share a timetable.
const COHORT: u64 = 24;
/// Students in no section, of a thousand.
const SECTIONLESS: u64 = 4;
/// Sections without students, of a thousand.
const IDLE: u64 = 6;
/// Places for arriving students, of a thousand students.
const SPARE: u64 = 20;

/// The skeleton of a district.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) schools: Vec<School>,
    /// Students on day 0; seats from here on are empty then.
    pub(crate) students: u64,
    /// All seats.
    pub(crate) seats: u64,
    pub(crate) posts: u64,
    pub(crate) staff: u64,
    /// Sections on day 0.
    pub(crate) sections: u64,
    /// Sections that can ever exist.
    pub(crate) slots: u64,
    pub(crate) zones: u64,
}

impl Plan {
    pub(crate) fn new(profile: Profile, keys: &Keys) -> Self {
        let count = profile.schools.max(1);
        let mut schools: Vec<School> = (0..count)
            .map(|at| School::empty(at, Kind::of(at, count), at / ZONE))
            .collect();
        seat_students(&mut schools, profile.students, keys);
        for school in &mut schools {
            grade_seats(school, keys);
        }
        let live = share_sections(&mut schools, profile.sections);
        schools.iter_mut().for_each(lay_blocks);
        share_enrollments(&mut schools, profile.enrollments);
        share_posts(&mut schools, profile.teachers, live);
        let mut plan = Self {
            students: profile.students,
            seats: profile.students + (profile.students * SPARE / 1_000).max(4),
            posts: 0,
            staff: 0,
            sections: 0,
            slots: 0,
            zones: count.div_ceil(ZONE),
            schools,
        };
        plan.number();
        plan
    }

    /// The school a seat of day 0 belongs to.
    pub(crate) fn school_of_seat(&self, seat: u64) -> Option<&School> {
        let after = self
            .schools
            .partition_point(|school| school.first_seat <= seat);
        self.schools.get(after.checked_sub(1)?)
    }

    pub(crate) fn school_of_slot(&self, slot: u64) -> Option<&School> {
        let after = self
            .schools
            .partition_point(|school| school.first_slot <= slot);
        self.schools.get(after.checked_sub(1)?)
    }

    pub(crate) fn school_of_post(&self, post: u64) -> Option<&School> {
        let after = self
            .schools
            .partition_point(|school| school.first_post <= post);
        self.schools.get(after.checked_sub(1)?)
    }

    pub(crate) fn school_of_staff(&self, post: u64) -> Option<&School> {
        let after = self
            .schools
            .partition_point(|school| school.first_staff <= post);
        self.schools.get(after.checked_sub(1)?)
    }

    pub(crate) fn school(&self, at: u64) -> Option<&School> {
        self.schools.get(index(at))
    }

    /// The other schools of a zone, beginning after `school` and going round.
    pub(crate) fn neighbours(&self, school: &School) -> impl Iterator<Item = &School> {
        let first = school.zone * ZONE;
        let size = ZONE.min(self.schools.len() as u64 - first);
        let own = school.index - first;
        (1..size).filter_map(move |step| self.school(first + (own + step) % size))
    }

    /// The first seat of a zone and the number of its seats.
    pub(crate) fn zone_seats(&self, zone: u64) -> (u64, u64) {
        let first = self
            .school(zone * ZONE)
            .map_or(0, |school| school.first_seat);
        let end = self
            .school((zone + 1) * ZONE)
            .map_or(self.students, |school| school.first_seat);
        (first, end - first)
    }

    /// Gives every school its first numbers.
    fn number(&mut self) {
        let mut seat = 0;
        for school in &mut self.schools {
            school.first_seat = seat;
            school.first_slot = self.slots;
            school.first_planned = self.sections;
            school.first_post = self.posts;
            school.first_staff = self.staff;
            seat += school.seats;
            self.slots += school.slots();
            self.sections += school.planned();
            self.posts += school.posts;
            self.staff += school.staff;
        }
    }
}

fn seat_students(schools: &mut [School], students: u64, keys: &Keys) {
    let weights: Vec<u64> = schools
        .iter()
        .map(|school| {
            let mut draw = keys.draw(Topic::SchoolSize, school.index);
            let noise = 40 + draw.below(60) + draw.below(60);
            school.kind.weight() * noise
        })
        .collect();
    let least = (students / (schools.len() as u64 * 2)).min(20);
    let minima: Vec<u64> = weights
        .iter()
        .map(|&weight| if weight == 0 { 0 } else { least })
        .collect();
    for (school, seats) in schools.iter_mut().zip(shares(students, &weights, &minima)) {
        school.seats = seats;
        let sectionless = seats * SECTIONLESS / 1_000;
        school.sectionless = Spots {
            count: sectionless,
            population: seats,
        };
        school.staff = match school.kind {
            Kind::Office => 8,
            _ => 3 + seats / 450 + seats / 300,
        };
    }
}

fn grade_seats(school: &mut School, keys: &Keys) {
    let grades = school.kind.grades();
    let mut draw = keys.draw2(Topic::SchoolSize, school.index, 1);
    let weights: Vec<u64> = grades
        .iter()
        .map(|&(_, weight)| weight * draw.between(85, 115))
        .collect();
    let counts = shares(school.seats, &weights, &vec![0; weights.len()]);
    let mut first = 0;
    for ((grade, _), count) in grades.into_iter().zip(counts) {
        school.grades.push(Span {
            grade,
            first,
            count,
        });
        first += count;
    }
}

/// Groups grades into cohorts of a fair size: runs of `grades` by their first and last place.
fn cohorts(grades: &[Span]) -> Vec<(usize, usize)> {
    let mut cohorts: Vec<(usize, usize)> = Vec::new();
    let (mut first, mut gathered) = (0, 0);
    for (at, span) in grades.iter().enumerate() {
        gathered += span.count;
        if gathered >= COHORT {
            cohorts.push((first, at));
            (first, gathered) = (at + 1, 0);
        }
    }
    if gathered > 0 {
        match cohorts.last_mut() {
            Some(last) => last.1 = grades.len() - 1,
            None => cohorts.push((first, grades.len() - 1)),
        }
    }
    cohorts
}

fn level(high: Grade) -> Level {
    match high.years() {
        ..0 => Level::Early,
        0..=5 => Level::Elementary,
        6..=8 => Level::Middle,
        _ => Level::High,
    }
}

/// Shapes the blocks of a school, without sections yet.
fn blocks(school: &School) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (low, high) in cohorts(&school.grades) {
        let (Some(low), Some(high)) = (school.grades.get(low), school.grades.get(high)) else {
            continue;
        };
        let level = level(high.grade);
        let shape = match level {
            Level::Early | Level::Elementary => Shape::Homeroom,
            Level::Middle | Level::High => Shape::Core,
        };
        blocks.push(block(shape, level, low, high));
    }
    let secondary: Vec<&Block> = blocks.iter().filter(|b| b.shape == Shape::Core).collect();
    if let (Some(&low), Some(&high)) = (secondary.first(), secondary.last()) {
        let mut electives = low.clone();
        electives.shape = Shape::Elective;
        electives.level = high.level;
        electives.high = high.high;
        electives.seats = high.first_seat + high.seats - low.first_seat;
        blocks.push(electives);
    }
    blocks
}

fn block(shape: Shape, level: Level, low: &Span, high: &Span) -> Block {
    Block {
        shape,
        level,
        low: low.grade,
        high: high.grade,
        first_seat: low.first,
        seats: high.first + high.count - low.first,
        first_section: 0,
        sections: 0,
        first_pool: 0,
        huge: false,
        stride: 1,
        offset: 0,
    }
}

/// Divides the sections among schools and their blocks; returns the number with students.
fn share_sections(schools: &mut [School], sections: u64) -> Vec<u64> {
    for school in schools.iter_mut() {
        school.blocks = blocks(school);
    }
    let idle = sections * IDLE / 1_000;
    let weights: Vec<u64> = schools.iter().map(|school| school.seats).collect();
    let none = vec![0; schools.len()];
    let minima: Vec<u64> = schools
        .iter()
        .map(|school| school.blocks.iter().map(Block::pools).sum())
        .collect();
    let live = shares(sections - idle, &weights, &minima);
    let idle = shares(idle, &weights, &none);
    for ((school, &live), idle) in schools.iter_mut().zip(&live).zip(idle) {
        school.live = live;
        school.idle = idle;
        let weights: Vec<u64> = school.blocks.iter().map(|b| b.seats * b.pools()).collect();
        let minima: Vec<u64> = school.blocks.iter().map(Block::pools).collect();
        let parts = shares(live, &weights, &minima);
        for (block, sections) in school.blocks.iter_mut().zip(parts) {
            block.sections = sections;
        }
    }
    live
}

/// Numbers the sections of a school and settles how its electives mix.
fn lay_blocks(school: &mut School) {
    let (mut section, mut pool) = (0, 0);
    let zone = school.zone;
    for block in &mut school.blocks {
        block.first_section = section;
        block.first_pool = pool;
        section += block.sections;
        pool += block.pools();
        if block.shape == Shape::Elective {
            block.huge = zone.is_multiple_of(4) && Block::can_be_huge(block.seats, block.sections);
            // About the golden ratio of the seats: neighbours end up far apart.
            block.stride = Block::stride_from(block.seats * 618 / 1_000, block.seats);
            block.offset = 1 + block.seats / 7;
        }
    }
    school.pools = pool;
}

fn share_enrollments(schools: &mut [School], enrollments: u64) {
    let taught: Vec<u64> = schools.iter().map(School::taught).collect();
    let most = taught.iter().sum::<u64>() * PLACES;
    let none = vec![0; taught.len()];
    let parts = shares(enrollments.min(most), &taught, &none);
    for (school, part) in schools.iter_mut().zip(parts) {
        school.enrollments = part.min(school.taught() * PLACES);
    }
}

fn share_posts(schools: &mut [School], teachers: u64, live: Vec<u64>) {
    let weights: Vec<u64> = live.into_iter().map(|sections| sections + 1).collect();
    let least = u64::from(teachers >= schools.len() as u64);
    let minima = vec![least; weights.len()];
    for (school, posts) in schools.iter_mut().zip(shares(teachers, &weights, &minima)) {
        school.posts = posts;
        // Every fortieth, at least one of a larger staff, has no section.
        let idle = if posts >= 10 { (posts / 40).max(1) } else { 0 };
        school.teaching = posts - idle;
    }
}

// A secondary timetable is a core and an elective block: together they fill the same places.
const _: () = assert!(CORE + ELECTIVE == PLACES);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_the_profiles() {
        for profile in [Profile::S, Profile::C, Profile::XL] {
            let plan = Plan::new(profile, &Keys::new(1));
            let sum = |part: fn(&School) -> u64| plan.schools.iter().map(part).sum::<u64>();
            assert_eq!(plan.schools.len() as u64, profile.schools);
            assert_eq!(sum(|s| s.seats), profile.students);
            assert_eq!(sum(School::planned), profile.sections);
            assert_eq!(plan.sections, profile.sections);
            assert_eq!(plan.posts, profile.teachers);
            assert_eq!(sum(|s| s.enrollments), profile.enrollments);
        }
    }

    #[test]
    fn districts_of_any_size_have_a_plan() {
        for students in [0, 1, 2, 7, 25, 60, 300, 1_200, 2_750] {
            for seed in 0..5 {
                let plan = Plan::new(Profile::students(students), &Keys::new(seed));
                let seats: u64 = plan.schools.iter().map(|s| s.seats).sum();
                assert_eq!(seats, students);
                for school in &plan.schools {
                    let sections: u64 = school.blocks.iter().map(|b| b.sections).sum();
                    assert_eq!(sections, school.live);
                    assert!(school.seats == 0 || school.live > 0);
                    let covered = (0..school.seats)
                        .all(|seat| school.places(seat).all(|(block, _)| block.has_seat(seat)));
                    assert!(covered);
                }
            }
        }
    }
}
