//! Nouns and closed lists of K-12 rostering.
//!
//! This room knows what a roster is made of and nothing of files, databases, HTTP or API versions. Values here are
//! richer than any one version of the published API; the room `wire` decides what a version shows of them.
//!
//! Text is borrowed wherever it can be (`Cow<'a, str>`): a record read from a file or from a table points into the
//! bytes it came from. Empty text means "not known": an absent column and an empty cell are the same thing
//! (district-side 1.3).

mod attendance;
mod contact;
mod course;
mod district;
mod employee;
mod enrollment;
mod ext;
mod field;
mod id;
mod kind;
mod language;
mod list;
mod lists;
mod mask;
mod name;
mod problem;
mod resource;
pub mod rows;
mod school;
mod scope;
mod section;
mod student;
mod term;
mod time;

pub use attendance::{AttendanceStatus, AttendanceType};
pub use contact::{Contact, ContactLink};
pub use course::Course;
pub use district::{District, DistrictContact};
pub use employee::{DistrictAdmin, Employee, Staff, Teacher};
pub use enrollment::Enrollment;
pub use ext::Ext;
pub use field::{Field, FieldSet};
pub use id::{IdRange, ObjectId};
pub use kind::{Kind, Role, RoleSet};
pub use language::Language;
pub use list::{ClosedList, Listed};
pub use lists::{
    ContactType, Disability, DistrictState, Gender, Grade, Lunch, PhoneType, Race, Relationship,
    ResourceRole, Subject, YesNo,
};
pub use mask::Mask;
pub use name::{Location, Name};
pub use problem::{Code, Place, Problem, Problems, RecordType, Severity, catalogue};
pub use resource::Resource;
pub use school::School;
pub use scope::{Allow, Scope};
pub use section::Section;
pub use student::Student;
pub use term::Term;
pub use time::{Date, Timestamp};

/// Text of a record, borrowed from where it was read if possible. Empty means "not known".
pub type Text<'a> = std::borrow::Cow<'a, str>;
