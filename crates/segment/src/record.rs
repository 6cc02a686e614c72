//! One record whole, with the ids its relations lead to: the form in which changes keep what was and what came.
//!
//! ```text
//! created i64 · modified i64 · hash 16 · keys 16 each · ids of roles 12 each · length of row u32 · row ·
//! for each relation the kind owns: number of targets u32 · their ids 12 each
//! ```
//!
//! Numbers are little-endian. Row numbers mean something inside one snapshot only, so targets stand here as ids.

use homeroom_model::{Kind, ObjectId, Timestamp};

use crate::hash::Hash;
use crate::parts::Content;
use crate::relation::Relation;
use crate::row::Row;
use crate::table::{key_count, role_id_count};

/// A record as it stood in one snapshot.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    kind: Kind,
    created: Timestamp,
    modified: Timestamp,
    hash: Hash,
    keys: &'a [Hash],
    role_ids: &'a [[u8; ObjectId::LEN]],
    row: &'a [u8],
    lists: &'a [u8],
}

impl<'a> Record<'a> {
    /// Reads a record; `None` unless the bytes are exactly one.
    pub(crate) fn read(kind: Kind, bytes: &'a [u8]) -> Option<Self> {
        let (created, rest) = bytes.split_first_chunk::<8>()?;
        let (modified, rest) = rest.split_first_chunk::<8>()?;
        let (hash, rest) = rest.split_first_chunk::<16>()?;
        let (keys, rest) = rest.split_at_checked(16 * key_count(kind))?;
        let (role_ids, rest) = rest.split_at_checked(ObjectId::LEN * role_id_count(kind))?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (row, lists) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        let mut rest = lists;
        for _ in Relation::of(kind) {
            rest = split_list(rest)?.1;
        }
        rest.is_empty().then_some(Self {
            kind,
            created: Timestamp::from_millis(i64::from_le_bytes(*created)),
            modified: Timestamp::from_millis(i64::from_le_bytes(*modified)),
            hash: *hash,
            keys: keys.as_chunks().0,
            role_ids: role_ids.as_chunks().0,
            row,
            lists,
        })
    }

    /// The record's kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// When it was first published.
    pub fn created(&self) -> Timestamp {
        self.created
    }

    /// When its content last changed.
    pub fn modified(&self) -> Timestamp {
        self.modified
    }

    /// Keyed hash of the packed row.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The packed row.
    pub fn row(&self) -> Row<'a> {
        Row::new(self.row)
    }

    /// Keyed hash of the natural key (of a role's for employees); `None` if it does not have the role.
    pub fn key(&self, role: usize) -> Option<Hash> {
        let key = self.keys.get(role).copied();
        key.filter(|key| *key != Hash::default())
    }

    /// The id of a role, as in [`crate::Table::role_id`].
    pub fn role_id(&self, role: usize) -> Option<ObjectId> {
        let id = ObjectId::new(*self.role_ids.get(role)?);
        (id != ObjectId::default()).then_some(id)
    }

    /// The ids a relation of this kind leads to, in stored order; none for a relation another kind owns.
    pub fn targets(&self, relation: Relation) -> impl Iterator<Item = ObjectId> + use<'a> {
        let mut rest = self.lists;
        let mut found: &[[u8; ObjectId::LEN]] = &[];
        for owned in Relation::of(self.kind) {
            let Some((list, after)) = split_list(rest) else {
                break;
            };
            if owned == relation {
                found = list;
                break;
            }
            rest = after;
        }
        found.iter().map(|id| ObjectId::new(*id))
    }

    pub(crate) fn content(&self, id: ObjectId) -> Content<'a> {
        let mut role_ids = [ObjectId::default(); 3];
        for (to, from) in role_ids.iter_mut().zip(self.role_ids) {
            *to = ObjectId::new(*from);
        }
        let mut keys = [Hash::default(); 3];
        for (to, from) in keys.iter_mut().zip(self.keys) {
            *to = *from;
        }
        Content {
            id,
            role_ids,
            keys,
            created: self.created,
            modified: self.modified,
            hash: self.hash,
            row: self.row,
        }
    }
}

type ListAndRest<'a> = (&'a [[u8; ObjectId::LEN]], &'a [u8]);

fn split_list(bytes: &[u8]) -> Option<ListAndRest<'_>> {
    let (count, rest) = bytes.split_first_chunk::<4>()?;
    let length = (u32::from_le_bytes(*count) as usize).checked_mul(ObjectId::LEN)?;
    let (ids, rest) = rest.split_at_checked(length)?;
    Some((ids.as_chunks().0, rest))
}

/// Appends a record but for its relations, which follow through [`write_list`] in the order of [`Relation::of`].
pub(crate) fn write_content(kind: Kind, content: &Content<'_>, out: &mut Vec<u8>) {
    let entry = content.entry(kind);
    out.extend_from_slice(&entry.created.millis().to_le_bytes());
    out.extend_from_slice(&entry.modified.millis().to_le_bytes());
    out.extend_from_slice(&entry.hash);
    out.extend_from_slice(entry.keys.as_flattened());
    for id in entry.role_ids {
        out.extend_from_slice(id.bytes());
    }
    out.extend_from_slice(&length(entry.row.len()));
    out.extend_from_slice(entry.row);
}

/// Appends the targets of one relation.
pub(crate) fn write_list(ids: impl ExactSizeIterator<Item = ObjectId>, out: &mut Vec<u8>) {
    out.extend_from_slice(&length(ids.len()));
    for id in ids {
        out.extend_from_slice(id.bytes());
    }
}

fn length(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}
