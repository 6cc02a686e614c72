//! What a district can choose about derived values.

use crate::subject::SubjectKeywords;

/// Where the primary school of a person comes from (district-side 6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum PrimarySchool {
    /// The school that holds most of the person's sections; the SIS's where there are none.
    #[default]
    MostSections,
    /// The school the SIS names, whatever the sections say.
    Sis,
}

/// Which name of a section comes first (district-side 6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SectionNames {
    /// The name the SIS sends; where it sends none, course, teacher and period.
    #[default]
    Sis,
    /// Course, teacher and period; where there are none, the name the SIS sends.
    Generated,
}

/// The choices a district has. Two imports with different settings may differ in every derived value.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Primary schools of students.
    pub student_primary_school: PrimarySchool,
    /// Primary schools of teachers.
    pub teacher_primary_school: PrimarySchool,
    /// Names of sections.
    pub section_names: SectionNames,
    /// Contacts of one student that are kept, 5 unless set otherwise (district-side 2.3).
    pub contacts_per_student: usize,
    /// Words in names of courses and sections that tell the subject.
    pub subject_keywords: SubjectKeywords,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            student_primary_school: PrimarySchool::default(),
            teacher_primary_school: PrimarySchool::default(),
            section_names: SectionNames::default(),
            contacts_per_student: 5,
            subject_keywords: SubjectKeywords::default(),
        }
    }
}
