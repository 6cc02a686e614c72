//! Terms: years, semesters and quarters, and the ways SISs write them.

use crate::block::{Block, Shape};
use crate::draw::Draw;
use crate::pen::Pen;
use crate::quirk::Quirk;
use crate::school_year::{CalendarDay, SPELLINGS, SchoolYear};

/// A term.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    name: String,
    start: CalendarDay,
    end: CalendarDay,
    quirk: Quirk,
}

/// The term of a section. Zones follow one of two calendars.
pub(crate) fn term(year: SchoolYear, zone: u64, block: Option<&Block>, draw: &mut Draw) -> Term {
    let at = draw.below(100);
    let part = match block.map(|block| block.shape) {
        None | Some(Shape::Homeroom) => 0,
        Some(Shape::Core) => match at {
            ..55 => 0,
            55..78 => 1,
            _ => 2,
        },
        Some(Shape::Elective) => match at {
            ..20 => 0,
            20..50 => 1,
            50..78 => 2,
            _ => 3 + at % 4,
        },
    };
    let day = |year, month, day| CalendarDay { year, month, day };
    let (first, second) = (year.start, year.end());
    let (begin, finish) = match zone % 2 {
        0 => (day(first, 8, 17), day(second, 6, 4)),
        _ => (day(first, 8, 24), day(second, 6, 11)),
    };
    let winter = (day(first, 12, 18), day(second, 1, 5));
    let (name, start, end, quirk) = match part {
        0 => (format!("{first}-{second}"), begin, finish, Quirk::TermYear),
        1 => (
            "Semester 1".to_owned(),
            begin,
            winter.0,
            Quirk::TermSemester,
        ),
        2 => (
            "Semester 2".to_owned(),
            winter.1,
            finish,
            Quirk::TermSemester,
        ),
        3 => (
            "Quarter 1".to_owned(),
            begin,
            day(first, 10, 16),
            Quirk::TermQuarter,
        ),
        4 => (
            "Quarter 2".to_owned(),
            day(first, 10, 19),
            winter.0,
            Quirk::TermQuarter,
        ),
        5 => (
            "Quarter 3".to_owned(),
            winter.1,
            day(second, 3, 12),
            Quirk::TermQuarter,
        ),
        _ => (
            "Quarter 4".to_owned(),
            day(second, 3, 15),
            finish,
            Quirk::TermQuarter,
        ),
    };
    Term {
        name,
        start,
        end,
        quirk,
    }
}

/// Writes name, start and end.
pub(crate) fn cells(term: &Term, pen: &mut Pen<'_>) {
    let way = 2 + pen.way(SPELLINGS - 2);
    if pen.has(Quirk::TermMissing) {
        pen.cells.blanks(3);
        return;
    }
    if pen.has(Quirk::TermNameOnly) {
        pen.text(&term.name);
        pen.cells.blanks(2);
        return;
    }
    pen.mark(term.quirk);
    if pen.has(Quirk::TermDatesOnly) {
        pen.cells.blank();
    } else {
        pen.text(&term.name);
    }
    let (mut start, mut end) = (term.start, term.end);
    if pen.has(Quirk::TermInverted) {
        std::mem::swap(&mut start, &mut end);
    }
    // Districts write ISO dates as a rule; the rest mean the same days.
    let way = if pen.has(Quirk::TermSpelling) { way } else { 1 };
    pen.text(&start.spelled(way));
    if pen.has(Quirk::TermStartOnly) {
        pen.cells.blank();
    } else {
        pen.text(&end.spelled(way));
    }
}
