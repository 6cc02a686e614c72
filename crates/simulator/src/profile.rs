//! How large a district is.

/// The size of a district on day 0, counting distinct records that an import keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Schools, those without students included.
    pub schools: u64,
    /// Students.
    pub students: u64,
    /// Teachers.
    pub teachers: u64,
    /// Sections, those without students included.
    pub sections: u64,
    /// Distinct pairs of section and student.
    pub enrollments: u64,
}

impl Profile {
    /// A small district: six schools.
    pub const S: Self = Self {
        schools: 6,
        students: 5_000,
        teachers: 360,
        sections: 2_280,
        enrollments: 40_600,
    };
    /// The official sandbox district (district-side 13).
    pub const C: Self = Self {
        schools: 239,
        students: 56_635,
        teachers: 8_412,
        sections: 25_843,
        enrollments: 460_000,
    };
    /// The largest district there is.
    pub const XL: Self = Self {
        schools: 1_800,
        students: 1_000_000,
        teachers: 80_000,
        sections: 600_000,
        enrollments: 8_000_000,
    };

    /// A district of so many students, with the ratios of an ordinary one. Its student count is exact; a district of
    /// a few students has more sections than these ratios say, because a class of one is still a class.
    pub fn students(students: u64) -> Self {
        Self {
            schools: (students / 550).max(1),
            students,
            teachers: students / 14 + 2,
            sections: students * 456 / 1_000,
            enrollments: students * 812 / 100,
        }
    }

    /// The profile of a name as the command line takes it (`S`, `C`, `XL`, in any case).
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_uppercase().as_str() {
            "S" => Some(Self::S),
            "C" => Some(Self::C),
            "XL" => Some(Self::XL),
            _ => None,
        }
    }
}
