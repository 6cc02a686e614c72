//! Keyed hashes of rows and natural keys.

use std::fmt;

/// The secret a district's hashes are keyed with: drawn once when the district is added and never changed, because the
/// hash of a natural key is what an id hangs on.
#[derive(Clone, PartialEq, Eq)]
pub struct HashKey([u8; 32]);

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashKey(..)")
    }
}

/// 128 bits of keyed blake3: equal for equal content, and nobody without the key can make two contents collide.
pub type Hash = [u8; 16];

impl HashKey {
    /// A key from 32 random bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key's bytes, for keeping.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Hash of some content.
    pub fn hash(&self, content: &[u8]) -> Hash {
        let full = blake3::keyed_hash(&self.0, content);
        let mut hash = [0; 16];
        for (to, from) in hash.iter_mut().zip(full.as_bytes()) {
            *to = *from;
        }
        hash
    }
}
