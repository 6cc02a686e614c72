//! A new snapshot from the old one, a candidate, and the identities given to its records.

use std::cmp::Ordering;

use bytes::Bytes;
use homeroom_model::{Kind, ObjectId};

use crate::assignment::{Assignment, Origin};
use crate::candidate::Candidate;
use crate::changes::{self, ChangesWriter};
use crate::departed::Departed;
use crate::error::SegmentError;
use crate::hash::Hash;
use crate::parts::{self, BuildError, BuiltPart, Content, PartContent, Source};
use crate::record::{write_content, write_list};
use crate::relation::Relation;
use crate::snapshot::Snapshot;
use crate::spool::{Spool, Spools};

/// Builds the parts of the snapshot that follows `old`, whose departed records are `departed`.
///
/// The result names every part the new manifest needs, in a fixed order: tables in the order of [`Kind::ALL`], then each
/// relation in both directions, `departed`, and `changes` unless `old` is the empty snapshot before the first publish
/// (then everything is created, and the snapshot itself says so). A part in which nothing changed is
/// [`PartContent::Reused`]: its place in the old manifest is its place in the new one.
pub fn build(
    old: &Snapshot,
    departed: &Departed,
    candidate: &Candidate,
    assignment: &Assignment,
    spools: &dyn Spools,
) -> Result<Vec<BuiltPart>, BuildError> {
    let source = Published {
        old,
        candidate,
        assignment,
    };
    let mut parts = parts::write_parts(&source, spools)?;
    parts.push(parts::write_departed(
        old,
        departed,
        assignment.departed(),
        spools,
    )?);
    if old.number() > 0 {
        parts.push(BuiltPart {
            name: changes::NAME.to_owned(),
            content: PartContent::Built(write_changes(&source, departed, spools)?),
        });
    }
    Ok(parts)
}

/// A candidate under the identities it was given.
struct Published<'a> {
    old: &'a Snapshot,
    candidate: &'a Candidate,
    assignment: &'a Assignment,
}

impl Published<'_> {
    /// The candidate's row behind a new row.
    fn candidate_row(&self, kind: Kind, row: u32) -> u32 {
        let row = self.assignment.of(kind).rows().get(row as usize);
        row.map_or(u32::MAX, |row| row.candidate)
    }

    fn id(&self, kind: Kind, row: u32) -> ObjectId {
        self.assignment.identity(kind, row, self.old.table(kind)).id
    }
}

impl Source for Published<'_> {
    fn base(&self) -> &Snapshot {
        self.old
    }

    fn len(&self, kind: Kind) -> u32 {
        u32::try_from(self.assignment.of(kind).rows().len()).unwrap_or(u32::MAX)
    }

    fn moved(&self, kind: Kind) -> &[u32] {
        self.assignment.of(kind).moved()
    }

    fn kept(&self, kind: Kind, row: u32) -> Option<u32> {
        match self.assignment.of(kind).rows().get(row as usize)?.origin {
            Origin::Kept(old) => Some(old),
            Origin::Updated(_) | Origin::Created(_) | Origin::Given(_) => None,
        }
    }

    fn content(&self, kind: Kind, row: u32) -> Content<'_> {
        let identity = self.assignment.identity(kind, row, self.old.table(kind));
        let (table, row) = (self.candidate.table(kind), self.candidate_row(kind, row));
        let mut keys = [Hash::default(); 3];
        for (to, from) in keys.iter_mut().zip(table.keys(row)) {
            *to = *from;
        }
        Content {
            id: identity.id,
            role_ids: identity.role_ids,
            keys,
            created: identity.created,
            modified: self.assignment.now(),
            hash: table.hash(row),
            row: table.row(row).packed(),
        }
    }

    fn targets(
        &self,
        relation: Relation,
        row: u32,
        out: &mut Vec<u32>,
    ) -> Result<(), SegmentError> {
        let row = self.candidate_row(relation.from(), row);
        let to = self.assignment.of(relation.to());
        let rows = self.candidate.lists(relation).get(row).iter();
        out.extend(rows.filter_map(|target| to.of_candidate(*target)));
        if relation.ascends() {
            out.sort_unstable();
            out.dedup();
        }
        Ok(())
    }
}

fn write_changes(
    source: &Published<'_>,
    departed: &Departed,
    spools: &dyn Spools,
) -> Result<Bytes, BuildError> {
    let mut writer = ChangesWriter::new(spools.spool()?)?;
    for kind in Kind::ALL {
        write_kind(source, kind, &mut writer)?;
    }
    write_touched(source, &mut writer)?;
    let (left, entered) = departed.difference(source.assignment.departed());
    for record in &left {
        writer.push_departed(record, false)?;
    }
    for record in &entered {
        writer.push_departed(record, true)?;
    }
    Ok(writer.finish()?.seal()?)
}

/// Merges the rows that are new or other than before with the old rows that are gone, ids ascending.
fn write_kind(
    source: &Published<'_>,
    kind: Kind,
    writer: &mut ChangesWriter<Box<dyn Spool>>,
) -> Result<(), BuildError> {
    let (assigned, table) = (source.assignment.of(kind), source.old.table(kind));
    let mut gone = (0..table.len()).filter(|old| assigned.of_old(*old).is_none());
    let mut changed = (0..source.len(kind)).filter(|row| source.kept(kind, *row).is_none());
    let (mut next_gone, mut next_changed) = (gone.next(), changed.next());
    let (mut before, mut after) = (Vec::new(), Vec::new());
    loop {
        let order = match (next_gone, next_changed) {
            (None, None) => return Ok(()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(old), Some(new)) => table.id(old).cmp(&source.id(kind, new)),
        };
        before.clear();
        after.clear();
        if let (Ordering::Less, Some(old)) = (order, next_gone) {
            old_record(source, kind, old, &mut before);
            writer.push(kind, &table.id(old), &before, &after)?;
            next_gone = gone.next();
        } else if let Some(new) = next_changed {
            let replaced = assigned.rows().get(new as usize);
            if let Some(old) = replaced.and_then(|row| assigned.before(row)) {
                old_record(source, kind, old, &mut before);
            }
            new_record(source, kind, new, &mut after)?;
            writer.push(kind, &source.id(kind, new), &before, &after)?;
            next_changed = changed.next();
        }
    }
}

/// Sections that stay as they are while the course or term they refer to does not.
fn write_touched(
    source: &Published<'_>,
    writer: &mut ChangesWriter<Box<dyn Spool>>,
) -> Result<(), BuildError> {
    let kind = Kind::Section;
    let table = source.old.table(kind);
    let changed = |relation: Relation, row: u32| {
        let to = source.assignment.of(relation.to());
        let target = source.old.lists(relation).first(row);
        let target = target.and_then(|target| to.of_old(target));
        target.is_some_and(|row| source.kept(relation.to(), row).is_none())
    };
    let mut record = Vec::new();
    for row in 0..source.len(kind) {
        let Some(old) = source.kept(kind, row) else {
            continue;
        };
        if changed(Relation::SectionCourse, old) || changed(Relation::SectionTerm, old) {
            record.clear();
            old_record(source, kind, old, &mut record);
            writer.push_touched(&table.id(old), &record)?;
        }
    }
    Ok(())
}

fn old_record(source: &Published<'_>, kind: Kind, row: u32, out: &mut Vec<u8>) {
    write_content(kind, &Content::of(source.old.table(kind), row), out);
    for relation in Relation::of(kind) {
        let to = source.old.table(relation.to());
        let targets = source.old.lists(relation).get(row).iter();
        write_list(targets.map(|target| to.id(*target)), out);
    }
}

fn new_record(
    source: &Published<'_>,
    kind: Kind,
    row: u32,
    out: &mut Vec<u8>,
) -> Result<(), SegmentError> {
    write_content(kind, &source.content(kind, row), out);
    let mut targets = Vec::new();
    for relation in Relation::of(kind) {
        targets.clear();
        source.targets(relation, row, &mut targets)?;
        let to = relation.to();
        write_list(targets.iter().map(|target| source.id(to, *target)), out);
    }
    Ok(())
}
