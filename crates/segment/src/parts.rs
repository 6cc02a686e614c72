//! Writing the parts of a snapshot that lies close to another one, and leaving alone those that did not change.

use bytes::Bytes;
use homeroom_model::{Kind, ObjectId, Timestamp};

use crate::assignment::NO_ROW;
use crate::departed::Departed;
use crate::error::SegmentError;
use crate::hash::Hash;
use crate::lists::{Lists, ListsWriter, reverse};
use crate::relation::Relation;
use crate::snapshot::{Snapshot, back_name};
use crate::spool::Spools;
use crate::table::{Entry, Table, TableWriter, key_count, role_id_count};

/// One part of a snapshot that was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltPart {
    /// Its name in the manifest.
    pub name: String,
    /// Its bytes, or that they are those of the snapshot it was built from.
    pub content: PartContent,
}

/// What became of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartContent {
    /// Written anew.
    Built(Bytes),
    /// Nothing in it changed: the part of the same name in the other snapshot's manifest stands.
    Reused,
}

/// A snapshot could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A spool could not be written; free space on the disk and try again.
    #[error("a part of the snapshot could not be written: {0}")]
    Write(#[from] std::io::Error),
    /// A part that was read is damaged.
    #[error(transparent)]
    Damaged(#[from] SegmentError),
}

/// The records of a snapshot to be written, next to a base that is there already.
pub(crate) trait Source {
    /// The snapshot it lies close to.
    fn base(&self) -> &Snapshot;
    /// Number of rows of a kind.
    fn len(&self, kind: Kind) -> u32;
    /// For each row of the base its new row, [`NO_ROW`] if the record is gone. Ascends but for those.
    fn moved(&self, kind: Kind) -> &[u32];
    /// The base's row that the new row copies, `None` if the new row has content of its own.
    fn kept(&self, kind: Kind, row: u32) -> Option<u32>;
    /// The content of a row that is not kept.
    fn content(&self, kind: Kind, row: u32) -> Content<'_>;
    /// Appends the new rows that a row which is not kept leads to, in stored order.
    fn targets(&self, relation: Relation, row: u32, out: &mut Vec<u32>)
    -> Result<(), SegmentError>;
}

/// One record but for its relations.
#[derive(Clone, Copy)]
pub(crate) struct Content<'a> {
    pub(crate) id: ObjectId,
    pub(crate) role_ids: [ObjectId; 3],
    pub(crate) keys: [Hash; 3],
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
    pub(crate) hash: Hash,
    pub(crate) row: &'a [u8],
}

impl<'a> Content<'a> {
    /// The content of a row of a table.
    pub(crate) fn of(table: &'a Table, row: u32) -> Self {
        Self {
            id: table.id(row),
            role_ids: table.role_ids(row),
            keys: table.keys(row),
            created: table.created(row),
            modified: table.modified(row),
            hash: table.hash(row),
            row: table.row(row).packed(),
        }
    }

    /// The content as a table takes it.
    pub(crate) fn entry(&self, kind: Kind) -> Entry<'_> {
        Entry {
            id: self.id,
            role_ids: self.role_ids.get(..role_id_count(kind)).unwrap_or(&[]),
            keys: self.keys.get(..key_count(kind)).unwrap_or(&[]),
            created: self.created,
            modified: self.modified,
            hash: self.hash,
            row: self.row,
        }
    }
}

/// Writes every table and relation of `source`, tables first, then each relation in both directions. Holds one batch in
/// memory, and four bytes per pair of a relation while its other direction is written.
pub(crate) fn write_parts(
    source: &impl Source,
    spools: &dyn Spools,
) -> Result<Vec<BuiltPart>, BuildError> {
    let mut parts = Vec::new();
    for kind in Kind::ALL {
        let content = if untouched(source, kind) {
            PartContent::Reused
        } else {
            PartContent::Built(write_table(source, kind, spools)?)
        };
        parts.push(BuiltPart {
            name: kind.table().to_owned(),
            content,
        });
    }
    for relation in Relation::ALL {
        let (forward, back) = write_relation(source, relation, spools)?;
        parts.push(BuiltPart {
            name: relation.name().to_owned(),
            content: forward,
        });
        parts.push(BuiltPart {
            name: back_name(relation),
            content: back,
        });
    }
    Ok(parts)
}

/// The part with the departed records.
pub(crate) fn write_departed(
    base: &Snapshot,
    before: &Departed,
    after: &Departed,
    spools: &dyn Spools,
) -> Result<BuiltPart, BuildError> {
    let content = if base.number() > 0 && before == after {
        PartContent::Reused
    } else {
        let mut spool = spools.spool()?;
        after.write(&mut spool)?;
        PartContent::Built(spool.seal()?)
    };
    Ok(BuiltPart {
        name: "departed".to_owned(),
        content,
    })
}

/// The new rows that a row leads to, in stored order.
pub(crate) fn targets(
    source: &impl Source,
    relation: Relation,
    row: u32,
    out: &mut Vec<u32>,
) -> Result<(), SegmentError> {
    out.clear();
    let Some(old) = source.kept(relation.from(), row) else {
        return source.targets(relation, row, out);
    };
    let moved = source.moved(relation.to());
    let old = source.base().lists(relation).get(old).iter();
    let new = old.filter_map(|target| moved.get(*target as usize).copied());
    out.extend(new.filter(|row| *row != NO_ROW));
    Ok(())
}

/// Whether each row of the base is still there under its number; there may be more rows after them.
fn stands(source: &impl Source, kind: Kind) -> bool {
    let moved = source.moved(kind);
    source.base().number() > 0 && moved.iter().zip(0..).all(|(new, old)| *new == old)
}

/// Whether the rows are the base's, under the same numbers; what is in them may differ.
fn same_rows(source: &impl Source, kind: Kind) -> bool {
    source.len(kind) == source.base().table(kind).len() && stands(source, kind)
}

fn untouched(source: &impl Source, kind: Kind) -> bool {
    same_rows(source, kind) && (0..source.len(kind)).all(|row| source.kept(kind, row).is_some())
}

/// Whether every row of the owner leads where it led in the base.
fn same_lists(source: &impl Source, relation: Relation) -> Result<bool, SegmentError> {
    if !same_rows(source, relation.from()) || !stands(source, relation.to()) {
        return Ok(false);
    }
    let mut rows = Vec::new();
    for row in 0..source.len(relation.from()) {
        if source.kept(relation.from(), row).is_none() {
            targets(source, relation, row, &mut rows)?;
            if rows != source.base().lists(relation).get(row) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

fn write_table(source: &impl Source, kind: Kind, spools: &dyn Spools) -> std::io::Result<Bytes> {
    let mut writer = TableWriter::new(kind, spools.spool()?)?;
    let table = source.base().table(kind);
    for row in 0..source.len(kind) {
        let content = match source.kept(kind, row) {
            Some(old) => Content::of(table, old),
            None => source.content(kind, row),
        };
        writer.push(&content.entry(kind))?;
    }
    writer.finish()?.seal()
}

fn write_relation(
    source: &impl Source,
    relation: Relation,
    spools: &dyn Spools,
) -> Result<(PartContent, PartContent), BuildError> {
    let (from, to) = (source.len(relation.from()), source.len(relation.to()));
    if same_lists(source, relation)? {
        if same_rows(source, relation.to()) {
            return Ok((PartContent::Reused, PartContent::Reused));
        }
        let back = write_back(source.base().lists(relation), to, spools)?;
        return Ok((PartContent::Reused, PartContent::Built(back)));
    }
    let mut writer = ListsWriter::new(spools.spool()?)?;
    let mut rows = Vec::new();
    for row in 0..from {
        targets(source, relation, row, &mut rows)?;
        writer.push(&rows)?;
    }
    let forward = writer.finish()?.seal()?;
    let lists = Lists::open(relation.name(), forward.clone(), from, to)?;
    let back = write_back(&lists, to, spools)?;
    Ok((PartContent::Built(forward), PartContent::Built(back)))
}

fn write_back(lists: &Lists, to: u32, spools: &dyn Spools) -> std::io::Result<Bytes> {
    let each = |call: &mut dyn FnMut(u32, &[u32])| {
        for row in 0..lists.len() {
            call(row, lists.get(row));
        }
    };
    reverse(to, each, spools.spool()?)?.seal()
}
