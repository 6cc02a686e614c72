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
    /// At which place of the list it is named, from 0, where the order of the list says something
    /// ([`Relation::ascends`]); otherwise 0.
    pub place: u16,
    /// The id it names.
    pub id: ObjectId,
}

/// What the part begins with since places are kept; the first byte of one without places is that of a relation.
const WITH_PLACES: u8 = u8::MAX;
/// One is the place of the relation in [`Relation::ALL`], the record's id, the place in its list, and the id.
const LENGTH: usize = 1 + ObjectId::LEN + 2 + ObjectId::LEN;
/// One as it was before places were kept.
const LENGTH_WITHOUT: usize = LENGTH - 2;

/// Writes them, ascending and once each.
pub(super) fn write(unresolved: &[Unresolved]) -> Vec<u8> {
    if unresolved.is_empty() {
        return Vec::new();
    }
    let mut bytes = Vec::with_capacity(1 + unresolved.len() * LENGTH);
    bytes.push(WITH_PLACES);
    for one in unresolved {
        let relation = Relation::ALL
            .iter()
            .position(|relation| *relation == one.relation);
        let relation = relation.and_then(|place| u8::try_from(place).ok());
        bytes.push(relation.unwrap_or(u8::MAX));
        bytes.extend_from_slice(one.by.bytes());
        bytes.extend_from_slice(&one.place.to_le_bytes());
        bytes.extend_from_slice(one.id.bytes());
    }
    bytes
}

/// Reads them; `None` unless the bytes are what [`write`] writes, now or before places were kept. Of what has no place the
/// place is after all others.
pub(super) fn read(bytes: &[u8]) -> Option<Vec<Unresolved>> {
    match bytes.split_first() {
        Some((&WITH_PLACES, rest)) => rest.chunks(LENGTH).map(one).collect(),
        _ => bytes.chunks(LENGTH_WITHOUT).map(one).collect(),
    }
}

fn one(piece: &[u8]) -> Option<Unresolved> {
    let (relation, rest) = piece.split_first()?;
    let relation = *Relation::ALL.get(usize::from(*relation))?;
    let (by, rest) = rest.split_at_checked(ObjectId::LEN)?;
    let (place, id) = rest.split_at_checked(rest.len().checked_sub(ObjectId::LEN)?)?;
    let place = match (relation.ascends(), place) {
        (true, _) => 0,
        (false, [low, high]) => u16::from_le_bytes([*low, *high]),
        (false, _) => u16::MAX,
    };
    Some(Unresolved {
        relation,
        by: ObjectId::from_slice(by)?,
        place,
        id: ObjectId::from_slice(id)?,
    })
}

/// Places of a list, from 0; those of lists longer than anybody's list of teachers are the last.
pub(super) fn places() -> impl Iterator<Item = u16> {
    (0..=u16::MAX).chain(std::iter::repeat(u16::MAX))
}

/// Whom a list names.
pub(super) enum Named {
    /// A row of the mirror.
    Row(u32),
    /// An id that nobody had.
    Nobody(ObjectId),
}

/// A list as the record gives it: the rows it leads to, and between them, at their places, the ids that nobody had. Where
/// the order says nothing those come first.
pub(super) fn whole(missing: &[Unresolved], rows: &[u32]) -> impl Iterator<Item = (u16, Named)> {
    let (mut missing, mut rows) = (missing.iter().peekable(), rows.iter());
    places().map_while(move |place| {
        let is_here = |one: &&Unresolved| one.place <= place || rows.len() == 0;
        let nobody = missing.next_if(is_here).map(|one| Named::Nobody(one.id));
        let named = nobody.or_else(|| rows.next().copied().map(Named::Row));
        named.map(|named| (place, named))
    })
}

/// The ids that a record names in a relation and nobody had.
pub(super) fn of(unresolved: &[Unresolved], relation: Relation, by: ObjectId) -> &[Unresolved] {
    let start = unresolved.partition_point(|one| (one.relation, one.by) < (relation, by));
    let end = unresolved.partition_point(|one| (one.relation, one.by) <= (relation, by));
    unresolved.get(start..end).unwrap_or(&[])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8) -> ObjectId {
        let mut bytes = [0; ObjectId::LEN];
        bytes[ObjectId::LEN - 1] = number;
        ObjectId::from_slice(&bytes).unwrap()
    }

    fn missing(relation: Relation, place: u16, number: u8) -> Unresolved {
        Unresolved {
            relation,
            by: id(1),
            place,
            id: id(number),
        }
    }

    #[test]
    fn the_part_is_read_as_it_was_written() {
        let all = [
            missing(Relation::SectionTeachers, 0, 9),
            missing(Relation::SectionTeachers, 300, 2),
        ];
        assert_eq!(read(&write(&all)).unwrap(), all);
        assert_eq!(read(&write(&[])).unwrap(), []);
        assert_eq!(read(&write(&all)[..40]), None, "cut short");
    }

    #[test]
    fn a_part_from_before_places_were_kept_is_read() {
        let teachers = Relation::ALL
            .iter()
            .position(|relation| *relation == Relation::SectionTeachers)
            .unwrap();
        let mut bytes = vec![u8::try_from(teachers).unwrap()];
        bytes.extend_from_slice(id(1).bytes());
        bytes.extend_from_slice(id(7).bytes());
        let after_all_others = missing(Relation::SectionTeachers, u16::MAX, 7);
        assert_eq!(read(&bytes).unwrap(), [after_all_others]);
    }

    #[test]
    fn whom_nobody_had_stands_at_the_old_place() {
        let told = |places: &[(u16, u8)], rows: &[u32]| -> Vec<String> {
            let missing: Vec<_> = places
                .iter()
                .map(|(place, number)| missing(Relation::SectionTeachers, *place, *number))
                .collect();
            whole(&missing, rows)
                .map(|(place, named)| match named {
                    Named::Row(row) => format!("{place}: row {row}"),
                    Named::Nobody(nobody) if nobody == id(7) => format!("{place}: seven"),
                    Named::Nobody(_) => format!("{place}: eight"),
                })
                .collect()
        };
        assert_eq!(told(&[], &[5, 3]), ["0: row 5", "1: row 3"]);
        assert_eq!(
            told(&[(0, 7), (2, 8)], &[5, 3]),
            ["0: seven", "1: row 5", "2: eight", "3: row 3"]
        );
        assert_eq!(told(&[(0, 8), (1, 7)], &[]), ["0: eight", "1: seven"]);
        assert_eq!(told(&[(u16::MAX, 7)], &[5]), ["0: row 5", "1: seven"]);
    }
}
