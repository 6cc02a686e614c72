//! The documented columns of every file.

use crate::header::{Column, Columns};
use crate::{
    Stem, enrollments, ext, resources, schools, sections, staff, students, supplement, teachers,
};

impl Stem {
    /// The columns of the file, without its extension columns.
    pub(crate) fn columns(self) -> &'static [Column] {
        match self {
            Self::Schools => schools::Column::ALL,
            Self::Students => students::Column::ALL,
            Self::Teachers => teachers::Column::ALL,
            Self::Sections => sections::Column::ALL,
            Self::Enrollments => enrollments::Column::ALL,
            Self::Staff => staff::StaffColumn::ALL,
            Self::Admins => staff::AdminColumn::ALL,
            Self::Resources => resources::Column::ALL,
            Self::ExtSchools
            | Self::ExtStudents
            | Self::ExtTeachers
            | Self::ExtSections
            | Self::ExtStaff => ext::Column::ALL,
            Self::SectionsSupplement => supplement::Column::ALL,
        }
    }

    /// Names of the columns, without extension columns, in the order of the documentation.
    pub fn column_names(self) -> impl Iterator<Item = &'static str> {
        self.columns().iter().map(|column| column.name)
    }

    /// Whether the file may have extension columns (district-side 2.9).
    pub const fn may_have_ext(self) -> bool {
        !matches!(
            self,
            Self::Enrollments | Self::Resources | Self::SectionsSupplement
        )
    }

    /// The column that identifies a record of the file; of an enrollment that of its section.
    pub const fn key_column(self) -> &'static str {
        match self {
            Self::Schools => "School_id",
            Self::Students => "Student_id",
            Self::Teachers => "Teacher_id",
            Self::Sections | Self::Enrollments | Self::SectionsSupplement => "Section_id",
            Self::Staff | Self::Admins => "Staff_id",
            Self::Resources => "resource_id",
            Self::ExtSchools
            | Self::ExtStudents
            | Self::ExtTeachers
            | Self::ExtSections
            | Self::ExtStaff => "sis_id",
        }
    }
}
