use std::num::NonZeroU64;

use async_trait::async_trait;
use homeroom_model::{IdRange, ObjectId};

use super::refuse;
use crate::{Conflict, Ids, MemoryStore, StoreError, next_range};

#[async_trait]
impl Ids for MemoryStore {
    async fn reserve_ids(
        &self,
        district: ObjectId,
        count: NonZeroU64,
        now_seconds: u32,
        fence: [u8; 5],
    ) -> Result<IdRange, StoreError> {
        let mut state = self.state();
        state.district(district)?;
        let high_water = state
            .ranges
            .iter()
            .filter(|((owner, _), _)| *owner == district)
            .map(|(_, range)| range.last_second())
            .max();
        let range = next_range(high_water, count, now_seconds, fence)?;
        let meets = |other: &IdRange| {
            other.fence == range.fence
                && other.seconds <= range.last_second()
                && range.seconds <= other.last_second()
        };
        if state.ranges.values().any(meets) {
            return Err(refuse(Conflict::Exists, "the fence is taken"));
        }
        state.ranges.insert((district, range.seconds), range);
        Ok(range)
    }
}
