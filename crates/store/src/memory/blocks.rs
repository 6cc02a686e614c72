use async_trait::async_trait;
use homeroom_model::ObjectId;

use super::State;
use crate::{Block, Blocks, Digest, MemoryStore, StoreError};

#[async_trait]
impl Blocks for MemoryStore {
    async fn block_file_set(&self, block: Block) -> Result<Block, StoreError> {
        block.check()?;
        let mut state = self.state();
        state.district(block.district)?;
        Ok(state.block(block))
    }

    async fn blocked(
        &self,
        district: ObjectId,
        file_set: &Digest,
    ) -> Result<Option<Block>, StoreError> {
        Ok(self.state().blocks.get(&(district, *file_set)).cloned())
    }

    async fn unblock(&self, district: ObjectId, file_set: &Digest) -> Result<bool, StoreError> {
        let removed = self.state().blocks.remove(&(district, *file_set));
        Ok(removed.is_some())
    }

    async fn blocks(&self, district: ObjectId) -> Result<Vec<Block>, StoreError> {
        let state = self.state();
        let blocks = state.blocks.values();
        let mut blocks: Vec<_> = blocks
            .filter(|block| block.district == district)
            .cloned()
            .collect();
        blocks.sort_by_key(|block| (block.at, block.file_set));
        Ok(blocks)
    }
}

impl State {
    /// Blocks, unless a block stands; returns the one that does.
    pub(super) fn block(&mut self, block: Block) -> Block {
        let key = (block.district, block.file_set);
        self.blocks.entry(key).or_insert(block).clone()
    }
}
