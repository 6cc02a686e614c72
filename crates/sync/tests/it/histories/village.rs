//! A district's life: people come, leave and return under the same id or another, classes change, schools stop being shared
//! (integration-side 0).

mod contacts;
mod employees;
mod ids;
mod people;
mod schools;
mod sections;

use std::collections::BTreeMap;

use homeroom_model::ObjectId;
use homeroom_testkit::toy::{self, Taken};
use homeroom_testkit::{Dice, Toy, ToyDistrict};
use homeroom_wire::{Family, Object};
use serde_json::Value;

pub(crate) use ids::short;

/// A district and what it remembers of those who are away.
pub(crate) struct Village {
    pub(crate) river: ToyDistrict,
    dice: Dice,
    /// The highest number given so far: of people, sections, courses, terms, contacts.
    given: BTreeMap<&'static str, u64>,
    /// Documents of people who left.
    away: Vec<(Object, Value)>,
    /// Schools that are not shared now, with what went with them.
    unshared: Vec<(u64, Taken)>,
    schools: u64,
    contacts: bool,
    /// Whether emails of students are shared.
    emails: bool,
}

/// What may happen, and how often.
const LIFE: &[(&str, u64)] = &[
    ("arrive", 8),
    ("leave", 5),
    ("leave, and rosters go on naming them", 2),
    ("return", 4),
    ("return under a new id", 2),
    ("new email and id", 4),
    ("rename", 5),
    ("email", 3),
    ("grade", 3),
    ("move between rosters", 8),
    ("other school", 3),
    ("other teacher", 4),
    ("hire", 2),
    ("quit", 1),
    ("role", 3),
    ("split", 2),
    ("merge", 1),
    ("new section", 3),
    ("section ends", 2),
    ("section is another class", 2),
    ("section gets a new id", 2),
    ("section is renamed", 2),
    ("term gets a new id", 1),
    ("term ends, its sections stay", 1),
    ("course gets a new id", 1),
    ("course is renamed", 1),
    ("nobody is named", 1),
    ("school is not shared", 1),
    ("school is shared again", 2),
    ("contact", 4),
    ("contact is made anew", 2),
    ("contact leaves", 1),
    ("emails are not shared", 1),
    ("graduation year", 1),
    ("new year", 1),
];

impl Village {
    /// A district of 10 to 80 people in two to four schools.
    pub(crate) fn begin(toy: &Toy, number: u64, contacts: bool, mut dice: Dice) -> Self {
        let river = toy.district(number);
        let schools = 2 + dice.below(3);
        let mut village = Self {
            river,
            dice,
            given: BTreeMap::new(),
            away: Vec::new(),
            unshared: Vec::new(),
            schools,
            contacts,
            emails: true,
        };
        for school in 1..=schools {
            village.river.school(school).put();
        }
        if !village.is_one() {
            let term = village.number("term");
            village.river.term(term).put();
            let term = village.number("term");
            let spring = village.river.term(term);
            let spring = spring.top("name", "Spring").top("start_date", "2027-01-04");
            spring.top("end_date", "2027-05-28").put();
            for _ in 0..3 {
                let course = village.number("course");
                village.river.course(course).put();
            }
        }
        for _ in 0..3 + village.dice.below(6) {
            village.hire();
        }
        for _ in 0..8 + village.dice.below(60) {
            village.arrive();
        }
        for _ in 0..2 + village.dice.below(7) {
            village.new_section();
        }
        if village.contacts {
            for _ in 0..4 {
                village.contact();
            }
        }
        village
    }

    /// Something happens. Says what, unless it cannot happen now.
    pub(crate) fn happen(&mut self) -> Option<String> {
        let all: u64 = LIFE.iter().map(|(_, often)| often).sum();
        let mut at = self.dice.below(all);
        let what = LIFE.iter().find(|(_, often)| {
            let here = at < *often;
            at = at.saturating_sub(*often);
            here
        });
        let what = what.unwrap().0;
        let detail = match what {
            "arrive" => Some(self.arrive()),
            "leave" => self.leave(true),
            "leave, and rosters go on naming them" => self.leave(false),
            "return" => self.come_back(false),
            "return under a new id" => self.come_back(true),
            "new email and id" => self.email(true),
            "email" => self.email(false),
            "rename" => self.rename(),
            "grade" => self.grade(),
            "move between rosters" => self.move_between(),
            "other school" => self.other_school(),
            "other teacher" => self.other_teacher(),
            "hire" => Some(self.hire()),
            "quit" => self.quit(),
            "role" => self.role(),
            "split" => self.split(),
            "merge" => self.merge(),
            "new section" => Some(self.new_section()),
            "section ends" => self.section_ends(),
            "section is another class" => self.another_class(),
            "section gets a new id" => self.section_new_id(),
            "section is renamed" => self.section_renamed(),
            "term gets a new id" => self.new_id_of(Object::Term),
            "term ends, its sections stay" => self.term_ends(),
            "course gets a new id" => self.new_id_of(Object::Course),
            "course is renamed" => self.course_renamed(),
            "nobody is named" => self.nobody_is_named(),
            "school is not shared" => self.unshare(),
            "school is shared again" => self.share_again(),
            "contact" => self.contact(),
            "contact is made anew" => self.contact_anew(),
            "contact leaves" => self.contact_leaves(),
            "emails are not shared" => Some(self.emails_shared()),
            "graduation year" => self.graduation_year(),
            "new year" => Some(self.new_year()),
            other => unreachable!("{other}"),
        };
        detail.map(|detail| format!("{what}: {detail}"))
    }

    /// Whether versions 1.x are spoken: courses and terms stand inside sections.
    fn is_one(&self) -> bool {
        self.river.toy().version().family == Family::One
    }

    fn is_three(&self) -> bool {
        self.river.toy().version().family == Family::Three
    }

    fn number(&mut self, of: &'static str) -> u64 {
        let number = self.given.entry(of).or_default();
        *number += 1;
        *number
    }

    fn one<T>(&mut self, mut all: Vec<T>) -> Option<T> {
        if all.is_empty() {
            return None;
        }
        let at = self.dice.below(all.len() as u64);
        Some(all.swap_remove(usize::try_from(at).unwrap()))
    }

    fn some<T: Clone>(&mut self, all: &[T], most: u64) -> Vec<T> {
        let mut left = all.to_vec();
        let wanted = self.dice.below(most + 1);
        let mut some = Vec::new();
        while (some.len() as u64) < wanted && !left.is_empty() {
            let at = usize::try_from(self.dice.below(left.len() as u64)).unwrap();
            some.push(left.swap_remove(at));
        }
        some
    }

    pub(crate) fn students(&self) -> Vec<ObjectId> {
        self.of_role("student", Object::Student)
    }

    fn teachers(&self) -> Vec<ObjectId> {
        self.of_role("teacher", Object::Teacher)
    }

    fn of_role(&self, role: &str, object: Object) -> Vec<ObjectId> {
        if !self.is_three() {
            return self.river.ids(object);
        }
        let users = self.river.ids(Object::User).into_iter();
        users
            .filter(|id| self.river.document(*id)["roles"].get(role).is_some())
            .collect()
    }

    pub(crate) fn sections(&self) -> Vec<ObjectId> {
        self.river.ids(Object::Section)
    }

    fn shared_schools(&self) -> Vec<u64> {
        (1..=self.schools)
            .filter(|school| self.river.has(toy::school(*school)))
            .collect()
    }

    fn object_of(&self, one: Object) -> Object {
        if self.is_three() { Object::User } else { one }
    }
}
