//! A store with somebody who looks at every call: to make it fail, to count it, or to let others in between two calls.

use std::fmt;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use homeroom_model::{Date, District, IdRange, ObjectId, Timestamp};

use crate::{
    App, Apps, Artifact, Artifacts, Audit, AuditEntry, Block, Blocks, CloseHold, Condemned,
    Connection, Connections, Counts, CustomRecord, CustomRecords, Digest, DistrictChange,
    DistrictRecord, DistrictSettings, DistrictSettingsText, Districts, EventMove, Events, FeedKey,
    Goals, GoalsDelivery, GoalsFeed, GoalsMove, GoalsStandings, GoalsTarget, Hold, Holds, Ids,
    Lease, LeaseAnswer, LeaseRequest, Leases, ManagementToken, ManagementTokens, MemoryStore,
    NewConnection, NewManifest, NewRun, Objects, People, Person, Pin, Publish, Rehearsal,
    Rehearsals, Run, RunArtifacts, RunEnd, Runs, SetGoalsFeed, Settings, Snapshot, SnapshotEntry,
    Snapshots, StoreError, StudentYear, ViewMove, ViewPointer, Which,
};

/// Looks at calls by their names. An error is what the caller gets.
#[async_trait]
pub trait Watch: Send + Sync {
    /// Before a call, which does not happen if this fails.
    async fn before(&self, call: &'static str) -> Result<(), StoreError>;

    /// After a call that succeeded.
    async fn after(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Whoever keeps hold of a watch can ask or change it while it watches.
#[async_trait]
impl<W: Watch + ?Sized> Watch for Arc<W> {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        (**self).before(call).await
    }

    async fn after(&self, call: &'static str) -> Result<(), StoreError> {
        (**self).after(call).await
    }
}

/// A store in memory whose calls are watched.
pub struct Watched {
    store: Arc<MemoryStore>,
    watch: Box<dyn Watch>,
}

impl Watched {
    /// Watches a store.
    pub fn new(store: &Arc<MemoryStore>, watch: impl Watch + 'static) -> Arc<Self> {
        Arc::new(Self {
            store: Arc::clone(store),
            watch: Box::new(watch),
        })
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").finish_non_exhaustive()
    }
}

macro_rules! watched {
    ($port:ident { $(fn $call:ident($($argument:ident: $type:ty),*) -> $out:ty;)+ }) => {
        #[async_trait]
        impl $port for Watched {
            $(
                async fn $call(&self, $($argument: $type),*) -> Result<$out, StoreError> {
                    self.watch.before(stringify!($call)).await?;
                    let done = $port::$call(&*self.store, $($argument),*).await?;
                    self.watch.after(stringify!($call)).await?;
                    Ok(done)
                }
            )+
        }
    };
}

watched!(Settings {
    fn format() -> u32;
    fn setting(key: &str) -> Option<String>;
    fn setting_or(key: &str, value: &str) -> String;
    fn set_setting(key: &str, value: &str) -> ();
    fn counts() -> Counts;
});

watched!(Districts {
    fn add_district(document: District, created: Timestamp) -> DistrictRecord;
    fn district(district: ObjectId) -> Option<DistrictRecord>;
    fn districts(after: Option<ObjectId>, limit: u32) -> Vec<DistrictRecord>;
    fn change_district(district: ObjectId, change: DistrictChange) -> Option<DistrictRecord>;
});

watched!(Apps {
    fn add_app(app: App) -> ();
    fn app(app: ObjectId) -> Option<App>;
    fn app_by_client(client_id: &str) -> Option<App>;
    fn apps() -> Vec<App>;
    fn remove_app(app: ObjectId) -> bool;
});

watched!(Connections {
    fn connect(connection: NewConnection) -> Connection;
    fn connection(district: ObjectId, connection: ObjectId) -> Option<Connection>;
    fn connection_by_token(token: &Digest) -> Option<Connection>;
    fn connections_of_app(app: ObjectId) -> Vec<Connection>;
    fn connections_of_district(district: ObjectId) -> Vec<Connection>;
    fn move_view(district: ObjectId, connection: ObjectId, generation: u64, to: ViewMove) -> ViewPointer;
    fn revoke(district: ObjectId, connection: ObjectId) -> bool;
});

watched!(Events {
    fn switch_events(district: ObjectId, connection: ObjectId, on: bool) -> bool;
    fn event_moves(district: ObjectId, connection: ObjectId) -> Vec<EventMove>;
    fn oldest_event_snapshot(district: ObjectId) -> Option<u64>;
    fn forget_events(district: ObjectId, before: Timestamp) -> u64;
});

watched!(People {
    fn add_person(person: Person) -> ();
    fn people(district: ObjectId) -> Vec<Person>;
    fn remove_person(district: ObjectId, person: ObjectId) -> bool;
});

watched!(Ids {
    fn reserve_ids(district: ObjectId, count: NonZeroU64, now_seconds: u32, fence: [u8; 5]) -> IdRange;
});

watched!(Leases {
    fn lease(request: LeaseRequest) -> LeaseAnswer;
    fn renew_lease(district: ObjectId, fence: u64, now: Timestamp, ttl: Duration) -> Option<Lease>;
    fn release_lease(district: ObjectId, fence: u64) -> bool;
    fn lease_of(district: ObjectId) -> Option<Lease>;
});

watched!(Runs {
    fn start_run(run: NewRun) -> Run;
    fn set_run_stage(district: ObjectId, run: ObjectId, fence: u64, stage: &str) -> Run;
    fn request_cancel(district: ObjectId, run: ObjectId, now: Timestamp, actor: &str) -> bool;
    fn finish_run(end: RunEnd) -> Run;
    fn run(district: ObjectId, run: ObjectId) -> Option<Run>;
    fn report(district: ObjectId, run: ObjectId) -> Option<String>;
    fn runs(district: ObjectId, before: Option<(Timestamp, ObjectId)>, limit: u32) -> Vec<Run>;
    fn close_abandoned(district: ObjectId, now: Timestamp) -> Vec<Run>;
});

watched!(Snapshots {
    fn publish(publish: Publish) -> DistrictRecord;
    fn current(district: ObjectId) -> Option<Snapshot>;
    fn snapshot(district: ObjectId, number: u64) -> Option<Snapshot>;
    fn snapshots(district: ObjectId) -> Vec<SnapshotEntry>;
    fn manifests(after: Option<(ObjectId, u64)>, limit: u32) -> Vec<Snapshot>;
    fn replace_manifest(manifest: NewManifest) -> ();
    fn forget_snapshot(district: ObjectId, number: u64) -> bool;
    fn pin(district: ObjectId, number: u64, name: &str, now: Timestamp) -> ();
    fn unpin(district: ObjectId, number: u64, name: &str) -> bool;
    fn pins(district: ObjectId) -> Vec<Pin>;
});

watched!(Objects {
    fn named_objects(after: Option<Digest>, limit: u32) -> Vec<Digest>;
    fn condemn(objects: &[Digest], now: Timestamp) -> Vec<Digest>;
    fn pardon(objects: &[Digest]) -> ();
    fn condemned(after: Option<Digest>, limit: u32) -> Vec<Condemned>;
    fn seize(before: Timestamp, limit: u32) -> Vec<Digest>;
    fn forget_condemned(objects: &[Digest]) -> u64;
});

watched!(Artifacts {
    fn add_artifacts(district: ObjectId, run: ObjectId, fence: u64, artifacts: Vec<Artifact>) -> ();
    fn artifacts(district: ObjectId, run: ObjectId) -> Vec<Artifact>;
    fn drop_artifacts(district: ObjectId, run: ObjectId, names: &[String]) -> u64;
    fn runs_with_artifacts(district: ObjectId) -> Vec<RunArtifacts>;
});

watched!(Holds {
    fn waiting_hold(district: ObjectId) -> Option<Hold>;
    fn hold(district: ObjectId, run: ObjectId) -> Option<Hold>;
    fn holds(district: ObjectId, before: Option<(Timestamp, ObjectId)>, limit: u32) -> Vec<Hold>;
    fn close_hold(close: CloseHold) -> Hold;
});

watched!(Blocks {
    fn block_file_set(block: Block) -> Block;
    fn blocked(district: ObjectId, file_set: &Digest) -> Option<Block>;
    fn unblock(district: ObjectId, file_set: &Digest) -> bool;
    fn blocks(district: ObjectId) -> Vec<Block>;
});

watched!(Rehearsals {
    fn set_rehearsal(district: ObjectId, name: &str, run: ObjectId, now: Timestamp) -> ();
    fn rehearsals(district: ObjectId) -> Vec<Rehearsal>;
    fn drop_rehearsal(district: ObjectId, name: &str) -> bool;
});

watched!(DistrictSettings {
    fn district_settings(district: ObjectId) -> Option<DistrictSettingsText>;
    fn numbered_district_settings(district: ObjectId, number: u64) -> Option<DistrictSettingsText>;
    fn set_district_settings(district: ObjectId, expected: Option<u64>, text: &str, actor: &str, now: Timestamp) -> u64;
});

watched!(CustomRecords {
    fn put_custom_record(record: CustomRecord) -> ();
    fn custom_records(district: ObjectId) -> Vec<CustomRecord>;
    fn remove_custom_record(district: ObjectId, stem: &str, key: &str) -> bool;
});

watched!(ManagementTokens {
    fn add_management_token(token: ManagementToken) -> ();
    fn management_token_by_digest(digest: &Digest, now: Timestamp) -> Option<ManagementToken>;
    fn management_tokens() -> Vec<ManagementToken>;
    fn revoke_management_token(token: ObjectId, now: Timestamp) -> bool;
});

watched!(Goals {
    fn goals_feed(key: FeedKey) -> Option<GoalsFeed>;
    fn goals_feeds(district: ObjectId) -> Vec<GoalsFeed>;
    fn set_goals_feed(wish: SetGoalsFeed) -> u64;
    fn forget_goals_feed(key: FeedKey, audit: Option<AuditEntry>) -> bool;
    fn student_years(key: FeedKey, year: i16, which: Which<'_>, earlier: bool) -> Vec<StudentYear>;
    fn keep_goals(key: FeedKey, change: GoalsMove) -> u64;
    fn log_goals_refusal(key: FeedKey, delivery: GoalsDelivery) -> bool;
    fn goals_deliveries(key: FeedKey, before: Option<u64>, limit: u32) -> Vec<GoalsDelivery>;
    fn goals_delivery_days(key: FeedKey, from: Date, to: Date) -> Vec<Date>;
    fn add_goals_targets(key: FeedKey, expected: u64, targets: Vec<GoalsTarget>, audit: Option<AuditEntry>) -> u64;
    fn goals_targets(key: FeedKey) -> Vec<GoalsTarget>;
    fn goals_standings(key: FeedKey, year: i16) -> Option<GoalsStandings>;
    fn keep_goals_standings(key: FeedKey, year: i16, standings: GoalsStandings) -> bool;
});

watched!(Audit {
    fn add_audit(entry: AuditEntry) -> ();
    fn audit(district: Option<ObjectId>, before: Option<(Timestamp, ObjectId)>, limit: u32) -> Vec<AuditEntry>;
});
