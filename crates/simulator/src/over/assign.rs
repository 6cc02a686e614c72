//! Who sits in which section: students of a school and grade are dealt to its sections in turn, so that every section
//! has some, of a believable number, and every student has about seven.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::grades::Range;
use super::{Known, KnownSchool};
use crate::district::District;
use crate::draw::{Keys, Topic, index};
use crate::enrollments::HEADER;
use crate::grade::Grade;
use crate::sink::Sink;
use crate::table::{Cells, Table};

/// Students of a section: at least so many, and up to so many more.
const SMALLEST: u64 = 12;
const SPREAD: u64 = 16;
/// Sections per student, in halves.
const HALF_LOAD: u64 = 15;

/// A student who may be put in sections.
#[derive(Clone, Debug)]
pub(super) struct Pupil {
    pub(super) id: String,
    pub(super) school: usize,
    pub(super) grade: Grade,
}

/// The outcome: students and their sections.
#[derive(Clone, Debug, Default)]
pub(super) struct Roster {
    pub(super) pupils: Vec<Pupil>,
    /// Section and student, by number.
    pub(super) pairs: Vec<(usize, usize)>,
    pub(super) empty_sections: u64,
}

/// One school while its sections are filled.
struct Desk {
    grades: Vec<Grade>,
    /// Students per grade, and who is next.
    pools: Vec<Vec<usize>>,
    next: Vec<usize>,
}

/// Finds or makes the students of the folder and, if it has no enrollments, their sections.
pub(super) fn roster(people: &District, known: &Known) -> Roster {
    let sections = by_school(known);
    let mut roster = Roster::default();
    match (&known.students, &known.enrollments) {
        (Some(_), Some(_)) => return roster,
        (None, Some(pairs)) => {
            enrolled(people, known, pairs, &mut roster);
            return roster;
        }
        (Some(students), None) => {
            for student in students {
                let school = known.schools.get(student.school);
                let grade = student.grades.map(|range| range.low);
                let unknown = || some_grade(people, school, roster.pupils.len());
                roster.pupils.push(Pupil {
                    id: student.id.clone(),
                    school: student.school,
                    grade: grade.unwrap_or_else(unknown),
                });
            }
        }
        (None, None) => {
            for (school, sections) in sections.iter().enumerate() {
                make_pupils(people, known, school, sections, &mut roster);
            }
        }
    }
    let mut of_school: Vec<Vec<usize>> = vec![Vec::new(); known.schools.len()];
    for (at, pupil) in roster.pupils.iter().enumerate() {
        if let Some(pupils) = of_school.get_mut(pupil.school) {
            pupils.push(at);
        }
    }
    for (school, sections) in sections.iter().enumerate() {
        let own = of_school.get(school).map(Vec::as_slice).unwrap_or_default();
        fill(people, known, school, sections, own, &mut roster);
    }
    roster
}

/// Writes the enrollments.
pub(super) fn write(known: &Known, roster: &Roster, sink: &mut dyn Sink) -> io::Result<u64> {
    let mut table = Table::new(sink.begin("enrollments.csv")?, &HEADER)?;
    let mut cells = Cells::default();
    let sections = known.sections.as_deref().unwrap_or_default();
    for &(section, pupil) in &roster.pairs {
        let (Some(section), Some(pupil)) = (sections.get(section), roster.pupils.get(pupil)) else {
            continue;
        };
        let school = known.schools.get(section.school);
        cells.clear();
        cells.text(school.map_or("", |school| &school.id));
        cells.text(&section.id);
        cells.text(&pupil.id);
        table.line(&[cells.bytes()])?;
    }
    table.finish()
}

/// The sections of each school, by number.
fn by_school(known: &Known) -> Vec<Vec<usize>> {
    let mut schools: Vec<Vec<usize>> = vec![Vec::new(); known.schools.len()];
    for (at, section) in known.sections.iter().flatten().enumerate() {
        if let Some(sections) = schools.get_mut(section.school) {
            sections.push(at);
        }
    }
    schools
}

fn grades_of(school: Option<&KnownSchool>) -> Vec<Grade> {
    let range = school
        .and_then(|school| school.grades)
        .unwrap_or(Range::ALL);
    range.grades()
}

/// A grade of a school for a student whose own is not known.
fn some_grade(people: &District, school: Option<&KnownSchool>, student: usize) -> Grade {
    let mut draw = people.keys.draw(Topic::OverStudent, student as u64);
    draw.one_of(&grades_of(school), Grade::Kindergarten)
}

/// The places in `grades` of those that may be in a section; all if the section names none of them.
fn eligible(known: &Known, section: usize, grades: &[Grade]) -> Vec<usize> {
    let sections = known.sections.as_deref().unwrap_or_default();
    let range = sections.get(section).and_then(|section| section.grades);
    let fits =
        |grade: &Grade| range.is_none_or(|range| range.low <= *grade && *grade <= range.high);
    let found: Vec<usize> = (0..grades.len())
        .filter(|&at| grades.get(at).is_some_and(fits))
        .collect();
    if found.is_empty() {
        (0..grades.len()).collect()
    } else {
        found
    }
}

/// How many students of each eligible grade a section wants.
fn wanted(keys: &Keys, section: usize, eligible: usize) -> Vec<usize> {
    let mut draw = keys.draw(Topic::Over, section as u64);
    let size = index(SMALLEST + draw.below(SPREAD));
    let first = index(draw.below(eligible as u64));
    (0..eligible)
        .map(|at| {
            let turn = (at + eligible - first) % eligible;
            size / eligible + usize::from(turn < size % eligible)
        })
        .collect()
}

/// Makes as many students of each grade as the school's sections need.
fn make_pupils(
    people: &District,
    known: &Known,
    school: usize,
    sections: &[usize],
    roster: &mut Roster,
) {
    let grades = grades_of(known.schools.get(school));
    // Places to fill, and the most that one section wants.
    let mut demand = vec![(0, 0); grades.len()];
    for &section in sections {
        let eligible = eligible(known, section, &grades);
        let wanted = wanted(&people.keys, section, eligible.len());
        for (&grade, &count) in eligible.iter().zip(&wanted) {
            if let Some((places, most)) = demand.get_mut(grade) {
                *places += count;
                *most = count.max(*most);
            }
        }
    }
    for (&grade, (places, most)) in grades.iter().zip(demand) {
        let count = (places * 2).div_ceil(index(HALF_LOAD)).max(most);
        for _ in 0..count {
            let number = people.student_numbers.id(roster.pupils.len() as u64);
            roster.pupils.push(Pupil {
                id: number.to_string(),
                school,
                grade,
            });
        }
    }
}

/// Puts students in the sections of one school.
fn fill(
    people: &District,
    known: &Known,
    school: usize,
    sections: &[usize],
    pupils: &[usize],
    roster: &mut Roster,
) {
    let mut desk = Desk::new(grades_of(known.schools.get(school)), pupils, roster);
    for &section in sections {
        let eligible = eligible(known, section, &desk.grades);
        let wanted = wanted(&people.keys, section, eligible.len());
        let before = roster.pairs.len();
        for (&grade, &count) in eligible.iter().zip(&wanted) {
            desk.deal(section, grade, count, roster);
        }
        if roster.pairs.len() == before {
            // Nobody of its grades: anybody of the school, else of the district.
            let count = index(SMALLEST);
            (0..desk.grades.len()).for_each(|grade| desk.deal(section, grade, count, roster));
        }
        if roster.pairs.len() == before {
            let guests = roster.pupils.len().min(index(SMALLEST));
            let shift = section.saturating_mul(guests);
            for guest in 0..guests {
                let pupil = (shift + guest) % roster.pupils.len();
                roster.pairs.push((section, pupil));
            }
            roster.empty_sections += u64::from(guests == 0);
        }
    }
}

impl Desk {
    fn new(mut grades: Vec<Grade>, pupils: &[usize], roster: &Roster) -> Self {
        let grade_of = |at: usize| roster.pupils.get(at).map(|pupil| pupil.grade);
        for &pupil in pupils {
            if let Some(grade) = grade_of(pupil).filter(|grade| !grades.contains(grade)) {
                grades.push(grade);
            }
        }
        let mut pools = vec![Vec::new(); grades.len()];
        for &pupil in pupils {
            let place = grades
                .iter()
                .position(|&grade| Some(grade) == grade_of(pupil));
            if let Some(pool) = place.and_then(|place| pools.get_mut(place)) {
                pool.push(pupil);
            }
        }
        Self {
            next: vec![0; grades.len()],
            grades,
            pools,
        }
    }

    /// Deals the next students of a grade to a section, none twice.
    fn deal(&mut self, section: usize, grade: usize, count: usize, roster: &mut Roster) {
        let (Some(pool), Some(next)) = (self.pools.get(grade), self.next.get_mut(grade)) else {
            return;
        };
        for _ in 0..count.min(pool.len()) {
            if let Some(&pupil) = pool.get(*next % pool.len()) {
                roster.pairs.push((section, pupil));
            }
            *next += 1;
        }
    }
}

/// The students that the folder's enrollments name.
fn enrolled(people: &District, known: &Known, pairs: &[(String, String)], roster: &mut Roster) {
    let sections = known.sections.as_deref().unwrap_or_default();
    let by_id: BTreeMap<&str, usize> = sections
        .iter()
        .enumerate()
        .map(|(at, section)| (section.id.as_str(), at))
        .collect();
    let mut seen = BTreeSet::new();
    for (section, student) in pairs {
        let Some(&at) = by_id.get(section.as_str()) else {
            continue;
        };
        if !seen.insert(student) {
            continue;
        }
        let school = sections.get(at).map_or(0, |section| section.school);
        let grades = grades_of(known.schools.get(school));
        let fitting: Vec<Grade> = eligible(known, at, &grades)
            .into_iter()
            .filter_map(|place| grades.get(place).copied())
            .collect();
        let mut draw = people
            .keys
            .draw(Topic::OverStudent, roster.pupils.len() as u64);
        roster.pupils.push(Pupil {
            id: student.clone(),
            school,
            grade: draw.one_of(&fitting, Grade::Kindergarten),
        });
    }
}
