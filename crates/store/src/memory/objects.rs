use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use super::refuse;
use crate::{Condemned, Conflict, Digest, MemoryStore, Objects, Root, StoreError, sorted_digests};

#[async_trait]
impl Objects for MemoryStore {
    async fn roots(&self, district: ObjectId) -> Result<Vec<Root>, StoreError> {
        let state = self.state();
        let kept = state.snapshots.values();
        Ok(kept
            .filter(|snapshot| snapshot.district == district)
            .map(|snapshot| Root {
                number: snapshot.number,
                objects: snapshot.objects.clone(),
            })
            .collect())
    }

    async fn condemn(
        &self,
        district: ObjectId,
        objects: &[Digest],
        now: Timestamp,
    ) -> Result<Vec<Digest>, StoreError> {
        let mut state = self.state();
        state.district(district)?;
        let mut objects = sorted_digests(objects);
        objects.retain(|object| {
            let mut kept = state.snapshots.values();
            !kept.any(|kept| kept.district == district && kept.objects.contains(object))
        });
        for &object in &objects {
            let condemned = Condemned {
                object,
                condemned_at: now,
                seized: false,
            };
            state
                .condemned
                .entry((district, object))
                .or_insert(condemned);
        }
        Ok(objects)
    }

    async fn pardon(&self, district: ObjectId, objects: &[Digest]) -> Result<(), StoreError> {
        let mut state = self.state();
        let seized = |object: &Digest| {
            let condemned = state.condemned.get(&(district, *object));
            condemned.is_some_and(|condemned| condemned.seized)
        };
        if objects.iter().any(seized) {
            return Err(refuse(Conflict::Condemned, "an object is being deleted"));
        }
        for object in objects {
            state.condemned.remove(&(district, *object));
        }
        Ok(())
    }

    async fn condemned(&self, district: ObjectId) -> Result<Vec<Condemned>, StoreError> {
        let state = self.state();
        let condemned = state.condemned.iter();
        Ok(condemned
            .filter(|((owner, _), _)| *owner == district)
            .map(|(_, condemned)| *condemned)
            .collect())
    }

    async fn seize(
        &self,
        district: ObjectId,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<Digest>, StoreError> {
        let mut state = self.state();
        let due = state
            .condemned
            .iter_mut()
            .filter(|((owner, _), condemned)| {
                *owner == district && (condemned.seized || condemned.condemned_at < before)
            });
        let seize = |(_, condemned): (_, &mut Condemned)| {
            condemned.seized = true;
            condemned.object
        };
        Ok(due.take(limit as usize).map(seize).collect())
    }

    async fn forget_condemned(
        &self,
        district: ObjectId,
        objects: &[Digest],
    ) -> Result<u64, StoreError> {
        let mut state = self.state();
        let mut forgotten = 0;
        for object in sorted_digests(objects) {
            let key = (district, object);
            if state.condemned.get(&key).is_some_and(|kept| kept.seized) {
                state.condemned.remove(&key);
                forgotten += 1;
            }
        }
        Ok(forgotten)
    }
}
