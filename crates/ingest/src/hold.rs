//! Holds: an import that would change so much that somebody has to look first (district-side 7.3). A hold names the run that
//! planned it; approving is the run again over the files it kept, bound to the digest of the plan that was looked at.

use homeroom_change::Selection;
use homeroom_model::ObjectId;
use homeroom_store::{CloseHold, DistrictChange, Edit, Hold, HoldMove, HoldState, NewHold};

use crate::Ingest;
use crate::audit::Act;
use crate::begun::{Begun, Cause, Start};
use crate::error::IngestError;
use crate::import::Progress;
use crate::plan::{Approval, Decision};
use crate::receive::Files;
use crate::report::{Outcome, Report};
use crate::run::{Job, Purpose};
use crate::unread::superseded;
use crate::upload::Upload;

/// The approval of a hold.
pub struct ApproveRequest {
    /// The district.
    pub district: ObjectId,
    /// The run whose plan is held.
    pub run: ObjectId,
    /// The digest of that plan, as whoever approves saw it.
    pub digest: String,
    /// Only records of these schools and types; `None` for everything.
    pub selection: Option<Selection>,
    /// Who approves, without personal data.
    pub actor: String,
    /// Told of each step.
    pub progress: Progress,
}

/// The state of a district in which a hold waits.
pub(crate) const WAITING: &str = "pending";

/// The state of a district whose files are published.
pub(crate) const SUCCESS: &str = "success";

/// What a run is called that holds what is left of an upload.
pub(crate) const REST: &str = "what is left of a partly approved upload";

impl Ingest {
    /// The hold that waits in a district for somebody to decide; `None` if none does.
    pub async fn waiting_hold(&self, district: ObjectId) -> Result<Option<Hold>, IngestError> {
        Ok(self.store.waiting_hold(district).await?)
    }

    /// Publishes a held plan, or a part of it; what is left of it stays held.
    ///
    /// Refused as [`IngestError::ApprovalOutdated`] when the plan is another by now, because something was published, or
    /// settings or people changed since: then the plan of today is held instead, and the error names its run. Refused as
    /// [`IngestError::PartRefused`] when a part needs what was not chosen, [`IngestError::NotWaiting`] when the hold was decided before, and as [`IngestError::Paused`] in a pause.
    pub async fn approve(&self, request: ApproveRequest) -> Result<Report, IngestError> {
        let district = request.district;
        self.record(district).await?;
        let leased = self.lease(district).await?;
        let outcome = self.approve_held(request, leased.fence).await;
        leased.release().await;
        let report = outcome?;
        self.move_views(district).await?;
        Ok(report)
    }

    async fn approve_held(
        &self,
        request: ApproveRequest,
        fence: u64,
    ) -> Result<Report, IngestError> {
        let (district, of) = (request.district, request.run);
        self.close_abandoned(district).await?;
        self.not_paused(district).await?;
        let hold = self.waiting_for(district, of).await?;
        if hold.digest != request.digest {
            return Err(IngestError::ApprovalOutdated {
                plan: hold.digest,
                run: of,
            });
        }
        let is_part = request.selection.is_some();
        let detail = format!("run {of}, plan {}", request.digest);
        let job = Job {
            files: Files::Kept(of),
            purpose: Purpose::Publish(Some(Approval {
                digest: request.digest,
                run: Some(of),
                selection: request.selection,
            })),
            progress: request.progress,
        };
        let start = Start {
            cause: Cause::Files,
            source: "approval".to_owned(),
            actor: request.actor.clone(),
            of: Some(of),
        };
        let report = self.perform(district, fence, start, job).await?;
        if report.state == Outcome::Published {
            let action = if is_part {
                "part of a hold approved"
            } else {
                "hold approved"
            };
            let actor = &request.actor;
            let noted = self.audit(Act {
                district,
                actor,
                action,
                detail,
            });
            // It is published, and its run and its hold say by whom.
            if let Err(error) = noted.await {
                tracing::warn!(%district, %error, "an approval is not in the audit");
            }
        }
        match (report.state, report.plan.clone()) {
            (Outcome::Held, Some(plan)) => {
                let run = ObjectId::from_hex(&report.run).unwrap_or_default();
                Err(IngestError::ApprovalOutdated { plan, run })
            }
            (Outcome::Published, _) if is_part => {
                let rest = self.hold_the_rest(district, fence, of, &request.actor);
                if let Err(error) = rest.await {
                    tracing::warn!(%district, %error, "what is left of an upload has to be held by whoever looks next");
                }
                Ok(report)
            }
            _ => Ok(report),
        }
    }

    /// Plans what is left of an upload of which a part was published, and holds that.
    async fn hold_the_rest(
        &self,
        district: ObjectId,
        fence: u64,
        of: ObjectId,
        actor: &str,
    ) -> Result<(), IngestError> {
        let job = Job {
            files: Files::Kept(of),
            purpose: Purpose::HoldRest,
            progress: Box::new(|_| ()),
        };
        let start = Start {
            cause: Cause::Files,
            source: REST.to_owned(),
            actor: actor.to_owned(),
            of: Some(of),
        };
        self.perform(district, fence, start, job).await?;
        Ok(())
    }

    /// Drops a held plan: what is published stays, and the same files are not imported again until they change.
    pub async fn discard(
        &self,
        district: ObjectId,
        run: ObjectId,
        actor: &str,
        note: &str,
    ) -> Result<Hold, IngestError> {
        let leased = self.lease(district).await?;
        let outcome = self.discard_held(district, run, actor, note).await;
        leased.release().await;
        let hold = outcome?;
        self.move_views(district).await?;
        Ok(hold)
    }

    async fn discard_held(
        &self,
        district: ObjectId,
        run: ObjectId,
        actor: &str,
        note: &str,
    ) -> Result<Hold, IngestError> {
        self.waiting_for(district, run).await?;
        let close = CloseHold {
            district,
            run,
            state: HoldState::Discarded,
            actor: actor.to_owned(),
            note: note.to_owned(),
            now: self.surroundings.now(),
            block: true,
        };
        let hold = self.store.close_hold(close).await?;
        self.show_waiting(district).await?;
        self.audit(Act {
            district,
            actor,
            action: "hold discarded",
            detail: format!("run {run}, plan {}", hold.digest),
        })
        .await?;
        Ok(hold)
    }

    /// Lets files be imported again that were discarded or undone; `false` if they are not blocked.
    pub async fn unblock(
        &self,
        district: ObjectId,
        run: ObjectId,
        actor: &str,
    ) -> Result<bool, IngestError> {
        let blocks = self.store.blocks(district).await?;
        let Some(block) = blocks.into_iter().find(|block| block.run == run) else {
            return Ok(false);
        };
        let done = self.store.unblock(district, &block.file_set).await?;
        if done {
            self.audit(Act {
                district,
                actor,
                action: "files unblocked",
                detail: format!("of run {run}"),
            })
            .await?;
        }
        Ok(done)
    }

    /// The upload of which a part was published and the rest is not held yet, because whoever approved it was cut short.
    pub(crate) async fn partly_approved(
        &self,
        district: ObjectId,
    ) -> Result<Option<ObjectId>, IngestError> {
        let Some(hold) = self.store.waiting_hold(district).await? else {
            return Ok(None);
        };
        let base = hold.base.unwrap_or(0);
        for entry in self.store.snapshots(district).await? {
            if entry.number <= base {
                break;
            }
            // Everything else that publishes of a hold closes it.
            let run = self.store.run(district, entry.run).await?;
            if run.is_some_and(|run| run.of == Some(hold.run)) {
                return Ok(Some(hold.run));
            }
        }
        Ok(None)
    }

    /// Lets the district's document say whether a hold waits, where it says the contrary. What went wrong with the last
    /// upload, or a pause, matters more.
    pub(crate) async fn show_waiting(&self, district: ObjectId) -> Result<(), IngestError> {
        let record = self.record(district).await?;
        let waits = self.store.waiting_hold(district).await?.is_some();
        let word = match (record.document.state.as_str(), waits) {
            (SUCCESS, true) => WAITING,
            (WAITING, false) if record.snapshot.is_some() => SUCCESS,
            _ => return Ok(()),
        };
        let change = DistrictChange {
            state: Edit::To(word.to_owned()),
            ..DistrictChange::default()
        };
        self.store.change_district(district, change).await?;
        Ok(())
    }

    /// The waiting hold of a run.
    async fn waiting_for(&self, district: ObjectId, run: ObjectId) -> Result<Hold, IngestError> {
        let hold = self.store.hold(district, run).await?;
        let hold = hold.ok_or(IngestError::NoHold(run))?;
        if hold.state != HoldState::Waiting {
            return Err(IngestError::NotWaiting {
                run,
                state: hold.state.as_str(),
            });
        }
        Ok(hold)
    }
}

/// What becomes of the waiting hold when a run ends, or publishes.
pub(crate) fn hold_move(
    begun: &Begun,
    decision: Decision,
    purpose: &Purpose,
    base: u64,
    upload: &Upload,
    report: &Report,
) -> HoldMove {
    match decision {
        Decision::Show => HoldMove::Keep,
        Decision::Hold => HoldMove::Open(NewHold {
            base: (base > 0).then_some(base),
            digest: report.plan.clone().unwrap_or_default(),
            file_set: upload.file_set(),
            triggers: serde_json::to_string(&report.held).unwrap_or_default(),
        }),
        // It waits until what is left is held in its place: whoever dies in between leaves it, and not nothing.
        Decision::Publish if is_part(purpose) => HoldMove::Keep,
        Decision::Publish | Decision::NoChange if purpose.approval().is_some() => HoldMove::Close {
            run: purpose.approval().and_then(|approval| approval.run),
            as_state: HoldState::Approved,
            actor: begun.actor.clone(),
        },
        Decision::Publish | Decision::NoChange => superseded(&begun.actor),
    }
}

fn is_part(purpose: &Purpose) -> bool {
    let approval = purpose.approval();
    approval.is_some_and(|approval| approval.selection.is_some())
}
