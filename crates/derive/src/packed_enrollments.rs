//! Rows of enrollments.csv, packed and hashed: what they are on the way from the thread that reads them to the one that
//! takes them.

use homeroom_model::{Enrollment, Place, Problems};
use homeroom_segment::{Hash, HashKey};

use crate::counts::Kept;
use crate::derive::Derive;

/// Some rows of enrollments.csv, one after another.
#[derive(Default)]
pub struct PackedEnrollments {
    text: String,
    rows: Vec<Ends>,
}

/// Where the ids of a row end that begin one behind the other, and their keyed hashes.
#[derive(Clone, Copy)]
struct Ends {
    place: Place,
    section: usize,
    student: usize,
    school: usize,
    hashes: [Hash; 2],
}

/// A row of enrollments.csv, packed.
#[derive(Clone, Copy)]
pub struct PackedEnrollment<'a> {
    pub(crate) place: Place,
    pub(crate) section_id: &'a str,
    pub(crate) student_id: &'a str,
    pub(crate) school_id: &'a str,
    pub(crate) section: Hash,
    pub(crate) student: Hash,
}

impl PackedEnrollments {
    /// Packs a row; `key` is the district's.
    pub fn push(&mut self, key: &HashKey, place: Place, row: &Enrollment<'_>) {
        let (section, student) = (&row.section_sis_id, &row.student_sis_id);
        // Rows of one section follow each other as a rule.
        let last = self.last().filter(|last| last.section_id == *section);
        let hash = last.map(|last| last.section);
        let hash = hash.unwrap_or_else(|| key.hash(section.as_bytes()));
        let mut put = |text: &str| {
            self.text.push_str(text);
            self.text.len()
        };
        let (section, student_end) = (put(section), put(student));
        let school = put(&row.school_sis_id);
        self.rows.push(Ends {
            place,
            section,
            student: student_end,
            school,
            hashes: [hash, key.hash(student.as_bytes())],
        });
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Bytes of the ids of all rows.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The rows in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = PackedEnrollment<'_>> {
        let before = self.rows.iter().map(|ends| ends.school);
        let starts = std::iter::once(0).chain(before);
        let rows = starts.zip(&self.rows);
        rows.map(|(start, ends)| self.row(start, ends))
    }

    fn last(&self) -> Option<PackedEnrollment<'_>> {
        let (last, before) = self.rows.split_last()?;
        let start = before.last().map_or(0, |ends| ends.school);
        Some(self.row(start, last))
    }

    fn row(&self, start: usize, ends: &Ends) -> PackedEnrollment<'_> {
        let part = |from: usize, to: usize| self.text.get(from..to).unwrap_or_default();
        let [section, student] = ends.hashes;
        PackedEnrollment {
            place: ends.place,
            section_id: part(start, ends.section),
            student_id: part(ends.section, ends.student),
            school_id: part(ends.student, ends.school),
            section,
            student,
        }
    }
}

impl Derive {
    /// Takes a row of enrollments.csv as it was read; see [`Derive::packed_enrollment`].
    pub fn enrollment(
        &mut self,
        place: Place,
        row: &Enrollment<'_>,
        problems: &mut dyn Problems,
    ) -> Kept {
        let hash = |id: &str| self.key.hash(id.as_bytes());
        let row = PackedEnrollment {
            place,
            section_id: &row.section_sis_id,
            student_id: &row.student_sis_id,
            school_id: &row.school_sis_id,
            section: hash(&row.section_sis_id),
            student: hash(&row.student_sis_id),
        };
        self.packed_enrollment(&row, problems)
    }
}
