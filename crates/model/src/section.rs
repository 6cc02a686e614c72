//! Sections: classes as they meet.

use crate::{Ext, Grade, Listed, Subject, Text};

/// A section (clever-api 3.3, district-side 2.5). Key: `sis_id`. Its school, course, term, teachers and students are
/// relations, not fields.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Section<'a> {
    /// The section's id in the SIS.
    pub sis_id: Text<'a>,
    /// Name: the SIS's, or generated where it sends none (district-side 6.2).
    pub name: Text<'a>,
    /// Section number.
    pub number: Text<'a>,
    /// Period, free text.
    pub period: Text<'a>,
    /// Grade level (district-side 6.3).
    pub grade: Listed<'a, Grade>,
    /// Subject (district-side 6.4).
    pub subject: Listed<'a, Subject>,
    /// Course description; versions 1.x serve it inside the section.
    pub course_description: Text<'a>,
    /// First day of the term as the SIS spelt it; version 1.1 serves it untouched.
    pub term_start_as_sent: Text<'a>,
    /// Last day of the term as the SIS spelt it.
    pub term_end_as_sent: Text<'a>,
    /// Extension fields.
    pub ext: Ext<'a>,
    /// Kept by a person beside the files; a record of the files with the same key takes its place (district-side 9.6).
    pub custom: bool,
}

crate::name::redacted!(Section<'_>);
