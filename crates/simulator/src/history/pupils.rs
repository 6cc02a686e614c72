//! Students: who comes, goes, returns and moves.

use homeroom_model::Date;

use super::calendar::plus;
use super::truth::{Happening, Noun};
use super::world::{Presence, Pupil, Today};
use crate::draw::mix;
use crate::grade::Grade;
use crate::school::School;

/// Of those who leave during a year, those who come back some weeks later, of a million.
const RETURNING: u64 = 400_000;
/// After so many days a student who returns is a new one (district-side 5.2).
const FORGOTTEN: i32 = 300;

impl Today<'_> {
    /// A new student of a grade, seated but in no section yet; none if no school has the grade.
    pub(super) fn new_pupil(&mut self, grade: Grade) -> Option<usize> {
        let school = self.school_for(grade, None)?;
        let zone = self.people.plan.school(school as u64)?.zone;
        let home = self.home(zone);
        let state = self.world.homes.get(home)?.clone();
        let unique = self.world.pupils.len() as u64;
        let tail = self.people.student_numbers.tail(unique);
        let mut facts = self.people.draft(unique, grade, &state.household, tail);
        facts.address = self.people.address(state.household.id, zone, state.moves);
        // The district's people are those of its first year.
        let later = self.start() - self.people.year.start;
        facts.birth.year = facts.birth.year.saturating_add(later);
        facts.graduation = facts.graduation.saturating_add(later);
        let entity = self.world.entity();
        let systems = self.world.systems;
        let id = self.pupil_id(entity, unique, systems);
        self.world.pupils.push(Pupil {
            entity,
            unique,
            id,
            presence: Presence::Here,
            school,
            home,
            facts,
            sections: Vec::new(),
        });
        Some(self.world.pupils.len() - 1)
    }

    /// An id of a student that nobody has had. Every third begins with a zero.
    fn pupil_id(&mut self, entity: u64, unique: u64, systems: u64) -> String {
        let numbers = self.people.student_numbers;
        self.world.first_free(Noun::Student, entity, |again| {
            let unique = unique + again * 1_000_003;
            let mut id = if mix(unique).is_multiple_of(3) {
                numbers.zero_led(unique)
            } else {
                numbers.id(unique).to_string()
            };
            if systems > 0 {
                id.push_str(&systems.to_string());
            }
            id
        })
    }

    /// A school that has a grade, the present one if it does.
    pub(super) fn school_for(&mut self, grade: Grade, present: Option<usize>) -> Option<usize> {
        let seats = |school: &School| {
            let span = school.grades.iter().find(|span| span.grade == grade);
            span.map_or(0, |span| span.count)
        };
        let schools = &self.people.plan.schools;
        if let Some(at) = present.filter(|at| schools.get(*at).is_some_and(|s| seats(s) > 0)) {
            return Some(at);
        }
        let all: u64 = schools.iter().map(seats).sum();
        let mut at = self.draw.below(all);
        schools.iter().position(|school| {
            let seats = seats(school);
            let here = at < seats;
            at = at.saturating_sub(seats);
            here
        })
    }

    /// A grade, as common as it is in the district.
    pub(super) fn some_grade(&mut self) -> Option<Grade> {
        let seat = self.draw.below(self.people.plan.students);
        let school = self.people.plan.school_of_seat(seat)?;
        Some(school.span_of(seat - school.first_seat)?.grade)
    }

    /// Somebody comes in the middle of the year.
    pub(super) fn student_comes(&mut self) {
        let Some(grade) = self.some_grade() else {
            return;
        };
        if let Some(at) = self.new_pupil(grade) {
            self.seat(at);
            self.happened(Happening::StudentCame);
        }
    }

    /// Somebody leaves, perhaps for some weeks only.
    pub(super) fn student_leaves(&mut self, at: usize) {
        let until = if self.draw.chance(RETURNING) {
            let days = i32::try_from(self.draw.between(4, 60)).unwrap_or(30);
            Some(plus(self.date, days))
        } else {
            None
        };
        self.leave(at, until);
    }

    /// A student leaves until a date, or for good.
    pub(super) fn leave(&mut self, at: usize, until: Option<Date>) {
        let since = self.date;
        if let Some(pupil) = self.world.pupils.get_mut(at) {
            pupil.sections.clear();
            pupil.presence = until.map_or(Presence::Gone, |until| Presence::Away(since, until));
        }
        self.happened(Happening::StudentLeft);
    }

    /// Those whose absence is over come back, into the grade they are in by now.
    pub(super) fn students_return(&mut self) {
        let mut back = Vec::new();
        for (at, pupil) in self.world.pupils.iter_mut().enumerate() {
            if let Presence::Away(since, until) = pupil.presence
                && until <= self.date
            {
                pupil.presence = Presence::Here;
                back.push((at, self.date.days() - since.days()));
            }
        }
        for (at, away) in back {
            self.seat(at);
            self.happened(if away < FORGOTTEN {
                Happening::StudentReturned
            } else {
                Happening::StudentReturnedLate
            });
        }
    }

    /// One of a student's columns changes.
    pub(super) fn edit_student(&mut self, at: usize) {
        let Some(pupil) = self.world.pupils.get_mut(at) else {
            return;
        };
        let Some(home) = self.world.homes.get(pupil.home) else {
            return;
        };
        self.people
            .edit(&mut pupil.facts, &home.household, &mut self.draw);
        self.happened(Happening::StudentEdited);
    }

    /// A student has been entered anew, under another id.
    pub(super) fn rekey_student(&mut self, at: usize) {
        let systems = self.world.systems;
        let Some((entity, unique)) = self.world.pupils.get(at).map(|p| (p.entity, p.unique)) else {
            return;
        };
        let again = 500_009 + self.draw.below(100_000) * 2;
        let id = self.pupil_id(entity, unique + again, systems);
        if let Some(pupil) = self.world.pupils.get_mut(at) {
            pupil.id = id;
        }
        self.happened(Happening::StudentRekeyed);
    }

    /// A student goes to another school that has the grade, if there is one.
    pub(super) fn move_student(&mut self, at: usize) -> bool {
        let Some(pupil) = self.world.pupils.get(at) else {
            return false;
        };
        let (school, grade) = (pupil.school, pupil.facts.grade);
        let schools = self.people.plan.schools.iter().enumerate();
        let has = |school: &School| {
            let mut grades = school.grades.iter();
            grades.any(|span| span.grade == grade && span.count > 0)
        };
        let others = schools.filter(|(other, plan)| *other != school && has(plan));
        let others: Vec<usize> = others.map(|(other, _)| other).collect();
        let Some(other) = self.one(&others) else {
            return false;
        };
        if let Some(pupil) = self.world.pupils.get_mut(at) {
            pupil.school = other;
        }
        self.seat(at);
        self.happened(Happening::StudentMoved);
        true
    }

    /// Gives a student the sections of some seat of the grade.
    pub(super) fn seat(&mut self, at: usize) {
        let Some(pupil) = self.world.pupils.get(at) else {
            return;
        };
        let (school, grade) = (pupil.school, pupil.facts.grade);
        let span = self.people.plan.school(school as u64).and_then(|school| {
            let spans = school.grades.iter();
            spans.copied().find(|span| span.grade == grade)
        });
        let sections = match span.filter(|span| span.count > 0) {
            Some(span) => {
                let place = span.first + self.draw.below(span.count);
                self.timetable(school, place)
            }
            None => Vec::new(),
        };
        if let Some(pupil) = self.world.pupils.get_mut(at) {
            pupil.sections = sections;
        }
    }

    /// Seats all students of a new year: the grade's seats one after the other, so that classes are filled evenly.
    pub(super) fn seat_all(&mut self) {
        let shift = self.draw.next();
        for school in 0..self.world.schools.len() {
            let Some(plan) = self.people.plan.school(school as u64) else {
                continue;
            };
            for span in &plan.grades {
                let mut some =
                    self.pupils(|pupil| pupil.school == school && pupil.facts.grade == span.grade);
                some.sort_by_cached_key(|at| mix(*at as u64 ^ shift));
                for (nth, at) in (0..).zip(some) {
                    let place = span.first + nth % span.count.max(1);
                    let sections = self.timetable(school, place);
                    if let Some(pupil) = self.world.pupils.get_mut(at) {
                        pupil.sections = sections;
                    }
                }
            }
        }
    }

    /// Everybody's id is the next SIS's.
    pub(super) fn rekey_all_students(&mut self) {
        let systems = self.world.systems;
        for at in 0..self.world.pupils.len() {
            let Some((entity, unique)) = self.world.pupils.get(at).map(|p| (p.entity, p.unique))
            else {
                continue;
            };
            let id = self.pupil_id(entity, unique, systems);
            if let Some(pupil) = self.world.pupils.get_mut(at) {
                pupil.id = id;
            }
        }
    }

    /// The grade a student has a year later; gone after the last.
    pub(super) fn advance(&mut self, at: usize, stays: bool) {
        let Some(pupil) = self.world.pupils.get_mut(at) else {
            return;
        };
        if stays {
            pupil.facts.graduation = pupil.facts.graduation.saturating_add(1);
            return;
        }
        match Self::next_grade(pupil.facts.grade) {
            Some(grade) => pupil.facts.grade = grade,
            None => pupil.presence = Presence::Gone,
        }
        if pupil.facts.grade.years() >= 9 && pupil.facts.gpa.is_none() {
            pupil.facts.gpa = Some(150 + first_average(pupil.unique));
        }
    }
}

/// A grade point average to begin with, in hundredths.
fn first_average(unique: u64) -> u64 {
    mix(unique) % 251
}
