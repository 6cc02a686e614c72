//! Older snapshots: opened where they are kept whole, rebuilt from the changes of newer ones where they are not.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use homeroom_model::{Kind, ObjectId};
use homeroom_segment::{
    Changes, Digest, Located, Manifest, PartContent, SegmentError, Snapshot, Spools, rebuild_older,
};

use crate::Ingest;
use crate::error::IngestError;
use crate::opened::{CHANGES, open};

impl Ingest {
    /// Opens a snapshot of a district by its number, as it was when it was published.
    ///
    /// A snapshot of which only the changes are kept is rebuilt from the nearest newer one that is whole, publish by
    /// publish; each step writes the tables that differ into spools. Refused as [`IngestError::NotKept`] when the
    /// snapshot is past its retention or was never published.
    pub async fn snapshot_at(
        &self,
        district: ObjectId,
        number: u64,
    ) -> Result<Snapshot, IngestError> {
        let mut manifest = self.manifest_of(district, number, number).await?;
        let mut changes = Vec::new();
        while !is_whole(&manifest) {
            manifest = self
                .manifest_of(district, manifest.number + 1, number)
                .await?;
            changes.push(self.changes_of(&manifest).await?);
        }
        let parts = self.fetch(&manifest).await?;
        let spools = std::sync::Arc::clone(&self.spools);
        let work = tokio::task::spawn_blocking(move || {
            let mut there = Whole { manifest, parts };
            for changes in changes.into_iter().rev() {
                there = there.before(changes, &*spools)?;
            }
            Ok(open(&there.manifest, &there.parts)?.0)
        });
        work.await.map_err(|_| IngestError::Interrupted)?
    }

    /// The manifest of a snapshot that is kept; `wanted` is the one that was asked for.
    async fn manifest_of(
        &self,
        district: ObjectId,
        number: u64,
        wanted: u64,
    ) -> Result<Manifest, IngestError> {
        match self.store.snapshot(district, number).await? {
            Some(kept) => Ok(Manifest::from_text(&kept.manifest)?),
            None => Err(self.not_kept(district, wanted).await?),
        }
    }

    /// What a publish changed, as it is stored.
    async fn changes_of(&self, manifest: &Manifest) -> Result<Bytes, IngestError> {
        let located = manifest
            .parts
            .get(CHANGES)
            .ok_or_else(|| SegmentError::Missing {
                what: CHANGES.to_owned(),
                why: format!("the manifest of snapshot {} lacks it", manifest.number),
            })?;
        Ok(self.depot.get(located).await?)
    }

    async fn not_kept(&self, district: ObjectId, number: u64) -> Result<IngestError, IngestError> {
        let entries = self.store.snapshots(district).await?;
        let numbers = entries.iter().rev().map(|entry| entry.number);
        let kept = match ranges(numbers) {
            ranges if ranges.is_empty() => "it has published nothing yet".to_owned(),
            ranges => format!("it keeps {ranges}"),
        };
        Ok(IngestError::NotKept { number, kept })
    }
}

/// Ascending numbers as people write them.
fn ranges(numbers: impl Iterator<Item = u64>) -> String {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    let texts: Vec<_> = ranges
        .into_iter()
        .map(|(first, last)| {
            if first == last {
                first.to_string()
            } else {
                format!("{first} to {last}")
            }
        })
        .collect();
    texts.join(", ")
}

/// Whether the manifest names every table: retention takes all of them at once.
fn is_whole(manifest: &Manifest) -> bool {
    Kind::ALL
        .iter()
        .all(|kind| manifest.parts.contains_key(kind.table()))
}

/// A snapshot with the bytes of its parts.
struct Whole {
    manifest: Manifest,
    parts: HashMap<String, Bytes>,
}

impl Whole {
    /// The snapshot before this one, which `changes` led from.
    fn before(mut self, changes: Bytes, spools: &dyn Spools) -> Result<Self, IngestError> {
        let (snapshot, departed) = open(&self.manifest, &self.parts)?;
        let changes = Changes::open(changes)?;
        let mut parts = HashMap::new();
        let mut located = BTreeMap::new();
        for built in rebuild_older(&snapshot, &departed, &changes, spools)? {
            let (place, bytes) = match built.content {
                PartContent::Built(bytes) => (place_of(&bytes), bytes),
                PartContent::Reused => self.take(&built.name)?,
            };
            located.insert(built.name.clone(), place);
            parts.insert(built.name, bytes);
        }
        let manifest = Manifest {
            format: self.manifest.format,
            number: self.manifest.number - 1,
            parts: located,
        };
        Ok(Self { manifest, parts })
    }

    fn take(&mut self, name: &str) -> Result<(Located, Bytes), SegmentError> {
        let both = self
            .manifest
            .parts
            .remove(name)
            .zip(self.parts.remove(name));
        both.ok_or_else(|| SegmentError::Missing {
            what: name.to_owned(),
            why: "the manifest lacks it".to_owned(),
        })
    }
}

/// Where a part lies that is an object of its own.
fn place_of(bytes: &Bytes) -> Located {
    Located {
        object: Digest::of(bytes),
        offset: 0,
        length: bytes.len() as u64,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};

    use homeroom_depot::{Depot, Settings};
    use homeroom_intake::InMemory;
    use homeroom_model::{Date, District, Timestamp};
    use homeroom_segment::{ExportTable, MemorySpools};
    use homeroom_store::{Districts as _, MemoryStore, Snapshots as _};
    use homeroom_testkit::{Edition, Files, district_of};

    use super::*;
    use crate::{ImportRequest, Outcome, Surroundings};

    const DAY: i64 = 86_400_000;

    /// An installation in memory but for its depot, with a clock that is set by hand.
    struct Installation {
        ingest: Ingest,
        store: Arc<MemoryStore>,
        now: Arc<AtomicI64>,
        district: ObjectId,
        _folder: tempfile::TempDir,
    }

    impl Installation {
        async fn new() -> Self {
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
            let document = district();
            let district = document.id;
            store
                .add_district(document, Timestamp::from_millis(0))
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
        async fn publish(&self, edition: u64) -> Vec<Vec<u8>> {
            self.now.fetch_add(DAY, Ordering::Relaxed);
            let request = ImportRequest {
                district: self.district,
                source: Box::new(in_memory(&district_of(60, Edition(edition)))),
                dry_run: false,
                approved: None,
                progress: Box::new(|_| ()),
            };
            let report = self.ingest.import(request).await.unwrap();
            assert_eq!(report.state, Outcome::Published, "{:?}", report.problems);
            let published = self.ingest.published(self.district).await.unwrap();
            exported(&published.snapshot)
        }

        async fn refused(&self, number: u64) -> String {
            match self.ingest.snapshot_at(self.district, number).await {
                Ok(_) => panic!("snapshot {number} is there"),
                Err(error) => error.to_string(),
            }
        }
    }

    fn district() -> District {
        District {
            id: ObjectId::new([7; 12]),
            name: "Elm".to_owned(),
            mdr_number: String::new(),
            nces_id: String::new(),
            launch_date: Date::new(2025, 8, 1).unwrap(),
            portal_url: String::new(),
            sis_type: "sftp".to_owned(),
            login_methods: Vec::new(),
            error: String::new(),
            state: "pending".to_owned(),
            last_sync: None,
            pause_start: None,
            pause_end: None,
            contact: None,
        }
    }

    fn in_memory(files: &Files) -> InMemory {
        let names = [
            "schools",
            "students",
            "teachers",
            "staff",
            "sections",
            "enrollments",
            "resources",
        ];
        names.into_iter().fold(InMemory::default(), |source, name| {
            let name = format!("{name}.csv");
            let bytes = files.bytes(&name).to_vec();
            source.with(name, bytes)
        })
    }

    fn exported(snapshot: &Snapshot) -> Vec<Vec<u8>> {
        let write = |table: ExportTable| table.write_arrow(snapshot, Vec::new()).unwrap().0;
        ExportTable::ALL.map(write).into()
    }

    #[tokio::test]
    async fn a_snapshot_of_which_only_the_changes_are_kept_is_rebuilt_as_it_was() {
        let here = Installation::new().await;
        let mut then = Vec::new();
        for edition in 0..5 {
            then.push(here.publish(edition).await);
        }
        here.ingest.sweep(0).await.unwrap();
        let first = here
            .store
            .snapshot(here.district, 1)
            .await
            .unwrap()
            .unwrap();
        assert!(!is_whole(&Manifest::from_text(&first.manifest).unwrap()));
        for (number, expected) in (1..).zip(&then) {
            let snapshot = here
                .ingest
                .snapshot_at(here.district, number)
                .await
                .unwrap();
            assert_eq!(snapshot.number(), number);
            assert!(exported(&snapshot) == *expected, "snapshot {number}");
        }
        assert_ne!(then[0], then[1]);
    }

    #[tokio::test]
    async fn what_is_not_kept_is_refused_and_what_is_kept_is_named() {
        let here = Installation::new().await;
        assert_eq!(
            here.refused(1).await,
            "this district does not keep snapshot 1; it has published nothing yet"
        );
        for edition in 0..4 {
            here.publish(edition).await;
        }
        assert_eq!(
            here.refused(5).await,
            "this district does not keep snapshot 5; it keeps 1 to 4"
        );
        here.now.fetch_add(40 * DAY, Ordering::Relaxed);
        here.publish(4).await;
        here.ingest.sweep(0).await.unwrap();
        assert_eq!(
            here.refused(2).await,
            "this district does not keep snapshot 2; it keeps 4 to 5"
        );
    }

    #[test]
    fn numbers_are_shown_as_ranges() {
        assert_eq!(
            ranges([1, 2, 3, 7, 9, 10].into_iter()),
            "1 to 3, 7, 9 to 10"
        );
        assert_eq!(ranges([].into_iter()), "");
    }
}
