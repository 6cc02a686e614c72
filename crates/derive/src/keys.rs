//! Natural keys that were seen, by their keyed hash: 16 bytes for a key of any length.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use homeroom_segment::{Hash, HashKey};

/// Stands for a row that was seen and left out: its key is taken all the same (first row wins, district-side 4.1).
pub(crate) const REJECTED: u32 = u32::MAX;

/// Stands for a row that was seen and is passed over by choice of the district: what refers to it is passed over too.
pub(crate) const PASSED_OVER: u32 = u32::MAX - 1;

/// Row numbers by natural key. Nobody can make keys collide without the district's secret.
#[derive(Default)]
pub(crate) struct Keys(HashMap<Hash, u32, BuildHasherDefault<FirstBytes>>);

impl Keys {
    /// The row of a key, [`REJECTED`] or [`PASSED_OVER`] if its row was left out, `None` if the key was never seen.
    pub(crate) fn seen(&self, key: &Hash) -> Option<u32> {
        self.0.get(key).copied()
    }

    /// The row of a key that was kept.
    pub(crate) fn row(&self, key: &Hash) -> Option<u32> {
        self.seen(key).filter(|row| *row < PASSED_OVER)
    }

    /// Notes the row of a key that was not seen before.
    pub(crate) fn insert(&mut self, key: Hash, row: u32) {
        self.0.insert(key, row);
    }

    /// The row of a key, noting `row` for it if it was not seen before.
    pub(crate) fn row_or_insert(&mut self, key: Hash, row: u32) -> u32 {
        *self.0.entry(key).or_insert(row)
    }
}

/// A keyed hash is uniform already: its first eight bytes are as good as any hash of it.
#[derive(Default)]
pub(crate) struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk() {
            self.0 = u64::from_le_bytes(*first);
        }
    }

    fn write_usize(&mut self, _length: usize) {}
}

/// Looks up one key after the other, and remembers the last: files tend to repeat an id from row to row. What is looked
/// up must not change in between.
#[derive(Default)]
pub(crate) struct LastKey {
    /// The last text; ids are never empty, so this matches none before the first.
    text: String,
    row: Option<u32>,
}

impl LastKey {
    /// The row of the key with this text, if it was kept.
    pub(crate) fn row(&mut self, keys: &Keys, key: &HashKey, text: &str) -> Option<u32> {
        if self.text != text {
            self.row = keys.row(&key.hash(text.as_bytes()));
            self.text.clear();
            self.text.push_str(text);
        }
        self.row
    }
}

/// The same for keys that are hashed already.
#[derive(Default)]
pub(crate) struct LastHash {
    hash: Hash,
    row: Option<u32>,
}

impl LastHash {
    /// The row of a key, if it was kept.
    pub(crate) fn row(&mut self, keys: &Keys, hash: &Hash) -> Option<u32> {
        if self.hash != *hash {
            (self.hash, self.row) = (*hash, keys.row(hash));
        }
        self.row
    }
}

/// An id as problems show it: cut after 64 characters, because a broken file can hold a page in a cell.
pub(crate) fn shown(id: &str) -> &str {
    match id.char_indices().nth(64) {
        Some((end, _)) => id.get(..end).unwrap_or(""),
        None => id,
    }
}
