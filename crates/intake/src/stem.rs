//! The files that are read, by the stems of their names, and their columns (district-side 1.2, 2).

use homeroom_model::Place;

use crate::header::{Column, Columns};
use crate::{
    attendance, enrollments, ext, resources, schools, sections, staff, students, supplement,
    teachers,
};

/// A file that intake reads, by the stem of its documented name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stem {
    /// schools.csv
    Schools,
    /// students.csv, with their contacts
    Students,
    /// teachers.csv
    Teachers,
    /// sections.csv, with courses and terms
    Sections,
    /// enrollments.csv
    Enrollments,
    /// staff.csv
    Staff,
    /// admins.csv, the old name of staff.csv
    Admins,
    /// resources.csv
    Resources,
    /// attendance.csv, which is not part of the roster
    Attendance,
    /// `ext_schools.csv`, extension fields of schools
    ExtSchools,
    /// `ext_students.csv`
    ExtStudents,
    /// `ext_teachers.csv`
    ExtTeachers,
    /// `ext_sections.csv`
    ExtSections,
    /// `ext_staff.csv`
    ExtStaff,
    /// `sections_supplement.csv`, courses and terms of sections
    SectionsSupplement,
}

impl Stem {
    /// Every file: what a file refers to comes before it. The files that only add to others are the last, and are read
    /// before those they add to.
    pub const ALL: [Self; 15] = [
        Self::Schools,
        Self::Students,
        Self::Teachers,
        Self::Sections,
        Self::Enrollments,
        Self::Staff,
        Self::Admins,
        Self::Resources,
        Self::Attendance,
        Self::ExtSchools,
        Self::ExtStudents,
        Self::ExtTeachers,
        Self::ExtSections,
        Self::ExtStaff,
        Self::SectionsSupplement,
    ];

    /// The stem, lower case.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Schools => "schools",
            Self::Students => "students",
            Self::Teachers => "teachers",
            Self::Sections => "sections",
            Self::Enrollments => "enrollments",
            Self::Staff => "staff",
            Self::Admins => "admins",
            Self::Resources => "resources",
            Self::Attendance => "attendance",
            Self::ExtSchools => "ext_schools",
            Self::ExtStudents => "ext_students",
            Self::ExtTeachers => "ext_teachers",
            Self::ExtSections => "ext_sections",
            Self::ExtStaff => "ext_staff",
            Self::SectionsSupplement => "sections_supplement",
        }
    }

    /// Whether the file only adds to records of another one.
    pub const fn adds(self) -> bool {
        matches!(
            self,
            Self::ExtSchools
                | Self::ExtStudents
                | Self::ExtTeachers
                | Self::ExtSections
                | Self::ExtStaff
                | Self::SectionsSupplement
        )
    }

    /// Whether the file brings extension fields to records of another one.
    pub const fn is_ext(self) -> bool {
        self.adds() && !matches!(self, Self::SectionsSupplement)
    }

    /// What problems of records kept by hand name as their file; `None` for files of which none are kept.
    pub(crate) const fn custom_text(self) -> Option<&'static str> {
        match self {
            Self::Schools => Some("custom schools"),
            Self::Students => Some("custom students"),
            Self::Teachers => Some("custom teachers"),
            Self::Sections => Some("custom sections"),
            Self::Enrollments => Some("custom enrollments"),
            Self::Staff => Some("custom staff"),
            _ => None,
        }
    }

    /// The stem that is written so.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stem| stem.text() == text)
    }

    /// Whether a run fails without the file.
    pub const fn required(self) -> bool {
        matches!(
            self,
            Self::Schools | Self::Students | Self::Teachers | Self::Sections | Self::Enrollments
        )
    }

    /// The place that means the file as a whole.
    pub const fn place(self) -> Place {
        Place {
            file: self.text(),
            line: 0,
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let stem = name.strip_suffix(".csv")?;
        Self::from_text(stem)
    }

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
            Self::Attendance => attendance::Column::ALL,
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
            Self::Enrollments | Self::Resources | Self::Attendance | Self::SectionsSupplement
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
            Self::Attendance => "Attendance_id",
            Self::ExtSchools
            | Self::ExtStudents
            | Self::ExtTeachers
            | Self::ExtSections
            | Self::ExtStaff => "sis_id",
        }
    }
}
