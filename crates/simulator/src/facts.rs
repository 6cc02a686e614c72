//! What is true of a student, before a SIS spells it.

use crate::district::District;
use crate::draw::{Draw, Topic};
use crate::grade::Grade;
use crate::household::{Address, Household};
use crate::identity::fold;
use crate::school_year::CalendarDay;
use crate::seat::Student;

/// Type, code (district-side 3.7) and how often, of a thousand students with a disability.
pub(crate) const DISABILITIES: [(&str, &str, u64); 14] = [
    ("Specific learning disability", "sld", 330),
    ("Speech or language impairment", "sli", 190),
    ("Other health impairment", "ohi", 150),
    ("Autism", "aut", 125),
    ("Developmental delay", "dd", 70),
    ("Intellectual Disability", "id", 55),
    ("Emotional disturbance", "emn", 40),
    ("Multiple disabilities", "md", 12),
    ("Hearing impairment", "hi", 8),
    ("Orthopedic impairment", "oi", 6),
    ("Other", "other", 5),
    ("Visual impairment", "vi", 4),
    ("Traumatic brain injury", "tbi", 3),
    ("Deaf-blindness", "db", 2),
];

/// What can change about a student; the changes of a kind are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edit {
    LastName,
    FirstName,
    Preferred,
    Email,
    Lunch,
    EnglishLearner,
    Iep,
    Section504,
    Gifted,
    BusRoute,
    Gpa,
}

/// How often each kind of change comes, of all changes to a student's columns.
const EDITS: [(Edit, u64); 11] = [
    (Edit::LastName, 6),
    (Edit::FirstName, 4),
    (Edit::Preferred, 8),
    (Edit::Email, 14),
    (Edit::Lunch, 18),
    (Edit::EnglishLearner, 6),
    (Edit::Iep, 8),
    (Edit::Section504, 6),
    (Edit::Gifted, 6),
    (Edit::BusRoute, 14),
    (Edit::Gpa, 10),
];

/// Everything a student's own columns say.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of its own")]
pub(crate) struct Facts {
    pub(crate) first: &'static str,
    pub(crate) middle: &'static str,
    pub(crate) last: String,
    pub(crate) preferred: &'static str,
    pub(crate) grade: Grade,
    pub(crate) female: bool,
    pub(crate) birth: CalendarDay,
    pub(crate) graduation: u16,
    /// Index into [`crate::data::RACES`].
    pub(crate) race: usize,
    pub(crate) hispanic: bool,
    pub(crate) language: &'static str,
    pub(crate) english_learner: bool,
    /// 0 free, 1 reduced, 2 paid.
    pub(crate) lunch: u64,
    pub(crate) iep: bool,
    pub(crate) section504: bool,
    pub(crate) gifted: bool,
    /// Index into [`DISABILITIES`].
    pub(crate) disability: Option<usize>,
    /// In hundredths; secondary students only.
    pub(crate) gpa: Option<u64>,
    /// 0 for those who walk.
    pub(crate) bus_route: u64,
    pub(crate) address: Address,
    pub(crate) email: String,
    pub(crate) username: String,
}

impl District {
    /// What is true of a student on day 0; `tail` makes account names distinct.
    pub(crate) fn draft(&self, unique: u64, grade: Grade, home: &Household, tail: u64) -> Facts {
        let mut draw = self.keys.draw(Topic::Student, unique);
        let female = draw.chance(488_000);
        let first = self.data.given(home.group, female, &mut draw);
        let middle = self.data.given(home.group, female, &mut draw);
        let last = family_name(home, &mut draw);
        let group = self.data.group(home.group);
        let english = home.language == "English";
        let iep = draw.chance(130_000);
        let disability = iep && draw.chance(930_000);
        let secondary = grade.years() >= 9;
        let initial: String = fold(first).chars().take(1).collect();
        let account = format!("{initial}{}{tail}", fold(home.family));
        Facts {
            first,
            middle: if draw.chance(620_000) { middle } else { "" },
            last,
            preferred: "",
            grade,
            female,
            birth: self.birth(grade, home.id, &mut draw),
            graduation: self.graduation(grade),
            race: group.map_or(6, |group| group.races.pick(&mut draw)),
            hispanic: group.is_some_and(|group| draw.chance(group.hispanic * 1_000)),
            language: home.language,
            english_learner: !english && draw.chance(450_000),
            lunch: if home.low_income {
                u64::from(draw.chance(180_000))
            } else {
                2
            },
            iep,
            section504: draw.chance(32_000),
            gifted: draw.chance(72_000),
            disability: disability.then(|| disability_of(&mut draw)),
            gpa: secondary.then(|| 150 + draw.below(130) + draw.below(121)),
            bus_route: draw.below(60).saturating_sub(35),
            address: self.address(home.id, home.zone, 0),
            email: format!("{account}@students.{}", self.domain),
            username: account,
        }
    }

    /// What is true of a student on a day, and whether anything has changed since arrival.
    pub(crate) fn facts(&self, student: &Student, home: &Household, day: u32) -> (Facts, bool) {
        let tail = self.student_numbers.tail(student.unique);
        let mut facts = self.draft(student.unique, student.grade, home, tail);
        let moves = self.house_moves(student.household, day);
        if moves > 0 {
            facts.address = self.address(home.id, home.zone, moves);
        }
        let mut edited = false;
        let chain = &self.chains.student_edit;
        for mut event in chain.events(&self.keys, student.unique, student.arrived, day) {
            edited = true;
            self.edit(&mut facts, home, &mut event.draw);
        }
        (facts, edited)
    }

    /// An ordinary change of a student's own columns.
    pub(crate) fn edit(&self, facts: &mut Facts, home: &Household, draw: &mut Draw) {
        let all: u64 = EDITS.iter().map(|(_, weight)| weight).sum();
        let mut at = draw.below(all);
        let kind = EDITS
            .iter()
            .find(|(_, weight)| match at.checked_sub(*weight) {
                Some(rest) => {
                    at = rest;
                    false
                }
                None => true,
            });
        match kind.map_or(Edit::Email, |(kind, _)| *kind) {
            Edit::LastName => {
                facts.last.clear();
                facts.last.push_str(self.data.family(home.group, draw));
            }
            Edit::FirstName => facts.first = self.data.given(home.group, facts.female, draw),
            Edit::Preferred => facts.preferred = self.data.given(home.group, facts.female, draw),
            Edit::Email => {
                let (first, last) = (fold(facts.first), fold(&facts.last));
                let number = draw.below(100_000);
                facts.email = format!("{first}.{last}{number:05}@students.{}", self.domain);
            }
            Edit::Lunch => facts.lunch = (facts.lunch + 1 + draw.below(2)) % 3,
            Edit::EnglishLearner => facts.english_learner = !facts.english_learner,
            Edit::Iep => facts.iep = !facts.iep,
            Edit::Section504 => facts.section504 = !facts.section504,
            Edit::Gifted => facts.gifted = !facts.gifted,
            Edit::BusRoute => facts.bus_route = 1 + draw.below(60),
            Edit::Gpa => facts.gpa = facts.gpa.map(|gpa| 150 + (gpa + draw.below(120)) % 251),
        }
    }

    /// The day a student of a grade was born. Children of one household and grade are twins.
    fn birth(&self, grade: Grade, household: u64, draw: &mut Draw) -> CalendarDay {
        let years = grade.years();
        let part = 1_000 + u64::from(years.unsigned_abs()) + u64::from(years < 0) * 100;
        let mut twins = self.keys.draw2(Topic::Household, household, part);
        let (month, day) = (twins.between(1, 12), twins.between(1, 28));
        let held_back = i16::from(draw.chance(40_000));
        // Five years old by the first of September of the kindergarten year.
        let after = i16::from(month >= 9);
        CalendarDay {
            year: self
                .year
                .start
                .saturating_add_signed(-5 - years - after - held_back),
            month: u8::try_from(month).unwrap_or(1),
            day: u8::try_from(day).unwrap_or(1),
        }
    }

    fn graduation(&self, grade: Grade) -> u16 {
        let years = (12 - grade.years()).max(0);
        self.year.end().saturating_add_signed(years)
    }
}

fn family_name(home: &Household, draw: &mut Draw) -> String {
    let (family, second) = (home.family, home.second);
    match draw.below(100) {
        _ if family == second => family.to_owned(),
        0..=7 => second.to_owned(),
        8..=12 => format!("{family}-{second}"),
        // Two family names, as is usual where they are Spanish.
        13..=30 if home.language == "Spanish" => format!("{family} {second}"),
        _ => family.to_owned(),
    }
}

fn disability_of(draw: &mut Draw) -> usize {
    let mut at = draw.below(1_000);
    let found = DISABILITIES
        .iter()
        .position(|&(.., share)| match at.checked_sub(share) {
            Some(rest) => {
                at = rest;
                false
            }
            None => true,
        });
    found.unwrap_or_default()
}
