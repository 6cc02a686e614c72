//! Putting and getting objects.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use homeroom_segment::{Digest, Located};
use moka::future::Cache;
use moka::policy::EvictionPolicy;
use object_store::local::LocalFileSystem;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

use crate::error::DepotError;
use crate::frame::{self, Sealed};
use crate::layout;
use crate::mapping::warm;
use crate::opened::{self, Opened, off_thread};

/// Unit in which the cache counts.
const PAGE: u64 = 4096;

/// Limits of a depot. Objects that readers still hold do not count, and live on until those are done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Bytes of opened objects kept for the next reader: address space for objects in a folder, memory for others. An
    /// object larger than this is opened and checked anew for every reader.
    pub cache_bytes: u64,
    /// Opened objects kept, at most; each is a mapping, of which Linux gives a process 65,530.
    pub open_objects: u32,
}

impl Default for Settings {
    /// 16 GiB and 16,384 objects: for a folder, where what is kept is address space and not memory.
    fn default() -> Self {
        Self {
            cache_bytes: 16 << 30,
            open_objects: 16_384,
        }
    }
}

/// Immutable objects, named by the blake3 of their payload. Clones share everything.
///
/// Methods must be called inside a Tokio runtime; what takes long runs on its threads for blocking work.
#[derive(Clone)]
pub struct Depot {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) folder: Option<Arc<Path>>,
    pub(crate) opened: Cache<Digest, Opened>,
}

impl fmt::Debug for Depot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Depot({})", self.store)
    }
}

impl Depot {
    /// The depot in a folder of this machine, which is made if it is not there. Blocks shortly.
    pub fn folder(path: &Path, settings: Settings) -> Result<Self, DepotError> {
        let doing = || format!("opening the folder {}", path.display());
        layout::prepare(path).map_err(|error| DepotError::of(doing(), &error))?;
        let store = LocalFileSystem::new_with_prefix(path)
            .map_err(|error| DepotError::of(doing(), &error))?
            .with_fsync(true);
        Ok(Self {
            folder: Some(Arc::from(path)),
            ..Self::on(Arc::new(store), settings)
        })
    }

    /// The depot in any object store. It must make durable what it accepts before it says so, as S3 and its like do.
    pub fn on(store: Arc<dyn ObjectStore>, settings: Settings) -> Self {
        Self {
            store,
            folder: None,
            opened: cache(settings),
        }
    }

    /// Stores an object and returns its name. When this returns, the object is complete, checked and durable.
    ///
    /// Storing it again changes nothing: what is there is read and checked as a whole, and replaced when it is damaged.
    /// The payload is not copied into memory, so it may be a sealed spool larger than that.
    pub async fn put(&self, payload: Bytes) -> Result<Digest, DepotError> {
        let sealed = off_thread(move || frame::seal(payload)).await?;
        self.keep(sealed).await
    }

    /// Stores several small parts as one object, each aligned at 64 bytes, and tells where each one lies, in the given
    /// order and under the given names. No parts, no object.
    pub async fn put_pack<N>(
        &self,
        parts: Vec<(N, Bytes)>,
    ) -> Result<Vec<(N, Located)>, DepotError> {
        if parts.is_empty() {
            return Ok(Vec::new());
        }
        let (names, parts): (Vec<N>, Vec<Bytes>) = parts.into_iter().unzip();
        let lengths: Vec<u64> = parts.iter().map(|part| part.len() as u64).collect();
        let (sealed, offsets) = off_thread(move || frame::seal_parts(parts)).await?;
        let object = self.keep(sealed).await?;
        let places = offsets.into_iter().zip(lengths);
        let located = places.map(|(offset, length)| Located {
            object,
            offset,
            length,
        });
        Ok(names.into_iter().zip(located).collect())
    }

    /// The bytes of a part. The first time, the whole object is read and checked; then it stays open within the limits
    /// of the cache, and getting a part of it neither reads nor copies.
    pub async fn get(&self, part: &Located) -> Result<Bytes, DepotError> {
        self.open(&part.object).await?.part(part)
    }

    /// Brings a part into memory as far as the system allows, so that its first reader does not wait for the disk.
    pub async fn warm(&self, part: &Located) -> Result<(), DepotError> {
        let opened = self.open(&part.object).await?;
        let bytes = opened.part(part)?;
        opened.will_need(part);
        off_thread(move || warm(&bytes)).await
    }

    /// Reads all of an object as it is stored now, whether or not it is open, checks it and makes sure that it is
    /// durable.
    pub async fn verify(&self, object: &Digest) -> Result<(), DepotError> {
        let found = self.store.get(&layout::location(object)).await;
        let found = found.map_err(|error| DepotError::of_store("reading", object, &error))?;
        opened::verify(*object, found).await
    }

    /// Objects kept open now.
    pub fn open_objects(&self) -> u64 {
        self.opened.entry_count()
    }

    /// Bytes by which the objects kept open count towards [`Settings::cache_bytes`].
    pub fn open_bytes(&self) -> u64 {
        self.opened.weighted_size().saturating_mul(PAGE)
    }

    async fn keep(&self, sealed: Sealed) -> Result<Digest, DepotError> {
        let object = sealed.name();
        let Err(found) = self.verify(&object).await else {
            return Ok(object);
        };
        // Whatever is wrong with what is there, an unreadable sector included: writing it anew repairs it, and where it
        // does not, says why.
        let payload = PutPayload::from_iter(sealed.into_chunks());
        let written = self.store.put(&layout::location(&object), payload).await;
        written.map_err(|error| DepotError::of_store("writing", &object, &error))?;
        if !matches!(found, DepotError::NotFound { .. }) {
            self.opened.invalidate(&object).await;
        }
        Ok(object)
    }

    async fn open(&self, object: &Digest) -> Result<Opened, DepotError> {
        if let Some(opened) = self.opened.get(object).await {
            return Ok(opened);
        }
        // Several readers of one object wait for one opening.
        let opened = self
            .opened
            .try_get_with(*object, self.open_anew(object))
            .await;
        // The cache drops what is over its limits only when it comes to it.
        self.opened.run_pending_tasks().await;
        opened.map_err(Arc::unwrap_or_clone)
    }

    async fn open_anew(&self, object: &Digest) -> Result<Opened, DepotError> {
        let found = self.store.get(&layout::location(object)).await;
        let found = found.map_err(|error| DepotError::of_store("reading", object, &error))?;
        opened::open(*object, found).await
    }
}

/// Opened objects, the least recently used dropped first. Each weighs its pages, and at least its share of the limit on
/// their number.
fn cache(settings: Settings) -> Cache<Digest, Opened> {
    let capacity = settings.cache_bytes / PAGE;
    let least = capacity
        .div_ceil(u64::from(settings.open_objects.max(1)))
        .max(1);
    Cache::builder()
        .max_capacity(capacity)
        .eviction_policy(EvictionPolicy::lru())
        .weigher(move |_, opened: &Opened| {
            let pages = opened.weight().div_ceil(PAGE).max(least);
            u32::try_from(pages).unwrap_or(u32::MAX)
        })
        .build()
}
