//! People that no file brings: added by a person, and no import removes them (district-side 2.7).

use std::io;

use homeroom_model::{DistrictAdmin, Staff, Text};

use crate::derive::Derive;

/// A person kept by hand. They merge with other employees by email like everybody else (district-side 5.3).
#[derive(Clone, PartialEq, Eq)]
pub enum ByHand<'a> {
    /// A district administrator; the key must be unique among them, or the first one stays.
    Admin(DistrictAdmin<'a>),
    /// A staff member; the id must be unique among those kept by hand, or the first one stays. It may equal one of
    /// staff.csv, which is another record.
    Staff {
        /// The staff member; counts as kept by hand whatever it says itself.
        staff: Staff<'a>,
        /// SIS ids of the schools. One that the district does not have (any more) is passed over.
        schools: Vec<Text<'a>>,
    },
}

impl std::fmt::Debug for ByHand<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Admin(_) => "Admin(..)",
            Self::Staff { .. } => "Staff { .. }",
        })
    }
}

impl Derive {
    /// Takes a person kept by hand, after the schools.
    pub fn by_hand(&mut self, person: &ByHand<'_>) -> io::Result<()> {
        self.people.by_hand(person, &mut self.schools)
    }
}
