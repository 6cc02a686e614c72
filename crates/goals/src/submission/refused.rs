//! Bodies that are no submission at all (clever-api 8.3: 400 and 413).

use thiserror::Error;

/// Why a body is no submission. Nothing of it is applied.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// Too many bytes: 413.
    #[error(
        "the body has {bytes} bytes and may have {most}; send it in parts, each of some students"
    )]
    TooLarge {
        /// How many it has.
        bytes: usize,
        /// How many it may have.
        most: usize,
    },
    /// Too many rows: 413.
    #[error("the body has more than {most} students; send it in parts")]
    TooManyRows {
        /// How many it may have.
        most: usize,
    },
    /// Not JSON, or not in UTF-8.
    #[error("the body is not JSON at line {line}, column {column}")]
    NotJson {
        /// From 1.
        line: usize,
        /// From 1, in bytes.
        column: usize,
    },
    /// JSON of another shape.
    #[error("the body has no data.students; it is {{\"data\": {{\"students\": [...]}}}}")]
    NoStudents,
    /// CSV whose first line is not the header.
    #[error(
        "the first line is the header: clever_id, minutes and the name of the progress metric; {0}"
    )]
    Header(HeaderFault),
    /// Every row is malformed.
    #[error(
        "none of the {rows} rows could be read; each has clever_id, and numbers for minutes and the progress metric"
    )]
    Nothing {
        /// How many there were.
        rows: u32,
    },
}

/// What is wrong with a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HeaderFault {
    /// There is none.
    #[error("it is missing")]
    Missing,
    /// No column says whose a row is.
    #[error("clever_id is not among them")]
    NoStudent,
    /// There is nothing to apply.
    #[error("neither minutes nor the progress metric is among them")]
    NoMetric,
    /// A column came twice.
    #[error("one of them came twice")]
    Twice,
    /// More columns than anybody's.
    #[error("it has more than 200 columns")]
    TooMany,
    /// A quote does not close, or a name is not in UTF-8.
    #[error("it could not be read")]
    Unreadable,
}

impl Refused {
    /// Whether the body is too large rather than wrong: 413 rather than 400.
    pub fn is_too_large(&self) -> bool {
        matches!(self, Self::TooLarge { .. } | Self::TooManyRows { .. })
    }
}
