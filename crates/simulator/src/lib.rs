//! Believable school districts from a seed, as the files a student information system would send (Clever CSV), and
//! what happens to them from day to day.
//!
//! ```
//! use homeroom_simulator::{District, MemorySink, Profile, SchoolYear};
//!
//! let district = District::new(Profile::students(120), 7, SchoolYear { start: 2026 });
//! let mut files = MemorySink::default();
//! let census = district.write_day(0, &mut files)?;
//! assert_eq!(census.students.kept, 120);
//! assert!(files.text("schools.csv").starts_with("School_id,"));
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Every decision is a function of (seed, kind, number), so any record of any day is computed on its own: a district
//! of a million students needs a few megabytes, day N is day N-1 plus that day's churn, and the same seed, profile,
//! school year and day give the same bytes for ever. Nothing here reads a clock, a file or the environment.
//!
//! [`History`] is the same kind of district over school years, with what goes wrong and an oracle that knows the truth;
//! there a day follows from the one before. [`usage`] is what students do in apps over a school year.

mod attendance;
mod block;
mod census;
mod chain;
mod contact;
mod contact_cells;
mod course;
mod data;
mod demography;
mod difference;
mod district;
mod draw;
mod enrollments;
mod facts;
mod ghosts;
mod grade;
mod history;
mod household;
mod identity;
mod kind;
mod over;
mod pen;
mod person;
mod placed;
mod plan;
mod post;
mod profile;
mod quirk;
mod resource;
mod schedule;
mod school;
mod school_cells;
mod school_year;
mod seat;
mod section;
mod section_cells;
mod shares;
mod sink;
mod spots;
mod staff;
mod student_cells;
mod student_rows;
mod table;
mod teacher;
mod term;
pub mod usage;
mod weighted;
mod write_day;

pub use census::{Census, FileCount};
pub use difference::{Change, Difference};
pub use district::District;
pub use history::{
    Day, DayKind, Expect, Happening, History, HistorySettings, Incident, Incidents, Noun,
    RosterFile, SectionHabit, TrueRecord, Truth, Walk, YearDates,
};
pub use over::{Filled, Folder, OverError, over};
pub use profile::Profile;
pub use quirk::Quirk;
pub use school_year::SchoolYear;
pub use sink::{MemorySink, Sink};
