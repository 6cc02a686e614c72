//! Counting: what was written, and how often each quirk occurs in it.

use crate::quirk::Quirk;

/// Rows and records of one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileCount {
    /// Rows, without the header.
    pub rows: u64,
    /// Distinct records that an import keeps.
    pub kept: u64,
    /// Rows that an import refuses. The other rows beyond `kept` repeat a record: contacts of a student, schools of
    /// a staff member, an enrollment given twice.
    pub rejected: u64,
}

/// What one day's files hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Census {
    /// `schools.csv`.
    pub schools: FileCount,
    /// `students.csv`.
    pub students: FileCount,
    /// `teachers.csv`.
    pub teachers: FileCount,
    /// `sections.csv`.
    pub sections: FileCount,
    /// `enrollments.csv`.
    pub enrollments: FileCount,
    /// `staff.csv`.
    pub staff: FileCount,
    /// `resources.csv`.
    pub resources: FileCount,
    /// Contacts as a student has them: a contact of two siblings counts twice.
    pub contacts: u64,
    counts: Vec<u64>,
}

impl Census {
    pub(crate) fn new() -> Self {
        let none = FileCount::default();
        Self {
            schools: none,
            students: none,
            teachers: none,
            sections: none,
            enrollments: none,
            staff: none,
            resources: none,
            contacts: 0,
            counts: vec![0; Quirk::ALL.len()],
        }
    }

    /// How often a quirk occurs.
    pub fn count(&self, quirk: Quirk) -> u64 {
        self.counts.get(quirk as usize).copied().unwrap_or_default()
    }

    /// Every quirk of the catalogue with its count, in the order of the catalogue.
    pub fn quirks(&self) -> impl Iterator<Item = (Quirk, u64)> {
        Quirk::ALL.iter().map(|&quirk| (quirk, self.count(quirk)))
    }

    /// The files by name, in the order they are written.
    pub fn files(&self) -> [(&'static str, FileCount); 7] {
        [
            ("schools.csv", self.schools),
            ("students.csv", self.students),
            ("teachers.csv", self.teachers),
            ("sections.csv", self.sections),
            ("enrollments.csv", self.enrollments),
            ("staff.csv", self.staff),
            ("resources.csv", self.resources),
        ]
    }

    pub(crate) fn mark(&mut self, quirk: Quirk) {
        self.add(quirk, 1);
    }

    pub(crate) fn mark_if(&mut self, quirk: Quirk, holds: bool) {
        self.add(quirk, u64::from(holds));
    }

    pub(crate) fn add(&mut self, quirk: Quirk, times: u64) {
        if let Some(count) = self.counts.get_mut(quirk as usize) {
            *count += times;
        }
    }
}
