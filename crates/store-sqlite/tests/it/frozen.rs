//! What was stored once can be read for ever (invariant 9): a file of every form that was ever released.
//!
//! The sample of the newest form is written by this test when it is run with `HOMEROOM_FREEZE=1` and the file is not
//! there yet; a file that is there never changes.

mod district_side;
mod events;
mod goals;

use std::env;
use std::fs;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use homeroom_store::suite::sample;
use homeroom_store::{
    Counts, DistrictChange, Edit, MemoryStore, NewManifest, Pin, Run, RunEnd, RunState, Runs as _,
    Settings, Store, ViewMove,
};
use homeroom_store_sqlite::{FORMAT, SqliteStore};
use rusqlite::Connection;

use crate::place;

const LARGEST: u64 = 100 * 1024;

/// The frozen file of a form.
pub(crate) fn frozen(form: u32) -> PathBuf {
    let name = format!("tests/frozen/form-{form}.sqlite");
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[tokio::test]
async fn every_form_ever_stored_is_read() {
    if env::var_os("HOMEROOM_FREEZE").is_some() && !frozen(FORMAT).exists() {
        freeze(&frozen(FORMAT)).await;
    }
    for form in 1..=FORMAT {
        let (_folder, path) = place();
        let size = fs::copy(frozen(form), &path).expect("a sample of every form; see above");
        assert!(size < LARGEST, "form {form}: {size} bytes");
        let store = SqliteStore::open(&path).unwrap();
        assert_eq!(store.format().await.unwrap(), FORMAT);
        assert!(store.check().await.unwrap().is_empty());
        read(&store).await;
        if form == 1 {
            let runs = store.runs(sample::id(1), None, 10).await.unwrap();
            let new = |run: &Run| (run.actor.is_empty(), run.of, run.stage.is_empty());
            assert!(runs.iter().map(new).all(|new| new == (true, None, true)));
            district_side::fill(&store).await;
        }
        district_side::read(&store).await;
        if form <= 2 {
            events::fill(&store).await;
        }
        events::read(&store).await;
        if form <= 3 {
            goals::fill(&store).await;
        }
        goals::read(&store).await;
        assert!(store.check().await.unwrap().is_empty());
        store.close().await;
    }
}

#[tokio::test]
async fn the_oracle_agrees_about_the_sample() {
    let oracle = MemoryStore::new();
    fill(&oracle).await;
    district_side::fill(&oracle).await;
    events::fill(&oracle).await;
    goals::fill(&oracle).await;
    read(&oracle).await;
    district_side::read(&oracle).await;
    events::read(&oracle).await;
    goals::read(&oracle).await;
}

async fn freeze(to: &Path) {
    let (_folder, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    fill(&store).await;
    district_side::fill(&store).await;
    events::fill(&store).await;
    goals::fill(&store).await;
    store.close().await;
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    // Small pages, because most tables hold a row or two.
    let connection = Connection::open(&path).unwrap();
    let smaller = "PRAGMA journal_mode = DELETE; PRAGMA page_size = 1024; VACUUM;";
    connection.execute_batch(smaller).unwrap();
    fs::copy(&path, to).unwrap();
}

/// One of everything that form 1 can store.
async fn fill(store: &dyn Store) {
    store
        .set_setting("installation", "Ærøskøbing")
        .await
        .unwrap();
    sample::connected(store).await;
    sample::add_district(store, 9).await;
    store.add_person(sample::person(4, 1, 7)).await.unwrap();
    store.add_person(sample::person(5, 1, 8)).await.unwrap();
    let many = NonZeroU64::new(20_000_000).unwrap();
    store
        .reserve_ids(sample::id(1), many, 1_700_000_000, [1, 2, 3, 4, 5])
        .await
        .unwrap();

    sample::published(store, 1, 10, &[1, 2]).await;
    let end = |run, state| {
        let report = "{\"kept\":3}".into();
        RunEnd::new(
            sample::id(1),
            sample::id(run),
            state,
            report,
            sample::at(100),
        )
    };
    store
        .finish_run(end(10, RunState::Published))
        .await
        .unwrap();
    let fence = sample::started(store, 1, 11).await;
    let mut second = sample::publish(1, fence, 11, Some(1), &[2, 3]);
    second.change = DistrictChange {
        state: Edit::To("success".into()),
        last_sync: Edit::To(Some(sample::at(11))),
        ..DistrictChange::default()
    };
    store.publish(second).await.unwrap();
    sample::started(store, 1, 12).await;
    store
        .close_abandoned(sample::id(1), sample::at(13))
        .await
        .unwrap();
    store.finish_run(end(12, RunState::NoChange)).await.unwrap();

    let to = ViewMove {
        snapshot: Some(1),
        document: sample::district(1),
        moved_at: sample::at(50),
        events: None,
    };
    store
        .move_view(sample::id(1), sample::id(3), 0, to)
        .await
        .unwrap();
    store
        .pin(sample::id(1), 1, "hold", sample::at(60))
        .await
        .unwrap();
    let thin = NewManifest {
        district: sample::id(1),
        number: 1,
        replaces: "{\"number\":1}".into(),
        manifest: "{\"number\":1,\"thin\":true}".into(),
        objects: vec![sample::digest(2)],
    };
    store.replace_manifest(thin).await.unwrap();
    store
        .condemn(&[sample::digest(1), sample::digest(8)], sample::at(70))
        .await
        .unwrap();
    store.seize(sample::at(71), 1).await.unwrap();
}

/// Finds what [`fill`] stored.
async fn read(store: &dyn Store) {
    let (one, at) = (sample::id(1), sample::at);
    assert_eq!(
        store.setting("installation").await.unwrap().unwrap(),
        "Ærøskøbing"
    );
    assert_eq!(store.apps().await.unwrap(), [sample::app(2)]);
    let people = store.people(one).await.unwrap();
    assert_eq!(people, [sample::person(4, 1, 7), sample::person(5, 1, 8)]);
    let expected = Counts {
        districts: 2,
        apps: 1,
        connections: 1,
        snapshots: 2,
        open_runs: 0,
        condemned: 2,
    };
    assert_eq!(store.counts().await.unwrap(), expected);

    let record = store.district(one).await.unwrap().unwrap();
    assert_eq!(
        (record.revision, record.snapshot, record.created),
        (1, Some(2), at(0))
    );
    assert_eq!(record.document.state, "success");
    assert_eq!(record.document.last_sync, Some(at(11)));
    let mut document = record.document;
    document.state = sample::district(1).state;
    document.last_sync = None;
    assert_eq!(document, sample::district(1));

    let connection = store
        .connection_by_token(&sample::digest(3))
        .await
        .unwrap()
        .unwrap();
    let mut begun = sample::connection(3, 2, 1).begin(sample::district(1));
    begun.view.snapshot = Some(1);
    begun.view.moved_at = at(50);
    // What later forms did to it is their own files' to say.
    begun.view.generation = connection.view.generation;
    begun.events = connection.events;
    assert_eq!(connection, begun);

    read_ledger(store).await;
    let again = store
        .reserve_ids(one, NonZeroU64::MIN, 0, [9; 5])
        .await
        .unwrap();
    assert_eq!(again.seconds, 1_700_000_002, "the high-water mark is kept");
    let lease = store.lease_of(one).await.unwrap().unwrap();
    assert_eq!(
        (lease.fence, lease.holder.as_str(), lease.until),
        (3, "tests", at(72))
    );
}

async fn read_ledger(store: &dyn Store) {
    let (one, at, digest) = (sample::id(1), sample::at, sample::digest);
    let runs = store.runs(one, None, 10).await.unwrap();
    let states: Vec<_> = runs.iter().map(|run| (run.state, run.snapshot)).collect();
    let expected = [
        (RunState::NoChange, None),
        (RunState::Published, Some(2)),
        (RunState::Published, Some(1)),
    ];
    assert_eq!(states, expected);
    let report = store.report(one, sample::id(10)).await.unwrap();
    assert_eq!(report.as_deref(), Some("{\"kept\":3}"));
    let first = store.snapshot(one, 1).await.unwrap().unwrap();
    assert_eq!(first.manifest, "{\"number\":1,\"thin\":true}");
    assert_eq!(first.objects, [digest(2)]);
    assert_eq!((first.file_set, first.run), (digest(10), sample::id(10)));
    let current = store.current(one).await.unwrap().unwrap();
    assert_eq!((current.number, current.published_at), (2, at(11)));
    assert_eq!(current.objects, [digest(2), digest(3)]);
    let pin = Pin {
        number: 1,
        name: "hold".into(),
        pinned_at: at(60),
    };
    assert_eq!(store.pins(one).await.unwrap(), [pin]);
    let condemned = store.condemned(None, 10).await.unwrap();
    let condemned: Vec<_> = condemned
        .iter()
        .map(|kept| (kept.object, kept.seized))
        .collect();
    assert_eq!(condemned, [(digest(1), true), (digest(8), false)]);
}
