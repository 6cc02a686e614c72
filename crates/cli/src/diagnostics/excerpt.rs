//! A row as it is shown: what is wrong, and the record's id; everything else is dots.

use std::borrow::Cow;

use homeroom_intake::{Excerpt as Row, ExcerptCell as Cell, masked};
use homeroom_model::{Code, Problem};

use super::rows::column;

/// Stands for a value that is not shown.
const HIDDEN: &str = "···";

/// Stands for cells between those that are shown.
const SKIPPED: &str = "…";

/// Cells of a header that are shown at most.
const HEADER: usize = 12;

/// A row as it is shown.
pub(super) struct Excerpt {
    /// Its text.
    pub(super) text: String,
    /// Where in the text the mark stands: bytes, from 0.
    pub(super) mark: std::ops::Range<usize>,
    /// Where in the line of the file the marked cell begins: characters, from 1.
    pub(super) at: u64,
}

impl Excerpt {
    /// The excerpt of a row for a problem in it, with or without values of people; `None` of a row without cells.
    pub(super) fn new(problem: &Problem, row: &Row, values: bool) -> Option<Self> {
        let marked = marked(problem, row);
        let mut excerpt = Self {
            text: String::new(),
            mark: 0..0,
            at: marked.map_or(1, |at| column(row, at)),
        };
        let mut skipped = false;
        let named = row.header && row.cells.iter().any(|cell| cell.column.is_some());
        for (at, cell) in row.cells.iter().enumerate() {
            let near = match marked {
                Some(marked) => at.abs_diff(marked) <= 1,
                None => at < HEADER,
            };
            let id = !row.header && is_id(problem.place.file, cell);
            if !near && !id {
                skipped = true;
                continue;
            }
            if std::mem::take(&mut skipped) {
                excerpt.part(SKIPPED);
            }
            let is_marked = marked == Some(at);
            let shown = if named || values || id {
                Cow::Borrowed(cell.value.as_str())
            } else if is_marked {
                shown_value(problem, cell)
            } else if cell.value.is_empty() {
                Cow::Borrowed("")
            } else {
                Cow::Borrowed(HIDDEN)
            };
            let place = excerpt.part(&shown);
            if is_marked {
                excerpt.mark = place;
            }
        }
        if skipped {
            excerpt.part(SKIPPED);
        }
        if marked.is_none() {
            excerpt.mark = 0..excerpt.text.len();
        }
        (!excerpt.text.is_empty()).then_some(excerpt)
    }

    /// Adds a cell and says where it stands.
    fn part(&mut self, text: &str) -> std::ops::Range<usize> {
        if !self.text.is_empty() {
            self.text.push(',');
        }
        let start = self.text.len();
        // A line break inside of a cell would be one of the excerpt.
        self.text.extend(
            text.chars()
                .map(|letter| if letter.is_control() { ' ' } else { letter }),
        );
        start..self.text.len()
    }
}

/// What may be shown of the cell that is wrong.
fn shown_value<'a>(problem: &'a Problem, cell: &'a Cell) -> Cow<'a, str> {
    if !problem.value.is_empty() {
        return Cow::Borrowed(&problem.value);
    }
    if cell.value.is_empty() {
        return Cow::Borrowed("");
    }
    if cell.open {
        return Cow::Owned(format!("\"{HIDDEN}"));
    }
    let column = cell.column.as_deref().unwrap_or_default();
    let masked = masked(column, &cell.value);
    if masked.is_empty() {
        return Cow::Borrowed(HIDDEN);
    }
    Cow::Owned(masked)
}

/// The cell that is wrong: that of the problem's column; in a header also the name that was probably meant; of a row as a
/// whole the record's id.
fn marked(problem: &Problem, row: &Row) -> Option<usize> {
    let by_text = |text: &str| {
        let same = |cell: &Cell| !text.is_empty() && cell.value.eq_ignore_ascii_case(text);
        row.cells.iter().position(same)
    };
    if row.header {
        let names = [&problem.column, &problem.value, &problem.suggestion];
        return names.into_iter().find_map(|name| by_text(name));
    }
    match problem.code {
        Code::QuoteUnclosed => return row.cells.iter().position(|cell| cell.open),
        // The cells for which there is no column.
        Code::RowLong => return (row.cells.len() > row.width).then_some(row.width),
        Code::RowShort => return row.cells.len().checked_sub(1),
        _ => {}
    }
    let name = if problem.column.is_empty() {
        ids(problem.place.file).last()?
    } else {
        problem.column.as_str()
    };
    let same = |cell: &Cell| cell.column.as_deref() == Some(name);
    row.cells.iter().position(same)
}

/// Whether a cell identifies the records of a file.
fn is_id(file: &str, cell: &Cell) -> bool {
    let column = cell.column.as_deref();
    column.is_some_and(|column| ids(file).contains(&column))
}

fn ids(file: &str) -> &'static [&'static str] {
    match file {
        "schools" => &["School_id"],
        "students" => &["Student_id"],
        "teachers" => &["Teacher_id"],
        "sections" | "sections_supplement" => &["Section_id"],
        "enrollments" => &["Section_id", "Student_id"],
        "staff" | "admins" => &["Staff_id"],
        "resources" => &["resource_id"],
        "attendance" => &["Attendance_id", "Student_id"],
        "ext_schools" | "ext_students" | "ext_teachers" | "ext_sections" | "ext_staff" => {
            &["sis_id"]
        }
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use homeroom_intake::Exposure;

    use super::*;
    use homeroom_model::Place;

    fn row(cells: &[(&str, &str)]) -> Row {
        let mut row = Row {
            line: 7,
            lines: 1,
            text: String::new(),
            cells: Vec::new(),
            header: false,
            width: cells.len(),
        };
        for (column, value) in cells {
            let start = row.text.len() + usize::from(!row.text.is_empty());
            row.text = [&row.text, *value].join(if start == 0 { "" } else { "," });
            row.cells.push(Cell {
                column: (!column.is_empty()).then(|| (*column).to_owned()),
                range: start..row.text.len(),
                value: (*value).to_owned(),
                open: false,
                exposure: Exposure::Hidden,
            });
        }
        row
    }

    fn student() -> Row {
        row(&[
            ("School_id", "0348"),
            ("Student_id", "1001"),
            ("Last_name", "Fox"),
            ("First_name", "Remy"),
            ("Middle_name", ""),
            ("Grade", "13th"),
            ("DOB", "31.12.2012"),
            ("Race", "W"),
            ("Gender", "F"),
        ])
    }

    fn problem(code: Code, column: &str) -> Problem {
        let place = Place {
            file: "students",
            line: 7,
        };
        Problem::new(code, place).column(column)
    }

    #[test]
    fn only_what_is_wrong_and_the_id_are_shown() {
        let grade = problem(Code::GradeInvalid, "Grade").value("13th");
        let excerpt = Excerpt::new(&grade, &student(), false).unwrap();
        assert_eq!(excerpt.text, "…,1001,…,,13th,···,…");
        assert_eq!(&excerpt.text[excerpt.mark], "13th");
        assert_eq!(excerpt.at, 21);

        let dob = problem(Code::DobInvalid, "DOB").value("99.99.9999");
        let excerpt = Excerpt::new(&dob, &student(), false).unwrap();
        assert_eq!(excerpt.text, "…,1001,…,···,99.99.9999,···,…");

        let race = problem(Code::RaceInvalid, "Race");
        let excerpt = Excerpt::new(&race, &student(), false).unwrap();
        assert_eq!(excerpt.text, "…,1001,…,···,···,···");

        let excerpt = Excerpt::new(&dob, &student(), true).unwrap();
        assert_eq!(excerpt.text, "…,1001,…,13th,31.12.2012,W,…");
    }

    #[test]
    fn a_row_as_a_whole_is_marked_at_its_id_and_an_empty_cell_at_its_place() {
        let whole = problem(Code::StudentNoSection, "");
        let excerpt = Excerpt::new(&whole, &student(), false).unwrap();
        assert_eq!(excerpt.text, "···,1001,···,…");
        assert_eq!(&excerpt.text[excerpt.mark], "1001");
        let empty = problem(Code::MissingRequired, "Middle_name");
        let excerpt = Excerpt::new(&empty, &student(), false).unwrap();
        assert_eq!(excerpt.text, "…,1001,…,···,,···,…");
        assert_eq!(excerpt.mark, excerpt.mark.start..excerpt.mark.start);
    }

    #[test]
    fn a_header_is_shown_unless_it_is_data() {
        let mut names = row(&[
            ("School_id", "School_id"),
            ("", "Pupil_id"),
            ("Grade", "Grade"),
        ]);
        names.header = true;
        let unknown = problem(Code::UnknownColumn, "Pupil_id");
        let excerpt = Excerpt::new(&unknown, &names, false).unwrap();
        assert_eq!(excerpt.text, "School_id,Pupil_id,Grade");
        assert_eq!(&excerpt.text[excerpt.mark], "Pupil_id");
        for cell in &mut names.cells {
            cell.column = None;
        }
        let missing = problem(Code::HeaderMissing, "Student_id");
        let excerpt = Excerpt::new(&missing, &names, false).unwrap();
        assert_eq!(excerpt.text, "···,···,···");
    }
}
