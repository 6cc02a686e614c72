use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use super::refuse;
use crate::{Conflict, MemoryStore, Rehearsal, Rehearsals, StoreError, limits};

#[async_trait]
impl Rehearsals for MemoryStore {
    async fn set_rehearsal(
        &self,
        district: ObjectId,
        name: &str,
        run: ObjectId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        limits::word("the name of a rehearsal", name)?;
        let mut state = self.state();
        if !state.runs.contains_key(&(district, run)) {
            return Err(refuse(Conflict::Gone, "there is no such run"));
        }
        let key = (district, name.to_owned());
        if state
            .rehearsals
            .get(&key)
            .is_some_and(|kept| kept.run == run)
        {
            return Ok(());
        }
        let rehearsal = Rehearsal {
            name: name.to_owned(),
            run,
            set_at: now,
        };
        state.rehearsals.insert(key, rehearsal);
        Ok(())
    }

    async fn rehearsals(&self, district: ObjectId) -> Result<Vec<Rehearsal>, StoreError> {
        let state = self.state();
        let kept = state.rehearsals.iter();
        let kept = kept.filter(|((owner, _), _)| *owner == district);
        Ok(kept.map(|(_, rehearsal)| rehearsal.clone()).collect())
    }

    async fn drop_rehearsal(&self, district: ObjectId, name: &str) -> Result<bool, StoreError> {
        let key = (district, name.to_owned());
        Ok(self.state().rehearsals.remove(&key).is_some())
    }
}
