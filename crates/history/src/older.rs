//! Older snapshots: opened where they are kept whole, rebuilt from the changes of newer ones where they are not.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use homeroom_model::{Kind, ObjectId};
use homeroom_segment::{
    BuiltPart, Changes, Departed, Digest, Located, Manifest, PartContent, Snapshot, Spools,
    rebuild_newer, rebuild_past,
};
use moka::future::Cache;
use moka::policy::EvictionPolicy;

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
        // Whoever reads one after the other needs the last one next, however often others were read.
        .eviction_policy(EvictionPolicy::lru())
        .weigher(|_, older: &Arc<Older>| u32::try_from(older.built / UNIT + 1).unwrap_or(u32::MAX))
        .build()
}

/// A snapshot as it was when it was published.
pub struct Older {
    /// The snapshot.
    pub snapshot: Arc<Snapshot>,
    /// Records that could come back with their ids then.
    pub departed: Departed,
    /// The bytes it was opened from, from which its neighbours are rebuilt.
    parts: HashMap<String, Bytes>,
    /// Names of the parts that were written to rebuild it; the others are those of a snapshot that is kept whole.
    written: HashSet<String>,
    /// Bytes of those.
    built: u64,
}

impl History {
    /// Opens a snapshot of a district by its number, as it was when it was published, or gives the one that is kept for
    /// the next reader. Several readers of one snapshot wait for one opening.
    ///
    /// A snapshot of which only the changes are kept is rebuilt from one beside it that is kept for the next reader, or from
    /// the nearest newer one that is whole; either way the tables that differ are written into spools once. Refused as [`HistoryError::NotKept`] when the
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
        manifest: Manifest,
    ) -> Result<Arc<Older>, HistoryError> {
        if is_whole(&manifest) {
            let parts = self.fetch(&manifest).await?;
            return opening(move || Older::open(&manifest, parts, HashSet::new())).await;
        }
        let from = self.near(district, &manifest).await?;
        let _turn = self.turns.acquire().await.ok();
        let spools = Arc::clone(&self.spools);
        opening(move || from.rebuild(manifest.number, &*spools)).await
    }

    /// What a snapshot is rebuilt from: the one before it or after it, if a reader left that, which costs least to whoever
    /// reads one after the other; else the next newer one that is kept whole.
    async fn near(&self, district: ObjectId, manifest: &Manifest) -> Result<Near, HistoryError> {
        let number = manifest.number;
        if let Some(base) = self.rebuilt.get(&(district, number.wrapping_sub(1))).await {
            return Ok(Near::Older(base, self.part(manifest, CHANGES).await?));
        }
        let mut changes = Vec::new();
        let mut newer = number;
        loop {
            newer += 1;
            let manifest = self.manifest_of(district, newer, number).await?;
            changes.push(self.part(&manifest, CHANGES).await?);
            if let Some(base) = self.rebuilt.get(&(district, newer)).await {
                return Ok(Near::Newer(base, changes));
            }
            if is_whole(&manifest) {
                let parts = self.fetch(&manifest).await?;
                return Ok(Near::Whole(manifest, parts, changes));
            }
        }
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

/// What a snapshot is rebuilt from, with what the publishes between the two changed.
enum Near {
    /// The one before it.
    Older(Arc<Older>, Bytes),
    /// A newer one, changes from the oldest on.
    Newer(Arc<Older>, Vec<Bytes>),
    /// A newer one that is kept whole.
    Whole(Manifest, HashMap<String, Bytes>, Vec<Bytes>),
}

impl Near {
    fn rebuild(self, number: u64, spools: &dyn Spools) -> Result<Older, HistoryError> {
        let (base, changes) = match self {
            Self::Older(base, changes) => {
                let changes = Changes::open(changes)?;
                let built = rebuild_newer(&base.snapshot, &base.departed, &changes, spools)?;
                return base.neighbour(number, built);
            }
            Self::Newer(base, changes) => (base, changes),
            Self::Whole(manifest, parts, changes) => {
                let base = Older::open(&manifest, parts, HashSet::new())?;
                (Arc::new(base), changes)
            }
        };
        let changes = changes.into_iter().rev().map(Changes::open);
        let changes = changes.collect::<Result<Vec<_>, _>>()?;
        let built = rebuild_past(&base.snapshot, &base.departed, &changes, spools)?;
        base.neighbour(number, built)
    }
}

impl Older {
    fn open(
        manifest: &Manifest,
        parts: HashMap<String, Bytes>,
        written: HashSet<String>,
    ) -> Result<Self, HistoryError> {
        let (snapshot, departed) = open(manifest, &parts)?;
        let bytes = written.iter().filter_map(|name| parts.get(name));
        let built = bytes.map(|bytes| bytes.len() as u64).sum();
        Ok(Self {
            snapshot: Arc::new(snapshot),
            departed,
            parts,
            written,
            built,
        })
    }

    /// The snapshot that was rebuilt from this one.
    fn neighbour(&self, number: u64, built: Vec<BuiltPart>) -> Result<Self, HistoryError> {
        let (mut parts, mut written) = (HashMap::new(), HashSet::new());
        let mut manifest = Manifest {
            format: Manifest::FORMAT,
            number,
            parts: BTreeMap::new(),
        };
        for BuiltPart { name, content } in built {
            let (bytes, new) = match content {
                PartContent::Built(bytes) => (bytes, true),
                PartContent::Reused => {
                    let bytes = self.parts.get(&name).cloned();
                    let lacking = || missing(&name, "the manifest lacks it".to_owned());
                    (bytes.ok_or_else(lacking)?, self.written.contains(&name))
                }
            };
            if new {
                written.insert(name.clone());
            }
            manifest.parts.insert(name.clone(), at_hand(&bytes));
            parts.insert(name, bytes);
        }
        Self::open(&manifest, parts, written)
    }
}

/// Where a part lies that is no object: nobody looks there, because its bytes are at hand.
fn at_hand(bytes: &Bytes) -> Located {
    Located {
        object: Digest::new([0; 32]),
        offset: 0,
        length: bytes.len() as u64,
    }
}

async fn opening(
    work: impl FnOnce() -> Result<Older, HistoryError> + Send + 'static,
) -> Result<Arc<Older>, HistoryError> {
    let older = tokio::task::spawn_blocking(work).await;
    Ok(Arc::new(older.map_err(|_| HistoryError::Interrupted)??))
}
