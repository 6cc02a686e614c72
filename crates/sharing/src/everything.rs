//! The widest view there is.

use homeroom_model::{Allow, Kind, Mask, Scope};
use homeroom_segment::{Relation, Snapshot};
use roaring::RoaringBitmap;

/// Scope and mask of an app that may see all a district publishes.
///
/// Sections without students are kept but never shown (settled; district-side 4.1, pass 5), so even the widest scope
/// leaves them out. Cost: one pass over the sections; do it once per snapshot.
pub fn everything(snapshot: &Snapshot) -> (Scope, Mask) {
    let students = snapshot.lists(Relation::SectionStudents);
    let attended: RoaringBitmap = (0..students.len())
        .filter(|section| !students.get(*section).is_empty())
        .collect();
    let sections = if attended.len() == u64::from(students.len()) {
        Allow::All
    } else {
        Allow::Only(attended)
    };
    (
        Scope::default().with(Kind::Section, sections),
        Mask::EVERYTHING,
    )
}
