//! Relations between kinds of records.

use homeroom_model::Kind;

/// A relation from one kind to another. A snapshot keeps both directions: forward in the order the record gives,
/// backward ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// A student's primary school; exactly one.
    StudentSchool,
    /// All schools of a student, ascending.
    StudentSchools,
    /// A teacher's primary school; one for employees with the teacher role, else none.
    TeacherSchool,
    /// All schools of a teacher, ascending.
    TeacherSchools,
    /// Schools of a staff member, ascending.
    StaffSchools,
    /// The contact of a link; exactly one.
    LinkContact,
    /// The student of a link; exactly one.
    LinkStudent,
    /// The school of a section; exactly one.
    SectionSchool,
    /// The course of a section; at most one.
    SectionCourse,
    /// The term of a section; at most one.
    SectionTerm,
    /// Teachers of a section, the primary teacher first.
    SectionTeachers,
    /// Students of a section, ascending.
    SectionStudents,
    /// Courses a resource is attached to, ascending.
    ResourceCourses,
}

impl Relation {
    /// Every relation, in the order in which they are written.
    pub const ALL: [Self; 13] = [
        Self::StudentSchool,
        Self::StudentSchools,
        Self::TeacherSchool,
        Self::TeacherSchools,
        Self::StaffSchools,
        Self::LinkContact,
        Self::LinkStudent,
        Self::SectionSchool,
        Self::SectionCourse,
        Self::SectionTerm,
        Self::SectionTeachers,
        Self::SectionStudents,
        Self::ResourceCourses,
    ];

    /// The name of the relation's objects.
    pub fn name(self) -> &'static str {
        match self {
            Self::StudentSchool => "student_school",
            Self::StudentSchools => "student_schools",
            Self::TeacherSchool => "teacher_school",
            Self::TeacherSchools => "teacher_schools",
            Self::StaffSchools => "staff_schools",
            Self::LinkContact => "link_contact",
            Self::LinkStudent => "link_student",
            Self::SectionSchool => "section_school",
            Self::SectionCourse => "section_course",
            Self::SectionTerm => "section_term",
            Self::SectionTeachers => "section_teachers",
            Self::SectionStudents => "section_students",
            Self::ResourceCourses => "resource_courses",
        }
    }

    /// The kind whose records own the relation: a change of the list is a change of such a record.
    pub fn from(self) -> Kind {
        match self {
            Self::StudentSchool | Self::StudentSchools => Kind::Student,
            Self::TeacherSchool | Self::TeacherSchools | Self::StaffSchools => Kind::Employee,
            Self::LinkContact | Self::LinkStudent => Kind::ContactLink,
            Self::SectionSchool
            | Self::SectionCourse
            | Self::SectionTerm
            | Self::SectionTeachers
            | Self::SectionStudents => Kind::Section,
            Self::ResourceCourses => Kind::Resource,
        }
    }

    /// The kind the relation points at.
    pub fn to(self) -> Kind {
        match self {
            Self::StudentSchool
            | Self::StudentSchools
            | Self::TeacherSchool
            | Self::TeacherSchools
            | Self::StaffSchools
            | Self::SectionSchool => Kind::School,
            Self::LinkContact => Kind::Contact,
            Self::LinkStudent | Self::SectionStudents => Kind::Student,
            Self::SectionCourse | Self::ResourceCourses => Kind::Course,
            Self::SectionTerm => Kind::Term,
            Self::SectionTeachers => Kind::Employee,
        }
    }

    /// Whether the lists ascend. The one list whose order says something is a section's teachers.
    pub fn ascends(self) -> bool {
        self != Self::SectionTeachers
    }

    /// The relations a kind owns, in the order of [`Relation::ALL`].
    pub fn of(kind: Kind) -> impl Iterator<Item = Self> {
        Self::ALL
            .into_iter()
            .filter(move |relation| relation.from() == kind)
    }
}
