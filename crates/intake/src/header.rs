//! The header line: which column is which (district-side 1.3, 2.9).

use homeroom_model::{Code, Place, Problem, Problems};

use crate::Limits;
use crate::row::Row;

mod other_names;

use other_names::meant;

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
    /// How a row looks.
    pub(crate) shape: Shape,
    /// Line of the file in which it begins.
    pub(crate) line: u64,
    /// Cell of each documented column.
    cells: Vec<Option<usize>>,
    /// Extension fields, ascending by name, and their cells.
    pub(crate) ext: Vec<(String, usize)>,
}

/// How the rows of a file look.
pub(crate) struct Shape {
    /// Cells of the header line.
    pub(crate) width: usize,
    /// Cells that a row must have at least: up to the last column whose value is required.
    required_width: usize,
    /// Cells that hold passwords, ascending: they are as good as empty.
    pub(crate) passwords: Vec<usize>,
}

impl Shape {
    /// By the cells of the documented columns, whether or not the required ones are all there.
    pub(crate) fn new(names: &[String], columns: &[Column], cells: &[Option<usize>]) -> Self {
        let required = columns.iter().zip(cells);
        let last_required = required
            .filter(|(column, _)| column.need == Need::Value)
            .filter_map(|(_, cell)| *cell)
            .max();
        let passwords = names.iter().enumerate();
        Self {
            width: names.len(),
            required_width: last_required.map_or(0, |cell| cell + 1),
            passwords: passwords
                .filter(|(_, name)| is_password(name))
                .map(|(cell, _)| cell)
                .collect(),
        }
    }

    /// Whether a row has no value but passwords.
    pub(crate) fn is_blank(&self, row: Row<'_>) -> bool {
        (0..row.len()).all(|index| {
            row.clean(index).text.is_empty() || self.passwords.binary_search(&index).is_ok()
        })
    }

    /// Whether a row has too few or too many cells.
    pub(crate) fn fault(&self, row: Row<'_>) -> Option<Code> {
        if row.len() < self.required_width {
            Some(Code::RowShort)
        } else if row.len() > self.width && !row.is_blank_from(self.width) {
            Some(Code::RowLong)
        } else {
            None
        }
    }
}

/// The rules of a file that its header is read by.
pub(crate) struct Rules<'a> {
    /// Of the header line.
    pub(crate) place: Place,
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
        let place = rules.place;
        if row.len() > rules.limits.columns {
            let detail = format!(
                "{} columns, the limit is {}",
                row.len(),
                rules.limits.columns
            );
            problems.report(Problem::new(Code::TooManyColumns, place).detail(detail));
            return None;
        }
        let names = names(row);
        let mut reading = Reading {
            rules,
            place,
            problems,
            cells: vec![None; rules.columns.len()],
            ext: Vec::new(),
            unknown: Vec::new(),
            inexact: Vec::new(),
            good: true,
        };
        reading.match_columns(&names);
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
        good.then(|| Self {
            shape: Shape::new(&names, rules.columns, &cells),
            line: row.line,
            cells,
            ext,
        })
    }

    /// The cell of a column, by the column's index.
    pub(crate) fn cell(&self, column: usize) -> Option<usize> {
        *self.cells.get(column)?
    }
}

/// The names of a header line, cleaned.
pub(crate) fn names(row: Row<'_>) -> Vec<String> {
    (0..row.len())
        .map(|index| row.clean(index).text.into_owned())
        .collect()
}

/// The documented column with a name from outside.
pub(crate) fn documented(columns: &'static [Column], name: &str) -> Option<usize> {
    let name = normal(name);
    columns
        .iter()
        .position(|column| column.name.eq_ignore_ascii_case(&name))
}

/// Whether a column holds passwords by its name: `Password`, `Student_password`, `ext.pwd` and the like.
pub fn is_password(name: &str) -> bool {
    let name = normal(name);
    let last = name.rsplit(['_', '.']).next().unwrap_or_default();
    ["password", "passwords", "passwd", "pwd"].contains(&last)
}

struct Reading<'a, 'p> {
    rules: &'a Rules<'a>,
    place: Place,
    problems: &'p mut dyn Problems,
    cells: Vec<Option<usize>>,
    ext: Vec<(String, usize)>,
    unknown: Vec<String>,
    inexact: Vec<&'static str>,
    good: bool,
}

impl Reading<'_, '_> {
    fn match_columns(&mut self, names: &[String]) {
        for (index, name) in names.iter().enumerate() {
            let known = normal(name);
            if known.is_empty() {
                continue;
            }
            let columns = self.rules.columns;
            let found = documented(columns, name);
            if is_password(name) {
                self.report(Problem::new(Code::PasswordIgnored, self.place).column(shown(name)));
            }
            if let Some(at) = found
                && let Some(column) = columns.get(at)
            {
                self.take_column(at, column, index, name);
            } else if is_password(name) {
                // Nothing else is to be said of it.
            } else if let Some(field) = name.get(4..).filter(|_| known.starts_with("ext.")) {
                self.take_ext(field.to_owned(), index);
            } else {
                self.unknown.push(name.clone());
            }
        }
        if !self.inexact.is_empty() {
            let detail = format!("documented names: {}", self.inexact.join(", "));
            self.report(Problem::new(Code::HeaderInexact, self.place).detail(detail));
        }
    }

    fn take_column(&mut self, at: usize, column: &Column, index: usize, name: &str) {
        let Some(cell) = self.cells.get_mut(at) else {
            return;
        };
        if cell.is_some() {
            self.good = false;
            let problem = Problem::new(Code::HeaderDuplicate, self.place).column(column.name);
            self.report(problem.value(name));
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
        let problem = |code: Code| Problem::new(code, self.place).column(column);
        let problem = if !self.rules.ext {
            problem(Code::ExtNameInvalid).detail("this file has no extension fields")
        } else if field.is_empty() || field.len() > 64 || !field.chars().all(allowed) {
            problem(Code::ExtNameInvalid).suggestion(&allowed_name(&field))
        } else if self
            .ext
            .iter()
            .any(|(other, _)| other.eq_ignore_ascii_case(&field))
        {
            self.good = false;
            problem(Code::HeaderDuplicate)
        } else {
            self.ext.push((field, index));
            return;
        };
        self.report(problem);
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
        let absent = self.absent();
        for name in missing {
            self.good = false;
            let problem = Problem::new(Code::HeaderMissing, self.place).column(name);
            let sent = self
                .unknown
                .iter()
                .find(|sent| meant(sent, &absent) == Some(name));
            let problem = match sent {
                _ if no_header => problem.detail(
                    "no column of the first line is known; the first line must name the columns",
                ),
                Some(sent) => problem
                    .value(sent)
                    .suggestion(name)
                    .detail(format!("the file has {}", shown(sent))),
                None => problem,
            };
            self.report(problem);
        }
        if no_header {
            // Without a header the first line is data, and data of people is not repeated in reports.
            self.unknown.clear();
        }
    }

    /// Documented columns that the header lacks.
    fn absent(&self) -> Vec<&'static str> {
        let columns = self.rules.columns.iter().zip(&self.cells);
        columns
            .filter(|(_, cell)| cell.is_none())
            .map(|(column, _)| column.name)
            .collect()
    }

    fn report_unknown(&mut self) {
        let absent = self.absent();
        for name in std::mem::take(&mut self.unknown) {
            let problem = Problem::new(Code::UnknownColumn, self.place).column(shown(&name));
            let meant = meant(&name, &absent).unwrap_or_default();
            self.report(problem.suggestion(meant));
        }
    }

    /// Keeps the first extension columns of the file, as many as the limit allows.
    fn limit_ext(&mut self) {
        let limit = self.rules.limits.ext_columns;
        if self.ext.len() > limit {
            for (field, _) in self.ext.split_off(limit) {
                let detail = format!("more than {limit} extension columns");
                let problem = Problem::new(Code::ExtNameInvalid, self.place);
                self.report(problem.column(format!("ext.{field}")).detail(detail));
            }
        }
    }

    fn report(&mut self, problem: Problem) {
        self.problems.report(problem);
    }
}

/// The name nearest to that of an extension field that is not allowed; empty if nothing would be left of it.
fn allowed_name(field: &str) -> String {
    let letters = field.trim().chars().map(|letter| {
        if letter.is_ascii_alphanumeric() {
            letter
        } else {
            '_'
        }
    });
    let name: String = letters.take(64).collect();
    if name.trim_matches('_').is_empty() {
        return String::new();
    }
    format!("ext.{name}")
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
