//! Finding rows by the keyed hash of their natural key.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash as StdHash, Hasher};

use homeroom_segment::{Hash, Table};

/// The rows of a table by one of their natural keys. About 40 bytes a row.
pub(crate) struct KeyIndex(HashMap<Key, u32, BuildHasherDefault<Uniform>>);

impl KeyIndex {
    /// Indexes the keys of a role; 0 for kinds with one key.
    pub(crate) fn of(table: &Table, role: usize) -> Self {
        let keys = (0..table.len()).filter_map(|row| Some((Key(table.key(row, role)?), row)));
        Self(keys.collect())
    }

    /// The row that has the key.
    pub(crate) fn get(&self, key: &Hash) -> Option<u32> {
        self.0.get(&Key(*key)).copied()
    }
}

#[derive(PartialEq, Eq)]
struct Key(Hash);

impl StdHash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let first = self.0.first_chunk().copied().unwrap_or_default();
        state.write_u64(u64::from_le_bytes(first));
    }
}

/// Keys are keyed hashes already: any eight of their bytes are spread evenly, and nobody can choose them.
#[derive(Default)]
pub(crate) struct Uniform(u64);

impl Hasher for Uniform {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}
