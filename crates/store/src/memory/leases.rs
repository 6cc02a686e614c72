use std::time::Duration;

use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use super::LeaseState;
use crate::{Lease, LeaseAnswer, LeaseRequest, Leases, MemoryStore, StoreError};

#[async_trait]
impl Leases for MemoryStore {
    async fn lease(&self, request: LeaseRequest) -> Result<LeaseAnswer, StoreError> {
        request.check()?;
        let mut state = self.state();
        state.district(request.district)?;
        let before = state.leases.get(&request.district);
        if let Some(held) = before.and_then(|before| before.lease.as_ref())
            && !request.overtakes(held.fence, held.until)
        {
            return Ok(LeaseAnswer::Held(held.clone()));
        }
        let lease = request.grant(before.map_or(0, |before| before.fence))?;
        let after = LeaseState {
            fence: lease.fence,
            lease: Some(lease.clone()),
        };
        state.leases.insert(request.district, after);
        Ok(LeaseAnswer::Granted(lease))
    }

    async fn renew_lease(
        &self,
        district: ObjectId,
        fence: u64,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Option<Lease>, StoreError> {
        let mut state = self.state();
        let held = state.leases.get_mut(&district);
        let held = held.and_then(|held| held.lease.as_mut());
        Ok(held.filter(|lease| lease.fence == fence).map(|lease| {
            lease.until = Lease::end(now, ttl);
            lease.clone()
        }))
    }

    async fn release_lease(&self, district: ObjectId, fence: u64) -> Result<bool, StoreError> {
        let mut state = self.state();
        let held = state.leases.get_mut(&district);
        let mine = held.filter(|held| held.fence == fence);
        Ok(mine.and_then(|held| held.lease.take()).is_some())
    }

    async fn lease_of(&self, district: ObjectId) -> Result<Option<Lease>, StoreError> {
        let state = self.state();
        let held = state.leases.get(&district);
        Ok(held.and_then(|held| held.lease.clone()))
    }
}
