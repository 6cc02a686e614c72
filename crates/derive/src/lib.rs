//! Builds a complete candidate from the records as sent: a segment-shaped spool without ids.
//!
//! Always total, never incremental: the same rows give the same candidate, whatever was published before (but for the
//! name of a course of which several are equally frequent, [`Derive::published_courses`]). Rows come file by file, in the
//! order in which files refer to each other; nothing but keys, numbers and lists of numbers stays in memory, so a district
//! of a million students fits.
//!
//! * [`Derive`] takes the rows of an import and makes the candidate; [`Extra`] what other files add to them.
//! * [`from_snapshot`] makes it again from what is published, with other people kept by hand.
//! * [`Settings`] are the choices a district has.

mod attendance;
mod by_hand;
mod checks;
mod clusters;
mod contacts;
mod counts;
mod course_subjects;
mod courses;
mod derive;
mod email;
mod employees;
mod enrollments;
mod extra;
mod finish;
mod from_snapshot;
mod inverse;
mod keep;
mod keys;
mod nearby;
mod origin;
mod pack;
mod packed_enrollments;
mod packed_students;
mod people;
mod places;
mod primary_school;
mod resources;
mod schools;
mod section_grade;
mod section_made;
mod section_name;
mod sections;
mod settings;
mod slots;
mod staff;
mod students;
mod subject;
mod supplement;
mod teachers;
mod terms;

pub use by_hand::ByHand;
pub use counts::{Count, Counts, File, Kept};
pub use course_subjects::CourseSubjects;
pub use derive::{Derive, Derived};
pub use extra::{ExtOf, Extra};
pub use from_snapshot::from_snapshot;
pub use origin::Origin;
pub use packed_enrollments::{PackedEnrollment, PackedEnrollments};
pub use packed_students::{PackedStudent, PackedStudents};
pub use settings::{CourseKey, FutureTerms, PrimarySchool, SectionNames, Settings};
pub use subject::{SubjectKeywords, SubjectTableError};
