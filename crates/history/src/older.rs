//! Older snapshots: opened where they are kept whole, rebuilt from the changes of newer ones where they are not.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use homeroom_model::{Kind, ObjectId};
use homeroom_segment::{
    Changes, Departed, Digest, Located, Manifest, PartContent, Snapshot, Spools, rebuild_older,
};
use moka::future::Cache;

use crate::History;
use crate::error::HistoryError;
use crate::kept::kept;
use crate::published::{CHANGES, missing, open};

/// Limits of a history. What readers still hold does not count, and lives on until those are done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Bytes of rebuilt tables kept for the next reader, in the spools they were rebuilt into. A snapshot larger than
    /// this is rebuilt for every reader; one that is kept whole counts next to nothing.
    pub rebuilt_bytes: u64,
    /// Snapshots being rebuilt at the same time; others wait their turn. Each takes a core and room on the disk.
    pub rebuilds_at_once: usize,
}

impl Default for Settings {
    /// 4 GiB of disk: the largest district's snapshot is about one.
    fn default() -> Self {
        Self {
            rebuilt_bytes: 4 << 30,
            rebuilds_at_once: 2,
        }
    }
}

/// Unit in which the cache counts, and what a snapshot at least counts as: an opened one takes memory of its own.
const UNIT: u64 = 64 << 10;

/// Older snapshots kept for the next reader.
pub(crate) type Rebuilt = Cache<(ObjectId, u64), Arc<Older>>;

/// Keeps the most recently used snapshots within the budget.
pub(crate) fn rebuilt(settings: Settings) -> Rebuilt {
    Cache::builder()
        .max_capacity(settings.rebuilt_bytes / UNIT)
        .weigher(|_, older: &Arc<Older>| u32::try_from(older.built / UNIT + 1).unwrap_or(u32::MAX))
        .build()
}

/// A snapshot as it was when it was published.
pub struct Older {
    /// The snapshot.
    pub snapshot: Arc<Snapshot>,
    /// Records that could come back with their ids then.
    pub departed: Departed,
    /// Bytes that were written to rebuild it.
    built: u64,
}

impl History {
    /// Opens a snapshot of a district by its number, as it was when it was published, or gives the one that is kept for
    /// the next reader. Several readers of one snapshot wait for one opening.
    ///
    /// A snapshot of which only the changes are kept is rebuilt from the nearest newer one that is whole, publish by
    /// publish; each step writes the tables that differ into spools. Refused as [`HistoryError::NotKept`] when the
    /// snapshot is past its retention or was never published. Who stops waiting loses nothing: it is opened all the same,
    /// and there for whoever asks next.
    pub async fn snapshot(
        &self,
        district: ObjectId,
        number: u64,
    ) -> Result<Arc<Older>, HistoryError> {
        // What retention let go is gone, whoever still has it at hand.
        let manifest = self.manifest_of(district, number, number).await?;
        if let Some(kept) = self.rebuilt.get(&(district, number)).await {
            return Ok(kept);
        }
        let this = self.clone();
        let opening = tokio::spawn(async move {
            let opening = Box::pin(this.open_older(district, manifest));
            let opened = this.rebuilt.try_get_with((district, number), opening).await;
            // The cache drops what is over its budget only when it comes to it.
            this.rebuilt.run_pending_tasks().await;
            opened
        });
        let opened = opening.await.map_err(|_| HistoryError::Interrupted)?;
        opened.map_err(Arc::unwrap_or_clone)
    }

    async fn open_older(
        &self,
        district: ObjectId,
        mut manifest: Manifest,
    ) -> Result<Arc<Older>, HistoryError> {
        let number = manifest.number;
        let mut changes = Vec::new();
        while !is_whole(&manifest) {
            manifest = self
                .manifest_of(district, manifest.number + 1, number)
                .await?;
            changes.push(self.part(&manifest, CHANGES).await?);
        }
        let _turn = if changes.is_empty() {
            None
        } else {
            self.turns.acquire().await.ok()
        };
        let parts = self.fetch(&manifest).await?;
        let spools = Arc::clone(&self.spools);
        let work = tokio::task::spawn_blocking(move || {
            let mut there = Whole {
                manifest,
                parts,
                written: HashSet::new(),
            };
            for changes in changes.into_iter().rev() {
                there = there.before(changes, &*spools)?;
            }
            let (snapshot, departed) = open(&there.manifest, &there.parts)?;
            Ok(Arc::new(Older {
                snapshot: Arc::new(snapshot),
                departed,
                built: there.written_bytes(),
            }))
        });
        work.await.map_err(|_| HistoryError::Interrupted)?
    }

    /// The manifest of a snapshot that is kept; `wanted` is the one that was asked for.
    pub(crate) async fn manifest_of(
        &self,
        district: ObjectId,
        number: u64,
        wanted: u64,
    ) -> Result<Manifest, HistoryError> {
        match self.store.snapshot(district, number).await? {
            Some(kept) => Ok(Manifest::from_text(&kept.manifest)?),
            None => Err(self.not_kept(district, wanted).await?),
        }
    }

    pub(crate) async fn not_kept(
        &self,
        district: ObjectId,
        number: u64,
    ) -> Result<HistoryError, HistoryError> {
        let entries = self.store.snapshots(district).await?;
        let kept = kept(&entries);
        Ok(HistoryError::NotKept { number, kept })
    }
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
    /// Names of the parts that were written; the others are those of the snapshot that is kept whole.
    written: HashSet<String>,
}

impl Whole {
    /// The snapshot before this one, which `changes` led from.
    fn before(mut self, changes: Bytes, spools: &dyn Spools) -> Result<Self, HistoryError> {
        let (snapshot, departed) = open(&self.manifest, &self.parts)?;
        let changes = Changes::open(changes)?;
        let mut parts = HashMap::new();
        let mut located = BTreeMap::new();
        for built in rebuild_older(&snapshot, &departed, &changes, spools)? {
            let (place, bytes) = match built.content {
                PartContent::Built(bytes) => {
                    self.written.insert(built.name.clone());
                    (place_of(&bytes), bytes)
                }
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
        Ok(Self {
            manifest,
            parts,
            written: self.written,
        })
    }

    fn written_bytes(&self) -> u64 {
        let written = self.written.iter().filter_map(|name| self.parts.get(name));
        written.map(|bytes| bytes.len() as u64).sum()
    }

    fn take(&mut self, name: &str) -> Result<(Located, Bytes), HistoryError> {
        let both = self
            .manifest
            .parts
            .remove(name)
            .zip(self.parts.remove(name));
        both.ok_or_else(|| missing(name, "the manifest lacks it".to_owned()).into())
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
