//! What of a record changed.

use homeroom_model::ObjectId;

use super::Change;
use crate::noun::fields_of;
use crate::record::Record;
use crate::relation::Relation;

/// Which fields and relations of a record changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct ChangedFields {
    fields: u64,
    relations: u32,
}

impl ChangedFields {
    /// Whether a field of the kind's rows is another; its number as in [`crate::fields`].
    pub fn has(&self, field: usize) -> bool {
        field < 64 && self.fields & (1 << field) != 0
    }

    /// Whether a relation leads to other records, or to the same in another order where the order says something.
    pub fn leads(&self, relation: Relation) -> bool {
        self.relations & (1 << relation as u32) != 0
    }

    /// Whether nothing changed: then the record is named for what others did (a contact for its ties).
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Change<'_> {
    /// What of the record changed; everything it has if it was created or deleted. An event exists for a version and a mask
    /// when this meets what they show (layout, idea 3).
    pub fn fields(&self) -> ChangedFields {
        let before = self.before.map(|record| record.row());
        let after = self.after.map(|record| record.row());
        let mut changed = ChangedFields::default();
        for field in 0..fields_of(self.kind).len().min(64) {
            let was = before.map_or(&[][..], |row| row.bytes(field));
            let is = after.map_or(&[][..], |row| row.bytes(field));
            changed.fields |= u64::from(was != is) << field;
        }
        for relation in Relation::of(self.kind) {
            let same = targets(self.before, relation).eq(targets(self.after, relation));
            changed.relations |= u32::from(!same) << relation as u32;
        }
        changed
    }
}

/// The ids a relation leads to; none for a record that is not there.
fn targets(
    record: Option<Record<'_>>,
    relation: Relation,
) -> impl Iterator<Item = ObjectId> + use<'_> {
    let targets = record.map(|record| record.targets(relation));
    targets.into_iter().flatten()
}
