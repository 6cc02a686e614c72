//! What can be wrong with a district's data: codes, where they stand, how to repair them.

mod catalogue;
mod record_type;
mod stored;
mod table;

use std::fmt;

pub use catalogue::Code;
pub use record_type::RecordType;
pub use table::catalogue;

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Info,
    /// Published as it came, or repaired; somebody should look.
    Warning,
    /// The record, or the part of it that is named, is left out; the run goes on.
    Error,
    /// The run stops and nothing is published.
    Fatal,
}

impl Severity {
    /// Lower-case word, as reports print it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Fatal => "fatal",
        }
    }

    /// Every severity, the mildest first.
    pub const ALL: [Self; 4] = [Self::Info, Self::Warning, Self::Error, Self::Fatal];
}

/// Where a problem stands in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// Stem of the file's documented name, for example `students`; `custom students` and the like for records kept by
    /// hand; empty when no file is concerned.
    pub file: &'static str,
    /// Line of the file, from 1, the header being line 1 as a rule; 0 for the file as a whole. A row whose quoted cells
    /// hold line breaks stands at its first line.
    pub line: u64,
}

impl Place {
    /// Whether it is a record kept by hand, which has a number and no line.
    pub fn is_custom(self) -> bool {
        self.file.starts_with(CUSTOM)
    }
}

impl fmt::Display for Place {
    /// `students.csv:4`, `students.csv` for the file as a whole, `custom students 2` for a record kept by hand, nothing
    /// where no file is concerned.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.file)?;
        match self.line {
            _ if self.file.is_empty() => Ok(()),
            0 if self.is_custom() => Ok(()),
            line if self.is_custom() => write!(f, " {line}"),
            0 => f.write_str(".csv"),
            line => write!(f, ".csv:{line}"),
        }
    }
}

/// What the places of records kept by hand begin with.
const CUSTOM: &str = "custom ";

/// Longest value, key and suggestion that a problem carries, in characters.
const SHOWN: usize = 64;

/// One thing that is wrong. Reports print the id of the record and values that are no secrets, never names, emails, dates
/// of birth, telephones, addresses, races or flags of people (layout, invariant 11): whoever reports a problem leaves such
/// a value out or shows only its form.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// What is wrong.
    pub code: Code,
    /// Where it stands.
    pub place: Place,
    /// The documented name of the column, empty when the row as a whole is concerned.
    pub column: String,
    /// SIS id of the record, `SECTION / STUDENT` of an enrollment; empty when no record is concerned.
    pub key: String,
    /// The value as sent, if it may be shown: ids, grades, subjects, words of closed lists that say nothing about a
    /// person, dates of terms, names of files and columns. Of a date of birth, a telephone or an email its form only,
    /// letters as `a` and digits as `9`.
    pub value: String,
    /// A value or a name to use instead, if one is plausible.
    pub suggestion: String,
    /// More for the reader, in words.
    pub detail: String,
}

impl Problem {
    /// A problem at a place.
    pub fn new(code: Code, place: Place) -> Self {
        Self {
            code,
            place,
            column: String::new(),
            key: String::new(),
            value: String::new(),
            suggestion: String::new(),
            detail: String::new(),
        }
    }

    /// The same problem in a named column.
    #[must_use]
    pub fn column(mut self, column: impl Into<String>) -> Self {
        self.column = column.into();
        self
    }

    /// The same problem of the record with this SIS id.
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        self.key = shown(key);
        self
    }

    /// The same problem with the value as sent, which must be one that may be shown.
    #[must_use]
    pub fn value(mut self, value: &str) -> Self {
        self.value = shown(value);
        self
    }

    /// The same problem with what to use instead.
    #[must_use]
    pub fn suggestion(mut self, suggestion: &str) -> Self {
        self.suggestion = shown(suggestion);
        self
    }

    /// The same problem with more for the reader.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
}

/// The beginning of a text from outside, without control characters, so that a report stays one line.
fn shown(text: &str) -> String {
    let letters = text.chars().filter(|letter| !letter.is_control());
    letters.take(SHOWN).collect()
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}:{} {}",
            self.code.text(),
            self.place.file,
            self.place.line,
            self.column
        )
    }
}

impl fmt::Display for Problem {
    /// One line: place, severity, code, column, value, record, meaning, detail, suggestion.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.file.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        write!(f, "{} {}", self.code.severity().text(), self.code.text())?;
        if !self.column.is_empty() {
            write!(f, " [{}]", self.column)?;
        }
        if !self.value.is_empty() {
            write!(f, " \"{}\"", self.value)?;
        }
        if !self.key.is_empty() {
            write!(f, " of {}", self.key)?;
        }
        write!(f, ": {}", self.code.meaning())?;
        if !self.detail.is_empty() {
            write!(f, " ({})", self.detail)?;
        }
        if !self.suggestion.is_empty() {
            write!(f, " Use: {}", self.suggestion)?;
        }
        Ok(())
    }
}

/// Takes problems as they are found. Whoever keeps them decides how many to keep; counting is never capped.
pub trait Problems {
    /// Takes one problem.
    fn report(&mut self, problem: Problem);
}

impl Problems for Vec<Problem> {
    fn report(&mut self, problem: Problem) {
        self.push(problem);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_one_line() {
        let place = |file, line| Place { file, line };
        for (problem, line) in [
            (
                Problem::new(Code::GradeInvalid, place("students", 4))
                    .column("Grade")
                    .key("7")
                    .value("8\nth")
                    .suggestion("8"),
                "students.csv:4: warning GRADE_INVALID [Grade] \"8th\" of 7: The grade is not one that is known; Other was used. Use: 8",
            ),
            (
                Problem::new(Code::FileMissing, place("students", 0)),
                "students.csv: fatal FILE_MISSING: A required file is not there.",
            ),
            (
                Problem::new(Code::CustomShadowed, place("custom students", 2)).detail("x"),
                "custom students 2: warning CUSTOM_SHADOWED: A record of the files has the same key as a custom record; the one of the files was used. (x)",
            ),
            (
                Problem::new(Code::UnknownFile, place("", 0)),
                "warning UNKNOWN_FILE: The file is not one that is read.",
            ),
        ] {
            assert_eq!(problem.to_string(), line);
        }
    }

    #[test]
    fn what_comes_from_outside_is_cut() {
        let long = "x".repeat(1000);
        let problem = Problem::new(Code::TooLong, Place::default())
            .key(&long)
            .value(&long)
            .suggestion(&long);
        assert!(problem.to_string().len() < 400);
    }
}
