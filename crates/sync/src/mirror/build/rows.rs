//! Which rows the kinds of a new mirror have, and where each comes from.

use homeroom_model::{Kind, ObjectId};
use homeroom_segment::{Relation, Table, role_id_count};

use super::super::Mirror;
use super::super::gather::Gathered;
use super::super::item::{Item, place_of};
use super::super::unresolved::{self, Named};
use super::Before;

/// Where a row of the new mirror comes from.
#[derive(Clone, Copy)]
pub(super) enum From {
    /// A row of the mirror before.
    Old(u32),
    /// A row of the mirror before, of which another document was gathered: its row and the record.
    Fresh(u32, u32),
    /// A record that was gathered.
    New(u32),
}

/// The rows of one kind.
pub(super) struct Rows {
    pub(super) kind: Kind,
    pub(super) from: Vec<From>,
    pub(super) ids: Vec<ObjectId>,
    /// Whether they are exactly those of the mirror before.
    pub(super) unchanged: bool,
    /// Whether their documents are too.
    pub(super) same_documents: bool,
}

impl Rows {
    /// The row of an id.
    pub(super) fn find(&self, id: &ObjectId) -> Option<u32> {
        let row = self.ids.binary_search(id).ok()?;
        u32::try_from(row).ok()
    }
}

/// The rows of a kind, by id; of a record that came more than once the last one counts.
pub(super) fn rows(
    before: Before<'_>,
    gathered: &mut Gathered,
    spool: &[u8],
    (kind, whole): (Kind, bool),
) -> Rows {
    let items = gathered.items.entry(kind).or_default();
    items.sort_by_key(|item| item.id);
    let gathered = &*gathered;
    let items = gathered.items.get(&kind).map_or(&[][..], Vec::as_slice);
    let table = before.mirror.snapshot.table(kind);
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
        if !item.gone && there && is_same(before.mirror, ids, spool, (kind, old), item) {
            let document = before.document(kind, old, &item.id);
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

/// For each row of the mirror before the row that its record has now.
pub(super) fn moved(before: &Table, rows: &Rows) -> Vec<Option<u32>> {
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
pub(super) fn gathered_ids<'g>(
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
        let rows = before.snapshot.lists(relation).get(old);
        let missing = unresolved::of(&before.unresolved, relation, item.id);
        let mut ids: Vec<_> = unresolved::whole(missing, rows)
            .map(|(_, named)| match named {
                Named::Row(row) => targets.id(row),
                Named::Nobody(id) => id,
            })
            .collect();
        if relation.ascends() {
            ids.sort_unstable();
        }
        ids == leads(relation)
    };
    roles && table.row(old).packed() == item.row.of(spool) && Relation::of(kind).all(named)
}
