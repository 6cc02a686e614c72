//! Blocked file sets: files that a person discarded or undid are not tried again until they change (district-side 7.3).

use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use crate::{Digest, StoreError, limits};

/// A file set that is not to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The district.
    pub district: ObjectId,
    /// Digest of the files.
    pub file_set: Digest,
    /// Why, in a word or a sentence; no personal data.
    pub reason: String,
    /// The run that was discarded or undone.
    pub run: ObjectId,
    /// Who decided.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

impl Block {
    /// Checks that every adapter makes before it blocks.
    pub fn check(&self) -> Result<(), StoreError> {
        limits::text("the reason of a block", &self.reason)?;
        limits::actor(&self.actor)
    }
}

/// Blocked file sets.
#[async_trait]
pub trait Blocks: Send + Sync {
    /// Blocks a file set and returns the block that stands. Idempotent: a set that is blocked keeps its first block.
    /// Refused: `Invalid` over the limits, `Gone` if there is no such district.
    async fn block_file_set(&self, block: Block) -> Result<Block, StoreError>;

    /// The block of a file set.
    async fn blocked(
        &self,
        district: ObjectId,
        file_set: &Digest,
    ) -> Result<Option<Block>, StoreError>;

    /// Takes a block away; `false` if there was none.
    async fn unblock(&self, district: ObjectId, file_set: &Digest) -> Result<bool, StoreError>;

    /// The blocks of a district, oldest first (`at`, then file set).
    async fn blocks(&self, district: ObjectId) -> Result<Vec<Block>, StoreError>;
}
