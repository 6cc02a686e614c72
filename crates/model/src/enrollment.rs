//! Enrollments: the only tie between students and sections (district-side 2.6).

use crate::Text;

/// One student in one section, by their SIS ids.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Enrollment<'a> {
    /// School named in the row; only compared, the section's school is what counts.
    pub school_sis_id: Text<'a>,
    /// The section's SIS id.
    pub section_sis_id: Text<'a>,
    /// The student's SIS id.
    pub student_sis_id: Text<'a>,
}

crate::name::redacted!(Enrollment<'_>);
