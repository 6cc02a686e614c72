//! Sections as they come: kept packed in a spool, because their names, grades, courses and terms hang on later files.

use std::io;

use bytes::Bytes;
use homeroom_model::rows::SectionRow;
use homeroom_model::{Place, Problems, Section};
use homeroom_segment::fields::section as f;
use homeroom_segment::{CandidateLists, Hash, Row, Spool, Spools};

use crate::counts::{File, Kept};
use crate::derive::Derive;
use crate::extra::ExtOf;
use crate::inverse::at;
use crate::keys::{Keys, PASSED_OVER, REJECTED};
use crate::nearby::Nearby;
use crate::places::Places;
use crate::section_grade::Alike;
use crate::settings::FutureTerms;
use crate::supplement;

/// Fields of a spooled section behind those of the noun.
pub(crate) mod raw {
    use homeroom_model::rows::SectionRow;
    use homeroom_segment::{Noun, RowBuilder};

    use super::f;

    pub(crate) const COURSE_NAME: usize = f::ALL.len();
    pub(crate) const COURSE_NUMBER: usize = COURSE_NAME + 1;
    pub(crate) const TERM_NAME: usize = COURSE_NAME + 2;
    pub(crate) const TERM_START: usize = COURSE_NAME + 3;
    pub(crate) const TERM_END: usize = COURSE_NAME + 4;
    pub(crate) const SUBJECT_TEXT: usize = COURSE_NAME + 5;

    /// Packs a row of sections.csv.
    pub(crate) fn write(row: &SectionRow<'_>, packed: &mut RowBuilder) {
        row.section.write(packed);
        packed
            .text(&row.course_name)
            .text(&row.course_number)
            .text(&row.term.name)
            .date(row.term.start)
            .date(row.term.end)
            .text(&row.subject_text);
    }
}

/// The sections of a district as they came.
pub(crate) struct Sections {
    pub(crate) keys: Keys,
    spool: Box<dyn Spool>,
    written: u64,
    facts: Facts,
    teachers: Vec<u32>,
    pub(crate) nearby: Nearby,
}

/// What is kept of each section beside the spooled row.
#[derive(Default)]
pub(crate) struct Facts {
    ends: Vec<u64>,
    pub(crate) places: Places,
    /// Row of the school.
    pub(crate) schools: Vec<u32>,
    /// Numbers of the records of the teachers, the primary teacher first.
    pub(crate) teachers: CandidateLists,
    /// Whether grades say anything.
    pub(crate) alike: Alike,
}

/// The same, readable.
pub(crate) struct Sealed {
    bytes: Bytes,
    pub(crate) facts: Facts,
}

impl Sections {
    pub(crate) fn new(spools: &dyn Spools) -> io::Result<Self> {
        Ok(Self {
            keys: Keys::default(),
            spool: spools.spool()?,
            written: 0,
            facts: Facts::default(),
            teachers: Vec::new(),
            nearby: Nearby::default(),
        })
    }

    /// Row of a section's school.
    pub(crate) fn school(&self, section: u32) -> u32 {
        at(&self.facts.schools, section)
    }

    pub(crate) fn seal(self) -> io::Result<Sealed> {
        Ok(Sealed {
            bytes: self.spool.seal()?,
            facts: self.facts,
        })
    }
}

impl Sealed {
    /// Number of sections.
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.facts.ends.len()).unwrap_or(u32::MAX)
    }

    /// The row as it was spooled: the fields of the noun, then those of [`raw`].
    pub(crate) fn row(&self, section: u32) -> Row<'_> {
        let start = section
            .checked_sub(1)
            .map_or(0, |before| at(&self.facts.ends, before));
        let range = usize::try_from(start)
            .ok()
            .zip(usize::try_from(at(&self.facts.ends, section)).ok());
        let bytes = range.and_then(|(start, end)| self.bytes.get(start..end));
        Row::new(bytes.unwrap_or(&[]))
    }

    /// Where the section stands in its file.
    pub(crate) fn place(&self, section: u32) -> Place {
        self.facts.places.get(section)
    }
}

impl Derive {
    /// Takes a row of sections.csv (district-side 2.5), after schools and teachers.
    pub fn section(
        &mut self,
        place: Place,
        row: &SectionRow<'_>,
        problems: &mut dyn Problems,
    ) -> io::Result<Kept> {
        let hash = self.key.hash(row.section.sis_id.as_bytes());
        let kept = match self.extras.section(&hash) {
            Some((other, packed)) => {
                let row = supplement::fill(row, (place, other), Row::new(&packed), problems);
                self.new_section(place, &row, hash, problems)?
            }
            None => self.new_section(place, row, hash, problems)?,
        };
        Ok(self.count(File::Sections, kept))
    }

    fn new_section(
        &mut self,
        place: Place,
        row: &SectionRow<'_>,
        hash: Hash,
        problems: &mut dyn Problems,
    ) -> io::Result<Kept> {
        let id = &row.section.sis_id;
        if let Some(number) = self.taken(self.sections.keys.seen(&hash)) {
            let custom = self.sections.facts.places.is_custom(number);
            problems.report(self.repeated(place, "Section_id", id, custom));
            return Ok(Kept::No);
        }
        let Some(school) = self.school_of(place, &row.school_sis_id, id, problems) else {
            self.sections.keys.insert(hash, REJECTED);
            return Ok(Kept::No);
        };
        if self.has_yet_to_begin(row) {
            self.sections.keys.insert(hash, PASSED_OVER);
            return Ok(Kept::PassedOver);
        }
        let mut teachers = std::mem::take(&mut self.sections.teachers);
        self.teachers_of(place, row, &mut teachers, problems);
        let ext = (self.extras).ext(ExtOf::Sections, &hash, &row.section.ext, Some(problems));
        let custom = self.custom();
        let packed = if custom || ext.is_some() {
            let section = Section {
                ext: ext.unwrap_or_else(|| row.section.ext.clone()),
                custom,
                ..row.section.clone()
            };
            let row = SectionRow {
                section,
                ..row.clone()
            };
            self.pack.with(|packed| raw::write(&row, packed))
        } else {
            self.pack.with(|packed| raw::write(row, packed))
        };
        let sections = &mut self.sections;
        sections.spool.write_all(packed)?;
        sections.written += packed.len() as u64;
        let facts = &mut sections.facts;
        let number = u32::try_from(facts.ends.len()).unwrap_or(u32::MAX);
        facts.ends.push(sections.written);
        facts.places.push(place, self.origin);
        facts.schools.push(school);
        facts.teachers.push(teachers.iter().copied());
        facts.alike.note(row.section.grade.known());
        sections.teachers = teachers;
        sections.keys.insert(hash, number);
        Ok(Kept::Yes)
    }

    /// Whether the district leaves the section out because its term begins after the day of the import.
    fn has_yet_to_begin(&self, row: &SectionRow<'_>) -> bool {
        let days = row.term.start.zip(self.settings.today);
        self.settings.future_terms == FutureTerms::LeaveOut
            && days.is_some_and(|(start, today)| start > today)
    }
}
