//! Building a mirror from what was gathered and the mirror before.

mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::{io, panic, thread};

use bytes::Bytes;
use homeroom_model::{Kind, ObjectId, Timestamp};
use homeroom_segment::{
    Entry, Hash, HashKey, ListsWriter, Relation, Spool, Spools, Table, TableWriter, key_count,
    reverse, role_id_count,
};

use super::gather::Gathered;
use super::item::Item;
use super::unresolved::{self, Named, Unresolved};
use super::{Mirror, documents_name, newer_name};
use rows::{From, Rows, gathered_ids, moved, rows};

/// A mirror could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A spool could not be written; free space on the disk and try again.
    #[error("a part of the mirror could not be written: {0}")]
    Write(#[from] io::Error),
}

/// A part of a new mirror: its name, and its bytes unless the part of the same name in the mirror before stands.
pub(super) type Part = (String, Option<Bytes>);

/// The mirror before, and those of its documents that are written anew.
#[derive(Clone, Copy)]
pub(super) struct Before<'a> {
    pub(super) mirror: &'a Mirror,
    pub(super) documents: &'a BTreeMap<Kind, Table>,
}

impl<'a> Before<'a> {
    /// The document of the record in a row of a kind whose documents are written anew, or one that came since the others.
    fn document(self, kind: Kind, row: u32, id: &ObjectId) -> Option<&'a [u8]> {
        self.mirror.document_among(self.documents, (kind, row), id)
    }
}

/// Builds the parts, and hands each of them on as soon as it is there, in no particular order. Of kinds in `whole` everything was
/// gathered; of the others what came replaces what was there, what was said to be gone goes, and the rest stays.
pub(super) fn build(
    before: Before<'_>,
    mut gathered: Gathered,
    whole: &BTreeSet<Kind>,
    spools: &dyn Spools,
    made: &(dyn Fn(Part) + Sync),
) -> Result<(), BuildError> {
    let spool = gathered.seal()?;
    let kinds =
        Kind::ALL.map(|kind| rows(before, &mut gathered, &spool, (kind, whole.contains(&kind))));
    let making = Making {
        before,
        items: &gathered.items,
        ids: &gathered.ids,
        spool: &spool,
        kinds: &kinds,
        spools,
        made,
    };
    // Records and relations are about as much work.
    thread::scope(|scope| {
        let relations = scope.spawn(|| making.relations());
        making.records()?;
        relations
            .join()
            .unwrap_or_else(|panicked| panic::resume_unwind(panicked))
    })
}

/// The new mirror while it is written.
struct Making<'a> {
    before: Before<'a>,
    items: &'a BTreeMap<Kind, Vec<Item>>,
    /// Ids that records name.
    ids: &'a [ObjectId],
    spool: &'a [u8],
    kinds: &'a [Rows],
    spools: &'a dyn Spools,
    made: &'a (dyn Fn(Part) + Sync),
}

impl Making<'_> {
    /// Tables of records and of documents.
    fn records(&self) -> Result<(), BuildError> {
        for rows in self.kinds {
            (self.made)((rows.kind.table().to_owned(), self.table(rows)?));
            self.documents(rows)?;
        }
        Ok(())
    }

    /// What leads where, both ways, and what leads nowhere.
    fn relations(&self) -> Result<(), BuildError> {
        let mut unresolved = Vec::new();
        for relation in Relation::ALL {
            let [forward, back] = self.relation(relation, &mut unresolved)?;
            (self.made)((relation.name().to_owned(), forward));
            (self.made)((format!("{}.back", relation.name()), back));
        }
        unresolved.sort_unstable();
        unresolved.dedup();
        let bytes = unresolved::write(&unresolved).into();
        (self.made)((unresolved::NAME.to_owned(), Some(bytes)));
        Ok(())
    }

    fn rows(&self, kind: Kind) -> Option<&Rows> {
        self.kinds.iter().find(|rows| rows.kind == kind)
    }

    fn item(&self, kind: Kind, place: u32) -> Option<&Item> {
        self.items.get(&kind)?.get(place as usize)
    }

    /// The records of a kind.
    fn table(&self, rows: &Rows) -> Result<Option<Bytes>, BuildError> {
        if rows.unchanged && self.before.mirror.manifest.number > 0 {
            return Ok(None);
        }
        let kind = rows.kind;
        let before = self.before.mirror.snapshot.table(kind);
        let mut writer = TableWriter::new(kind, self.spools.spool()?)?;
        for (from, id) in rows.from.iter().zip(&rows.ids) {
            match from {
                From::Old(old) | From::Fresh(old, _) => {
                    let roles =
                        [0, 1, 2].map(|role| before.role_id(*old, role).unwrap_or_default());
                    let row = before.row(*old).packed();
                    push(&mut writer, kind, (*id, roles), (row, before.hash(*old)))?;
                }
                From::New(place) => {
                    if let Some(item) = self.item(kind, *place) {
                        let row = item.row.of(self.spool);
                        let hash = HashKey::new([0; 32]).hash(row);
                        push(&mut writer, kind, (*id, item.role_ids), (row, hash))?;
                    }
                }
            }
        }
        Ok(Some(writer.finish()?.seal()?))
    }

    /// The documents of a kind: all of them where those of the mirror before were opened, otherwise those that came since.
    fn documents(&self, rows: &Rows) -> Result<(), BuildError> {
        let kind = rows.kind;
        let (name, newer) = (documents_name(kind), newer_name(kind));
        if rows.same_documents && self.before.mirror.manifest.number > 0 {
            (self.made)((name, None));
            (self.made)((newer, None));
            return Ok(());
        }
        let all = self.before.documents.contains_key(&kind);
        let mut writer = TableWriter::new(kind, self.spools.spool()?)?;
        for (from, id) in rows.from.iter().zip(&rows.ids) {
            let document = match from {
                From::Old(old) if all => self.before.document(kind, *old, id),
                From::Old(_) => self.before.mirror.newer_document(kind, id),
                From::Fresh(_, place) | From::New(place) => {
                    let item = self.item(kind, *place);
                    item.map(|item| item.document.of(self.spool))
                }
            };
            if let Some(document) = document {
                let no_roles = [ObjectId::default(); 3];
                push(
                    &mut writer,
                    kind,
                    (*id, no_roles),
                    (document, Hash::default()),
                )?;
            }
        }
        let bytes = Some(writer.finish()?.seal()?);
        if all {
            (self.made)((name, bytes));
        } else {
            (self.made)((name, None));
            (self.made)((newer, bytes));
        }
        Ok(())
    }

    /// Both directions of a relation.
    fn relation(
        &self,
        relation: Relation,
        unresolved: &mut Vec<Unresolved>,
    ) -> Result<[Option<Bytes>; 2], BuildError> {
        let (Some(from), Some(to)) = (self.rows(relation.from()), self.rows(relation.to())) else {
            return Ok([None, None]);
        };
        if from.unchanged && to.unchanged && self.before.mirror.manifest.number > 0 {
            let still = self
                .before
                .mirror
                .unresolved
                .iter()
                .filter(|one| one.relation == relation);
            unresolved.extend(still);
            return Ok([None, None]);
        }
        let moved = moved(self.before.mirror.snapshot.table(relation.to()), to);
        let mut lists: Vec<Vec<u32>> = Vec::with_capacity(from.from.len());
        for (source, id) in from.from.iter().zip(&from.ids) {
            lists.push(match source {
                From::Old(old) | From::Fresh(old, _) => {
                    self.kept(relation, *old, (*id, to, &moved), unresolved)
                }
                From::New(place) => self.named(relation, *place, to, unresolved),
            });
        }
        let mut forward = ListsWriter::new(self.spools.spool()?)?;
        for list in &lists {
            forward.push(list)?;
        }
        let each = |call: &mut dyn FnMut(u32, &[u32])| {
            for (row, list) in (0..).zip(&lists) {
                call(row, list);
            }
        };
        let targets = u32::try_from(to.from.len()).unwrap_or(u32::MAX);
        let back = reverse(targets, each, self.spools.spool()?)?;
        Ok([Some(forward.finish()?.seal()?), Some(back.seal()?)])
    }

    /// What a row of the mirror before leads to now, those included whom nobody had then.
    fn kept(
        &self,
        relation: Relation,
        old: u32,
        (by, to, moved): (ObjectId, &Rows, &[Option<u32>]),
        unresolved: &mut Vec<Unresolved>,
    ) -> Vec<u32> {
        let targets = self.before.mirror.snapshot.table(relation.to());
        let rows = self.before.mirror.snapshot.lists(relation).get(old);
        let missing = unresolved::of(&self.before.mirror.unresolved, relation, by);
        let mut found = Vec::with_capacity(rows.len());
        for (place, named) in unresolved::whole(missing, rows) {
            let now = match &named {
                Named::Row(row) => moved.get(*row as usize).copied().flatten(),
                Named::Nobody(id) => to.find(id),
            };
            match now {
                Some(now) => found.push(now),
                None => unresolved.push(Unresolved {
                    relation,
                    by,
                    place: if relation.ascends() { 0 } else { place },
                    id: match named {
                        Named::Row(row) => targets.id(row),
                        Named::Nobody(id) => id,
                    },
                }),
            }
        }
        if !missing.is_empty() && relation.ascends() {
            found.sort_unstable();
            found.dedup();
        }
        found
    }

    fn named(
        &self,
        relation: Relation,
        place: u32,
        to: &Rows,
        unresolved: &mut Vec<Unresolved>,
    ) -> Vec<u32> {
        let Some(item) = self.item(relation.from(), place) else {
            return Vec::new();
        };
        let ids = gathered_ids(self.ids, item)(relation).iter();
        let found = unresolved::places().zip(ids).filter_map(|(place, id)| {
            let row = to.find(id);
            if row.is_none() {
                unresolved.push(Unresolved {
                    relation,
                    by: item.id,
                    place: if relation.ascends() { 0 } else { place },
                    id: *id,
                });
            }
            row
        });
        found.collect()
    }
}

fn push(
    writer: &mut TableWriter<Box<dyn Spool>>,
    kind: Kind,
    (id, role_ids): (ObjectId, [ObjectId; 3]),
    (row, hash): (&[u8], Hash),
) -> Result<(), BuildError> {
    let keys = [Hash::default(); 3];
    Ok(writer.push(&Entry {
        id,
        role_ids: role_ids.get(..role_id_count(kind)).unwrap_or(&[]),
        keys: keys.get(..key_count(kind)).unwrap_or(&[]),
        created: Timestamp::from_millis(0),
        modified: Timestamp::from_millis(0),
        hash,
        row,
    })?)
}
