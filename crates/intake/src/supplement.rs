//! `sections_supplement.csv`: courses and terms of sections, for exports whose sections.csv lacks them.

use std::io;

use homeroom_model::rows::SectionRow;
use homeroom_model::{Place, Problems, Section, Term};

use crate::cells::Cells;
use crate::header::columns;
use crate::read::Format;
use crate::{FileReport, Intake, Stem};

columns! {
    Column {
        SectionId = "Section_id" Value, CourseName = "Course_name" Optional, CourseNumber = "Course_number" Optional,
        CourseDescription = "Course_description" Optional, TermName = "Term_name" Optional,
        TermStart = "Term_start" Optional, TermEnd = "Term_end" Optional,
    }
}

struct Supplement;

impl Format for Supplement {
    const KEYS: &'static [Column] = &[Column::SectionId];
    const REPEATS: bool = false;
    type Column = Column;
    type Record<'a> = SectionRow<'a>;

    fn record<'a>(cells: &mut Cells<'a, '_>) -> SectionRow<'a> {
        let (start, term_start_as_sent) = cells.term_date(Column::TermStart);
        let (end, term_end_as_sent) = cells.term_date(Column::TermEnd);
        SectionRow {
            section: Section {
                sis_id: cells.required_id(Column::SectionId),
                course_description: cells.text(Column::CourseDescription),
                term_start_as_sent,
                term_end_as_sent,
                ..Section::default()
            },
            course_name: cells.text(Column::CourseName),
            course_number: cells.id(Column::CourseNumber),
            term: Term {
                name: cells.text(Column::TermName),
                start,
                end,
            },
            ..SectionRow::default()
        }
    }
}

impl Intake<'_> {
    /// Reads `sections_supplement.csv`: one row per section, of which only the id, the course with its description and the
    /// term are filled.
    ///
    /// # Errors
    /// Only if bytes cannot be read.
    pub fn supplement(
        &self,
        problems: &mut dyn Problems,
        each: impl FnMut(Place, SectionRow<'_>, &mut dyn Problems),
    ) -> io::Result<FileReport> {
        self.read::<Supplement>(Stem::SectionsSupplement, problems, each)
    }
}
