//! How much a plan changes, in the kinds that people know from the API.

use std::fmt;

use serde::{Serialize, Serializer};

/// A kind of record as the API serves and reports count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Served {
    /// Schools.
    Schools,
    /// People of all roles: students, employees and contacts.
    Users,
    /// Students.
    Students,
    /// Employees in the role of teacher.
    Teachers,
    /// Employees in the role of staff.
    Staff,
    /// Employees in the role of district admin.
    DistrictAdmins,
    /// Contacts.
    Contacts,
    /// Sections, those without students included: they are kept, though the API hides them.
    Sections,
    /// Courses.
    Courses,
    /// Terms.
    Terms,
    /// Pairs of a section and a student. They are made and unmade, never updated.
    Enrollments,
}

impl Served {
    /// Every kind, in the order of reports.
    pub const ALL: [Self; 11] = [
        Self::Schools,
        Self::Users,
        Self::Students,
        Self::Teachers,
        Self::Staff,
        Self::DistrictAdmins,
        Self::Contacts,
        Self::Sections,
        Self::Courses,
        Self::Terms,
        Self::Enrollments,
    ];

    /// The kind's name in reports and in JSON: lower case, plural.
    pub fn text(self) -> &'static str {
        match self {
            Self::Schools => "schools",
            Self::Users => "users",
            Self::Students => "students",
            Self::Teachers => "teachers",
            Self::Staff => "staff",
            Self::DistrictAdmins => "district_admins",
            Self::Contacts => "contacts",
            Self::Sections => "sections",
            Self::Courses => "courses",
            Self::Terms => "terms",
            Self::Enrollments => "enrollments",
        }
    }
}

impl fmt::Display for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl Serialize for Served {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text())
    }
}

/// How many records of a kind meet each fate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Published as they are.
    pub unchanged: u64,
    /// Not published yet, or again: those that come back included.
    pub created: u64,
    /// Published, with another content.
    pub updated: u64,
    /// Published, and no longer sent.
    pub deleted: u64,
    /// Those of the created ones that come back under the id they had.
    pub restored: u64,
}

impl Tally {
    /// How many are published before.
    pub fn before(&self) -> u64 {
        self.unchanged + self.updated + self.deleted
    }

    /// How many are published after.
    pub fn after(&self) -> u64 {
        self.unchanged + self.updated + self.created
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        (self.created, self.updated, self.deleted) == (0, 0, 0)
    }
}

impl std::ops::Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            unchanged: self.unchanged + other.unchanged,
            created: self.created + other.created,
            updated: self.updated + other.updated,
            deleted: self.deleted + other.deleted,
            restored: self.restored + other.restored,
        }
    }
}

/// A tally per kind.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Counts([Tally; Served::ALL.len()]);

impl Counts {
    /// The tally of a kind.
    pub fn of(&self, kind: Served) -> Tally {
        self.0.get(kind as usize).copied().unwrap_or_default()
    }

    /// Every kind with its tally, in the order of [`Served::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Served, Tally)> {
        Served::ALL.into_iter().zip(self.0)
    }

    pub(crate) fn set(&mut self, kind: Served, tally: Tally) {
        if let Some(slot) = self.0.get_mut(kind as usize) {
            *slot = tally;
        }
    }
}
