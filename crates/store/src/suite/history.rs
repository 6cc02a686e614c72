//! Random histories: the same steps on two stores must have the same outcomes and leave the same contents.

mod district_side;
mod goals;
mod step;
mod take;

use homeroom_model::ObjectId;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

pub use self::district_side::DistrictStep;
pub use self::goals::GoalsStep;
pub use self::step::Step;
use self::step::step;
use self::take::{Known, take};
use crate::{
    App, Artifact, AuditEntry, Block, Condemned, Connection, Counts, CustomRecord, Digest,
    DistrictRecord, DistrictSettingsText, ErrorKind, EventMove, Hold, Lease, ManagementToken,
    Person, Pin, Rehearsal, Run, RunArtifacts, Snapshot, SnapshotEntry, Store, StoreError,
};

/// How many steps a history has at most.
const STEPS: usize = 160;

/// Everything a store holds.
#[derive(Debug, PartialEq)]
struct Contents {
    counts: Counts,
    settings: Vec<Option<String>>,
    districts: Vec<DistrictRecord>,
    apps: Vec<App>,
    manifests: Vec<Snapshot>,
    named: Vec<Digest>,
    condemned: Vec<Condemned>,
    tokens: Vec<ManagementToken>,
    audit: Vec<AuditEntry>,
    each: Vec<DistrictContents>,
}

/// Everything a store holds of one district.
#[derive(Debug, PartialEq)]
struct DistrictContents {
    connections: Vec<Connection>,
    event_moves: Vec<Vec<EventMove>>,
    oldest_event_snapshot: Option<u64>,
    people: Vec<Person>,
    lease: Option<Lease>,
    runs: Vec<Run>,
    reports: Vec<Option<String>>,
    current: Option<Snapshot>,
    snapshots: Vec<SnapshotEntry>,
    pins: Vec<Pin>,
    artifacts: Vec<Vec<Artifact>>,
    runs_with_artifacts: Vec<RunArtifacts>,
    waiting: Option<Hold>,
    holds: Vec<Hold>,
    blocks: Vec<Block>,
    rehearsals: Vec<Rehearsal>,
    settings: Option<DistrictSettingsText>,
    custom_records: Vec<CustomRecord>,
    feeds: Vec<goals::FeedContents>,
}

/// Random histories.
pub fn histories() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), STEPS / 4..STEPS).prop_map(|mut steps| {
        // Most histories would fail at every step without these.
        let begin = [
            Step::AddDistrict(0),
            Step::AddDistrict(1),
            Step::AddApp { app: 0, client: 0 },
            Step::Connect {
                connection: 0,
                app: 0,
                district: 0,
                token: 0,
            },
            Step::Lease {
                district: 0,
                now: 0,
                over: false,
            },
            Step::StartRun {
                run: 0,
                district: 0,
                started: 0,
                stale: false,
            },
        ];
        steps.splice(0..0, begin);
        steps
    })
}

/// One history, the same for the same seed.
pub fn sample(seed: u8) -> Vec<Step> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    histories().new_tree(&mut runner).unwrap().current()
}

/// Walks the history on both stores, which must be empty; fails at the first difference.
pub async fn compare(oracle: &dyn Store, adapter: &dyn Store, history: &[Step]) {
    let (mut known, mut same) = (Known::default(), Known::default());
    for (index, step) in history.iter().enumerate() {
        let expected = take(oracle, step, &mut known).await;
        let found = take(adapter, step, &mut same).await;
        let kinds = |error: StoreError| error.kind();
        let (expected, found) = (expected.map_err(kinds), found.map_err(kinds));
        assert!(
            !matches!(found, Err(ErrorKind::Unavailable | ErrorKind::Corrupt)),
            "step {index} {step:?}: {found:?}"
        );
        assert!(
            expected == found,
            "step {index} {step:?}: expected {expected:?}, found {found:?}"
        );
    }
    let expected = contents(oracle).await.unwrap();
    let found = contents(adapter).await.unwrap();
    assert!(
        expected == found,
        "after all steps: expected {expected:?}, found {found:?}"
    );
}

async fn contents(store: &dyn Store) -> Result<Contents, StoreError> {
    let mut settings = Vec::new();
    for key in 0..3 {
        settings.push(store.setting(&format!("key {key}")).await?);
    }
    let districts = store.all_districts().await?;
    let mut each = Vec::new();
    for record in &districts {
        each.push(district_contents(store, record.document.id).await?);
    }
    Ok(Contents {
        counts: store.counts().await?,
        settings,
        districts,
        apps: store.apps().await?,
        manifests: store.manifests(None, 1000).await?,
        named: store.named_objects(None, 1000).await?,
        condemned: store.condemned(None, 1000).await?,
        tokens: store.management_tokens().await?,
        audit: store.audit(None, None, 1000).await?,
        each,
    })
}

async fn district_contents(
    store: &dyn Store,
    district: ObjectId,
) -> Result<DistrictContents, StoreError> {
    let runs = store.runs(district, None, 1000).await?;
    let (mut reports, mut artifacts) = (Vec::new(), Vec::new());
    for run in &runs {
        reports.push(store.report(district, run.id).await?);
        artifacts.push(store.artifacts(district, run.id).await?);
    }
    let connections = store.connections_of_district(district).await?;
    let mut event_moves = Vec::new();
    for connection in &connections {
        event_moves.push(store.event_moves(district, connection.id).await?);
    }
    Ok(DistrictContents {
        connections,
        event_moves,
        oldest_event_snapshot: store.oldest_event_snapshot(district).await?,
        people: store.people(district).await?,
        lease: store.lease_of(district).await?,
        runs,
        reports,
        current: store.current(district).await?,
        snapshots: store.snapshots(district).await?,
        pins: store.pins(district).await?,
        artifacts,
        runs_with_artifacts: store.runs_with_artifacts(district).await?,
        waiting: store.waiting_hold(district).await?,
        holds: store.holds(district, None, 1000).await?,
        blocks: store.blocks(district).await?,
        rehearsals: store.rehearsals(district).await?,
        settings: store.district_settings(district).await?,
        custom_records: store.custom_records(district).await?,
        feeds: goals::contents(store, district).await?,
    })
}
