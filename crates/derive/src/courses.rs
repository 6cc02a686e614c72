//! Courses, built from sections that have students (district-side 5.4).

use std::cmp::Reverse;
use std::fmt::Write;
use std::io;

use homeroom_model::{Code, Course, Kind, Problem, Problems};
use homeroom_segment::{CandidateBuilder, CandidateLists, Hash, HashKey};

use crate::inverse::at;
use crate::keys::{Keys, shown};
use crate::pack::Pack;
use crate::sections::{Sealed, raw};

const NONE: u32 = u32::MAX;

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

/// A name that sections give a course.
#[derive(Clone, Copy)]
struct Name {
    /// Number of the course's key.
    key: u32,
    /// A section that has it.
    section: u32,
    /// How many sections have it.
    sections: u32,
}

/// The keys that sections have, whether or not they make courses, and the names that go with them.
#[derive(Default)]
struct Gathered {
    /// By key number: the first section that has it.
    first_sections: Vec<u32>,
    /// By key number.
    names: Vec<Name>,
    by_name: Keys,
}

impl Courses {
    /// Builds the courses of the sections that `served` tells, in the order of the first section of each.
    ///
    /// A section with a number and no name belongs to the course of that number if another section names it; else there
    /// is no course and the section is reported.
    pub(crate) fn build(
        sections: &Sealed,
        served: impl Fn(u32) -> bool,
        builder: &mut CandidateBuilder,
        problems: &mut dyn Problems,
    ) -> io::Result<Self> {
        let mut courses = Self {
            keys: Keys::default(),
            rows: Vec::new(),
            named_by: Vec::new(),
            of: Vec::new(),
        };
        let gathered = courses.gather(sections, served, builder);
        let mut pack = Pack::default();
        let mut rest = gathered.names.as_slice();
        for (key, first) in (0..).zip(&gathered.first_sections) {
            let end = rest.partition_point(|name| name.key <= key);
            let (names, later) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            rest = later;
            let Some(name) = most_frequent(sections, names) else {
                courses.rows.push(NONE);
                continue;
            };
            if names.len() > 1 {
                problems.report(conflict(sections, *first, names));
            }
            let course = Course {
                name: sections.row(name.section).text(raw::COURSE_NAME).into(),
                number: sections.row(*first).text(raw::COURSE_NUMBER).into(),
            };
            let row = builder.push(Kind::Course, &[&course.key()], pack.noun(&course))?;
            courses.named_by.push(name.section);
            courses.rows.push(row);
        }
        for (section, key) in (0..).zip(&courses.of) {
            if *key != NONE && at(&courses.rows, *key) == NONE {
                let row = sections.row(section);
                let problem = Problem::new(Code::CourseNumberWithoutName, sections.place(section));
                let (id, number) = (row.text(0), row.text(raw::COURSE_NUMBER));
                let detail = format!("{}, course {}", shown(id), shown(number));
                problems.report(problem.column("Course_name").detail(detail));
            }
        }
        Ok(courses)
    }

    /// Gives each served section its key, and each key its names.
    fn gather(
        &mut self,
        sections: &Sealed,
        served: impl Fn(u32) -> bool,
        builder: &CandidateBuilder,
    ) -> Gathered {
        let mut gathered = Gathered::default();
        for section in 0..sections.len() {
            let row = sections.row(section);
            let (name, number) = (row.text(raw::COURSE_NAME), row.text(raw::COURSE_NUMBER));
            if !served(section) || (name.is_empty() && number.is_empty()) {
                self.of.push(NONE);
                continue;
            }
            let course = Course {
                name: name.into(),
                number: number.into(),
            };
            let hash = builder.key().hash(course.key().as_bytes());
            let next = u32::try_from(gathered.first_sections.len()).unwrap_or(NONE);
            let key = self.keys.row_or_insert(hash, next);
            if key == next {
                gathered.first_sections.push(section);
            }
            self.of.push(key);
            if !name.is_empty() {
                gathered.add(key, section, name, builder.key());
            }
        }
        gathered.names.sort_by_key(|name| name.key);
        gathered
    }

    /// The course of a section.
    pub(crate) fn of(&self, section: u32) -> Option<u32> {
        let key = self.of.get(section as usize)?;
        self.rows
            .get(*key as usize)
            .copied()
            .filter(|row| *row != NONE)
    }

    /// A section whose course name is the name of the course of this row.
    pub(crate) fn named_by(&self, course: u32) -> u32 {
        at(&self.named_by, course)
    }

    /// The row of the course with a key.
    pub(crate) fn find(&self, key: &Hash) -> Option<u32> {
        let key = self.keys.row(key)?;
        self.rows
            .get(key as usize)
            .copied()
            .filter(|row| *row != NONE)
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

impl Gathered {
    /// Counts the name that a section gives the course of a key.
    fn add(&mut self, key: u32, section: u32, name: &str, hash_key: &HashKey) {
        let hash = hash_key.hash(&[&key.to_le_bytes(), name.as_bytes()].concat());
        let next = u32::try_from(self.names.len()).unwrap_or(NONE);
        let number = self.by_name.row_or_insert(hash, next);
        if number == next {
            self.names.push(Name {
                key,
                section,
                sections: 0,
            });
        }
        if let Some(name) = self.names.get_mut(number as usize) {
            name.sections += 1;
        }
    }
}

/// The most frequent name; of equally frequent ones the lexically smallest.
fn most_frequent(sections: &Sealed, names: &[Name]) -> Option<Name> {
    let text = |name: &Name| sections.row(name.section).text(raw::COURSE_NAME);
    let names = names.iter().copied();
    names.max_by_key(|name| (name.sections, Reverse(text(name))))
}

/// Sections with one number, the first of them at `first`, name their course differently.
fn conflict(sections: &Sealed, first: u32, names: &[Name]) -> Problem {
    const LISTED: usize = 5;
    let text = |name: &Name| sections.row(name.section).text(raw::COURSE_NAME);
    let mut texts: Vec<&str> = names.iter().map(text).collect();
    texts.sort_unstable();
    let number = sections.row(first).text(raw::COURSE_NUMBER);
    let mut detail = format!("{}:", shown(number));
    for (at, name) in texts.iter().take(LISTED).enumerate() {
        detail.push_str(if at == 0 { " " } else { ", " });
        detail.push_str(shown(name));
    }
    if texts.len() > LISTED {
        let _ = write!(detail, " and {} more", texts.len() - LISTED);
    }
    let problem = Problem::new(Code::CourseNameConflict, sections.place(first));
    problem.column("Course_name").detail(detail)
}
