//! A snapshot from another one that is whole and the changes of the publishes between the two.
//!
//! However many publishes lie between, tables are written once: what they did to one record is taken together first.

use std::borrow::Cow;
use std::ops::Range;

use homeroom_model::{Kind, ObjectId};

use crate::assignment::NO_ROW;
use crate::changes::{self, Change, Changes};
use crate::departed::Departed;
use crate::error::SegmentError;
use crate::noun::place_of;
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
    rebuild_past(newer, departed, std::slice::from_ref(changes), spools)
}

/// Builds the snapshot that some publishes in a row led from: [`rebuild_older`] again and again, at the cost of one.
/// `changes` are what they changed, newest first; the first of them led to `newer`.
pub fn rebuild_past(
    newer: &Snapshot,
    departed: &Departed,
    changes: &[Changes],
    spools: &dyn Spools,
) -> Result<Vec<BuiltPart>, BuildError> {
    let mut was = Cow::Borrowed(departed);
    for changes in changes {
        was = Cow::Owned(was.apply(changes.left(), changes.entered()));
    }
    let span = Span::new(changes.iter().rev().collect())?;
    write(newer, span, Way::Back, (departed, &was), spools)
}

/// Builds the snapshot after `older`: [`rebuild_older`] the other way round, with the changes of the newer snapshot.
pub fn rebuild_newer(
    older: &Snapshot,
    departed: &Departed,
    changes: &Changes,
    spools: &dyn Spools,
) -> Result<Vec<BuiltPart>, BuildError> {
    let becomes = departed.apply(changes.entered(), changes.left());
    let span = Span::new(vec![changes])?;
    write(older, span, Way::Forth, (departed, &becomes), spools)
}

fn write(
    base: &Snapshot,
    span: Span<'_>,
    way: Way,
    (before, after): (&Departed, &Departed),
    spools: &dyn Spools,
) -> Result<Vec<BuiltPart>, BuildError> {
    let source = Replay::new(base, span, way)?;
    let mut parts = parts::write_parts(&source, spools)?;
    parts.push(parts::write_departed(base, before, after, spools)?);
    Ok(parts)
}

/// What some publishes in a row changed, as one of them would have: of each record what it was before the first of them and
/// what it became in the last.
struct Span<'a> {
    /// Oldest first.
    changes: Vec<&'a Changes>,
    /// In the order of [`Kind::ALL`], ids ascending inside a kind.
    entries: Vec<Entry>,
    /// Where the entries of each kind end.
    ends: Vec<u32>,
}

/// A record that changed: the first and the last of its changes, each by the publish and its place there.
#[derive(Clone, Copy)]
struct Entry {
    first: (u32, u32),
    last: (u32, u32),
}

impl<'a> Span<'a> {
    fn new(changes: Vec<&'a Changes>) -> Result<Self, SegmentError> {
        let mut span = Self {
            changes,
            entries: Vec::new(),
            ends: Vec::new(),
        };
        for kind in Kind::ALL {
            span.add(kind)?;
            let end = u32::try_from(span.entries.len()).map_err(|_| misfit())?;
            span.ends.push(end);
        }
        Ok(span)
    }

    fn add(&mut self, kind: Kind) -> Result<(), SegmentError> {
        let mut found = Vec::new();
        for (publish, changes) in (0..).zip(&self.changes) {
            for at in changes.range(kind) {
                let change = changes.get(at).ok_or_else(misfit)?;
                found.push((change.id, publish, at));
            }
        }
        found.sort_unstable();
        for changes in found.chunk_by(|one, other| one.0 == other.0) {
            let ([(_, publish, at), ..], [.., (_, last, to)]) = (changes, changes) else {
                continue;
            };
            for pair in changes.windows(2) {
                self.check(pair)?;
            }
            let entry = Entry {
                first: (*publish, *at),
                last: (*last, *to),
            };
            // What came and went in between was never there.
            if self
                .change(entry)
                .is_some_and(|change| change.before.is_some() || change.after.is_some())
            {
                self.entries.push(entry);
            }
        }
        Ok(())
    }

    /// Refuses changes of one record of which the later does not begin where the earlier ended.
    fn check(&self, pair: &[(ObjectId, u32, u32)]) -> Result<(), SegmentError> {
        let [(_, earlier, ended), (_, later, began)] = pair else {
            return Ok(());
        };
        let ended = self.of(*earlier, *ended).ok_or_else(misfit)?.after;
        let began = self.of(*later, *began).ok_or_else(misfit)?.before;
        let fits = ended.map(|record| record.hash()) == began.map(|record| record.hash());
        if fits { Ok(()) } else { Err(misfit()) }
    }

    fn of(&self, publish: u32, at: u32) -> Option<Change<'a>> {
        self.changes.get(publish as usize)?.get(at)
    }

    fn change(&self, entry: Entry) -> Option<Change<'a>> {
        let last = self.of(entry.last.0, entry.last.1)?;
        Some(Change {
            before: self.of(entry.first.0, entry.first.1)?.before,
            ..last
        })
    }

    /// The change at a place.
    fn get(&self, at: u32) -> Option<Change<'a>> {
        self.change(*self.entries.get(at as usize)?)
    }

    /// The places of a kind's changes.
    fn range(&self, kind: Kind) -> Range<u32> {
        let end = |at: usize| self.ends.get(at).copied().unwrap_or(0);
        let at = usize::from(place_of(kind));
        let start = at.checked_sub(1).map_or(0, end);
        start..end(at)
    }
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
    span: Span<'a>,
    way: Way,
    kinds: Vec<Replayed>,
}

/// Where a row comes from.
#[derive(Clone, Copy)]
enum Place {
    /// A row of the base.
    Base(u32),
    /// A change, by its place in the span.
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
    fn new(base: &'a Snapshot, span: Span<'a>, way: Way) -> Result<Self, SegmentError> {
        let mut kinds: Vec<Replayed> = Kind::ALL.iter().map(|_| Replayed::default()).collect();
        for kind in Kind::ALL {
            if let Some(slot) = kinds.get_mut(kind as usize) {
                *slot = Replayed::new(base, kind, &span, way)?;
            }
        }
        Ok(Self {
            base,
            span,
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
                let change = self.span.get(*at)?;
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
    fn new(base: &Snapshot, kind: Kind, span: &Span<'_>, way: Way) -> Result<Self, SegmentError> {
        let table = base.table(kind);
        let mut new = Self {
            rows: Vec::with_capacity(table.len() as usize),
            moved: vec![NO_ROW; table.len() as usize],
            inserted: Vec::new(),
        };
        let mut next = 0;
        for at in span.range(kind) {
            let Some(change) = span.get(at) else {
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
