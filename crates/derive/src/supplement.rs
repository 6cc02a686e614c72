//! Cells of sections that the supplement brings: courses and terms for exports that lack them. What sections.csv says wins,
//! cell by cell.

use homeroom_model::rows::SectionRow;
use homeroom_model::{Code, Date, Place, Problem, Problems, Section, Term, Text};
use homeroom_segment::Row;
use homeroom_segment::fields::section as f;

use crate::sections::raw;

/// A date of a term, and how it was sent.
type Day<'a> = (Option<Date>, Text<'a>);

/// The row of sections.csv with the cells of the supplement where its own are empty. `row` stands at the first of `places`,
/// the supplement's, which is packed in the form of [`raw`], at the second. Cells that differ are reported, and a term that
/// ends before it begins once the two are put together.
pub(crate) fn fill<'a>(
    row: &SectionRow<'a>,
    places: (Place, Place),
    other: Row<'a>,
    problems: &mut dyn Problems,
) -> SectionRow<'a> {
    let id = &row.section.sis_id;
    let (place, other_place) = places;
    let mut differs = |column: &str, own: &str, other: &str| {
        let problem = Problem::new(Code::SupplementOverridden, other_place).column(column);
        problems.report(problem.key(id).value(other).suggestion(own));
    };
    let mut text = |column: &str, own: &Text<'a>, field: usize| -> Text<'a> {
        let other = other.text(field);
        if own.is_empty() {
            return other.into();
        }
        if !other.is_empty() && own != other {
            differs(column, own, other);
        }
        own.clone()
    };
    let course_name = text("Course_name", &row.course_name, raw::COURSE_NAME);
    let course_number = text("Course_number", &row.course_number, raw::COURSE_NUMBER);
    let description = &row.section.course_description;
    let course_description = text("Course_description", description, f::COURSE_DESCRIPTION);
    let name = text("Term_name", &row.term.name, raw::TERM_NAME);
    let mut date = |column: &str, own: Day<'a>, field: usize, as_sent: usize| -> Day<'a> {
        let (day, text) = (other.date(field), other.text(as_sent));
        if own.0.is_none() && own.1.is_empty() {
            return (day, text.into());
        }
        if day.is_some() && own.0 != day {
            differs(column, &own.1, text);
        }
        own
    };
    let own = (row.term.start, row.section.term_start_as_sent.clone());
    let (start, term_start_as_sent) =
        date("Term_start", own, raw::TERM_START, f::TERM_START_AS_SENT);
    let own = (row.term.end, row.section.term_end_as_sent.clone());
    let (end, term_end_as_sent) = date("Term_end", own, raw::TERM_END, f::TERM_END_AS_SENT);
    let mixed = row.term.start.is_some() != row.term.end.is_some();
    if mixed && start.zip(end).is_some_and(|(start, end)| end < start) {
        let problem = Problem::new(Code::TermDatesInverted, place).column("Term_end");
        problems.report(
            problem
                .key(id)
                .detail("one of the two is of the supplement"),
        );
    }
    SectionRow {
        section: Section {
            course_description,
            term_start_as_sent,
            term_end_as_sent,
            ..row.section.clone()
        },
        course_name,
        course_number,
        term: Term { name, start, end },
        ..row.clone()
    }
}
