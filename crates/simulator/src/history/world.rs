//! The state of a district in the course of years: small records, some hundred bytes for each person.

use std::collections::BTreeMap;

use homeroom_model::Date;

use super::settings::{HistorySettings, SectionHabit};
use super::truth::{Happening, Noun};
use crate::district::District;
use crate::draw::{Draw, index};
use crate::facts::Facts;
use crate::grade::Grade;
use crate::household::Household;

/// A school.
#[derive(Clone, Debug)]
pub(super) struct SchoolState {
    pub(super) entity: u64,
    pub(super) id: String,
    /// How often its columns have changed.
    pub(super) edits: u64,
}

/// A household with its contacts.
#[derive(Clone, Debug)]
pub(super) struct Home {
    pub(super) household: Household,
    pub(super) moves: u64,
    pub(super) contacts: Vec<ContactState>,
    /// Whether its contacts have ids of their own.
    pub(super) ids: bool,
}

/// A contact.
#[derive(Clone, Debug)]
pub(super) struct ContactState {
    pub(super) entity: u64,
    pub(super) name: String,
    /// Ten digits, 0 for none.
    pub(super) phone: u64,
    pub(super) email: String,
    /// Empty for none.
    pub(super) sis_id: String,
    pub(super) relation: &'static str,
    pub(super) kind: &'static str,
}

/// Whether somebody is in the district.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Here,
    /// Since, and until.
    Away(Date, Date),
    Gone,
}

/// A student.
#[derive(Clone, Debug)]
pub(super) struct Pupil {
    pub(super) entity: u64,
    /// Number among all students who ever come.
    pub(super) unique: u64,
    pub(super) id: String,
    pub(super) presence: Presence,
    pub(super) school: usize,
    pub(super) home: usize,
    pub(super) facts: Facts,
    /// By number, ascending.
    pub(super) sections: Vec<usize>,
}

/// One of two roles of a person.
#[derive(Clone, Debug)]
pub(super) struct Role {
    pub(super) entity: u64,
    pub(super) id: String,
    pub(super) held: bool,
}

/// A teacher, a staff member, or both.
#[derive(Clone, Debug)]
pub(super) struct Employee {
    /// The person.
    pub(super) entity: u64,
    pub(super) unique: u64,
    pub(super) school: usize,
    pub(super) first: &'static str,
    pub(super) middle: &'static str,
    pub(super) last: String,
    pub(super) email: String,
    /// The email in the staff file, if it is another one.
    pub(super) staff_email: Option<String>,
    pub(super) title: &'static str,
    /// How many addresses the person has had.
    pub(super) addresses: u64,
    pub(super) teacher: Option<Role>,
    pub(super) staff: Option<Role>,
}

impl Employee {
    pub(super) fn teaches(&self) -> bool {
        self.teacher.as_ref().is_some_and(|role| role.held)
    }

    pub(super) fn serves(&self) -> bool {
        self.staff.as_ref().is_some_and(|role| role.held)
    }
}

/// A course.
#[derive(Clone, Debug)]
pub(super) struct CourseState {
    pub(super) entity: u64,
    /// As the catalogue has it: sections find their course by this.
    pub(super) code: String,
    /// As the SIS writes it, empty for none.
    pub(super) number: String,
    pub(super) name: String,
    pub(super) other_name: String,
    pub(super) word: &'static str,
}

/// When a section is taught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Year,
    First,
    Second,
}

/// A section.
#[derive(Clone, Debug)]
pub(super) struct SectionState {
    pub(super) entity: u64,
    /// Its number in the timetable of the plan.
    pub(super) slot: u64,
    pub(super) school: usize,
    pub(super) id: String,
    pub(super) open: bool,
    pub(super) course: usize,
    /// By employee number, the primary teacher first.
    pub(super) teachers: Vec<usize>,
    pub(super) part: Part,
    /// Rooms, periods, numbers and names it has had.
    pub(super) edits: [u64; 4],
}

/// A district on one day.
#[derive(Clone, Debug, Default)]
pub(super) struct World {
    /// The school year, from 0.
    pub(super) year: usize,
    pub(super) second_term: bool,
    pub(super) schools: Vec<SchoolState>,
    pub(super) homes: Vec<Home>,
    pub(super) pupils: Vec<Pupil>,
    pub(super) employees: Vec<Employee>,
    pub(super) courses: Vec<CourseState>,
    pub(super) sections: Vec<SectionState>,
    /// The section that stands at each slot of the timetable.
    pub(super) by_slot: Vec<Option<usize>>,
    /// How often the SIS was changed, and the catalogue of courses renumbered.
    pub(super) systems: u64,
    pub(super) catalogues: u64,
    /// Under which domain employees have their addresses.
    pub(super) domain: String,
    entities: u64,
    /// Whose every key ever used was.
    claims: BTreeMap<(Noun, String), u64>,
}

impl World {
    /// A number for something new.
    pub(super) fn entity(&mut self) -> u64 {
        self.entities += 1;
        self.entities
    }

    /// Makes a key an entity's, for ever; false if it has been another's.
    pub(super) fn claim(&mut self, noun: Noun, key: &str, entity: u64) -> bool {
        let owner = self.claims.entry((noun, key.to_owned())).or_insert(entity);
        *owner == entity
    }

    /// The first of the keys that no other entity has had, which then is this one's.
    pub(super) fn first_free(
        &mut self,
        noun: Noun,
        entity: u64,
        key: impl Fn(u64) -> String,
    ) -> String {
        let mut number = 0;
        loop {
            let key = key(number);
            if self.claim(noun, &key, entity) {
                return key;
            }
            number += 1;
        }
    }
}

/// One day of a district's life: what the steps of a day work on.
pub(super) struct Today<'a> {
    pub(super) people: &'a District,
    pub(super) settings: &'a HistorySettings,
    pub(super) world: &'a mut World,
    pub(super) date: Date,
    pub(super) draw: Draw,
    pub(super) happenings: Vec<Happening>,
}

impl Today<'_> {
    pub(super) fn happened(&mut self, what: Happening) {
        self.happenings.push(what);
    }

    /// The calendar year in which the world's school year begins.
    pub(super) fn start(&self) -> u16 {
        let dates = self.settings.years.get(self.world.year);
        dates.map_or(self.people.year.start, super::YearDates::start)
    }

    pub(super) fn has_new_ids(&self) -> bool {
        self.settings.sections == SectionHabit::New
    }

    /// How often something happens to so many, of which each has it at a rate of a million.
    pub(super) fn times(&mut self, of: usize, rate: u64) -> u64 {
        let all = of as u64 * rate;
        all / 1_000_000 + u64::from(self.draw.chance(all % 1_000_000))
    }

    /// One of some.
    pub(super) fn one(&mut self, of: &[usize]) -> Option<usize> {
        let at = self.draw.below(of.len() as u64);
        of.get(index(at)).copied()
    }

    /// The numbers of the students who are here and of whom something is true.
    pub(super) fn pupils(&self, which: impl Fn(&Pupil) -> bool) -> Vec<usize> {
        let all = self.world.pupils.iter().enumerate();
        let some = all.filter(|(_, pupil)| pupil.presence == Presence::Here && which(pupil));
        some.map(|(at, _)| at).collect()
    }

    /// The numbers of the employees who hold a role and of whom something is true.
    pub(super) fn employees(&self, which: impl Fn(&Employee) -> bool) -> Vec<usize> {
        let all = self.world.employees.iter().enumerate();
        let some = all.filter(|(_, one)| (one.teaches() || one.serves()) && which(one));
        some.map(|(at, _)| at).collect()
    }

    /// The grade after a grade; none after the last.
    pub(super) fn next_grade(grade: Grade) -> Option<Grade> {
        match grade {
            Grade::InfantToddler => Some(Grade::Preschool),
            Grade::Preschool => Some(Grade::PreKindergarten),
            Grade::PreKindergarten | Grade::TransitionalKindergarten => Some(Grade::Kindergarten),
            Grade::Kindergarten => Some(Grade::Number(1)),
            Grade::Number(n @ ..12) => Some(Grade::Number(n + 1)),
            Grade::Number(_) | Grade::PostGraduate => None,
            Grade::Ungraded | Grade::Other => Some(grade),
        }
    }
}
