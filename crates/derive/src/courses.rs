//! Courses, built from sections that have students (district-side 5.4).

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt::Write;
use std::io;

use homeroom_model::{Code, Course, Kind, Problem, Problems};
use homeroom_segment::fields::{course as field, section};
use homeroom_segment::{CandidateBuilder, CandidateLists, Hash, HashKey, Snapshot};

use crate::derive::Derive;
use crate::inverse::at;
use crate::keys::{Keys, shown};
use crate::pack::Pack;
use crate::sections::{Sealed, raw};
use crate::settings::CourseKey;

const NONE: u32 = u32::MAX;

/// What courses are built from.
pub(crate) struct Building<'a, S> {
    pub(crate) sections: &'a Sealed,
    /// Whether a section has students.
    pub(crate) served: S,
    pub(crate) key: CourseKey,
    /// By row of a school its id.
    pub(crate) schools: &'a [Box<str>],
    pub(crate) published: &'a PublishedNames,
}

/// Names of published courses: what decides between names that are equally frequent.
#[derive(Default)]
pub(crate) struct PublishedNames(HashMap<Hash, Hash>);

impl Derive {
    /// Takes the names of the courses of the published snapshot. Where several names of one course are equally frequent,
    /// its published one stays (district-side 5.4); without this, the lexically smallest is taken.
    pub fn published_courses(&mut self, snapshot: &Snapshot) {
        let table = snapshot.table(Kind::Course);
        self.published.0 = (0..table.len())
            .filter_map(|row| {
                let name = table.row(row).bytes(field::NAME);
                Some((table.key(row, 0)?, self.key.hash(name)))
            })
            .collect();
    }
}

/// The courses of a district.
pub(crate) struct Courses {
    keys: Keys,
    /// By key number: the course's row, [`NONE`] if no section names it.
    rows: Vec<u32>,
    /// By row: a section whose course name is the course's.
    named_by: Vec<u32>,
    /// By section: number of its key, [`NONE`] for none.
    of: Vec<u32>,
}

/// The courses that sections with a number belong to, by hash of the number.
pub(crate) struct Numbered(Vec<(Hash, u32)>);

impl Numbered {
    /// The courses of a number, ascending; several if numbers are the schools' own.
    pub(crate) fn find(&self, number: &Hash) -> &[(Hash, u32)] {
        let start = self.0.partition_point(|(other, _)| other < number);
        let rest = self.0.get(start..).unwrap_or(&[]);
        let end = rest.partition_point(|(other, _)| other == number);
        rest.get(..end).unwrap_or(&[])
    }
}

/// A text that sections give a course: its name, or its number where courses are told apart by name.
#[derive(Clone, Copy)]
struct Given {
    /// Number of the course's key.
    key: u32,
    /// A section that has it.
    section: u32,
    /// How many sections have it.
    sections: u32,
}

/// The keys that sections have, whether or not they make courses, and the texts that go with them.
#[derive(Default)]
struct Gathered {
    /// By key number: hash and first section that has it.
    firsts: Vec<(Hash, u32)>,
    /// By key number.
    given: Vec<Given>,
    by_text: Keys,
}

impl Courses {
    /// Builds the courses of sections with students, in the order of the first section of each.
    ///
    /// A section with a number and no name belongs to the course of that number if another section names it; else there
    /// is no course and the section is reported.
    pub(crate) fn build(
        building: &Building<'_, impl Fn(u32) -> bool>,
        builder: &mut CandidateBuilder,
        problems: &mut dyn Problems,
    ) -> io::Result<Self> {
        let mut courses = Self {
            keys: Keys::default(),
            rows: Vec::new(),
            named_by: Vec::new(),
            of: Vec::new(),
        };
        let sections = building.sections;
        let gathered = courses.gather(building, builder.key());
        let by_name = building.key == CourseKey::Name;
        let mut pack = Pack::default();
        let mut rest = gathered.given.as_slice();
        for (key, (hash, first)) in (0..).zip(&gathered.firsts) {
            let end = rest.partition_point(|given| given.key <= key);
            let (given, later) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            rest = later;
            let chosen = building.most_frequent(given, hash, builder.key());
            let (named_by, numbered_by) = match chosen {
                chosen if by_name => (*first, chosen.unwrap_or(*first)),
                Some(named_by) => (named_by, *first),
                None => {
                    courses.rows.push(NONE);
                    continue;
                }
            };
            if given.len() > 1 && !by_name {
                problems.report(conflict(sections, *first, given));
            }
            let course = Course {
                name: sections.row(named_by).text(raw::COURSE_NAME).into(),
                number: sections.row(numbered_by).text(raw::COURSE_NUMBER).into(),
            };
            let row = builder.push_hashed(Kind::Course, &[*hash], pack.noun(&course))?;
            courses.named_by.push(named_by);
            courses.rows.push(row);
        }
        courses.report_nameless(building, problems);
        Ok(courses)
    }

    fn report_nameless(
        &self,
        building: &Building<'_, impl Fn(u32) -> bool>,
        problems: &mut dyn Problems,
    ) {
        let sections = building.sections;
        for number in 0..sections.len() {
            let row = sections.row(number);
            let course_number = row.text(raw::COURSE_NUMBER);
            let nameless = row.bytes(raw::COURSE_NAME).is_empty() && !course_number.is_empty();
            if nameless && self.of(number).is_none() && (building.served)(number) {
                let place = sections.place(number);
                let problem = Problem::new(Code::CourseNumberWithoutName, place);
                let problem = problem.column("Course_name").key(row.text(section::SIS_ID));
                problems.report(problem.detail(format!("course {}", shown(course_number))));
            }
        }
    }

    /// Gives each served section its key, and each key the texts that may differ in it.
    fn gather(
        &mut self,
        building: &Building<'_, impl Fn(u32) -> bool>,
        hash_key: &HashKey,
    ) -> Gathered {
        let mut gathered = Gathered::default();
        for section in 0..building.sections.len() {
            let row = building.sections.row(section);
            let key = if (building.served)(section) {
                building.key_of(section)
            } else {
                None
            };
            let Some(key) = key else {
                self.of.push(NONE);
                continue;
            };
            let hash = hash_key.hash(key.as_bytes());
            let next = u32::try_from(gathered.firsts.len()).unwrap_or(NONE);
            let key = self.keys.row_or_insert(hash, next);
            if key == next {
                gathered.firsts.push((hash, section));
            }
            self.of.push(key);
            let text = row.text(building.differs());
            if !text.is_empty() {
                gathered.add(key, section, text, hash_key);
            }
        }
        gathered.given.sort_by_key(|given| given.key);
        gathered
    }

    /// No course by any number.
    pub(crate) fn unnumbered() -> Numbered {
        Numbered(Vec::new())
    }

    /// The course of a section.
    pub(crate) fn of(&self, section: u32) -> Option<u32> {
        let key = self.of.get(section as usize)?;
        let row = self.rows.get(*key as usize).copied();
        row.filter(|row| *row != NONE)
    }

    /// A section whose course name is the name of the course of this row.
    pub(crate) fn named_by(&self, course: u32) -> u32 {
        at(&self.named_by, course)
    }

    /// The courses by the numbers that their sections give.
    pub(crate) fn numbered(&self, sections: &Sealed, key: &HashKey) -> Numbered {
        let all = (0..sections.len()).filter_map(|section| {
            let number = sections.row(section).bytes(raw::COURSE_NUMBER);
            let course = self.of(section).filter(|_| !number.is_empty())?;
            Some((key.hash(number), course))
        });
        let mut all: Vec<_> = all.collect();
        all.sort_unstable();
        all.dedup();
        Numbered(all)
    }

    /// The relation of sections to courses.
    pub(crate) fn lists(&self) -> CandidateLists {
        let mut lists = CandidateLists::default();
        for section in (0..).take(self.of.len()) {
            lists.push(self.of(section));
        }
        lists
    }
}

impl<S> Building<'_, S> {
    /// What makes a section's course; `None` if it has none. The text is the natural key, and never changes its form.
    fn key_of(&self, section: u32) -> Option<String> {
        let row = self.sections.row(section);
        let (name, number) = (row.text(raw::COURSE_NAME), row.text(raw::COURSE_NUMBER));
        match self.key {
            CourseKey::Name => (!name.is_empty()).then(|| course(name, "")),
            _ if name.is_empty() && number.is_empty() => None,
            CourseKey::NumberAndSchool if !number.is_empty() => {
                let school = at(&self.sections.facts.schools, section);
                let school = self.schools.get(school as usize).map_or("", AsRef::as_ref);
                Some(format!(
                    "school\u{1f}{school}\u{1f}{}",
                    course(name, number)
                ))
            }
            CourseKey::Number | CourseKey::NumberAndSchool => Some(course(name, number)),
        }
    }

    /// What may differ between the sections of one course.
    fn differs(&self) -> usize {
        match self.key {
            CourseKey::Name => raw::COURSE_NUMBER,
            CourseKey::Number | CourseKey::NumberAndSchool => raw::COURSE_NAME,
        }
    }

    /// A section with the most frequent text; of equally frequent ones that of the published name, then the lexically
    /// smallest.
    fn most_frequent(&self, given: &[Given], course: &Hash, hash_key: &HashKey) -> Option<u32> {
        let published = self.published.0.get(course);
        let text = |given: &Given| self.sections.row(given.section).text(self.differs());
        let most = given.iter().max_by_key(|given| {
            let text = text(given);
            let stays = published.is_some_and(|name| *name == hash_key.hash(text.as_bytes()));
            (given.sections, stays, Reverse(text))
        });
        most.map(|given| given.section)
    }
}

impl Gathered {
    /// Counts a text that a section gives the course of a key.
    fn add(&mut self, key: u32, section: u32, text: &str, hash_key: &HashKey) {
        let hash = hash_key.hash(&[&key.to_le_bytes(), text.as_bytes()].concat());
        let next = u32::try_from(self.given.len()).unwrap_or(NONE);
        let number = self.by_text.row_or_insert(hash, next);
        if number == next {
            self.given.push(Given {
                key,
                section,
                sections: 0,
            });
        }
        if let Some(given) = self.given.get_mut(number as usize) {
            given.sections += 1;
        }
    }
}

/// The natural key of a course.
fn course(name: &str, number: &str) -> String {
    let (name, number) = (name.into(), number.into());
    Course { name, number }.key()
}

/// Sections of one course, the first of them at `first`, name it differently.
fn conflict(sections: &Sealed, first: u32, names: &[Given]) -> Problem {
    const LISTED: usize = 5;
    let text = |name: &Given| sections.row(name.section).text(raw::COURSE_NAME);
    let mut texts: Vec<&str> = names.iter().map(text).collect();
    texts.sort_unstable();
    let number = sections.row(first).text(raw::COURSE_NUMBER);
    let mut detail = String::new();
    for (at, name) in texts.iter().take(LISTED).enumerate() {
        detail.push_str(if at == 0 { "" } else { ", " });
        detail.push_str(shown(name));
    }
    if texts.len() > LISTED {
        let _ = write!(detail, " and {} more", texts.len() - LISTED);
    }
    let problem = Problem::new(Code::CourseNameConflict, sections.place(first));
    problem.column("Course_name").key(number).detail(detail)
}
