use std::collections::BTreeSet;

use async_trait::async_trait;
use homeroom_model::Timestamp;

use super::{State, refuse};
use crate::{Condemned, Conflict, Digest, MemoryStore, Objects, StoreError, sorted_digests};

#[async_trait]
impl Objects for MemoryStore {
    async fn named_objects(
        &self,
        after: Option<Digest>,
        limit: u32,
    ) -> Result<Vec<Digest>, StoreError> {
        let named = self.state().named();
        let later = named.into_iter().filter(|object| Some(*object) > after);
        Ok(later.take(limit as usize).collect())
    }

    async fn condemn(&self, objects: &[Digest], now: Timestamp) -> Result<Vec<Digest>, StoreError> {
        let mut state = self.state();
        let named = state.named();
        let mut objects = sorted_digests(objects);
        objects.retain(|object| !named.contains(object));
        for &object in &objects {
            let condemned = Condemned {
                object,
                condemned_at: now,
                seized: false,
            };
            state.condemned.entry(object).or_insert(condemned);
        }
        Ok(objects)
    }

    async fn pardon(&self, objects: &[Digest]) -> Result<(), StoreError> {
        let mut state = self.state();
        let seized = |object: &Digest| {
            let condemned = state.condemned.get(object);
            condemned.is_some_and(|condemned| condemned.seized)
        };
        if objects.iter().any(seized) {
            return Err(refuse(Conflict::Condemned, "an object is being deleted"));
        }
        for object in objects {
            state.condemned.remove(object);
        }
        Ok(())
    }

    async fn condemned(
        &self,
        after: Option<Digest>,
        limit: u32,
    ) -> Result<Vec<Condemned>, StoreError> {
        let state = self.state();
        let condemned = state.condemned.values();
        let later = condemned.filter(|condemned| Some(condemned.object) > after);
        Ok(later.take(limit as usize).copied().collect())
    }

    async fn seize(&self, before: Timestamp, limit: u32) -> Result<Vec<Digest>, StoreError> {
        let mut state = self.state();
        let condemned = state.condemned.values_mut();
        let due = condemned.filter(|condemned| condemned.seized || condemned.condemned_at < before);
        let seize = |condemned: &mut Condemned| {
            condemned.seized = true;
            condemned.object
        };
        Ok(due.take(limit as usize).map(seize).collect())
    }

    async fn forget_condemned(&self, objects: &[Digest]) -> Result<u64, StoreError> {
        let mut state = self.state();
        let mut forgotten = 0;
        for object in objects {
            if state.condemned.get(object).is_some_and(|kept| kept.seized) {
                state.condemned.remove(object);
                forgotten += 1;
            }
        }
        Ok(forgotten)
    }
}

impl State {
    fn named(&self) -> BTreeSet<Digest> {
        let kept = self.snapshots.values();
        let kept = kept.flat_map(|snapshot| snapshot.objects.iter().copied());
        let artifacts = self.artifacts.values().flat_map(|kept| kept.values());
        kept.chain(artifacts.map(|artifact| artifact.object))
            .collect()
    }
}
