//! Which records a view may show differently after a move than before: what events of the move can be about, and the places
//! their ids have (layout, ideas 2 and 3; district-side 7.6).

use std::collections::BTreeSet;

use homeroom_model::{Allow, Kind, ObjectId};

use crate::changes::Changes;
use crate::relation::Relation;
use crate::snapshot::Snapshot;
use crate::view::View;

/// The records that a move may show differently, in the order of events. It names some that turn out to be the same in a
/// version, and never leaves one out that differs in any.
///
/// Every record has a fixed number of *slots* ([`slots_of`]), and every slot two *places* in the order of the move's events:
/// one among creations and updates (the district first, then [`Kind::ALL`], ids ascending), and one among deletions, which
/// come after and in reverse (district-side 7.6). The place is the index of the event's id in the range that was reserved for
/// the move, so ids and order are the same whichever version reads them. This layout is a stored form: a change of it needs
/// a new number ([`MovedRecords::LAYOUT`]).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct MovedRecords {
    kinds: [Vec<ObjectId>; Kind::ALL.len()],
}

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovedPlace {
    /// The record; `None` for the district.
    pub record: Option<(Kind, ObjectId)>,
    /// The slot of the record, from 0.
    pub slot: usize,
    /// Whether the place is for the slot's deletion; otherwise for its creation or update.
    pub deletes: bool,
}

/// How many slots a record of a kind has: an employee one per role that older versions know by an id of its own, every other
/// record one.
pub fn slots_of(kind: Kind) -> u64 {
    match kind {
        Kind::Employee => 3,
        _ => 1,
    }
}

impl MovedRecords {
    /// The number of the layout of places.
    pub const LAYOUT: u32 = 0;

    /// The records that a move from `before` to `after` may show differently. `changes` are those of every publish between
    /// the two snapshots, in any order; with `None` every record of both may differ.
    ///
    /// Equal arguments give equal records. Costs what changed, and a pass over the ids of a table whose scope is not
    /// everything.
    pub fn between(before: View<'_>, after: View<'_>, changes: Option<&[Changes]>) -> Self {
        let Some(changes) = changes.filter(|_| before.mask == after.mask) else {
            return Self::everything([before, after]);
        };
        let mut found = Found {
            sides: [before, after],
            kinds: Default::default(),
        };
        found.changed(changes);
        Self {
            kinds: found.kinds.map(|ids| ids.into_iter().collect()),
        }
    }

    /// Every record of two views.
    fn everything(sides: [View<'_>; 2]) -> Self {
        let mut all = Self::default();
        for kind in Kind::ALL {
            if let Some(ids) = all.kinds.get_mut(kind as usize) {
                let tables = sides.iter().map(|side| side.snapshot.table(kind).ids());
                ids.extend(tables.flatten());
                // Both tables ascend, so that this merges them.
                ids.sort();
                ids.dedup();
            }
        }
        all
    }

    /// The ids of a kind, ascending.
    pub fn of(&self, kind: Kind) -> &[ObjectId] {
        self.kinds.get(kind as usize).map_or(&[], Vec::as_slice)
    }

    /// Number of places.
    pub fn places(&self) -> u64 {
        2 * self.half()
    }

    /// What stands at a place; `None` past the last.
    pub fn at(&self, place: u64) -> Option<MovedPlace> {
        let half = self.half();
        let deletes = place >= half;
        let mut rest = if deletes {
            self.places().checked_sub(1)?.checked_sub(place)?
        } else {
            place
        };
        if rest == 0 {
            return Some(MovedPlace {
                record: None,
                slot: 0,
                deletes,
            });
        }
        rest -= 1;
        for kind in Kind::ALL {
            let (ids, slots) = (self.of(kind), slots_of(kind));
            let number = ids.len() as u64 * slots;
            if rest < number {
                let id = ids.get(usize::try_from(rest / slots).ok()?)?;
                return Some(MovedPlace {
                    record: Some((kind, *id)),
                    slot: usize::try_from(rest % slots).ok()?,
                    deletes,
                });
            }
            rest -= number;
        }
        None
    }

    /// Places of one half: the district and every slot of every record.
    fn half(&self) -> u64 {
        let slots = Kind::ALL.map(|kind| self.of(kind).len() as u64 * slots_of(kind));
        1 + slots.iter().sum::<u64>()
    }
}

/// Records found so far.
struct Found<'a> {
    sides: [View<'a>; 2],
    kinds: [BTreeSet<ObjectId>; Kind::ALL.len()],
}

impl<'a> Found<'a> {
    fn add(&mut self, kind: Kind, id: ObjectId) {
        if let Some(ids) = self.kinds.get_mut(kind as usize) {
            ids.insert(id);
        }
    }

    fn changed(&mut self, changes: &[Changes]) {
        for changes in changes {
            for change in changes.iter() {
                self.add(change.kind, change.id);
                // A contact's document shows its ties, and before version 3 a tie's shows its contact.
                for record in change.before.iter().chain(&change.after) {
                    for contact in record.targets(Relation::LinkContact) {
                        self.add(Kind::Contact, contact);
                    }
                }
                let teacher = |record: Option<crate::Record<'_>>| record?.role_id(0);
                if change.kind == Kind::Employee && teacher(change.before) != teacher(change.after)
                {
                    // Before version 3 sections name teachers by the ids of their roles.
                    self.owners(Relation::SectionTeachers, &change.id);
                }
            }
            for (section, _) in changes.touched() {
                self.add(Kind::Section, section);
            }
        }
        self.belonging_anew();
        self.entered_or_left();
        for contact in self.ids(Kind::Contact) {
            self.owners(Relation::LinkContact, &contact);
        }
    }

    /// Where not every school is shown, the primary school of a person may follow from sections (district-side 9.4).
    fn belonging_anew(&mut self) {
        let limited = |view: &View<'_>| *view.scope.of(Kind::School) != Allow::All;
        if !self.sides.iter().any(limited) {
            return;
        }
        for section in self.ids(Kind::Section) {
            self.targets(Relation::SectionStudents, &section);
            self.targets(Relation::SectionTeachers, &section);
        }
        for school in self.ids(Kind::School) {
            self.owners(Relation::StudentSchools, &school);
            self.owners(Relation::TeacherSchools, &school);
        }
    }

    /// Records that the scope shows on one side only, and everything next to them: lists are trimmed to what is shown.
    fn entered_or_left(&mut self) {
        for kind in Kind::ALL {
            let unlimited = |view: &View<'_>| *view.scope.of(kind) == Allow::All;
            if self.sides.iter().all(unlimited) {
                continue;
            }
            let [before, after] = self.sides;
            let shown = |view: View<'_>, id: &ObjectId| {
                let row = view.snapshot.table(kind).find(id);
                row.is_some_and(|row| view.shows(kind, row))
            };
            let mut flipped = BTreeSet::new();
            for side in [before, after] {
                let ids = side.snapshot.table(kind).ids();
                flipped.extend(ids.filter(|id| shown(before, id) != shown(after, id)));
            }
            for id in flipped {
                self.add(kind, id);
                self.neighbours(kind, &id);
            }
        }
        for link in self.ids(Kind::ContactLink) {
            self.targets(Relation::LinkContact, &link);
        }
    }

    fn neighbours(&mut self, kind: Kind, id: &ObjectId) {
        for relation in Relation::ALL {
            if relation.to() == kind {
                self.owners(relation, id);
            }
            if relation.from() == kind {
                self.targets(relation, id);
            }
        }
    }

    fn ids(&self, kind: Kind) -> Vec<ObjectId> {
        let ids = self.kinds.get(kind as usize);
        ids.map_or_else(Vec::new, |ids| ids.iter().copied().collect())
    }

    /// Adds the records that lead to one, on either side.
    fn owners(&mut self, relation: Relation, to: &ObjectId) {
        let rows = |snapshot: &'a Snapshot, row| snapshot.back(relation).get(row);
        self.across(relation.to(), to, relation.from(), rows);
    }

    /// Adds the records that one leads to, on either side.
    fn targets(&mut self, relation: Relation, from: &ObjectId) {
        let rows = |snapshot: &'a Snapshot, row| snapshot.lists(relation).get(row);
        self.across(relation.from(), from, relation.to(), rows);
    }

    fn across(
        &mut self,
        from: Kind,
        id: &ObjectId,
        to: Kind,
        rows: impl Fn(&'a Snapshot, u32) -> &'a [u32],
    ) {
        for side in self.sides {
            let snapshot = side.snapshot;
            if let Some(row) = snapshot.table(from).find(id) {
                for other in rows(snapshot, row) {
                    self.add(to, snapshot.table(to).id(*other));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_creations_in_order_and_deletions_in_reverse() {
        let id = |byte| ObjectId::new([byte; 12]);
        let mut moved = MovedRecords::default();
        moved.kinds[Kind::School as usize] = vec![id(9)];
        moved.kinds[Kind::Employee as usize] = vec![id(1), id(2)];
        moved.kinds[Kind::Resource as usize] = vec![id(0)];
        let places: Vec<_> = (0..moved.places())
            .map(|at| moved.at(at).unwrap())
            .collect();
        let (up, down) = places.split_at(places.len() / 2);
        let expected = [
            (None, 0),
            (Some((Kind::School, id(9))), 0),
            (Some((Kind::Employee, id(1))), 0),
            (Some((Kind::Employee, id(1))), 1),
            (Some((Kind::Employee, id(1))), 2),
            (Some((Kind::Employee, id(2))), 0),
            (Some((Kind::Employee, id(2))), 1),
            (Some((Kind::Employee, id(2))), 2),
            (Some((Kind::Resource, id(0))), 0),
        ];
        let read: Vec<_> = up.iter().map(|place| (place.record, place.slot)).collect();
        assert_eq!(read, expected);
        assert!(up.iter().all(|place| !place.deletes));
        let back: Vec<_> = down
            .iter()
            .rev()
            .map(|place| (place.record, place.slot))
            .collect();
        assert_eq!(back, expected);
        assert!(down.iter().all(|place| place.deletes));
        assert_eq!(moved.at(moved.places()), None);
    }
}
