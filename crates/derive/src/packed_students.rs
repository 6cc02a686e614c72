//! Rows of students.csv, packed: what they are on the way from the thread that reads them to the one that takes them.

use std::io;

use homeroom_model::rows::StudentRow;
use homeroom_model::{Place, Problems};
use homeroom_segment::Row;

use crate::counts::Kept;
use crate::derive::Derive;
use crate::pack::Pack;

/// Some rows of students.csv, one after another.
#[derive(Default)]
pub struct PackedStudents {
    pack: Pack,
    bytes: Vec<u8>,
    rows: Vec<Ends>,
}

/// Where the parts of a row end that begin one behind the other.
#[derive(Clone, Copy)]
struct Ends {
    place: Place,
    student: usize,
    /// Ends of the contact and of its tie to the student.
    contact: Option<(usize, usize)>,
}

/// A row of students.csv, packed.
#[derive(Clone, Copy)]
pub struct PackedStudent<'a> {
    pub(crate) place: Place,
    pub(crate) student: Row<'a>,
    pub(crate) contact: Option<(Row<'a>, Row<'a>)>,
}

impl PackedStudents {
    /// Packs a row.
    pub fn push(&mut self, place: Place, row: &StudentRow<'_>) {
        self.bytes.extend_from_slice(self.pack.noun(&row.student));
        let student = self.bytes.len();
        let contact = row.contact.as_ref().map(|(contact, link)| {
            self.bytes.extend_from_slice(self.pack.noun(contact));
            let contact = self.bytes.len();
            self.bytes.extend_from_slice(self.pack.noun(link));
            (contact, self.bytes.len())
        });
        self.rows.push(Ends {
            place,
            student,
            contact,
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

    /// Bytes of all rows.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// The rows in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = PackedStudent<'_>> {
        let mut start = 0;
        self.rows.iter().map(move |ends| {
            let mut part = |end: usize| {
                let bytes = self.bytes.get(start..end).unwrap_or_default();
                start = end;
                Row::new(bytes)
            };
            PackedStudent {
                place: ends.place,
                student: part(ends.student),
                contact: ends
                    .contact
                    .map(|(contact, link)| (part(contact), part(link))),
            }
        })
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.rows.clear();
    }
}

impl Derive {
    /// Takes a row of students.csv as it was read; see [`Derive::packed_student`].
    ///
    /// # Errors
    /// Only if a spool breaks.
    pub fn student(
        &mut self,
        place: Place,
        row: &StudentRow<'_>,
        problems: &mut dyn Problems,
    ) -> io::Result<Kept> {
        let mut one = std::mem::take(&mut self.one_student);
        one.clear();
        one.push(place, row);
        let mut kept = Ok(Kept::No);
        for row in one.iter() {
            kept = self.packed_student(&row, problems);
        }
        self.one_student = one;
        kept
    }
}
