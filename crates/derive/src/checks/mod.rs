//! Warnings about records that take part as they are (district-side 8): what shows when all files have been read.

mod lacking;
mod people;
mod sections;
mod shared;
mod students;

use homeroom_model::Problems;
use homeroom_segment::Candidate;

use crate::people::Sealed as People;
use crate::places::Places;
use crate::section_made::Made;
use crate::sections::Sealed as Sections;
use crate::settings::Settings;

/// A finished candidate, and what is known of its records beside it.
pub(crate) struct Checked<'a> {
    pub(crate) candidate: &'a Candidate,
    pub(crate) settings: &'a Settings,
    pub(crate) schools: &'a Places,
    pub(crate) students: &'a Places,
    /// For each student the school the SIS names.
    pub(crate) sis_schools: &'a [u32],
    pub(crate) sections: &'a Sections,
    pub(crate) people: &'a People,
    /// By section.
    pub(crate) made: &'a [Made],
}

/// Reports everything: schools, students, teachers, sections; inside each code by code, and the records in the order in
/// which they came.
pub(crate) fn run(checked: &Checked<'_>, problems: &mut dyn Problems) {
    people::schools(checked, problems);
    students::students(checked, problems);
    people::teachers(checked, problems);
    sections::sections(checked, problems);
}
