use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use super::{State, refuse};
use crate::{
    Conflict, DistrictRecord, MemoryStore, NewManifest, Pin, Publish, Run, Snapshot, SnapshotEntry,
    Snapshots, StoreError, limits, sorted_digests,
};

#[async_trait]
impl Snapshots for MemoryStore {
    async fn publish(&self, publish: Publish) -> Result<DistrictRecord, StoreError> {
        publish.check()?;
        let mut state = self.state();
        let mut record = state.district(publish.district)?.clone();
        state.check_fence(publish.district, publish.fence)?;
        if record.snapshot != publish.expected {
            return Err(refuse(Conflict::Moved, "there is a newer snapshot"));
        }
        let mut run = state.publishing_run(&publish)?;
        let moved = state.moved_holds(publish.hold.clone(), &run, publish.published_at)?;
        state.check_not_condemned(&publish.objects)?;
        let snapshot = publish.snapshot();
        record.change(publish.change)?;

        record.snapshot = Some(publish.number);
        run.snapshot = Some(publish.number);
        let key = (publish.district, publish.number);
        state.snapshots.insert(key, snapshot);
        if let Some(row) = state.runs.get_mut(&(publish.district, publish.run)) {
            row.run = run;
        }
        state.districts.insert(publish.district, record.clone());
        state.keep_holds(moved);
        if let Some(block) = publish.block {
            state.block(block);
        }
        Ok(record)
    }

    async fn current(&self, district: ObjectId) -> Result<Option<Snapshot>, StoreError> {
        let state = self.state();
        let number = state
            .districts
            .get(&district)
            .and_then(|kept| kept.snapshot);
        Ok(number.and_then(|number| state.snapshots.get(&(district, number)).cloned()))
    }

    async fn snapshot(
        &self,
        district: ObjectId,
        number: u64,
    ) -> Result<Option<Snapshot>, StoreError> {
        Ok(self.state().snapshots.get(&(district, number)).cloned())
    }

    async fn snapshots(&self, district: ObjectId) -> Result<Vec<SnapshotEntry>, StoreError> {
        let state = self.state();
        let newest_first = state.snapshots.values().rev();
        let kept = newest_first.filter(|snapshot| snapshot.district == district);
        Ok(kept.map(Snapshot::entry).collect())
    }

    async fn manifests(
        &self,
        after: Option<(ObjectId, u64)>,
        limit: u32,
    ) -> Result<Vec<Snapshot>, StoreError> {
        let state = self.state();
        let later = state
            .snapshots
            .iter()
            .filter(|(key, _)| Some(**key) > after);
        Ok(later
            .take(limit as usize)
            .map(|(_, snapshot)| snapshot.clone())
            .collect())
    }

    async fn replace_manifest(&self, manifest: NewManifest) -> Result<(), StoreError> {
        manifest.check()?;
        let mut state = self.state();
        let key = (manifest.district, manifest.number);
        let Some(kept) = state.snapshots.get(&key) else {
            return Err(refuse(Conflict::Gone, "the snapshot is not kept"));
        };
        let objects = sorted_digests(&manifest.objects);
        if kept.manifest == manifest.manifest && kept.objects == objects {
            return Ok(());
        }
        if kept.manifest != manifest.replaces {
            return Err(refuse(Conflict::Moved, "the manifest is another one"));
        }
        state.check_not_condemned(&objects)?;
        if let Some(kept) = state.snapshots.get_mut(&key) {
            kept.manifest = manifest.manifest;
            kept.objects = objects;
        }
        Ok(())
    }

    async fn forget_snapshot(&self, district: ObjectId, number: u64) -> Result<bool, StoreError> {
        let mut state = self.state();
        if !state.snapshots.contains_key(&(district, number)) {
            return Ok(false);
        }
        if state.needs(district, number) {
            return Err(refuse(Conflict::InUse, "the snapshot is needed"));
        }
        state.snapshots.remove(&(district, number));
        Ok(true)
    }

    async fn pin(
        &self,
        district: ObjectId,
        number: u64,
        name: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        limits::text("the name of a pin", name)?;
        let mut state = self.state();
        if !state.snapshots.contains_key(&(district, number)) {
            return Err(refuse(Conflict::Gone, "the snapshot is not kept"));
        }
        let pin = state.pins.entry((district, number, name.to_owned()));
        pin.or_insert(now);
        Ok(())
    }

    async fn unpin(&self, district: ObjectId, number: u64, name: &str) -> Result<bool, StoreError> {
        let key = (district, number, name.to_owned());
        Ok(self.state().pins.remove(&key).is_some())
    }

    async fn pins(&self, district: ObjectId) -> Result<Vec<Pin>, StoreError> {
        let state = self.state();
        let pins = state.pins.iter().filter(|(key, _)| key.0 == district);
        Ok(pins
            .map(|((_, number, name), &pinned_at)| Pin {
                number: *number,
                name: name.clone(),
                pinned_at,
            })
            .collect())
    }
}

impl State {
    fn publishing_run(&self, publish: &Publish) -> Result<Run, StoreError> {
        let run = self.running(publish.district, publish.run, publish.fence)?;
        if run.snapshot.is_some() {
            return Err(refuse(Conflict::Exists, "the run has published already"));
        }
        Ok(run)
    }

    fn needs(&self, district: ObjectId, number: u64) -> bool {
        let pointed = self.districts.get(&district).and_then(|kept| kept.snapshot);
        let mut connections = self.connections.values();
        let mut pins = self.pins.keys();
        pointed == Some(number)
            || connections
                .any(|kept| kept.district == district && kept.view.snapshot == Some(number))
            || pins.any(|(owner, pinned, _)| (*owner, *pinned) == (district, number))
    }
}
