//! Collecting what nothing needs any more: orphans of crashes, snapshots past their retention.

use std::collections::HashSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use homeroom_model::Timestamp;
use homeroom_segment::Digest;
use serde::Serialize;

use crate::Ingest;
use crate::error::IngestError;

const PAGE: u32 = 10_000;

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// Snapshots whose whole tables were let go; they can still be rebuilt from their changes.
    pub thinned: u64,
    /// Snapshots that are past their retention.
    pub forgotten: u64,
    /// Objects that nothing names and that are to be deleted when the grace is over.
    pub condemned: u64,
    /// Objects deleted.
    pub deleted: u64,
    /// Files, findings and plans of runs that are past their retention.
    pub dropped: u64,
    /// Temporary files of writers that died.
    pub leftovers: u64,
}

impl Ingest {
    /// Lets go of old snapshots and of what old runs left, condemns what nothing names, and deletes what was condemned more than `grace_hours` ago.
    /// Stopping at any point is safe: the next sweep goes on.
    pub async fn sweep(&self, grace_hours: u32) -> Result<Swept, IngestError> {
        let now = self.surroundings.now();
        let before = Timestamp::from_millis(now.millis() - i64::from(grace_hours) * 3_600_000);
        let (thinned, forgotten) = self.let_go(now).await?;
        let dropped = self.drop_artifacts(now).await?;
        let condemned = self.condemn_orphans(now).await?;
        let deleted = self.delete_condemned(before).await?;
        let leftovers = self.depot.collect_leftovers(system_time(before)).await?;
        Ok(Swept {
            thinned,
            forgotten,
            condemned,
            deleted,
            dropped,
            leftovers: leftovers.files,
        })
    }

    async fn condemn_orphans(&self, now: Timestamp) -> Result<u64, IngestError> {
        let mut roots = HashSet::new();
        let mut after = None;
        loop {
            let page = self.store.named_objects(after, PAGE).await?;
            after = page.last().copied();
            roots.extend(page.into_iter().map(Digest::new));
            if after.is_none() {
                break;
            }
        }
        let orphans: Vec<_> = self
            .depot
            .orphans(&roots)
            .await?
            .iter()
            .map(|object| *object.bytes())
            .collect();
        let mut condemned = 0;
        for page in orphans.chunks(PAGE as usize) {
            condemned += self.store.condemn(page, now).await?.len() as u64;
        }
        Ok(condemned)
    }

    async fn delete_condemned(&self, before: Timestamp) -> Result<u64, IngestError> {
        // Condemned in this very millisecond counts as before when there is no grace.
        let before = Timestamp::from_millis(before.millis() + 1);
        let mut deleted = 0;
        loop {
            let seized = self.store.seize(before, PAGE).await?;
            if seized.is_empty() {
                return Ok(deleted);
            }
            let objects: Vec<_> = seized.iter().map(|object| Digest::new(*object)).collect();
            deleted += self.depot.delete(&objects).await?;
            self.store.forget_condemned(&seized).await?;
        }
    }
}

fn system_time(at: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(at.millis()).unwrap_or(0))
}
