//! Garbage collection's half of the control store: roots, and objects condemned before they are deleted.
//!
//! Objects belong to a district, like everything else. The life of an unwanted one: *condemned* (from then on no publish
//! may name it), a day later *seized* (from then on nobody can pardon it), then its file is deleted, then it is
//! *forgotten* and could be written anew. Stopping between any two steps is safe: the next collection goes on.

use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use crate::{Digest, StoreError};

/// A snapshot as a root of garbage collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The snapshot.
    pub number: u64,
    /// The objects it names, ascending, each once.
    pub objects: Vec<Digest>,
}

/// An object that is to be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condemned {
    /// The object.
    pub object: Digest,
    /// Since when.
    pub condemned_at: Timestamp,
    /// Whether its deletion has begun.
    pub seized: bool,
}

/// Condemned objects and roots.
#[async_trait]
pub trait Objects: Send + Sync {
    /// What the kept snapshots of a district name, ascending by number. Running jobs and backups are roots too, but
    /// not known here.
    async fn roots(&self, district: ObjectId) -> Result<Vec<Root>, StoreError>;

    /// Condemns objects, except those a kept snapshot names: whatever list the caller made, and however old it is,
    /// nothing that is needed is lost. Returns the ones that are condemned then, ascending, each once; one condemned
    /// earlier keeps its moment. Refused as `Gone` if there is no such district.
    async fn condemn(
        &self,
        district: ObjectId,
        objects: &[Digest],
        now: Timestamp,
    ) -> Result<Vec<Digest>, StoreError>;

    /// Takes objects off the list because a run needs them (after verifying that they are there). Those that are not
    /// condemned are ignored. Refused as `Condemned`, pardoning none, if one is seized: its deletion may have begun.
    async fn pardon(&self, district: ObjectId, objects: &[Digest]) -> Result<(), StoreError>;

    /// The condemned objects of a district, ascending by digest.
    async fn condemned(&self, district: ObjectId) -> Result<Vec<Condemned>, StoreError>;

    /// Seizes at most `limit` objects condemned before `before` (or seized by a collection that was cut short) and
    /// returns them, ascending. The caller deletes their files, then forgets them.
    async fn seize(
        &self,
        district: ObjectId,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<Digest>, StoreError>;

    /// Forgets seized objects whose files are gone; those that are not seized stay. Returns how many were forgotten.
    async fn forget_condemned(
        &self,
        district: ObjectId,
        objects: &[Digest],
    ) -> Result<u64, StoreError>;
}

/// The same digests ascending, each once: the form in which adapters keep and compare them.
pub fn sorted_digests(objects: &[Digest]) -> Vec<Digest> {
    let mut objects = objects.to_vec();
    objects.sort_unstable();
    objects.dedup();
    objects
}
