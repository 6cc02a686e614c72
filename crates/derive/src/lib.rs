//! Builds a complete candidate from the records as sent: a segment-shaped spool without ids.
//!
//! Always total, never incremental: the same rows give the same candidate, whatever was published before. Rows come file
//! by file, in the order in which files refer to each other; nothing but keys, numbers and lists of numbers stays in
//! memory, so a district of a million students fits.
//!
//! * [`Derive`] takes the rows of an import and makes the candidate.
//! * [`from_snapshot`] makes it again from what is published, with other people kept by hand.
//! * [`Settings`] are the choices a district has.

mod by_hand;
mod clusters;
mod contacts;
mod counts;
mod courses;
mod derive;
mod email;
mod employees;
mod enrollments;
mod finish;
mod from_snapshot;
mod inverse;
mod keys;
mod pack;
mod people;
mod primary_school;
mod resources;
mod schools;
mod section_grade;
mod section_name;
mod sections;
mod settings;
mod slots;
mod staff;
mod students;
mod subject;
mod teachers;
mod terms;

pub use by_hand::ByHand;
pub use counts::{Count, Counts, File, Kept};
pub use derive::{Derive, Derived};
pub use from_snapshot::from_snapshot;
pub use settings::{PrimarySchool, SectionNames, Settings};
pub use subject::{SubjectKeywords, SubjectTableError};
