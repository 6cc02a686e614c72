//! An installation of which every publish is looked at from all sides.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use homeroom_ingest::{ImportRequest, Outcome, Published, Report};
use homeroom_model::Kind;
use homeroom_segment::{
    Changes, Manifest, MemorySpools, Op, PartContent, Relation, Snapshot, rebuild_older,
};
use homeroom_store::{Settings as _, Snapshots as _};
use homeroom_testkit::Files;

use crate::contents::{contents, seen};
use crate::id_book::IdBook;
use crate::site::{IntoSource, Site, request};

/// Bytes of the parts of a snapshot, by name.
type Parts = BTreeMap<String, Bytes>;

pub(crate) struct Followed {
    pub(crate) site: Site,
    pub(crate) ids: IdBook,
    /// The last two snapshots with their parts: the one before the newest first.
    last: Vec<(Published, Parts)>,
}

impl Followed {
    pub(crate) async fn new(site: Site) -> Self {
        let nothing = site.ingest.published(site.district).await.unwrap();
        Self {
            site,
            ids: IdBook::default(),
            last: vec![(nothing, Parts::new())],
        }
    }

    /// Publishes files, which no guard holds, and checks everything that must hold of any publish.
    pub(crate) async fn publish(&mut self, files: impl IntoSource) -> Report {
        let number = self.site.number().await;
        let report = self.site.publish(files).await;
        assert_eq!(report.snapshot, Some(number + 1));
        self.follow(number).await;
        report
    }

    /// The same of files that a guard may hold: then that very plan is approved.
    pub(crate) async fn publish_approving(&mut self, files: &Files) {
        let number = self.site.number().await;
        let planned = self.site.import(files).await.unwrap();
        if planned.state == Outcome::Held {
            let approved = ImportRequest {
                approved: planned.plan,
                ..request(self.site.district, files)
            };
            let report = self.site.ingest.import(approved).await.unwrap();
            assert_eq!(report.state, Outcome::Published);
        }
        self.follow(number).await;
    }

    /// Looks at what was published after the snapshot of a number.
    pub(crate) async fn follow(&mut self, number: u64) {
        self.look(number).await;
        let newest = &self.last.last().unwrap().0.snapshot;
        self.ids.enter_at(newest, self.site.clock.now());
    }

    /// The same without a look at who has which id: an undo gives back those of another time.
    pub(crate) async fn look(&mut self, number: u64) {
        assert_eq!(self.site.number().await, number + 1);
        assert_eq!(self.site.view().await.snapshot, Some(number + 1));
        let published = self.site.ingest.published(self.site.district).await;
        let published = published.unwrap();
        let parts = self.parts(number + 1).await;
        self.last.push((published, parts));
        if self.last.len() > 2 {
            self.last.remove(0);
        }
        if number > 0 {
            self.check_changes();
            self.check_older();
            self.check_sharing();
        }
    }

    /// The newest snapshot.
    pub(crate) fn newest(&self) -> &Snapshot {
        &self.last.last().unwrap().0.snapshot
    }

    /// The one before it.
    pub(crate) fn former(&self) -> &Snapshot {
        &self.last.first().unwrap().0.snapshot
    }

    /// What the last publish changed; nothing after the first.
    pub(crate) fn changes(&self) -> Changes {
        let changes = self.last.last().unwrap().1.get("changes");
        changes.map_or_else(Changes::default, |bytes| {
            Changes::open(bytes.clone()).unwrap()
        })
    }

    /// Imports files into an installation that knows nothing and compares what it has with what is here.
    pub(crate) async fn is_as_if_new(&self, files: impl IntoSource) {
        let fresh = Site::new().await;
        let key = format!("hash_key/{}", self.site.district);
        let secret = self.site.store.setting(&key).await.unwrap().unwrap();
        fresh.store.set_setting(&key, &secret).await.unwrap();
        let passed = self.site.clock.now().millis() - fresh.clock.now().millis();
        fresh.clock.pass(passed);
        fresh.publish(files).await;
        let published = fresh.ingest.published(fresh.district).await.unwrap();
        let (expected, found) = (contents(&published.snapshot), contents(self.newest()));
        for (name, content) in &expected {
            assert_eq!(found.get(name), Some(content), "{name:?}");
        }
        let more = found.keys().find(|name| !expected.contains_key(*name));
        assert_eq!(more, None, "only the history has it");
    }

    async fn parts(&self, number: u64) -> Parts {
        let (store, district) = (&self.site.store, self.site.district);
        let snapshot = store.snapshot(district, number).await.unwrap().unwrap();
        let manifest = Manifest::from_text(&snapshot.manifest).unwrap();
        let mut parts = Parts::new();
        for (name, located) in manifest.parts {
            parts.insert(name, self.site.depot.get(&located).await.unwrap());
        }
        parts
    }

    /// The change rows name exactly the records that show something else than before, and these are modified now.
    fn check_changes(&self) {
        let (now, changes) = (self.site.clock.now(), self.changes());
        for kind in Kind::ALL {
            let (mut before, mut after) = (seen(self.former(), kind), seen(self.newest(), kind));
            for change in changes.of(kind) {
                let (was, is) = (before.remove(&change.id), after.remove(&change.id));
                let op = match (&was, &is) {
                    (None, Some(_)) => Op::Created,
                    (Some(_), Some(_)) => Op::Updated,
                    (Some(_), None) => Op::Deleted,
                    (None, None) => panic!("{kind}: {} is nowhere", change.id),
                };
                assert_eq!(change.op(), op, "{kind} {}", change.id);
                if let Some(is) = &is {
                    assert_eq!(is.modified, now, "{kind} {}", change.id);
                    assert!(is.created <= now);
                }
                if let (Some(was), Some(is)) = (&was, &is) {
                    assert!(!was.shows_the_same(is), "{kind} {} is as before", change.id);
                    assert_eq!(was.created, is.created, "{kind} {}", change.id);
                }
            }
            assert_eq!(before, after, "{kind}: what is not named has changed");
        }
    }

    /// The snapshot before follows from this one and its changes, byte for byte.
    fn check_older(&self) {
        let [(_, former), (newest, parts)] = self.last.as_slice() else {
            panic!("two snapshots");
        };
        let changes = self.changes();
        let built = rebuild_older(&newest.snapshot, &newest.departed, &changes, &MemorySpools);
        let mut rebuilt = BTreeSet::new();
        for part in built.unwrap() {
            let bytes = match &part.content {
                PartContent::Built(bytes) => bytes,
                PartContent::Reused => &parts[&part.name],
            };
            assert!(*bytes == former[&part.name], "{} differs", part.name);
            rebuilt.insert(part.name);
        }
        let mut expected: BTreeSet<_> = former.keys().cloned().collect();
        // Ledgers are never rebuilt: the newest tells of all that went before.
        expected.retain(|name| name != "changes" && !name.starts_with("ledger."));
        assert_eq!(rebuilt, expected);
    }

    /// A table that is as before lies where it lay, and so does a relation that leads as before between records of the
    /// same ids. (A relation whose rows were numbered anew can come out equal by chance.)
    fn check_sharing(&self) {
        let [(former, before), (newest, after)] = self.last.as_slice() else {
            panic!("two snapshots");
        };
        let place = |published: &Published, name: &str| {
            let manifest = published.manifest.as_ref().unwrap();
            manifest.parts[name]
        };
        let ids = |published: &Published, kind| {
            let table = published.snapshot.table(kind);
            table.ids().collect::<Vec<_>>()
        };
        let same_ids = |kind: Kind| ids(former, kind) == ids(newest, kind);
        let tables = Kind::ALL.map(|kind| (kind.table().to_owned(), true));
        let relations = Relation::ALL.into_iter().flat_map(|relation| {
            let numbered = same_ids(relation.from()) && same_ids(relation.to());
            let name = relation.name();
            // Both directions are written anew where one changes: the order of a section's teachers shows in one only.
            let back = numbered && before[name] == after[name];
            [(name.to_owned(), numbered), (format!("{name}.back"), back)]
        });
        for (name, numbered) in tables.into_iter().chain(relations) {
            if numbered && before[&name] == after[&name] {
                assert_eq!(place(former, &name), place(newest, &name), "{name}");
            }
        }
    }
}
