//! Rows of a district's files where a row is not yet a record: one row per contact, per school of a staff member, per
//! course of a resource, and sections that still carry what other records are built from. Intake makes them, derive
//! folds them. Files whose rows are records (schools, teachers, enrollments) need no type here.

use crate::{
    AttendanceStatus, AttendanceType, Contact, ContactLink, Date, Ext, Resource, Section, Staff,
    Student, Term, Text,
};

/// A row of students.csv: the student, and the one contact the row names (district-side 2.3). Rows of one student stand
/// for one student with several contacts; the first row's student is the one that counts.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct StudentRow<'a> {
    /// The student; `sis_id`, `school_sis_id` and first and last name are never empty.
    pub student: Student<'a>,
    /// The contact of this row, whose name is never empty, and its tie to the student; `None` if the row has none.
    pub contact: Option<(Contact<'a>, ContactLink<'a>)>,
}

/// A row of staff.csv or admins.csv: a staff member at one school (district-side 2.7). The first row of a `staff_id` is
/// the one whose staff member counts; all rows together give the schools.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct StaffRow<'a> {
    /// The staff member; `staff_id`, email and first and last name are never empty.
    pub staff: Staff<'a>,
    /// The school of this row, never empty.
    pub school_sis_id: Text<'a>,
}

/// A row of sections.csv with what its relations are built from (district-side 2.5).
#[derive(Clone, PartialEq, Eq, Default)]
pub struct SectionRow<'a> {
    /// The section; `sis_id` is never empty. `name`, `grade` and `subject` are what the file says and blank where it
    /// says nothing usable (a range of grades, a subject that is not in the table); derive fills them
    /// (district-side 6.2 to 6.4).
    pub section: Section<'a>,
    /// The section's school, never empty.
    pub school_sis_id: Text<'a>,
    /// SIS ids of the teachers in the order of the slots: index 0 is the primary teacher's slot and is there even when
    /// it is empty. Of the other slots the empty ones before the last filled one are kept too; repeats are kept.
    pub teachers: Vec<Text<'a>>,
    /// The Subject cell as sent; empty if there is none. With `section.subject` blank and this not empty, the cell held
    /// a word that the subject table does not know.
    pub subject_text: Text<'a>,
    /// Name of the course, empty if there is none.
    pub course_name: Text<'a>,
    /// Number of the course, empty if there is none.
    pub course_number: Text<'a>,
    /// The term, dates normalised; its parts may all be unknown, and then there is no term.
    pub term: Term<'a>,
}

/// A row of resources.csv: a resource, and the course the row attaches it to (district-side 2.8; the column
/// `course_number` is our choice). Several rows with one `resource_id` attach one resource to several courses.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ResourceRow<'a> {
    /// The resource; `resource_id` and `title` are never empty.
    pub resource: Resource<'a>,
    /// Number of the course, empty to attach it to none.
    pub course_number: Text<'a>,
}

/// A row of a file of extension fields, such as `ext_students.csv` (district-side 2.9).
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ExtRow<'a> {
    /// SIS id of the record to which the fields belong; never empty.
    pub sis_id: Text<'a>,
    /// The fields that have a value.
    pub ext: Ext<'a>,
}

/// A row of attendance.csv (district-side 2.8): whether a student was there, on one day.
#[derive(Clone, PartialEq, Eq)]
pub struct AttendanceRow<'a> {
    /// The record's id in the SIS; empty if it has none.
    pub attendance_id: Text<'a>,
    /// Where; never empty.
    pub school_sis_id: Text<'a>,
    /// Who; never empty.
    pub student_sis_id: Text<'a>,
    /// In which section: never empty for [`AttendanceType::Section`], and may be given for a whole day.
    pub section_sis_id: Text<'a>,
    /// When.
    pub date: Date,
    /// Whether there.
    pub status: AttendanceStatus,
    /// Of a day or of a section.
    pub kind: AttendanceType,
    /// Why not, as sent; empty if not known.
    pub excuse_code: Text<'a>,
}

crate::name::redacted!(
    StudentRow<'_>,
    StaffRow<'_>,
    SectionRow<'_>,
    ExtRow<'_>,
    AttendanceRow<'_>
);
