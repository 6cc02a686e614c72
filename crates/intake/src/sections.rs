//! sections.csv (district-side 2.5).

use std::io;

use homeroom_model::rows::SectionRow;
use homeroom_model::{Code, Place, Problems, Section, Term, Text};

use crate::cells::Cells;
use crate::header::columns;
use crate::read::Format;
use crate::subject::subject;
use crate::{FileReport, Intake, Stem};

columns! {
    Column {
        SchoolId = "School_id" Value, SectionId = "Section_id" Value, Teacher = "Teacher_id" Header,
        Teacher2 = "Teacher_2_id" Optional, Teacher3 = "Teacher_3_id" Optional, Teacher4 = "Teacher_4_id" Optional,
        Teacher5 = "Teacher_5_id" Optional, Teacher6 = "Teacher_6_id" Optional, Teacher7 = "Teacher_7_id" Optional,
        Teacher8 = "Teacher_8_id" Optional, Teacher9 = "Teacher_9_id" Optional, Teacher10 = "Teacher_10_id" Optional,
        Name = "Name" Optional, Number = "Section_number" Optional, Grade = "Grade" Optional,
        CourseName = "Course_name" Optional, CourseNumber = "Course_number" Optional,
        CourseDescription = "Course_description" Optional, Period = "Period" Optional, Subject = "Subject" Optional,
        TermName = "Term_name" Optional, TermStart = "Term_start" Optional, TermEnd = "Term_end" Optional,
    }
}

/// One primary teacher and nine others.
const SLOTS: [Column; 10] = [
    Column::Teacher,
    Column::Teacher2,
    Column::Teacher3,
    Column::Teacher4,
    Column::Teacher5,
    Column::Teacher6,
    Column::Teacher7,
    Column::Teacher8,
    Column::Teacher9,
    Column::Teacher10,
];

struct Sections;

impl Format for Sections {
    const KEYS: &'static [Column] = &[Column::SectionId];
    const REPEATS: bool = false;
    type Column = Column;
    type Record<'a> = SectionRow<'a>;

    fn record<'a>(cells: &mut Cells<'a, '_>) -> SectionRow<'a> {
        let subject_text = cells.text(Column::Subject);
        let (start, term_start_as_sent) = cells.term_date(Column::TermStart);
        let (end, term_end_as_sent) = cells.term_date(Column::TermEnd);
        if let (Some(start), Some(end)) = (start, end)
            && end < start
        {
            let detail = format!("Term_start is {start}, Term_end is {end}");
            cells.report_detail(
                Code::TermDatesInverted,
                Column::TermEnd,
                &term_end_as_sent,
                detail,
            );
        }
        SectionRow {
            section: Section {
                sis_id: cells.required_id(Column::SectionId),
                name: cells.text(Column::Name),
                number: cells.text(Column::Number),
                period: cells.text(Column::Period),
                grade: cells.section_grade(Column::Grade),
                subject: if subject_text.is_empty() {
                    None.into()
                } else {
                    subject(&cells.settings().tables, &subject_text).into()
                },
                course_description: cells.text(Column::CourseDescription),
                term_start_as_sent,
                term_end_as_sent,
                ext: cells.ext(),
                custom: false,
            },
            school_sis_id: cells.required_id(Column::SchoolId),
            teachers: teachers(cells),
            subject_text,
            course_name: cells.text(Column::CourseName),
            course_number: cells.id(Column::CourseNumber),
            term: Term {
                name: cells.text(Column::TermName),
                start,
                end,
            },
        }
    }
}

/// The slots up to the last that is filled, the primary one in any case.
fn teachers<'a>(cells: &mut Cells<'a, '_>) -> Vec<Text<'a>> {
    let mut teachers = Vec::with_capacity(4);
    for (slot, column) in SLOTS.into_iter().enumerate() {
        let teacher = cells.id(column);
        if slot == 0 || !teacher.is_empty() {
            teachers.resize(slot, Text::Borrowed(""));
            teachers.push(teacher);
        }
    }
    teachers
}

impl Intake<'_> {
    /// Reads sections.csv: one section per row, with its teachers, course and term.
    ///
    /// # Errors
    /// Only if bytes cannot be read.
    pub fn sections(
        &self,
        problems: &mut dyn Problems,
        each: impl FnMut(Place, SectionRow<'_>, &mut dyn Problems),
    ) -> io::Result<FileReport> {
        self.read::<Sections>(Stem::Sections, problems, each)
    }
}
