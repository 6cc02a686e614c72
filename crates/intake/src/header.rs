//! The header line: which column is which (district-side 1.3, 2.9).

use homeroom_model::{Code, Place, Problem, Problems};

use crate::Limits;
use crate::file_set::Stem;
use crate::hint::nearest;
use crate::row::Row;

/// What a file needs of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing.
    Optional,
    /// That it is there (H).
    Header,
    /// That every row has a value (H V).
    Value,
}

/// A documented column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    /// Its documented name.
    pub(crate) name: &'static str,
    pub(crate) need: Need,
}

/// The columns of a file: the index of a value of the implementing enum is its place in `ALL`.
pub(crate) trait Columns: Copy + 'static {
    const ALL: &'static [Column];

    fn index(self) -> usize;
}

/// Declares the columns of a file.
macro_rules! columns {
    ($name:ident { $($variant:ident = $text:literal $need:ident),+ $(,)? }) => {
        #[derive(Clone, Copy)]
        #[allow(
            dead_code,
            clippy::enum_variant_names,
            reason = "columns are known by their documented names, and some are known only in order not to be read"
        )]
        pub(crate) enum $name { $($variant),+ }

        impl $crate::header::Columns for $name {
            const ALL: &'static [$crate::header::Column] = &[$(
                $crate::header::Column { name: $text, need: $crate::header::Need::$need }
            ),+];

            fn index(self) -> usize {
                self as usize
            }
        }
    };
}
pub(crate) use columns;

/// What reading needs to know of a file's header.
pub(crate) struct Header {
    /// Cells of the header line.
    pub(crate) width: usize,
    /// Cells that a row must have at least: up to the last column whose value is required.
    pub(crate) required_width: usize,
    /// Cell of each documented column.
    cells: Vec<Option<usize>>,
    /// Extension fields, ascending by name, and their cells.
    pub(crate) ext: Vec<(String, usize)>,
}

/// The rules of a file that its header is read by.
pub(crate) struct Rules<'a> {
    pub(crate) stem: Stem,
    pub(crate) columns: &'static [Column],
    /// Whether the file may have extension columns.
    pub(crate) ext: bool,
    pub(crate) limits: &'a Limits,
}

impl Header {
    /// Reads the header line; `None` if the file cannot be read by it, which has then been reported.
    pub(crate) fn read(
        row: Row<'_>,
        rules: &Rules<'_>,
        problems: &mut dyn Problems,
    ) -> Option<Self> {
        let place = Place {
            file: rules.stem.text(),
            line: row.line,
        };
        if row.len() > rules.limits.columns {
            let detail = format!(
                "{} columns, the limit is {}",
                row.len(),
                rules.limits.columns
            );
            problems.report(Problem::new(Code::TooManyColumns, place).detail(detail));
            return None;
        }
        let mut reading = Reading {
            rules,
            place,
            problems,
            names: (0..row.len())
                .map(|index| row.clean(index).text.into_owned())
                .collect(),
            cells: vec![None; rules.columns.len()],
            ext: Vec::new(),
            unknown: Vec::new(),
            inexact: Vec::new(),
            good: true,
        };
        reading.match_columns();
        reading.report_missing();
        reading.report_unknown();
        reading.limit_ext();
        let Reading {
            cells,
            mut ext,
            good,
            ..
        } = reading;
        ext.sort();
        let required = rules.columns.iter().zip(&cells);
        let last_required = required
            .filter(|(column, _)| column.need == Need::Value)
            .filter_map(|(_, cell)| *cell)
            .max();
        good.then(|| Self {
            width: row.len(),
            required_width: last_required.map_or(0, |cell| cell + 1),
            cells,
            ext,
        })
    }

    /// The cell of a column, by the column's index.
    pub(crate) fn cell(&self, column: usize) -> Option<usize> {
        *self.cells.get(column)?
    }
}

struct Reading<'a, 'p> {
    rules: &'a Rules<'a>,
    place: Place,
    problems: &'p mut dyn Problems,
    names: Vec<String>,
    cells: Vec<Option<usize>>,
    ext: Vec<(String, usize)>,
    unknown: Vec<String>,
    inexact: Vec<&'static str>,
    good: bool,
}

impl Reading<'_, '_> {
    fn match_columns(&mut self) {
        for (index, name) in std::mem::take(&mut self.names).into_iter().enumerate() {
            let known = normal(&name);
            if known.is_empty() {
                continue;
            }
            let columns = self.rules.columns;
            let found = columns
                .iter()
                .position(|column| column.name.eq_ignore_ascii_case(&known));
            if let Some(at) = found
                && let Some(column) = columns.get(at)
            {
                self.take_column(at, column, index, &name);
            } else if let Some(field) = name.get(4..).filter(|_| known.starts_with("ext.")) {
                self.take_ext(field.to_owned(), index);
            } else {
                self.unknown.push(name);
            }
        }
        if !self.inexact.is_empty() {
            let detail = format!("documented names: {}", self.inexact.join(", "));
            self.report(Code::HeaderInexact, String::new(), detail);
        }
    }

    fn take_column(&mut self, at: usize, column: &Column, index: usize, name: &str) {
        let Some(cell) = self.cells.get_mut(at) else {
            return;
        };
        if cell.is_some() {
            self.good = false;
            self.report(Code::HeaderDuplicate, column.name.to_owned(), String::new());
            return;
        }
        *cell = Some(index);
        if name != column.name {
            self.inexact.push(column.name);
        }
    }

    fn take_ext(&mut self, field: String, index: usize) {
        let column = format!("ext.{}", shown(&field));
        let allowed = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        if !self.rules.ext {
            let detail = "this file has no extension fields".to_owned();
            self.report(Code::ExtNameInvalid, column, detail);
        } else if field.is_empty() || field.len() > 64 || !field.chars().all(allowed) {
            self.report(Code::ExtNameInvalid, column, String::new());
        } else if self
            .ext
            .iter()
            .any(|(other, _)| other.eq_ignore_ascii_case(&field))
        {
            self.good = false;
            self.report(Code::HeaderDuplicate, column, String::new());
        } else {
            self.ext.push((field, index));
        }
    }

    fn report_missing(&mut self) {
        let missing: Vec<&'static str> = self
            .rules
            .columns
            .iter()
            .zip(&self.cells)
            .filter(|(column, cell)| column.need != Need::Optional && cell.is_none())
            .map(|(column, _)| column.name)
            .collect();
        let no_header = self.cells.iter().all(Option::is_none);
        for name in missing {
            self.good = false;
            let unknown: Vec<&str> = self.unknown.iter().map(String::as_str).collect();
            let detail = if no_header {
                "no column of the first line is known; the first line must name the columns"
                    .to_owned()
            } else {
                nearest(name, &unknown)
                    .map(|sent| format!("the file has {}; rename it to {name}", shown(sent)))
                    .unwrap_or_default()
            };
            self.report(Code::HeaderMissing, name.to_owned(), detail);
        }
        if no_header {
            // Without a header the first line is data, and data of people is not repeated in reports.
            self.unknown.clear();
        }
    }

    fn report_unknown(&mut self) {
        let absent: Vec<&'static str> = self
            .rules
            .columns
            .iter()
            .zip(&self.cells)
            .filter(|(_, cell)| cell.is_none())
            .map(|(column, _)| column.name)
            .collect();
        for name in std::mem::take(&mut self.unknown) {
            let detail = nearest(&name, &absent)
                .map(|meant| format!("did you mean {meant}?"))
                .unwrap_or_default();
            self.report(Code::UnknownColumn, shown(&name), detail);
        }
    }

    /// Keeps the first extension columns of the file, as many as the limit allows.
    fn limit_ext(&mut self) {
        let limit = self.rules.limits.ext_columns;
        if self.ext.len() > limit {
            for (field, _) in self.ext.split_off(limit) {
                let detail = format!("more than {limit} extension columns");
                self.report(Code::ExtNameInvalid, format!("ext.{field}"), detail);
            }
        }
    }

    fn report(&mut self, code: Code, column: String, detail: String) {
        let problem = Problem::new(code, self.place);
        self.problems.report(problem.column(column).detail(detail));
    }
}

/// A name as headers are compared: lower case, runs of blanks, hyphens and underscores as one underscore.
fn normal(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter.is_whitespace() || matches!(letter, '-' | '_') {
            if !normal.ends_with('_') {
                normal.push('_');
            }
        } else {
            normal.extend(letter.to_lowercase());
        }
    }
    normal
}

/// The beginning of a name from outside.
fn shown(name: &str) -> String {
    name.chars().take(64).collect()
}
