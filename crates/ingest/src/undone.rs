//! What belongs to an undo beside its publish: the files that are not imported again, and the note of who wanted it. It is
//! announced before the publish and carried through after it; whoever works in the district next does the rest of one that
//! was cut short, or forgets one that published nothing.

use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::{AuditEntry, Block, SnapshotEntry};
use serde::{Deserialize, Serialize};

use crate::Ingest;
use crate::begun::Begun;
use crate::error::IngestError;

/// How many runs back the files of one are looked for, each over the files of the one before.
const STEPS: usize = 16;

/// An undo that is about to publish.
#[derive(Serialize, Deserialize)]
struct Announced {
    /// The run, in hexadecimal digits.
    run: String,
    /// The snapshot it goes back to.
    to: u64,
    /// Who wanted it.
    actor: String,
    /// When, in milliseconds since 1970.
    at: i64,
}

impl Ingest {
    /// Announces an undo, right before it publishes.
    pub(crate) async fn announce_undo(&self, begun: &Begun, to: u64) -> Result<(), IngestError> {
        let announced = Announced {
            run: begun.run.to_hex(),
            to,
            actor: begun.actor.clone(),
            at: begun.now.millis(),
        };
        let text = serde_json::to_string(&announced).unwrap_or_default();
        let key = key(begun.district);
        Ok(self.store.set_setting(&key, &text).await?)
    }

    /// Whether an undo was announced and is not carried through.
    pub(crate) async fn undo_is_announced(&self, district: ObjectId) -> Result<bool, IngestError> {
        let text = self.store.setting(&key(district)).await?;
        Ok(text.is_some_and(|text| !text.is_empty()))
    }

    /// Carries through the undo that was announced, if it published; whoever holds the lease of the district may. Doing it
    /// again changes nothing.
    pub(crate) async fn carry_undo_through(&self, district: ObjectId) -> Result<(), IngestError> {
        let text = self.store.setting(&key(district)).await?;
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return Ok(());
        };
        let announced: Option<Announced> = serde_json::from_str(&text).ok();
        if let Some(announced) = announced
            && let Some(run) = ObjectId::from_hex(&announced.run)
        {
            let kept = self.store.snapshots(district).await?;
            if let Some(made) = kept.iter().find(|entry| entry.run == run) {
                let is_undone = |entry: &&SnapshotEntry| {
                    (announced.to + 1..made.number).contains(&entry.number)
                };
                let undone: Vec<_> = kept.iter().filter(is_undone).copied().collect();
                let target = kept.iter().find(|entry| entry.number == announced.to);
                self.complete_undo(district, run, &announced, target, &undone)
                    .await?;
            }
        }
        Ok(self.store.set_setting(&key(district), "").await?)
    }

    async fn complete_undo(
        &self,
        district: ObjectId,
        run: ObjectId,
        announced: &Announced,
        target: Option<&SnapshotEntry>,
        undone: &[SnapshotEntry],
    ) -> Result<(), IngestError> {
        let at = Timestamp::from_millis(announced.at);
        let mut blocks = Vec::new();
        if let Some(target) = target {
            let actor = &announced.actor;
            blocks = self
                .blocks_of_undo(district, target, undone, actor, at)
                .await?;
            for file_set in [target.file_set, self.files_behind(district, target).await?] {
                // Of an upload of which a later part was undone the earlier one is gone back to.
                if blocks.iter().all(|block| block.file_set != file_set) {
                    self.store.unblock(district, &file_set).await?;
                }
            }
        }
        for block in blocks {
            self.store.block_file_set(block).await?;
        }
        // With an id and a time of its own, so that it stands there once however often it is added.
        let entry = AuditEntry {
            id: run,
            district: Some(district),
            at,
            actor: announced.actor.clone(),
            action: "publish undone".to_owned(),
            detail: format!("back to snapshot {}", announced.to),
        };
        Ok(self.store.add_audit(entry).await?)
    }

    /// The files that are not to be imported again once snapshots are undone, newest first: those that were uploaded, not
    /// the digest of a part of them, which no upload has.
    pub(crate) async fn blocks_of_undo(
        &self,
        district: ObjectId,
        target: &SnapshotEntry,
        undone: &[SnapshotEntry],
        actor: &str,
        at: Timestamp,
    ) -> Result<Vec<Block>, IngestError> {
        let mut blocks: Vec<Block> = Vec::new();
        for entry in undone {
            let file_set = self.files_behind(district, entry).await?;
            let is_target = [entry.file_set, file_set].contains(&target.file_set);
            if is_target || blocks.iter().any(|block| block.file_set == file_set) {
                continue;
            }
            blocks.push(Block {
                district,
                file_set,
                reason: "undone".to_owned(),
                run: entry.run,
                actor: actor.to_owned(),
                at,
            });
        }
        Ok(blocks)
    }

    /// The digest of the upload that a snapshot was made from, or a part of it. Where its list is not kept any more, the
    /// hold that was approved still says it.
    async fn files_behind(
        &self,
        district: ObjectId,
        entry: &SnapshotEntry,
    ) -> Result<[u8; 32], IngestError> {
        let mut next = Some(entry.run);
        for _ in 0..STEPS {
            let Some(run) = next else { break };
            if let Some(upload) = self.upload(district, run).await? {
                return Ok(upload.file_set());
            }
            if let Some(hold) = self.store.hold(district, run).await? {
                return Ok(hold.file_set);
            }
            let run = self.store.run(district, run).await?;
            next = run.and_then(|run| run.of);
        }
        Ok(entry.file_set)
    }
}

fn key(district: ObjectId) -> String {
    format!("undo/{district}")
}
