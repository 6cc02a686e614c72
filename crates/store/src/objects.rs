//! Garbage collection's half of the control store: what is named, and objects condemned before they are deleted.
//!
//! Objects are named by what is in them and shared by all districts of an installation, so these are the only
//! questions that cross districts. The life of an unwanted one: *condemned* (from then on no publish and no artifact may name it), a
//! day later *seized* (from then on nobody can pardon it), then its file is deleted, then it is *forgotten* and could
//! be written anew. Stopping between any two steps is safe: the next collection goes on.
//!
//! A run that finds an object it needs already there might be looking at one on its way out. So it writes (or finds) its
//! objects, *pardons* them, verifies that they are there, and then publishes: after the pardon nothing deletes them for
//! a day. A publish refused as `Condemned` pardons and verifies again.

use async_trait::async_trait;
use homeroom_model::Timestamp;

use crate::{Digest, StoreError};

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

/// Named and condemned objects.
#[async_trait]
pub trait Objects: Send + Sync {
    /// At most `limit` objects above `after` that kept snapshots and artifacts of runs name, ascending, each once: with
    /// the objects of running jobs and of backups, which are not known here, the roots of garbage collection.
    async fn named_objects(
        &self,
        after: Option<Digest>,
        limit: u32,
    ) -> Result<Vec<Digest>, StoreError>;

    /// Condemns objects, except those a kept snapshot or an artifact names: whatever list the caller made, and however old it is,
    /// nothing that is needed is lost. Returns the ones of the list that are condemned then, ascending, each once; one
    /// condemned earlier keeps its moment.
    async fn condemn(&self, objects: &[Digest], now: Timestamp) -> Result<Vec<Digest>, StoreError>;

    /// Takes objects off the list because a run needs them (after verifying that they are there). Those that are not
    /// condemned are ignored. Refused as `Condemned`, pardoning none, if one is seized: its deletion may have begun.
    async fn pardon(&self, objects: &[Digest]) -> Result<(), StoreError>;

    /// At most `limit` condemned objects above `after`, ascending.
    async fn condemned(
        &self,
        after: Option<Digest>,
        limit: u32,
    ) -> Result<Vec<Condemned>, StoreError>;

    /// Seizes at most `limit` objects condemned before `before` (or seized by a collection that was cut short) and
    /// returns them, ascending. The caller deletes their files, then forgets them.
    async fn seize(&self, before: Timestamp, limit: u32) -> Result<Vec<Digest>, StoreError>;

    /// Forgets seized objects whose files are gone; those that are not seized stay. Returns how many were forgotten.
    async fn forget_condemned(&self, objects: &[Digest]) -> Result<u64, StoreError>;
}

/// The same digests ascending, each once: the form in which adapters keep and compare them.
pub fn sorted_digests(objects: &[Digest]) -> Vec<Digest> {
    let mut objects = objects.to_vec();
    objects.sort_unstable();
    objects.dedup();
    objects
}
