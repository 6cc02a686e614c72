//! A neighbouring snapshot from one that is whole and the changes between the two.

use homeroom_model::{Kind, ObjectId};

use crate::assignment::NO_ROW;
use crate::changes::{self, Change, Changes};
use crate::departed::Departed;
use crate::error::SegmentError;
use crate::parts::{self, BuildError, BuiltPart, Content, Source};
use crate::record::Record;
use crate::relation::Relation;
use crate::snapshot::Snapshot;
use crate::spool::Spools;

/// Builds the snapshot before `newer`, whose departed records are `departed` and whose part `changes` is `changes`.
///
/// The parts are those that were published then, byte for byte, but for `changes`, which an older snapshot keeps for
/// itself. Parts that `newer` shares with it are [`crate::PartContent::Reused`].
pub fn rebuild_older(
    newer: &Snapshot,
    departed: &Departed,
    changes: &Changes,
    spools: &dyn Spools,
) -> Result<Vec<BuiltPart>, BuildError> {
    let was = departed.apply(changes.left(), changes.entered());
    step(newer, changes, Way::Back, (departed, &was), spools)
}

/// Builds the snapshot after `older`: [`rebuild_older`] the other way round, with the changes of the newer snapshot.
pub fn rebuild_newer(
    older: &Snapshot,
    departed: &Departed,
    changes: &Changes,
    spools: &dyn Spools,
) -> Result<Vec<BuiltPart>, BuildError> {
    let becomes = departed.apply(changes.entered(), changes.left());
    step(older, changes, Way::Forth, (departed, &becomes), spools)
}

fn step(
    base: &Snapshot,
    changes: &Changes,
    way: Way,
    (before, after): (&Departed, &Departed),
    spools: &dyn Spools,
) -> Result<Vec<BuiltPart>, BuildError> {
    let source = Replay::new(base, changes, way)?;
    let mut parts = parts::write_parts(&source, spools)?;
    parts.push(parts::write_departed(base, before, after, spools)?);
    Ok(parts)
}

/// In which direction changes are read.
#[derive(Clone, Copy)]
enum Way {
    Back,
    Forth,
}

impl Way {
    /// The record as it stands in the base.
    fn from<'a>(self, change: &Change<'a>) -> Option<Record<'a>> {
        match self {
            Self::Back => change.after,
            Self::Forth => change.before,
        }
    }

    /// The record as it stands in the snapshot to be built.
    fn to<'a>(self, change: &Change<'a>) -> Option<Record<'a>> {
        match self {
            Self::Back => change.before,
            Self::Forth => change.after,
        }
    }
}

/// A snapshot with changes applied to it.
struct Replay<'a> {
    base: &'a Snapshot,
    changes: &'a Changes,
    way: Way,
    kinds: Vec<Replayed>,
}

/// Where a row comes from.
#[derive(Clone, Copy)]
enum Place {
    /// A row of the base.
    Base(u32),
    /// A change, by its place among all changes.
    Change(u32),
}

/// The rows of one kind.
#[derive(Default)]
struct Replayed {
    rows: Vec<Place>,
    moved: Vec<u32>,
    /// Ids that the base does not have, ascending, with their rows.
    inserted: Vec<(ObjectId, u32)>,
}

impl<'a> Replay<'a> {
    fn new(base: &'a Snapshot, changes: &'a Changes, way: Way) -> Result<Self, SegmentError> {
        let mut kinds: Vec<Replayed> = Kind::ALL.iter().map(|_| Replayed::default()).collect();
        for kind in Kind::ALL {
            if let Some(slot) = kinds.get_mut(kind as usize) {
                *slot = Replayed::new(base, kind, changes, way)?;
            }
        }
        Ok(Self {
            base,
            changes,
            way,
            kinds,
        })
    }

    fn of(&self, kind: Kind) -> Option<&Replayed> {
        self.kinds.get(kind as usize)
    }

    /// The record a row takes its content from, if it is not one of the base.
    fn record(&self, kind: Kind, row: u32) -> Option<(ObjectId, Record<'a>)> {
        match self.of(kind)?.rows.get(row as usize)? {
            Place::Base(_) => None,
            Place::Change(at) => {
                let change = self.changes.get(*at)?;
                Some((change.id, self.way.to(&change)?))
            }
        }
    }

    /// The row of an id.
    fn find(&self, kind: Kind, id: &ObjectId) -> Option<u32> {
        let replayed = self.of(kind)?;
        let row = if let Some(row) = self.base.table(kind).find(id) {
            *replayed.moved.get(row as usize)?
        } else {
            let at = replayed.inserted.binary_search_by_key(id, |(id, _)| *id);
            replayed.inserted.get(at.ok()?)?.1
        };
        (row != NO_ROW).then_some(row)
    }
}

impl Replayed {
    fn new(base: &Snapshot, kind: Kind, changes: &Changes, way: Way) -> Result<Self, SegmentError> {
        let table = base.table(kind);
        let mut new = Self {
            rows: Vec::with_capacity(table.len() as usize),
            moved: vec![NO_ROW; table.len() as usize],
            inserted: Vec::new(),
        };
        let mut next = 0;
        for at in changes.range(kind) {
            let Some(change) = changes.get(at) else {
                return Err(misfit());
            };
            let place = table.lower_bound(&change.id);
            new.copy(next..place);
            let there = place < table.len() && table.id(place) == change.id;
            let fits = way.from(&change).map(|record| record.hash());
            if fits != there.then(|| table.hash(place)) {
                return Err(misfit());
            }
            next = if there { place + 1 } else { place };
            if way.to(&change).is_some() {
                let row = u32::try_from(new.rows.len()).map_err(|_| misfit())?;
                new.rows.push(Place::Change(at));
                match new.moved.get_mut(place as usize) {
                    Some(slot) if there => *slot = row,
                    _ => new.inserted.push((change.id, row)),
                }
            }
        }
        new.copy(next..table.len());
        Ok(new)
    }

    fn copy(&mut self, range: std::ops::Range<u32>) {
        for old in range {
            if let Some(slot) = self.moved.get_mut(old as usize) {
                *slot = u32::try_from(self.rows.len()).unwrap_or(NO_ROW);
            }
            self.rows.push(Place::Base(old));
        }
    }
}

fn misfit() -> SegmentError {
    SegmentError::damaged(changes::NAME, "it belongs to another snapshot")
}

impl Source for Replay<'_> {
    fn base(&self) -> &Snapshot {
        self.base
    }

    fn len(&self, kind: Kind) -> u32 {
        let rows = self.of(kind).map_or(0, |kind| kind.rows.len());
        u32::try_from(rows).unwrap_or(u32::MAX)
    }

    fn moved(&self, kind: Kind) -> &[u32] {
        self.of(kind).map_or(&[], |kind| &kind.moved)
    }

    fn kept(&self, kind: Kind, row: u32) -> Option<u32> {
        match self.of(kind)?.rows.get(row as usize)? {
            Place::Base(row) => Some(*row),
            Place::Change(_) => None,
        }
    }

    fn content(&self, kind: Kind, row: u32) -> Content<'_> {
        match self.record(kind, row) {
            Some((id, record)) => record.content(id),
            None => Content::of(self.base.table(kind), NO_ROW),
        }
    }

    fn targets(
        &self,
        relation: Relation,
        row: u32,
        out: &mut Vec<u32>,
    ) -> Result<(), SegmentError> {
        if let Some((_, record)) = self.record(relation.from(), row) {
            for id in record.targets(relation) {
                out.push(self.find(relation.to(), &id).ok_or_else(misfit)?);
            }
        }
        Ok(())
    }
}
