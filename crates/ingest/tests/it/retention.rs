//! Weeks of a school year: what is kept whole, what as changes, what is let go, and that nothing else lies around.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_history::HistoryError;
use homeroom_ingest::{IngestError, Swept};
use homeroom_model::{Kind, Timestamp};
use homeroom_segment::{Digest, ExportTable, Manifest, Snapshot};
use homeroom_store::{
    Artifacts as _, Connections as _, DistrictSettings as _, Objects as _, Settings as _,
    Snapshots as _, ViewMove,
};
use homeroom_testkit::{Edition, district_of};

use crate::site::{DAY, MINUTE, Site};

const GRACE: u32 = 24;

/// A snapshot as other tools see it, times and ids included.
fn exported(snapshot: &Snapshot) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for table in ExportTable::ALL {
        table.write_arrow(snapshot, &mut hasher).unwrap();
    }
    hasher.finalize()
}

/// An installation that is swept every night.
struct Year {
    site: Site,
    /// What each publish looked like, by its number.
    then: BTreeMap<u64, blake3::Hash>,
    /// When an object was seen condemned first.
    condemned: BTreeMap<Digest, Timestamp>,
}

impl Year {
    async fn new() -> Self {
        Self {
            site: Site::new().await,
            then: BTreeMap::new(),
            condemned: BTreeMap::new(),
        }
    }

    /// Imports an edition, and sweeps the night after.
    async fn day(&mut self, edition: u64) -> Swept {
        self.site.publish(&district_of(40, Edition(edition))).await;
        let snapshot = self.site.published().await;
        self.then.insert(snapshot.number(), exported(&snapshot));
        self.site.clock.pass(DAY / 2);
        let swept = self.sweep().await;
        self.site.clock.pass(DAY / 2);
        swept
    }

    /// Sweeps and checks what must hold whenever a sweep is done.
    async fn sweep(&mut self) -> Swept {
        let before: BTreeSet<_> = self.site.stored_objects().await.into_iter().collect();
        let swept = self.site.ingest.sweep(GRACE).await.unwrap();
        let now = self.site.clock.now();
        let after: BTreeSet<_> = self.site.stored_objects().await.into_iter().collect();
        let named: BTreeSet<_> = self.site.named_objects().await.into_iter().collect();
        let list = self.site.store.condemned(None, u32::MAX).await.unwrap();
        let list: BTreeSet<_> = list
            .into_iter()
            .map(|one| Digest::new(one.object))
            .collect();
        let missing: Vec<_> = named.difference(&after).collect();
        assert!(missing.is_empty(), "named and not there: {missing:?}");
        assert_eq!(
            after,
            named.union(&list).copied().collect(),
            "nothing lies around"
        );
        assert!(named.is_disjoint(&list));
        for gone in before.difference(&after) {
            let since = self
                .condemned
                .remove(gone)
                .expect("condemned before it goes");
            let hours = (now.millis() - since.millis()) / (60 * MINUTE);
            assert!(hours >= i64::from(GRACE), "{gone} had {hours} hours");
        }
        for object in &list {
            let since = *self.condemned.entry(*object).or_insert(now);
            let hours = (now.millis() - since.millis()) / (60 * MINUTE);
            assert!(hours < i64::from(GRACE), "{object} is still there");
        }
        assert_eq!(swept.deleted, before.difference(&after).count() as u64);
        swept
    }

    /// The numbers of the snapshots that are kept, and of those kept whole.
    async fn kept(&self) -> (Vec<u64>, Vec<u64>) {
        let (store, district) = (&self.site.store, self.site.district);
        let (mut all, mut whole) = (Vec::new(), Vec::new());
        for entry in store.snapshots(district).await.unwrap().iter().rev() {
            let kept = store.snapshot(district, entry.number).await.unwrap();
            let manifest = Manifest::from_text(&kept.unwrap().manifest).unwrap();
            let tables = Kind::ALL.map(|kind| manifest.parts.contains_key(kind.table()));
            assert!(
                tables.windows(2).all(|pair| pair[0] == pair[1]),
                "all or none"
            );
            if !tables[0] {
                self.is_small(&manifest).await;
            }
            all.push(entry.number);
            whole.extend(tables[0].then_some(entry.number));
        }
        (all, whole)
    }

    /// Of a snapshot that is not whole only the changes take room.
    async fn is_small(&self, manifest: &Manifest) {
        let names: Vec<_> = manifest.parts.keys().collect();
        let Some(changes) = manifest.parts.get("changes") else {
            // The first one followed nothing, so it needs nothing to be rebuilt.
            assert_eq!((manifest.number, names.len()), (1, 0));
            return;
        };
        assert_eq!(names, ["changes"]);
        let stored = self.site.depot.list().await.unwrap();
        let object = stored.iter().find(|one| one.object == changes.object);
        // The frame has 64 bytes.
        assert_eq!(object.unwrap().bytes, changes.length + 64);
    }

    /// Every snapshot that is kept opens as it was, and no other opens.
    async fn check_as_of(&self) {
        let (kept, _) = self.kept().await;
        for (number, then) in &self.then {
            let found = self
                .site
                .ingest
                .snapshot_at(self.site.district, *number)
                .await;
            match found {
                Ok(snapshot) => {
                    assert_eq!(exported(&snapshot.snapshot), *then, "{number} was another");
                }
                Err(IngestError::History(HistoryError::NotKept { .. })) => {
                    assert!(!kept.contains(number), "{number} is kept");
                }
                Err(error) => panic!("{number}: {error}"),
            }
        }
    }
}

/// From the 17th of August on: number N is published on day N, so 15 is the last of August and 45 of September.
#[tokio::test]
async fn forty_days_and_a_year_after_them() {
    let mut year = Year::new().await;
    let (store, district) = (year.site.store.clone(), year.site.district);
    let mut total = Swept::default();
    for day in 1..=40 {
        let swept = year.day(day).await;
        if day == 3 {
            let now = year.site.clock.now();
            store.pin(district, 3, "a question", now).await.unwrap();
        }
        total.thinned += swept.thinned;
        total.forgotten += swept.forgotten;
        total.deleted += swept.deleted;
        let (kept, whole) = year.kept().await;
        assert!(whole.contains(&day), "the newest is whole");
        assert_eq!(kept.last(), Some(&day));
        if day % 10 == 0 {
            year.check_as_of().await;
        }
    }
    // Today's is 40, published half a day before the sweep: 35 days before that is 5. Those pinned or at the end of a
    // month are whole, and so are the newest two.
    let (kept, whole) = year.kept().await;
    assert_eq!(whole, [3, 15, 39, 40]);
    assert_eq!(kept, [vec![3], (5..=40).collect()].concat());
    assert_eq!(total.forgotten, 3);
    assert_eq!(
        total.thinned,
        40 - 4,
        "those that were forgotten were thinned before"
    );
    assert!(total.deleted > 0, "something was let go");
    year.check_as_of().await;

    // What nobody asks about any more goes with the next sweep, as does 5, and their objects a day later.
    store.unpin(district, 3, "a question").await.unwrap();
    assert_eq!(year.sweep().await.forgotten, 2);
    year.site.clock.pass(DAY);
    year.sweep().await;
    assert_eq!(year.kept().await.1, [15, 39, 40]);

    // A summer without files: only month-ends and the newest two are left, then the newest two.
    for (days, expected) in [(60, &[15, 39, 40][..]), (380, &[39, 40])] {
        year.site.clock.pass(days * DAY);
        year.sweep().await;
        year.site.clock.pass(DAY);
        year.sweep().await;
        assert_eq!(year.kept().await, (expected.to_vec(), expected.to_vec()));
        year.check_as_of().await;
        // Reports go day by day, so some objects always wait for theirs.
        let (stored, named) = (
            year.site.stored_objects().await,
            year.site.named_objects().await,
        );
        assert!(named.iter().all(|object| stored.contains(object)));
        let waiting = year.site.store.counts().await.unwrap().condemned;
        assert_eq!(stored.len() as u64, named.len() as u64 + waiting);
    }
    // And then school goes on.
    year.day(41).await;
    year.check_as_of().await;
}

#[tokio::test]
async fn a_snapshot_that_an_app_still_sees_stays_whole() {
    let mut year = Year::new().await;
    for edition in 1..=3 {
        year.day(edition).await;
    }
    // An app whose view does not move: it is held, or its move fails day after day.
    let (store, district) = (year.site.store.clone(), year.site.district);
    let connections = store.connections_of_district(district).await.unwrap();
    let view = &connections[0].view;
    let back = ViewMove {
        snapshot: Some(2),
        document: view.document.clone(),
        moved_at: year.site.clock.now(),
        events: None,
    };
    let moved = store.move_view(district, connections[0].id, view.generation, back);
    moved.await.unwrap();
    year.site.clock.pass(50 * DAY);
    year.sweep().await;
    year.site.clock.pass(DAY);
    year.sweep().await;
    assert_eq!(year.kept().await.1, [2, 3]);
    year.check_as_of().await;
}

#[tokio::test]
async fn a_district_says_how_long_what_it_sent_is_kept() {
    let mut year = Year::new().await;
    let district = year.site.district;
    for edition in 1..=5 {
        year.day(edition).await;
    }
    // The days of whose runs files and reports are left.
    let left = async |year: &Year| {
        let runs = year.site.store.runs_with_artifacts(district).await.unwrap();
        let of_upload = |name: &String| name.starts_with("upload");
        let files = runs.iter().filter(|run| run.names.iter().any(of_upload));
        let reports = runs.iter().filter(|run| !run.names.iter().all(of_upload));
        let files: BTreeSet<_> = files.map(|run| run.started).collect();
        let reports: BTreeSet<_> = reports.map(|run| run.started).collect();
        (files.len(), reports.len())
    };

    // Settings that cannot be read let nothing go.
    let now = year.site.clock.now();
    let odd = "[retention]
forever = true
";
    let store = year.site.store.clone();
    let set = store.set_district_settings(district, None, odd, "test", now);
    assert_eq!(set.await.unwrap(), 1);
    year.site.clock.pass(10 * DAY);
    year.sweep().await;
    assert_eq!(left(&year).await, (5, 5));

    // The runs are 15, 14, 13, 12 and 11 days old.
    let text = "[retention]
upload_days = 13
report_days = 15
snapshot_days = 13
snapshot_months = 0
";
    let set = year
        .site
        .ingest
        .set_settings(district, Some(1), text, "test");
    assert_eq!(set.await.unwrap(), 2);
    year.sweep().await;
    assert_eq!(left(&year).await, (2, 4));
    assert_eq!(year.kept().await.0, [3, 4, 5]);
}
