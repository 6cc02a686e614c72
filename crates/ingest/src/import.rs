//! An import: a district's files, as they are now.

use homeroom_intake::Source;
use homeroom_model::ObjectId;
use homeroom_store::DistrictRecord;

use crate::Ingest;
use crate::audit::Act;
use crate::begun::{Cause, Start};
use crate::error::IngestError;
use crate::plan::Approval;
use crate::receive::Files;
use crate::report::{Outcome, Report};
use crate::run::{Job, Purpose};

/// Is told which step an import is at, for a progress display.
pub type Progress = Box<dyn Fn(&str) + Send + Sync>;

/// What runs over files that a district sends are called.
pub(crate) const IMPORT: &str = "import";

/// What to import.
pub struct ImportRequest {
    /// The district.
    pub district: ObjectId,
    /// Its files.
    pub source: Box<dyn Source + Send + Sync>,
    /// Only plan.
    pub dry_run: bool,
    /// Digest of a plan that somebody looked at and approved.
    pub approved: Option<String>,
    /// Who imports: `cli:<user>`, `token:<name>`; no personal data beyond that.
    pub actor: String,
    /// Told of each step.
    pub progress: Progress,
}

impl Ingest {
    /// Imports a district's files. Problems of the data stand in the report; an error means that a step failed, and then
    /// what was published before is still served.
    pub async fn import(&self, request: ImportRequest) -> Result<Report, IngestError> {
        let (cause, source) = if request.dry_run {
            (Cause::Look, "dry run")
        } else {
            (Cause::Files, IMPORT)
        };
        let (district, actor) = (request.district, request.actor.clone());
        let is_approval = request.approved.is_some();
        let approval = request.approved.map(|digest| Approval {
            digest,
            run: None,
            selection: None,
        });
        let job = Job {
            files: Files::Sent(request.source),
            purpose: if request.dry_run {
                Purpose::Look
            } else {
                Purpose::Publish(approval)
            },
            progress: request.progress,
        };
        let start = Start {
            cause,
            source: source.to_owned(),
            actor: request.actor,
            of: None,
        };
        let report = self.perform_leased(district, start, job).await?;
        // Without what was approved it would have been held.
        if is_approval && report.state == Outcome::Published && !report.held.is_empty() {
            let plan = report.plan.as_deref().unwrap_or_default();
            self.audit(Act {
                district,
                actor: &actor,
                action: "plan approved",
                detail: format!("run {}, plan {plan}", report.run),
            })
            .await?;
        }
        Ok(report)
    }

    /// Performs a run under the lease of its district, and what follows from it: people kept by hand that files without a
    /// change do not bring, and the views.
    pub(crate) async fn perform_leased(
        &self,
        district: ObjectId,
        start: Start,
        job: Job,
    ) -> Result<Report, IngestError> {
        self.record(district).await?;
        let leased = self.lease(district).await?;
        let outcome = self.perform_all(district, leased.fence, start, job).await;
        leased.release().await;
        let report = outcome?;
        self.move_views(district).await?;
        Ok(report)
    }

    async fn perform_all(
        &self,
        district: ObjectId,
        fence: u64,
        start: Start,
        job: Job,
    ) -> Result<Report, IngestError> {
        self.close_abandoned(district).await?;
        let mut report = self.perform(district, fence, start, job).await?;
        if report.state == Outcome::NoChange
            && let Some(number) = self.publish_people(district, fence).await?
        {
            report.snapshot = Some(number);
        }
        Ok(report)
    }

    /// The record of a district, which must be there.
    pub(crate) async fn record(&self, district: ObjectId) -> Result<DistrictRecord, IngestError> {
        let record = self.store.district(district).await?;
        record.ok_or(IngestError::NoDistrict(district))
    }
}
