//! An installation in memory but for its depot, with a clock that is set by hand, and what it publishes.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};

use homeroom_depot::{Depot, Settings};
use homeroom_history::History;
use homeroom_ingest::{ImportRequest, Ingest, Outcome, Surroundings};
use homeroom_intake::InMemory;
use homeroom_model::{ObjectId, Timestamp};
use homeroom_segment::{ExportTable, MemorySpools, Snapshot};
use homeroom_store::{Districts as _, MemoryStore, Snapshots as _};
use homeroom_testkit::{Edition, Files, district_of, new_district};

pub(crate) const DAY: i64 = 86_400_000;

/// The installation.
pub(crate) struct Installation {
    pub(crate) ingest: Ingest,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) now: Arc<AtomicI64>,
    pub(crate) district: ObjectId,
    _folder: tempfile::TempDir,
}

impl Installation {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let depot = Depot::folder(folder.path(), Settings::default()).unwrap();
        let store = Arc::new(MemoryStore::new());
        let now = Arc::new(AtomicI64::new(1_760_000_000_000));
        let (clock, drawn) = (Arc::clone(&now), AtomicU8::new(1));
        let surroundings = Surroundings {
            now: Arc::new(move || Timestamp::from_millis(clock.load(Ordering::Relaxed))),
            random: Arc::new(move |bytes| {
                bytes.fill(drawn.fetch_add(1, Ordering::Relaxed));
                Ok(())
            }),
            holder: "test".to_owned(),
            is_gone: Arc::new(|_| false),
        };
        let district = ObjectId::new([7; 12]);
        store
            .add_district(new_district(district, "Elm"), Timestamp::from_millis(0))
            .await
            .unwrap();
        let ingest = Ingest::new(
            Arc::clone(&store) as _,
            Arc::new(depot),
            Arc::new(MemorySpools),
            surroundings,
        );
        Self {
            ingest,
            store,
            now,
            district,
            _folder: folder,
        }
    }

    /// Imports an edition on the next day and says how the snapshot looks to other tools.
    pub(crate) async fn publish(&self, edition: u64) -> Vec<Vec<u8>> {
        self.publish_files(&district_of(60, Edition(edition))).await;
        let snapshot = self.snapshot().await;
        exported(&snapshot)
    }

    /// Imports files on the next day; what a guard holds is looked at and approved.
    pub(crate) async fn publish_files(&self, files: &Files) {
        self.now.fetch_add(DAY, Ordering::Relaxed);
        let mut approved = None;
        loop {
            let request = ImportRequest {
                district: self.district,
                source: Box::new(in_memory(files)),
                dry_run: false,
                approved: approved.clone(),
                actor: "test".to_owned(),
                progress: Box::new(|_| ()),
            };
            let report = Box::pin(self.ingest.import(request)).await.unwrap();
            if report.state == Outcome::Published {
                return;
            }
            assert!(
                report.state == Outcome::Held && approved.is_none(),
                "{:?}",
                report.problems
            );
            approved = report.plan;
        }
    }

    /// What is published now.
    pub(crate) async fn snapshot(&self) -> Arc<Snapshot> {
        let current = self.store.current(self.district).await.unwrap().unwrap();
        let opened = self.history().snapshot(self.district, current.number).await;
        Arc::clone(&opened.unwrap().snapshot)
    }

    pub(crate) fn history(&self) -> &History {
        self.ingest.history()
    }

    pub(crate) async fn refused(&self, number: u64) -> String {
        match self.history().snapshot(self.district, number).await {
            Ok(_) => panic!("snapshot {number} is there"),
            Err(error) => error.to_string(),
        }
    }
}

fn in_memory(files: &Files) -> InMemory {
    files.iter().fold(InMemory::default(), |source, file| {
        source.with(file.0, file.1.to_vec())
    })
}

pub(crate) fn exported(snapshot: &Snapshot) -> Vec<Vec<u8>> {
    let write = |table: ExportTable| table.write_arrow(snapshot, Vec::new()).unwrap().0;
    ExportTable::ALL.map(write).into()
}
