//! Records that left and may come back with the same id (district-side 5.2: within 300 days).

use std::io::Write;

use bytes::Bytes;
use homeroom_model::{Kind, ObjectId, Timestamp};

use crate::error::SegmentError;
use crate::hash::Hash;
use crate::noun::place_of;

/// A record that left. For an employee one per role, so that a role that comes back finds its id whoever it is merged
/// with by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DepartedRecord {
    /// Position of the kind in [`Kind::ALL`].
    kind: u8,
    /// Position of the role among the kind's keys.
    pub role: u8,
    /// Keyed hash of its natural key.
    pub key: Hash,
    /// The id it had.
    pub id: ObjectId,
    /// The id its role had, zeros for kinds without ids of roles.
    pub role_id: ObjectId,
    /// When it was first published.
    pub created: Timestamp,
    /// When it left.
    pub left: Timestamp,
}

impl DepartedRecord {
    /// A record that left.
    pub fn new(
        kind: Kind,
        role: u8,
        key: Hash,
        ids: (ObjectId, ObjectId),
        created: Timestamp,
        left: Timestamp,
    ) -> Self {
        Self {
            kind: place_of(kind),
            role,
            key,
            id: ids.0,
            role_id: ids.1,
            created,
            left,
        }
    }

    /// Its kind.
    pub fn kind(&self) -> Option<Kind> {
        Kind::ALL.get(usize::from(self.kind)).copied()
    }

    /// The id that is not published while the record is departed: the role's, where roles have ids, else the record's own.
    pub fn absent_id(&self) -> ObjectId {
        if self.role_id == ObjectId::default() {
            self.id
        } else {
            self.role_id
        }
    }

    /// The record as it is stored.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SIZE);
        bytes.extend_from_slice(&[self.kind, self.role]);
        bytes.extend_from_slice(&self.key);
        bytes.extend_from_slice(self.id.bytes());
        bytes.extend_from_slice(self.role_id.bytes());
        bytes.extend_from_slice(&self.created.millis().to_le_bytes());
        bytes.extend_from_slice(&self.left.millis().to_le_bytes());
        bytes
    }

    /// Reads a stored record; `None` unless the bytes are exactly one.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (head, rest) = bytes.split_first_chunk::<2>()?;
        let (key, rest) = rest.split_first_chunk::<16>()?;
        let (id, rest) = rest.split_first_chunk::<12>()?;
        let (role_id, rest) = rest.split_first_chunk::<12>()?;
        let (created, left) = rest.split_first_chunk::<8>()?;
        let [kind, role] = *head;
        Kind::ALL.get(usize::from(kind))?;
        Some(Self {
            kind,
            role,
            key: *key,
            id: ObjectId::new(*id),
            role_id: ObjectId::new(*role_id),
            created: Timestamp::from_millis(i64::from_le_bytes(*created)),
            left: Timestamp::from_millis(i64::from_le_bytes(left.try_into().ok()?)),
        })
    }
}

/// The departed records of a snapshot, ascending; equal sets give equal bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Departed(Vec<DepartedRecord>);

const SIZE: usize = 1 + 1 + 16 + 12 + 12 + 8 + 8;
const MAGIC: &[u8; 8] = b"departed";

impl Departed {
    /// A set of records, in any order.
    pub fn new(mut records: Vec<DepartedRecord>) -> Self {
        records.sort_unstable();
        records.dedup();
        Self(records)
    }

    /// The records, ascending by kind, role and key.
    pub fn records(&self) -> &[DepartedRecord] {
        &self.0
    }

    /// The record of a kind and role that had this key; the one that left last if there are several.
    pub fn find(&self, kind: Kind, role: u8, key: &Hash) -> Option<&DepartedRecord> {
        let at = place_of(kind);
        let start = self
            .0
            .partition_point(|record| (record.kind, record.role, &record.key) < (at, role, key));
        let same =
            |record: &&DepartedRecord| (record.kind, record.role, &record.key) == (at, role, key);
        self.0
            .get(start..)?
            .iter()
            .take_while(same)
            .max_by_key(|record| record.left)
    }

    /// Writes the set: a fixed number of bytes per record.
    pub fn write(&self, mut sink: impl Write) -> std::io::Result<()> {
        sink.write_all(MAGIC)?;
        for record in &self.0 {
            sink.write_all(&record.to_bytes())?;
        }
        Ok(())
    }

    /// Reads a written set.
    pub fn open(bytes: &Bytes) -> Result<Self, SegmentError> {
        let damaged = |why| SegmentError::damaged("departed", why);
        let rest = bytes
            .strip_prefix(MAGIC.as_slice())
            .ok_or_else(|| damaged("it is something else"))?;
        if rest.len() % SIZE != 0 {
            return Err(damaged("its length does not fit"));
        }
        let records: Option<Vec<_>> = rest
            .chunks_exact(SIZE)
            .map(DepartedRecord::from_bytes)
            .collect();
        let records = records.ok_or_else(|| damaged("a record cannot be read"))?;
        if !records.is_sorted_by(|a, b| a < b) {
            return Err(damaged("its records do not ascend"));
        }
        Ok(Self(records))
    }

    /// What `newer` no longer has, and what it has in addition; both ascending.
    pub(crate) fn difference(&self, newer: &Self) -> (Vec<DepartedRecord>, Vec<DepartedRecord>) {
        let without = |some: &Self, other: &Self| {
            let missing = |record: &&DepartedRecord| other.0.binary_search(record).is_err();
            some.0.iter().filter(missing).copied().collect()
        };
        (without(self, newer), without(newer, self))
    }

    /// The set with some records added and others taken out; both ascending.
    pub(crate) fn apply(&self, add: &[DepartedRecord], remove: &[DepartedRecord]) -> Self {
        let stays = |record: &&DepartedRecord| remove.binary_search(record).is_err();
        Self::new(self.0.iter().filter(stays).chain(add).copied().collect())
    }
}
