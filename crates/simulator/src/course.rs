//! Courses: the rows of `courses.csv`, and which one a section teaches.

use std::collections::BTreeMap;

use crate::block::{Block, Level, Shape, Spot};
use crate::district::District;
use crate::draw::{Topic, mix};
use crate::grade::Grade;

/// A line of the course catalogue.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CourseRow {
    low: i16,
    high: i16,
    code: &'static str,
    name: &'static str,
    /// What else the same course is called.
    variant: &'static str,
    /// The subject in the words of the SIS.
    pub(crate) word: &'static str,
    /// Whether the name tells the subject (district-side 6.4).
    pub(crate) guessable: bool,
    weight: u64,
}

/// The course catalogue, by level and subject.
#[derive(Debug)]
pub(crate) struct CourseTable {
    rows: BTreeMap<(&'static str, &'static str), Vec<CourseRow>>,
}

/// A course as one section names it.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    pub(crate) number: String,
    pub(crate) name: String,
    pub(crate) other_name: String,
    pub(crate) word: &'static str,
    pub(crate) guessable: bool,
    /// Renamed since day 0.
    pub(crate) renamed: bool,
}

const HOMEROOM: [&str; 9] = [
    "homeroom", "ela", "math", "writing", "science", "social", "pe", "music", "art",
];
const CORE: [&str; 6] = ["advisory", "ela", "math", "science", "social", "pe"];

impl CourseTable {
    pub(crate) fn load(rows: impl Iterator<Item = [&'static str; 10]>) -> Self {
        let mut table: BTreeMap<_, Vec<CourseRow>> = BTreeMap::new();
        for [
            level,
            slot,
            low,
            high,
            code,
            name,
            variant,
            word,
            guess,
            weight,
        ] in rows
        {
            table.entry((level, slot)).or_default().push(CourseRow {
                low: low.parse().unwrap_or_default(),
                high: high.parse().unwrap_or(i16::MAX),
                code,
                name,
                variant,
                word,
                guessable: guess == "y",
                weight: weight.parse().unwrap_or(1),
            });
        }
        Self { rows: table }
    }

    /// A course of a level, subject and year, chosen by `bits`.
    fn pick(&self, level: Level, slot: &'static str, years: i16, bits: u64) -> CourseRow {
        let level = match level {
            Level::Early => "early",
            Level::Elementary => "elementary",
            Level::Middle => "middle",
            Level::High => "high",
        };
        let fits = |row: &&CourseRow| row.low <= years && years <= row.high;
        let rows = || {
            self.rows
                .get(&(level, slot))
                .into_iter()
                .flatten()
                .filter(fits)
        };
        let all: u64 = rows().map(|row| row.weight).sum();
        let mut at = bits % all.max(1);
        rows()
            .find(|row| match at.checked_sub(row.weight) {
                Some(rest) => {
                    at = rest;
                    false
                }
                None => true,
            })
            .copied()
            .unwrap_or_default()
    }
}

/// The subject taught at a stand.
pub(crate) fn subject(block: &Block, pool: u64) -> &'static str {
    let at = crate::draw::index(pool);
    let name = match block.shape {
        Shape::Homeroom => HOMEROOM.get(at),
        Shape::Core => CORE.get(at),
        Shape::Elective => Some(&"elective"),
    };
    name.copied().unwrap_or("homeroom")
}

/// The letters of a subject in a section id.
pub(crate) fn letters(block: Option<&Block>, pool: u64) -> &'static str {
    match block.map(|block| subject(block, pool)) {
        Some("homeroom") => "HR",
        Some("ela") => "ELA",
        Some("math") => "MTH",
        Some("writing") => "WRI",
        Some("science") => "SCI",
        Some("social") => "SOC",
        Some("pe") => "PE",
        Some("music") => "MUS",
        Some("art") => "ART",
        Some("advisory") => "ADV",
        Some(_) => "EL",
        None => "ST",
    }
}

impl District {
    /// The course a section teaches on a day.
    pub(crate) fn course(
        &self,
        slot: u64,
        zone: u64,
        block: &Block,
        stand: Spot,
        day: u32,
    ) -> Course {
        let grade = block.high;
        let years = match block.level {
            Level::Early => grade.years().min(-1),
            Level::Elementary => grade.years().clamp(0, 6),
            Level::Middle => grade.years().clamp(5, 8),
            Level::High => grade.years().clamp(9, 14),
        };
        let bits = self.keys.draw(Topic::Section, slot).next();
        let row = self
            .data
            .courses
            .pick(block.level, subject(block, stand.pool), years, bits);
        let mut number = filled(row.code, grade);
        // Every third zone numbers its electives itself.
        if block.shape == Shape::Elective && zone % 3 == 2 {
            number = format!("{number}-{zone:02}");
        }
        let mut name = filled(row.name, grade);
        let mut other_name = if row.variant.is_empty() {
            format!("{name} (Sem)")
        } else {
            filled(row.variant, grade)
        };
        let renamed = self.renamings(&number, day) % 2 == 1;
        if renamed {
            std::mem::swap(&mut name, &mut other_name);
        }
        Course {
            number,
            name,
            other_name,
            word: row.word,
            guessable: row.guessable,
            renamed,
        }
    }

    fn renamings(&self, number: &str, day: u32) -> u64 {
        if day == 0 {
            return 0;
        }
        let key = number.bytes().fold(0, |key: u64, byte| {
            mix(key.wrapping_add(u64::from(byte) + 1))
        });
        let chain = &self.chains.course_edit;
        chain.events(&self.keys, key, 0, day).count() as u64
    }
}

fn filled(pattern: &str, grade: Grade) -> String {
    pattern.replace("{g}", grade.short())
}
