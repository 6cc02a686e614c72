//! Snapshots: the ledger of a district, its manifests, and the move of the district pointer.

use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use crate::limits::invalid;
use crate::objects::sorted_digests;
use crate::{Block, Digest, DistrictChange, DistrictRecord, HoldMove, StoreError, limits};

/// Everything a publish changes in the control store, in one small transaction. All objects it names are durable
/// before it is called (layout, idea 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publish {
    /// The district.
    pub district: ObjectId,
    /// Fence of the lease the run holds.
    pub fence: u64,
    /// The snapshot the plan was made against, `None` for the first.
    pub expected: Option<u64>,
    /// Number of the new snapshot: the next one after `expected`, from 1.
    pub number: u64,
    /// The manifest as JSON text, opaque here.
    pub manifest: String,
    /// Every object the manifest names, in any order.
    pub objects: Vec<Digest>,
    /// Digest of the files the snapshot was made from: the same set again is no change.
    pub file_set: Digest,
    /// The run that publishes.
    pub run: ObjectId,
    /// When.
    pub published_at: Timestamp,
    /// What becomes of the district document (`last_sync`, state, contact …).
    pub change: DistrictChange,
    /// What becomes of the district's holds.
    pub hold: HoldMove,
    /// A file set of the same district that is blocked from then on: an undo blocks what it undoes.
    pub block: Option<Block>,
}

impl Publish {
    /// Checks that every adapter makes before it looks at the district.
    pub fn check(&self) -> Result<(), StoreError> {
        limits::number("the fence", self.fence)?;
        limits::number("the number of a snapshot", self.number)?;
        if self.expected.unwrap_or(0).checked_add(1) != Some(self.number) {
            return Err(invalid("the number of a snapshot", "must be the next one"));
        }
        self.hold.check()?;
        if let Some(block) = &self.block {
            block.check()?;
            if block.district != self.district {
                return Err(invalid("the block", "belongs to another district"));
            }
        }
        check_manifest(&self.manifest, &self.objects)
    }

    /// The snapshot to be recorded. Its objects ascend, each once.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            district: self.district,
            number: self.number,
            manifest: self.manifest.clone(),
            objects: sorted_digests(&self.objects),
            file_set: self.file_set,
            run: self.run,
            published_at: self.published_at,
        }
    }
}

/// A snapshot as the control store knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The district.
    pub district: ObjectId,
    /// Its number.
    pub number: u64,
    /// The manifest as JSON text.
    pub manifest: String,
    /// The objects it names, ascending, each once.
    pub objects: Vec<Digest>,
    /// Digest of the files it was made from.
    pub file_set: Digest,
    /// The run that published it.
    pub run: ObjectId,
    /// When.
    pub published_at: Timestamp,
}

impl Snapshot {
    /// The snapshot without manifest and objects.
    pub fn entry(&self) -> SnapshotEntry {
        SnapshotEntry {
            number: self.number,
            file_set: self.file_set,
            run: self.run,
            published_at: self.published_at,
        }
    }
}

/// A line of a district's ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotEntry {
    /// Its number.
    pub number: u64,
    /// Digest of the files it was made from.
    pub file_set: Digest,
    /// The run that published it.
    pub run: ObjectId,
    /// When.
    pub published_at: Timestamp,
}

/// A manifest that replaces one: retention keeps the changes of an old snapshot and lets its whole tables go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewManifest {
    /// The district.
    pub district: ObjectId,
    /// The snapshot.
    pub number: u64,
    /// The manifest it must still have.
    pub replaces: String,
    /// The manifest from then on.
    pub manifest: String,
    /// Every object the new manifest names, in any order.
    pub objects: Vec<Digest>,
}

impl NewManifest {
    /// Checks that every adapter makes before it looks for the snapshot.
    pub fn check(&self) -> Result<(), StoreError> {
        limits::number("the number of a snapshot", self.number)?;
        check_manifest(&self.manifest, &self.objects)
    }
}

/// A reason to keep a snapshot whole: a hold, a running job, a person's wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The snapshot.
    pub number: u64,
    /// Who or what wants it; one pin per snapshot and name.
    pub name: String,
    /// Since when.
    pub pinned_at: Timestamp,
}

/// The ledger of snapshots.
#[async_trait]
pub trait Snapshots: Send + Sync {
    /// Publishes: records the snapshot, moves the district pointer to it, changes the district document, moves its holds,
    /// blocks a file set and notes the number at the run, or does none of it. Returns the district as it is then. View pointers stay where they are;
    /// each moves by its own job.
    ///
    /// Refused: `Invalid` over the limits or unless `number` follows `expected`, `Gone` if there is no such district,
    /// `Fenced` unless `fence` is that of the district's newest lease, `Moved` unless the pointer is at `expected`,
    /// `Gone` unless the run is running under that fence, `Exists` if the run has published, `Moved` if a
    /// hold to be closed does not wait, `Exists` if the run has a hold already, `Condemned` if a named object is
    /// condemned, `Invalid` if the changed document is over the limits.
    async fn publish(&self, publish: Publish) -> Result<DistrictRecord, StoreError>;

    /// The snapshot the district pointer names.
    async fn current(&self, district: ObjectId) -> Result<Option<Snapshot>, StoreError>;

    /// A snapshot that is kept.
    async fn snapshot(
        &self,
        district: ObjectId,
        number: u64,
    ) -> Result<Option<Snapshot>, StoreError>;

    /// The snapshots that are kept, newest first.
    async fn snapshots(&self, district: ObjectId) -> Result<Vec<SnapshotEntry>, StoreError>;

    /// At most `limit` snapshots of all districts with their manifests, ascending by district and number, after a key.
    async fn manifests(
        &self,
        after: Option<(ObjectId, u64)>,
        limit: u32,
    ) -> Result<Vec<Snapshot>, StoreError>;

    /// Gives a snapshot another manifest. Idempotent: if it has that manifest already, nothing changes.
    ///
    /// Refused: `Invalid` over the limits, `Gone` if the snapshot is not kept, `Moved` if its manifest is neither the
    /// one to replace nor the new one, `Condemned` if a named object is condemned.
    async fn replace_manifest(&self, manifest: NewManifest) -> Result<(), StoreError>;

    /// Forgets a snapshot; `false` if it is not kept. Refused as `InUse` while the district pointer or a view pointer
    /// names it or a pin holds it. Numbers are never used again.
    async fn forget_snapshot(&self, district: ObjectId, number: u64) -> Result<bool, StoreError>;

    /// Pins a snapshot. Idempotent: a pin of that name keeps its first moment.
    /// Refused: `Invalid` over the limits, `Gone` if the snapshot is not kept.
    async fn pin(
        &self,
        district: ObjectId,
        number: u64,
        name: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Takes a pin away; `false` if there was none.
    async fn unpin(&self, district: ObjectId, number: u64, name: &str) -> Result<bool, StoreError>;

    /// The pins of a district, ascending by number and name.
    async fn pins(&self, district: ObjectId) -> Result<Vec<Pin>, StoreError>;
}

fn check_manifest(manifest: &str, objects: &[Digest]) -> Result<(), StoreError> {
    if objects.len() > limits::OBJECTS {
        return Err(invalid("the manifest", "names too many objects"));
    }
    limits::document("the manifest", manifest)
}
