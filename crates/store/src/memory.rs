//! The oracle: the whole control store in ordered maps, written to be obviously right. Adapters are compared with it.
//!
//! It forgets everything when it is dropped, so it serves tests and nothing else.

mod apps;
mod artifacts;
mod audit;
mod blocks;
mod connections;
mod custom_records;
mod district_settings;
mod districts;
mod events;
mod goals;
mod holds;
mod ids;
mod leases;
mod management_tokens;
mod objects;
mod people;
mod rehearsals;
mod runs;
mod settings;
mod snapshots;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use homeroom_model::{IdRange, ObjectId, Timestamp};

use crate::{
    App, Artifact, AuditEntry, Block, Condemned, Conflict, Connection, CustomRecord, Digest,
    DistrictRecord, DistrictSettingsText, EventMove, FeedKey, Hold, Lease, ManagementToken, Person,
    Rehearsal, Run, RunState, Snapshot, StoreError,
};

/// A control store in memory.
#[derive(Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// The state, for one atomic step. Every step checks all it must before it changes anything.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

/// Everything, by keys that lead with the district.
#[derive(Default)]
struct State {
    settings: BTreeMap<String, String>,
    districts: BTreeMap<ObjectId, DistrictRecord>,
    apps: BTreeMap<ObjectId, App>,
    connections: BTreeMap<(ObjectId, ObjectId), Connection>,
    event_moves: BTreeMap<((ObjectId, ObjectId), u64), EventMove>,
    people: BTreeMap<(ObjectId, ObjectId), Person>,
    ranges: BTreeMap<(ObjectId, u32), IdRange>,
    leases: BTreeMap<ObjectId, LeaseState>,
    runs: BTreeMap<(ObjectId, ObjectId), RunRow>,
    snapshots: BTreeMap<(ObjectId, u64), Snapshot>,
    pins: BTreeMap<(ObjectId, u64, String), Timestamp>,
    condemned: BTreeMap<Digest, Condemned>,
    artifacts: BTreeMap<(ObjectId, ObjectId), BTreeMap<String, Artifact>>,
    holds: BTreeMap<(ObjectId, ObjectId), Hold>,
    blocks: BTreeMap<(ObjectId, Digest), Block>,
    rehearsals: BTreeMap<(ObjectId, String), Rehearsal>,
    district_settings: BTreeMap<(ObjectId, u64), DistrictSettingsText>,
    custom_records: BTreeMap<(ObjectId, String, String), CustomRecord>,
    management_tokens: BTreeMap<ObjectId, ManagementToken>,
    goals: BTreeMap<FeedKey, goals::Kept>,
    audit: BTreeMap<ObjectId, AuditEntry>,
}

/// The newest fence of a district, and the lease if it was not released.
struct LeaseState {
    fence: u64,
    lease: Option<Lease>,
}

/// A run with its report.
struct RunRow {
    run: Run,
    report: Option<String>,
}

impl State {
    fn district(&self, district: ObjectId) -> Result<&DistrictRecord, StoreError> {
        self.districts
            .get(&district)
            .ok_or_else(|| refuse(Conflict::Gone, "there is no such district"))
    }

    fn check_fence(&self, district: ObjectId, fence: u64) -> Result<(), StoreError> {
        match self.leases.get(&district) {
            Some(lease) if lease.fence == fence => Ok(()),
            _ => Err(refuse(Conflict::Fenced, "another run has taken over")),
        }
    }

    /// The run, if it is running under that fence.
    fn running(&self, district: ObjectId, run: ObjectId, fence: u64) -> Result<Run, StoreError> {
        let row = self.runs.get(&(district, run));
        row.map(|row| &row.run)
            .filter(|run| run.state == RunState::Running && run.fence == fence)
            .cloned()
            .ok_or_else(|| refuse(Conflict::Gone, "the run is not running"))
    }

    fn check_not_condemned(&self, objects: &[Digest]) -> Result<(), StoreError> {
        if objects
            .iter()
            .any(|object| self.condemned.contains_key(object))
        {
            return Err(refuse(Conflict::Condemned, "an object is condemned"));
        }
        Ok(())
    }
}

fn refuse(conflict: Conflict, message: &str) -> StoreError {
    StoreError::conflict(conflict, message)
}

#[cfg(test)]
mod tests {
    use super::MemoryStore;
    use crate::suite::history;
    use crate::{HoldState, Store};

    async fn empty() -> ((), Box<dyn Store>) {
        ((), Box::new(MemoryStore::new()))
    }

    crate::conformance!(empty);

    #[tokio::test]
    async fn histories_reach_every_corner_and_repeat() {
        let mut reached = [0; 18];
        for seed in 0..75 {
            // The oracle against a second oracle: a history has one outcome.
            let (store, other) = (MemoryStore::new(), MemoryStore::new());
            history::compare(&store, &other, &history::sample(seed)).await;
            let state = store.state();
            let views = state.connections.values();
            let holds = |wanted| {
                let holds = state.holds.values();
                holds.filter(|hold| hold.state == wanted).count()
            };
            let years = state.goals.values().flat_map(|feed| feed.years.values());
            let targets = state.goals.values().flat_map(|feed| &feed.targets);
            let found = [
                state.snapshots.len(),
                views.filter(|kept| kept.view.snapshot.is_some()).count(),
                state.condemned.len(),
                state.pins.len(),
                state.ranges.len(),
                state.artifacts.len(),
                holds(HoldState::Waiting),
                holds(HoldState::Approved),
                holds(HoldState::Discarded),
                holds(HoldState::Superseded),
                state.blocks.len(),
                state.rehearsals.len(),
                state.custom_records.len(),
                state.audit.len(),
                state.event_moves.len(),
                state.goals.len(),
                years.count(),
                targets.count(),
            ];
            for (reached, found) in reached.iter_mut().zip(found) {
                *reached += found;
            }
        }
        assert!(reached.iter().all(|&count| count > 5), "{reached:?}");
    }
}
