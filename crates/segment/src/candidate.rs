//! What an import would like to publish: the shape of a snapshot, without ids.

use std::io::{self, Write};

use bytes::Bytes;
use homeroom_model::Kind;

use crate::hash::{Hash, HashKey};
use crate::relation::Relation;
use crate::row::Row;
use crate::snapshot::Snapshot;
use crate::spool::{Spool, Spools};
use crate::table::{Table, key_count};

/// A complete candidate. Rows stand in the order in which they were added; the same input gives the same candidate.
pub struct Candidate {
    tables: Vec<CandidateTable>,
    lists: Vec<CandidateLists>,
}

impl Candidate {
    /// The rows of a kind.
    #[expect(
        clippy::indexing_slicing,
        reason = "there is a table for every kind, in the order of the enum"
    )]
    pub fn table(&self, kind: Kind) -> &CandidateTable {
        &self.tables[kind as usize]
    }

    /// The candidate that says what a snapshot says, rows in the snapshot's order, with the same keys and hashes: for
    /// publishing it again. Memory: as that of any candidate.
    pub fn of_snapshot(snapshot: &Snapshot, spools: &dyn Spools) -> io::Result<Self> {
        let mut mix = Mix::new(spools)?;
        for kind in Kind::ALL {
            for row in 0..snapshot.table(kind).len() {
                mix.copy_old(snapshot.table(kind), row)?;
            }
        }
        for relation in Relation::ALL {
            let (lists, mut copy) = (snapshot.lists(relation), CandidateLists::default());
            for row in 0..lists.len() {
                copy.push(lists.get(row).iter().copied());
            }
            mix.set_lists(relation, copy);
        }
        mix.finish()
    }

    /// A relation, from owner to target, as row numbers of the candidate.
    #[expect(
        clippy::indexing_slicing,
        reason = "there are lists for every relation, in the order of the enum"
    )]
    pub fn lists(&self, relation: Relation) -> &CandidateLists {
        &self.lists[relation as usize]
    }
}

/// The rows of one kind: packed rows in a spool, keys and hashes in memory (about 40 bytes a row).
pub struct CandidateTable {
    rows: Bytes,
    ends: Vec<u64>,
    keys: Vec<Hash>,
    hashes: Vec<Hash>,
    keys_per_row: usize,
}

impl CandidateTable {
    /// Number of rows.
    pub fn len(&self) -> u32 {
        u32::try_from(self.ends.len()).unwrap_or(u32::MAX)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The packed row.
    pub fn row(&self, row: u32) -> Row<'_> {
        let at = row as usize;
        let start = at
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
        Row::new(
            range
                .and_then(|(start, end)| self.rows.get(start..end))
                .unwrap_or(&[]),
        )
    }

    /// Keyed hashes of the row's natural keys, one per role for employees; zeros for a role it does not have.
    pub fn keys(&self, row: u32) -> &[Hash] {
        let at = row as usize * self.keys_per_row;
        self.keys.get(at..at + self.keys_per_row).unwrap_or(&[])
    }

    /// Keyed hash of the packed row.
    pub fn hash(&self, row: u32) -> Hash {
        self.hashes.get(row as usize).copied().unwrap_or_default()
    }
}

/// One relation of a candidate.
#[derive(Default)]
pub struct CandidateLists {
    ends: Vec<u32>,
    targets: Vec<u32>,
}

impl CandidateLists {
    /// The list of a row; empty past the end.
    pub fn get(&self, row: u32) -> &[u32] {
        let at = row as usize;
        let start = at
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.targets
            .get(start as usize..end as usize)
            .unwrap_or(&[])
    }

    /// Adds the list of the next row. At most 2^32 - 1 pairs in one relation.
    pub fn push(&mut self, targets: impl IntoIterator<Item = u32>) {
        self.targets.extend(targets);
        self.ends
            .push(u32::try_from(self.targets.len()).unwrap_or(u32::MAX));
    }

    /// Number of pairs.
    pub fn total(&self) -> u64 {
        self.targets.len() as u64
    }
}

/// Builds a candidate from rows that are there already, of snapshots and of other candidates of the same district, with
/// their keys and hashes.
pub struct Mix {
    open: Vec<OpenTable>,
    lists: Vec<CandidateLists>,
}

impl Mix {
    /// An empty candidate.
    pub fn new(spools: &dyn Spools) -> io::Result<Self> {
        Ok(Self {
            open: open_tables(spools)?,
            lists: no_lists(),
        })
    }

    /// Adds a row of a table; returns its number.
    pub fn copy_old(&mut self, table: &Table, row: u32) -> io::Result<u32> {
        let (kind, keys) = (table.kind(), table.keys(row));
        let keys = keys.get(..key_count(kind)).unwrap_or(&keys);
        self.push(kind, keys, table.hash(row), table.row(row).packed())
    }

    /// Adds a row of a candidate; returns its number.
    pub fn copy_new(&mut self, kind: Kind, candidate: &Candidate, row: u32) -> io::Result<u32> {
        let table = candidate.table(kind);
        self.push(
            kind,
            table.keys(row),
            table.hash(row),
            table.row(row).packed(),
        )
    }

    /// Replaces a relation; it must have a list for each row of the owning kind by the time the candidate is finished.
    pub fn set_lists(&mut self, relation: Relation, lists: CandidateLists) {
        if let Some(slot) = self.lists.get_mut(relation as usize) {
            *slot = lists;
        }
    }

    /// Seals the spools.
    pub fn finish(self) -> io::Result<Candidate> {
        seal(self.open, self.lists)
    }

    fn push(&mut self, kind: Kind, keys: &[Hash], hash: Hash, packed: &[u8]) -> io::Result<u32> {
        let Some(table) = self.open.get_mut(kind as usize) else {
            return Ok(u32::MAX);
        };
        table.push(keys, hash, packed)
    }
}

/// Builds a candidate: rows through spools, relations in memory (four bytes a pair).
pub struct CandidateBuilder {
    key: HashKey,
    open: Vec<OpenTable>,
    lists: Vec<CandidateLists>,
}

struct OpenTable {
    spool: Box<dyn Spool>,
    written: u64,
    ends: Vec<u64>,
    keys: Vec<Hash>,
    hashes: Vec<Hash>,
}

impl OpenTable {
    fn push(&mut self, keys: &[Hash], hash: Hash, packed: &[u8]) -> io::Result<u32> {
        let number = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.spool.write_all(packed)?;
        self.written += packed.len() as u64;
        self.ends.push(self.written);
        self.keys.extend_from_slice(keys);
        self.hashes.push(hash);
        Ok(number)
    }
}

fn open_tables(spools: &dyn Spools) -> io::Result<Vec<OpenTable>> {
    let open = Kind::ALL.iter().map(|_| {
        Ok(OpenTable {
            spool: spools.spool()?,
            written: 0,
            ends: Vec::new(),
            keys: Vec::new(),
            hashes: Vec::new(),
        })
    });
    open.collect()
}

fn no_lists() -> Vec<CandidateLists> {
    let lists = Relation::ALL.iter();
    lists.map(|_| CandidateLists::default()).collect()
}

fn seal(open: Vec<OpenTable>, lists: Vec<CandidateLists>) -> io::Result<Candidate> {
    let mut tables: Vec<CandidateTable> = Vec::with_capacity(open.len());
    let mut kinds = Kind::ALL;
    kinds.sort_unstable_by_key(|kind| *kind as usize);
    for (kind, open) in kinds.into_iter().zip(open) {
        tables.push(CandidateTable {
            rows: open.spool.seal()?,
            ends: open.ends,
            keys: open.keys,
            hashes: open.hashes,
            keys_per_row: key_count(kind),
        });
    }
    Ok(Candidate { tables, lists })
}

impl CandidateBuilder {
    /// An empty candidate whose hashes are keyed with the district's key.
    pub fn new(key: HashKey, spools: &dyn Spools) -> io::Result<Self> {
        Ok(Self {
            key,
            open: open_tables(spools)?,
            lists: no_lists(),
        })
    }

    /// The key the candidate's hashes are keyed with.
    pub fn key(&self) -> &HashKey {
        &self.key
    }

    /// Adds a packed row with its natural keys (text; empty for a role an employee does not have) and returns its number.
    ///
    /// Natural keys must be unique within the kind: whoever builds a candidate has sorted out repeats before.
    pub fn push(&mut self, kind: Kind, keys: &[&str], packed: &[u8]) -> io::Result<u32> {
        let mut hashes = [Hash::default(); 3];
        for (hash, key) in hashes.iter_mut().zip(keys) {
            if !key.is_empty() {
                *hash = self.key.hash(key.as_bytes());
            }
        }
        self.push_hashed(kind, hashes.get(..keys.len()).unwrap_or(&hashes), packed)
    }

    /// As [`CandidateBuilder::push`], for a caller that has hashed the natural keys with the candidate's key already;
    /// zeros for a role an employee does not have.
    #[expect(
        clippy::indexing_slicing,
        reason = "there is a table for every kind, in the order of the enum"
    )]
    pub fn push_hashed(&mut self, kind: Kind, keys: &[Hash], packed: &[u8]) -> io::Result<u32> {
        debug_assert_eq!(keys.len(), key_count(kind));
        let hash = self.key.hash(packed);
        self.open[kind as usize].push(keys, hash, packed)
    }

    /// Keyed hash of a packed row that was added; zeros past the end.
    pub fn hash(&self, kind: Kind, row: u32) -> Hash {
        let table = self.open.get(kind as usize);
        let hash = table.and_then(|table| table.hashes.get(row as usize));
        hash.copied().unwrap_or_default()
    }

    /// Number of rows of a kind so far.
    pub fn len(&self, kind: Kind) -> u32 {
        self.open.get(kind as usize).map_or(0, |table| {
            u32::try_from(table.ends.len()).unwrap_or(u32::MAX)
        })
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        Kind::ALL.iter().all(|kind| self.len(*kind) == 0)
    }

    /// Replaces a relation; it must have a list for each row of the owning kind by the time the candidate is finished.
    pub fn set_lists(&mut self, relation: Relation, lists: CandidateLists) {
        if let Some(slot) = self.lists.get_mut(relation as usize) {
            *slot = lists;
        }
    }

    /// Seals the spools.
    pub fn finish(self) -> io::Result<Candidate> {
        seal(self.open, self.lists)
    }
}
