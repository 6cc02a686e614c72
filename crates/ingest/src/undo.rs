//! Undoing publishes: the rows of an older snapshot are published again, with the ids they had then, and with events as
//! after any publish (layout, idea 1). The files of what is undone are not imported again until they change; what is shared
//! with apps stays as it is.

use std::sync::Arc;

use homeroom_change::Settings;
use homeroom_history::Published;
use homeroom_model::ObjectId;
use homeroom_segment::Candidate;
use homeroom_store::{Hold, HoldMove, HoldState, SnapshotEntry};

use crate::Ingest;
use crate::attendance::NewAttendance;
use crate::begun::{Begun, Cause, Start};
use crate::error::IngestError;
use crate::import::Progress;
use crate::plan::{Planned, Publishing};
use crate::report::{Outcome, Report};
use crate::run::Done;
use crate::upload::Upload;

/// What to undo.
pub struct UndoRequest {
    /// The district.
    pub district: ObjectId,
    /// The snapshot to go back to; `None` for the one before the newest.
    pub to: Option<u64>,
    /// Only plan.
    pub dry_run: bool,
    /// Who wants it, without personal data.
    pub actor: String,
    /// Told of each step.
    pub progress: Progress,
}

/// What is undone, and to what.
struct Undoing {
    /// The snapshot that is published again.
    target: SnapshotEntry,
    /// The snapshots after it, newest first.
    undone: Vec<SnapshotEntry>,
}

impl Ingest {
    /// Publishes an older snapshot again: every document is as it was then, but for the time of its last change. Undoing an
    /// undo is the same again. No guard looks, since somebody decided; refused in a pause, and when the snapshot is not
    /// kept any more.
    pub async fn undo(&self, request: UndoRequest) -> Result<Report, IngestError> {
        let district = request.district;
        self.record(district).await?;
        let leased = self.lease(district).await?;
        let outcome = self.undo_leased(request, leased.fence).await;
        leased.release().await;
        let report = outcome?;
        self.move_views(district).await?;
        Ok(report)
    }

    async fn undo_leased(&self, request: UndoRequest, fence: u64) -> Result<Report, IngestError> {
        let district = request.district;
        self.close_abandoned(district).await?;
        if !request.dry_run {
            self.not_paused(district).await?;
        }
        let undoing = self.undoing(district, request.to).await?;
        let start = Start {
            cause: if request.dry_run {
                Cause::Look
            } else {
                Cause::Undo
            },
            source: format!("undo back to snapshot {}", undoing.target.number),
            actor: request.actor,
            of: Some(undoing.target.run),
        };
        let begun = self.begin(district, fence, start).await?;
        match Box::pin(self.undo_steps(&begun, &undoing, &request.progress)).await {
            Ok(done) => {
                self.end(&begun, &done).await?;
                if let Err(error) = self.carry_undo_through(district).await {
                    tracing::warn!(%district, %error, "an undo has to be carried through by whoever looks next");
                }
                Ok(done.report)
            }
            Err(error) => {
                self.fail(&begun, &error).await;
                Err(error)
            }
        }
    }

    /// Which snapshots are undone.
    async fn undoing(&self, district: ObjectId, to: Option<u64>) -> Result<Undoing, IngestError> {
        let refused = |why: &str| IngestError::UndoRefused(why.to_owned());
        let kept = self.store.snapshots(district).await?;
        let newest = kept
            .first()
            .ok_or_else(|| refused("nothing is published yet, so there is nothing to undo"))?;
        let to = match to {
            Some(to) => to,
            None => newest.number - 1,
        };
        if to == 0 {
            return Err(refused(
                "the first snapshot follows nothing that could be gone back to",
            ));
        }
        if to >= newest.number {
            return Err(refused(
                "that snapshot is the newest; there is nothing to undo",
            ));
        }
        let undone = kept.iter().take_while(|entry| entry.number > to);
        let undone: Vec<_> = undone.copied().collect();
        let Some(target) = kept.iter().find(|entry| entry.number == to).copied() else {
            // Says which ones are kept.
            self.snapshot_at(district, to).await?;
            return Err(refused("that snapshot is not kept any more"));
        };
        Ok(Undoing { target, undone })
    }

    async fn undo_steps(
        &self,
        begun: &Begun,
        undoing: &Undoing,
        progress: &Progress,
    ) -> Result<Done, IngestError> {
        self.stage(begun, "reading").await?;
        progress("opening the older snapshot");
        // Its files may be past their retention; the next upload is compared with their digest all the same.
        self.inherit(begun, undoing.target.run).await?;
        let upload = self.upload(begun.district, begun.run).await?;
        let upload: Upload = upload.unwrap_or_default();
        self.stage(begun, "comparing").await?;
        progress("comparing");
        let planned = self.plan_undo(begun, undoing.target.number).await?;
        let served = Some(planned.old.snapshot.number());
        let mut report = Report::new(begun.run.to_hex(), Outcome::Planned, served, &upload);
        report.note = format!("undone back to snapshot {}", undoing.target.number);
        planned.report(&mut report);
        let (planned, artifacts) = self.plan_artifacts(planned).await?;
        self.leave(begun, artifacts).await?;
        if begun.cause == Cause::Undo {
            progress("publishing");
            let number = self.publish_undo(begun, undoing, planned).await?;
            report.snapshot = Some(number);
            report.state = Outcome::Published;
        }
        Ok(Done {
            report,
            hold: HoldMove::Keep,
            is_told: begun.cause == Cause::Undo,
            is_made: false,
            attendance_read: false,
        })
    }

    /// The plan that makes what is published say what an older snapshot says.
    async fn plan_undo(&self, begun: &Begun, to: u64) -> Result<Planned, IngestError> {
        let older = self.snapshot_at(begun.district, to).await?;
        let old: Published = self.published(begun.district).await?;
        let inputs = self.inputs(begun).await?;
        let settings =
            Settings::new(begun.now).with_return_days(inputs.settings.identity.return_days);
        let spools = Arc::clone(&self.spools);
        let work = move || {
            let candidate = Candidate::of_snapshot(&older.snapshot, &*spools)?;
            let target = &older.snapshot;
            let plan = homeroom_change::undo(&old.snapshot, target, &candidate, &settings);
            Ok(Planned::without_guards(old, candidate, plan, settings))
        };
        let done: std::io::Result<_> = tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| IngestError::Interrupted)?;
        done.map_err(IngestError::io("preparing the undo"))
    }

    /// Publishes, with the newest of what is undone blocked in the same step; the rest of what belongs to it is announced
    /// before and carried through after it. What is left of files that are undone in part does not wait any more.
    async fn publish_undo(
        &self,
        begun: &Begun,
        undoing: &Undoing,
        planned: Planned,
    ) -> Result<u64, IngestError> {
        let (district, target) = (begun.district, &undoing.target);
        let blocks = self
            .blocks_of_undo(district, target, &undoing.undone, &begun.actor, begun.now)
            .await?;
        let waiting = self.store.waiting_hold(district).await?;
        let of_undone = |hold: &Hold| blocks.iter().any(|block| block.file_set == hold.file_set);
        let hold = match waiting.filter(of_undone) {
            Some(hold) => HoldMove::Close {
                run: Some(hold.run),
                as_state: HoldState::Discarded,
                actor: begun.actor.clone(),
            },
            None => HoldMove::Keep,
        };
        self.announce_undo(begun, target.number).await?;
        let attendance = self.history.attendance_parts(district, target.number);
        let attendance = attendance.await?;
        let publishing = Publishing {
            file_set: target.file_set,
            hold,
            block: blocks.into_iter().next(),
            attendance: NewAttendance::Older(attendance.parts),
            attendance_read: false,
        };
        Ok(self.carry_out(begun, planned, publishing).await?.number)
    }
}
