//! Ids that records name and nobody has (integration-side A1.8): kept, because whoever has them may be shared some day, and the
//! record that names them does not change then.

use homeroom_model::ObjectId;
use homeroom_segment::Relation;

/// The name of the part that holds them.
pub(super) const NAME: &str = "unresolved";

/// An id that a record names and nobody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unresolved {
    /// As what it is named.
    pub relation: Relation,
    /// The record.
    pub by: ObjectId,
    /// The id it names.
    pub id: ObjectId,
}

/// One is the place of the relation in [`Relation::ALL`] and the two ids.
const LENGTH: usize = 1 + 2 * ObjectId::LEN;

/// Writes them, ascending and once each.
pub(super) fn write(unresolved: &[Unresolved]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(unresolved.len() * LENGTH);
    for one in unresolved {
        let place = Relation::ALL
            .iter()
            .position(|relation| *relation == one.relation);
        bytes.push(
            place
                .and_then(|place| u8::try_from(place).ok())
                .unwrap_or(u8::MAX),
        );
        bytes.extend_from_slice(one.by.bytes());
        bytes.extend_from_slice(one.id.bytes());
    }
    bytes
}

/// Reads them; `None` unless the bytes are what [`write`] writes.
pub(super) fn read(bytes: &[u8]) -> Option<Vec<Unresolved>> {
    let pieces = bytes.chunks(LENGTH).map(|piece| {
        let (place, ids) = piece.split_first()?;
        let (by, id) = ids.split_at_checked(ObjectId::LEN)?;
        Some(Unresolved {
            relation: *Relation::ALL.get(usize::from(*place))?,
            by: ObjectId::from_slice(by)?,
            id: ObjectId::from_slice(id)?,
        })
    });
    pieces.collect()
}

/// The ids that a record names in a relation and nobody had.
pub(super) fn of(unresolved: &[Unresolved], relation: Relation, by: ObjectId) -> &[Unresolved] {
    let start = unresolved.partition_point(|one| (one.relation, one.by) < (relation, by));
    let end = unresolved.partition_point(|one| (one.relation, one.by) <= (relation, by));
    unresolved.get(start..end).unwrap_or(&[])
}
