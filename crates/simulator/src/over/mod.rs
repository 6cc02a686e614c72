//! Filling in the files a folder lacks, over the ids of those it has: real exports often come without students.
//!
//! What is generated is clean: it references kept records only, and its own cells give an import nothing to report.

mod assign;
mod grades;
mod people;
mod read;
mod sections;

use std::collections::BTreeMap;
use std::io::{self, Read};

use crate::district::District;
use crate::profile::Profile;
use crate::school_year::SchoolYear;
use crate::sink::Sink;
use grades::Range;

/// The required files of a folder, as far as it has them.
#[derive(Default)]
pub struct Folder<'a> {
    /// `schools.csv`; without it there is nothing to build over.
    pub schools: Option<Box<dyn Read + 'a>>,
    /// `students.csv`.
    pub students: Option<Box<dyn Read + 'a>>,
    /// `teachers.csv`.
    pub teachers: Option<Box<dyn Read + 'a>>,
    /// `sections.csv`.
    pub sections: Option<Box<dyn Read + 'a>>,
    /// `enrollments.csv`.
    pub enrollments: Option<Box<dyn Read + 'a>>,
}

impl std::fmt::Debug for Folder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Folder")
            .field("schools", &self.schools.is_some())
            .field("students", &self.students.is_some())
            .field("teachers", &self.teachers.is_some())
            .field("sections", &self.sections.is_some())
            .field("enrollments", &self.enrollments.is_some())
            .finish()
    }
}

/// What was filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// The files written, with their rows, in the order they were written. Empty when nothing was lacking.
    pub files: Vec<(&'static str, u64)>,
    /// Sections of the folder that got no student, because no student could be given to them.
    pub empty_sections: u64,
}

/// Why a folder could not be filled in.
#[derive(Debug, thiserror::Error)]
pub enum OverError {
    /// There is no `schools.csv`.
    #[error(
        "the folder has no schools.csv, so there are no ids to build over: generate a whole district instead"
    )]
    NoSchools,
    /// No row of `schools.csv` has an id and a name.
    #[error(
        "schools.csv has no row with a School_id and a School_name: correct it, or generate a whole district instead"
    )]
    SchoolsEmpty,
    /// A file lacks columns that say which record a row is.
    #[error("{file}, line 1: no column {columns}; name the columns as the Clever CSV format does")]
    Header {
        /// The file.
        file: &'static str,
        /// The columns that are missing.
        columns: String,
    },
    /// A file could not be read or written.
    #[error("{file} could not be read or written")]
    Io {
        /// The file.
        file: &'static str,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
}

/// Fills in the required files a folder lacks (students, enrollments, and if need be teachers and sections) and writes
/// only those. The same folder, seed and school year give the same bytes. Rows that an import would refuse (an id
/// missing or given before, an unknown school) are passed over.
pub fn over(
    folder: Folder<'_>,
    seed: u64,
    year: SchoolYear,
    sink: &mut dyn Sink,
) -> Result<Filled, OverError> {
    let mut known = Known::read(folder)?;
    let mut filled = Filled::default();
    let size = known.schools.len() as u64 * 550;
    let people = District::new(Profile::students(size.max(550)), seed, year).tidy();
    if known.teachers.is_none() {
        let rows = people::write_teachers(&people, &mut known, sink).map_err(io("teachers.csv"))?;
        filled.files.push(("teachers.csv", rows));
    }
    if known.sections.is_none() {
        let rows = sections::write(&people, &mut known, sink).map_err(io("sections.csv"))?;
        filled.files.push(("sections.csv", rows));
    }
    let roster = assign::roster(&people, &known);
    filled.empty_sections = roster.empty_sections;
    if known.students.is_none() {
        let rows =
            people::write_students(&people, &known, &roster, sink).map_err(io("students.csv"))?;
        filled.files.push(("students.csv", rows));
    }
    if known.enrollments.is_none() {
        let rows = assign::write(&known, &roster, sink).map_err(io("enrollments.csv"))?;
        filled.files.push(("enrollments.csv", rows));
    }
    Ok(filled)
}

fn io(file: &'static str) -> impl FnOnce(io::Error) -> OverError {
    move |source| OverError::Io { file, source }
}

/// A school of the folder.
#[derive(Clone, Debug)]
struct KnownSchool {
    id: String,
    /// Lowest and highest grade, if it says so.
    grades: Option<Range>,
}

/// A section of the folder, or one generated for it.
#[derive(Clone, Debug)]
struct KnownSection {
    id: String,
    /// The school's number in [`Known::schools`].
    school: usize,
    grades: Option<Range>,
    /// Teacher ids named by the row.
    teachers: Vec<String>,
}

/// A student of the folder.
#[derive(Clone, Debug)]
struct KnownStudent {
    id: String,
    school: usize,
    grades: Option<Range>,
}

/// A teacher of the folder.
#[derive(Clone, Debug)]
struct KnownTeacher {
    id: String,
    school: usize,
}

/// What the folder holds, first row of an id wins.
#[derive(Clone, Debug, Default)]
struct Known {
    schools: Vec<KnownSchool>,
    by_id: BTreeMap<String, usize>,
    teachers: Option<Vec<KnownTeacher>>,
    sections: Option<Vec<KnownSection>>,
    students: Option<Vec<KnownStudent>>,
    /// Pairs of section and student.
    enrollments: Option<Vec<(String, String)>>,
}
