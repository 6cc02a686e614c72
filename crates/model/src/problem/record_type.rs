//! What a problem is about.

/// A type of record, or what stands above records. A problem of a file or of the upload concerns them as wholes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordType {
    /// All files of an upload together.
    Upload,
    /// One file.
    File,
    /// A school.
    School,
    /// A student.
    Student,
    /// A contact of a student.
    Contact,
    /// A teacher.
    Teacher,
    /// A staff member.
    Staff,
    /// A person in several roles, merged by email.
    User,
    /// A section.
    Section,
    /// A student in a section.
    Enrollment,
    /// A course, made of sections.
    Course,
    /// A term, made of sections.
    Term,
    /// A resource.
    Resource,
    /// A student's attendance of a day or of a section.
    Attendance,
    /// A record kept by hand beside the files.
    Custom,
}

impl RecordType {
    /// Every type, in the order in which reports list them.
    pub const ALL: [Self; 15] = [
        Self::Upload,
        Self::File,
        Self::School,
        Self::Student,
        Self::Contact,
        Self::Teacher,
        Self::Staff,
        Self::User,
        Self::Section,
        Self::Enrollment,
        Self::Course,
        Self::Term,
        Self::Resource,
        Self::Attendance,
        Self::Custom,
    ];

    /// Lower-case word, as reports write it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::File => "file",
            Self::School => "school",
            Self::Student => "student",
            Self::Contact => "contact",
            Self::Teacher => "teacher",
            Self::Staff => "staff",
            Self::User => "user",
            Self::Section => "section",
            Self::Enrollment => "enrollment",
            Self::Course => "course",
            Self::Term => "term",
            Self::Resource => "resource",
            Self::Attendance => "attendance",
            Self::Custom => "custom record",
        }
    }
}
