//! Kinds of records and roles of people.

use std::fmt;

/// A kind of record: each has one table in a snapshot, ids ascending inside it (layout idea 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Schools.
    School,
    /// Students.
    Student,
    /// Teachers, staff and district admins, merged by email.
    Employee,
    /// Contacts of students.
    Contact,
    /// Ties between contacts and students.
    ContactLink,
    /// Sections.
    Section,
    /// Courses.
    Course,
    /// Terms.
    Term,
    /// Resources.
    Resource,
}

impl Kind {
    /// Every kind, in the order in which tables are written and ids are given.
    pub const ALL: [Self; 9] = [
        Self::School,
        Self::Term,
        Self::Course,
        Self::Student,
        Self::Employee,
        Self::Contact,
        Self::ContactLink,
        Self::Section,
        Self::Resource,
    ];

    /// The name of the kind's table: lower case, plural.
    pub fn table(self) -> &'static str {
        match self {
            Self::School => "schools",
            Self::Student => "students",
            Self::Employee => "employees",
            Self::Contact => "contacts",
            Self::ContactLink => "contact_links",
            Self::Section => "sections",
            Self::Course => "courses",
            Self::Term => "terms",
            Self::Resource => "resources",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.table())
    }
}

/// A role of a person (clever-api 1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// In the `contact` role.
    Contact,
    /// In the `district_admin` role.
    DistrictAdmin,
    /// In the `staff` role.
    Staff,
    /// In the `student` role.
    Student,
    /// In the `teacher` role.
    Teacher,
}

impl Role {
    /// Every role, by name.
    pub const ALL: [Self; 5] = [
        Self::Contact,
        Self::DistrictAdmin,
        Self::Staff,
        Self::Student,
        Self::Teacher,
    ];

    /// The role's name in the API.
    pub fn text(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::DistrictAdmin => "district_admin",
            Self::Staff => "staff",
            Self::Student => "student",
            Self::Teacher => "teacher",
        }
    }

    /// The role of that name, exactly as written.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.text() == text)
    }
}

/// A set of roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct RoleSet(u8);

impl RoleSet {
    /// All five.
    pub const ALL: Self = Self(0b1_1111);

    /// The set with a role added.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | 1 << role as u8)
    }

    /// The set with a role taken out.
    #[must_use]
    pub const fn without(self, role: Role) -> Self {
        Self(self.0 & !(1 << role as u8))
    }

    /// Whether the role is in the set.
    pub const fn contains(self, role: Role) -> bool {
        self.0 & 1 << role as u8 != 0
    }
}
