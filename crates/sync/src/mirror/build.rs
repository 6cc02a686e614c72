//! Building a mirror from what was gathered and the mirror before.

use std::collections::BTreeSet;
use std::io;

use bytes::Bytes;
use homeroom_model::{Kind, ObjectId, Timestamp};
use homeroom_segment::{
    Entry, Hash, HashKey, ListsWriter, Relation, Spool, Spools, Table, TableWriter, key_count,
    reverse, role_id_count,
};

use super::gather::Gathered;
use super::item::{Item, place_of};
use super::unresolved::{self, Unresolved};
use super::{Mirror, documents_name, newer_name};

/// A mirror could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A spool could not be written; free space on the disk and try again.
    #[error("a part of the mirror could not be written: {0}")]
    Write(#[from] io::Error),
}

/// A part of a new mirror: its name, and its bytes unless the part of the same name in the mirror before stands.
pub(super) type Part = (String, Option<Bytes>);

/// Where a row of the new mirror comes from.
#[derive(Clone, Copy)]
enum From {
    /// A row of the mirror before.
    Old(u32),
    /// A row of the mirror before, of which another document was gathered: its row and the record.
    Fresh(u32, u32),
    /// A record that was gathered.
    New(u32),
}

/// The rows of one kind.
struct Rows {
    kind: Kind,
    from: Vec<From>,
    ids: Vec<ObjectId>,
    /// Whether they are exactly those of the mirror before.
    unchanged: bool,
    /// Whether their documents are too.
    same_documents: bool,
}

/// Builds the parts. Of kinds in `whole` everything was gathered; of the others what came replaces what was there, what was
/// said to be gone goes, and the rest stays.
pub(super) fn build(
    before: &Mirror,
    mut gathered: Gathered,
    whole: &BTreeSet<Kind>,
    spools: &dyn Spools,
) -> Result<Vec<Part>, BuildError> {
    let spool = gathered.seal()?;
    let kinds =
        Kind::ALL.map(|kind| rows(before, &mut gathered, &spool, (kind, whole.contains(&kind))));
    let making = Making {
        before,
        gathered: &gathered,
        spool: &spool,
        kinds: &kinds,
        spools,
    };
    let mut parts = Vec::new();
    for kind in &kinds {
        parts.push((kind.kind.table().to_owned(), making.table(kind)?));
        making.documents(kind, &mut parts)?;
    }
    let mut unresolved = Vec::new();
    for relation in Relation::ALL {
        let [forward, back] = making.relation(relation, &mut unresolved)?;
        parts.push((relation.name().to_owned(), forward));
        parts.push((format!("{}.back", relation.name()), back));
    }
    unresolved.sort_unstable();
    unresolved.dedup();
    let bytes = unresolved::write(&unresolved).into();
    parts.push((unresolved::NAME.to_owned(), Some(bytes)));
    Ok(parts)
}

/// The rows of a kind, by id; of a record that came more than once the last one counts.
fn rows(
    before: &Mirror,
    gathered: &mut Gathered,
    spool: &[u8],
    (kind, whole): (Kind, bool),
) -> Rows {
    let items = gathered.items.entry(kind).or_default();
    items.sort_by_key(|item| item.id);
    let gathered = &*gathered;
    let items = gathered.items.get(&kind).map_or(&[][..], Vec::as_slice);
    let table = before.snapshot.table(kind);
    let mut merged = Merged {
        rows: Vec::new(),
        ids: Vec::new(),
    };
    let stays = |row: u32| !whole || gathered.stays.contains(&table.id(row));
    let mut old = 0;
    for (place, item) in (0..).zip(items) {
        let last = items
            .get(place as usize + 1)
            .is_none_or(|next| next.id != item.id);
        if !last {
            continue;
        }
        while old < table.len() && table.id(old) < item.id {
            if stays(old) {
                merged.push(From::Old(old), table.id(old));
            }
            old += 1;
        }
        let there = old < table.len() && table.id(old) == item.id;
        let ids = gathered_ids(&gathered.ids, item);
        if !item.gone && there && is_same(before, ids, spool, (kind, old), item) {
            let document = before.document_of(kind, old, &item.id);
            let from = match document {
                Some(document) if document == item.document.of(spool) => From::Old(old),
                _ => From::Fresh(old, place),
            };
            merged.push(from, item.id);
        } else if !item.gone {
            merged.push(From::New(place), item.id);
        }
        old += u32::from(there);
    }
    while old < table.len() {
        if stays(old) {
            merged.push(From::Old(old), table.id(old));
        }
        old += 1;
    }
    let as_before = |(row, from): (u32, &From)| matches!(from, From::Old(old) | From::Fresh(old, _) if *old == row);
    let unchanged =
        merged.rows.len() == table.len() as usize && (0..).zip(&merged.rows).all(as_before);
    let same_documents = unchanged && merged.rows.iter().all(|from| matches!(from, From::Old(_)));
    Rows {
        kind,
        from: merged.rows,
        ids: merged.ids,
        unchanged,
        same_documents,
    }
}

/// Rows of both sides in their order.
struct Merged {
    rows: Vec<From>,
    ids: Vec<ObjectId>,
}

impl Merged {
    fn push(&mut self, from: From, id: ObjectId) {
        self.rows.push(from);
        self.ids.push(id);
    }
}

/// The ids an item names, relation by relation.
fn gathered_ids<'g>(
    ids: &'g [ObjectId],
    item: &Item,
) -> impl Fn(Relation) -> &'g [ObjectId] + use<'g> {
    let leads = item.leads;
    move |relation| {
        leads
            .get(place_of(relation))
            .map_or(&[], |leads| leads.of(ids))
    }
}

/// Whether a record says what the row before said, apart from its document.
fn is_same<'g>(
    before: &Mirror,
    leads: impl Fn(Relation) -> &'g [ObjectId],
    spool: &[u8],
    (kind, old): (Kind, u32),
    item: &Item,
) -> bool {
    let table = before.snapshot.table(kind);
    let roles = (0..role_id_count(kind)).all(|role| {
        let now = item.role_ids.get(role).copied().unwrap_or_default();
        table.role_id(old, role).unwrap_or_default() == now
    });
    let named = |relation: Relation| {
        let targets = before.snapshot.table(relation.to());
        let rows = before.snapshot.lists(relation).get(old).iter();
        let mut ids: Vec<_> = rows.map(|row| targets.id(*row)).collect();
        let missing = unresolved::of(&before.unresolved, relation, item.id);
        ids.extend(missing.iter().map(|one| one.id));
        if relation.ascends() {
            ids.sort_unstable();
        }
        ids == leads(relation)
    };
    roles && table.row(old).packed() == item.row.of(spool) && Relation::of(kind).all(named)
}

/// The new mirror while it is written.
struct Making<'a> {
    before: &'a Mirror,
    gathered: &'a Gathered,
    spool: &'a [u8],
    kinds: &'a [Rows],
    spools: &'a dyn Spools,
}

impl Making<'_> {
    fn rows(&self, kind: Kind) -> Option<&Rows> {
        self.kinds.iter().find(|rows| rows.kind == kind)
    }

    fn item(&self, kind: Kind, place: u32) -> Option<&Item> {
        self.gathered.items.get(&kind)?.get(place as usize)
    }

    /// The records of a kind.
    fn table(&self, rows: &Rows) -> Result<Option<Bytes>, BuildError> {
        if rows.unchanged && self.before.manifest.number > 0 {
            return Ok(None);
        }
        let kind = rows.kind;
        let before = self.before.snapshot.table(kind);
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
    fn documents(&self, rows: &Rows, parts: &mut Vec<Part>) -> Result<(), BuildError> {
        let kind = rows.kind;
        let (name, newer) = (documents_name(kind), newer_name(kind));
        if rows.same_documents && self.before.manifest.number > 0 {
            parts.push((name, None));
            parts.push((newer, None));
            return Ok(());
        }
        let all = self.before.documents.contains_key(&kind);
        let mut writer = TableWriter::new(kind, self.spools.spool()?)?;
        for (from, id) in rows.from.iter().zip(&rows.ids) {
            let document = match from {
                From::Old(old) if all => self.before.document_of(kind, *old, id),
                From::Old(_) => self.before.newer_document(kind, id),
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
            parts.push((name, bytes));
        } else {
            parts.push((name, None));
            parts.push((newer, bytes));
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
        if from.unchanged && to.unchanged && self.before.manifest.number > 0 {
            let still = self
                .before
                .unresolved
                .iter()
                .filter(|one| one.relation == relation);
            unresolved.extend(still);
            return Ok([None, None]);
        }
        let moved = moved(self.before.snapshot.table(relation.to()), to);
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
        let targets = self.before.snapshot.table(relation.to());
        let mut miss = |id: ObjectId| unresolved.push(Unresolved { relation, by, id });
        let mut found = Vec::new();
        for row in self.before.snapshot.lists(relation).get(old) {
            match moved.get(*row as usize).copied().flatten() {
                Some(now) => found.push(now),
                None => miss(targets.id(*row)),
            }
        }
        let missing = unresolved::of(&self.before.unresolved, relation, by);
        for one in missing {
            match to.find(&one.id) {
                Some(now) => found.push(now),
                None => miss(one.id),
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
        let ids = gathered_ids(&self.gathered.ids, item)(relation).iter();
        let found = ids.filter_map(|id| {
            let row = to.find(id);
            if row.is_none() {
                unresolved.push(Unresolved {
                    relation,
                    by: item.id,
                    id: *id,
                });
            }
            row
        });
        found.collect()
    }
}

impl Rows {
    fn find(&self, id: &ObjectId) -> Option<u32> {
        let row = self.ids.binary_search(id).ok()?;
        u32::try_from(row).ok()
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

/// For each row of the mirror before the row that its record has now.
fn moved(before: &Table, rows: &Rows) -> Vec<Option<u32>> {
    let mut moved = vec![None; before.len() as usize];
    let mut old = 0;
    for (row, id) in (0..).zip(&rows.ids) {
        while old < before.len() && before.id(old) < *id {
            old += 1;
        }
        if old < before.len()
            && before.id(old) == *id
            && let Some(place) = moved.get_mut(old as usize)
        {
            *place = Some(row);
        }
    }
    moved
}
