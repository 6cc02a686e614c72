//! Reads a district's files: named byte readers in, records and problems out (district-side 1 to 4).
//!
//! ```text
//! Source ─► FileSet ─► Intake ─► encoding ─► lexer ─► header ─► cells ─► records
//! ```
//!
//! A bad cell costs a value, a bad row costs the row, a bad header costs the file; all of it is reported and only broken
//! I/O is an error. Records borrow from the some hundred rows that are in memory. What needs more than one row (keys that repeat,
//! references, students of several rows, missing emails) is found by whoever takes the records.

mod attendance;
mod beside;
mod cells;
mod contact_words;
mod custom;
mod date;
mod encoding;
mod enrollments;
mod excerpt;
mod exercise;
mod exposure;
mod ext;
mod file_set;
mod grade;
mod header;
mod hint;
mod keep;
mod lexer;
mod limits;
mod piece;
mod race;
mod read;
mod resources;
mod row;
mod schools;
mod sections;
mod settings;
mod source;
mod staff;
mod stem;
mod students;
mod subject;
mod suggest;
mod supplement;
mod tables;
mod teachers;
mod words;

pub use beside::{Beside, InTurn};
pub use custom::{CustomRecord, check_custom, custom};
pub use excerpt::{Excerpt, ExcerptCell};
pub use exercise::{Exercise, exercise};
pub use exposure::{Exposure, exposure, masked};
pub use file_set::{FileSet, Origin};
pub use header::is_password;
pub use keep::{Kept, keep};
pub use limits::Limits;
pub use piece::Piece;
pub use read::{FileReport, Intake};
pub use settings::{Settings, Sis};
pub use source::{FileInfo, InMemory, Source};
pub use stem::Stem;
pub use tables::{Overrides, TableError, Tables};
