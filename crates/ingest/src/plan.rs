//! From a candidate to a plan, from an approved plan to built parts.

use std::num::NonZeroU64;
use std::sync::Arc;

use homeroom_change::{Circumstances, Guards, Plan, Settings, Tally};
use homeroom_history::Published;
use homeroom_model::{IdRange, Timestamp};
use homeroom_segment::{Candidate, build};
use homeroom_store::Conflict;

use crate::Ingest;
use crate::counts::ChangeCounts;
use crate::error::IngestError;
use crate::import::Begun;
use crate::publish::NewSnapshot;
use crate::report::{Outcome, Report, Verdict};

/// What is to be done with a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Publish,
    NoChange,
    Hold,
    Show,
}

/// A plan with what it was made from.
pub(crate) struct Planned {
    old: Published,
    candidate: Candidate,
    plan: Plan,
    settings: Settings,
}

impl Planned {
    /// Decides what becomes of the plan and writes it into the report.
    pub(crate) fn decide(
        &self,
        dry_run: bool,
        approved: Option<&str>,
        report: &mut Report,
    ) -> Decision {
        let change = |tally: Tally| ChangeCounts {
            created: tally.created,
            updated: tally.updated,
            deleted: tally.deleted,
        };
        report.changes = self
            .plan
            .counts()
            .iter()
            .map(|(kind, tally)| (kind.text(), change(tally)))
            .collect();
        let digest = self.plan.digest().to_string();
        let held = self
            .plan
            .verdicts(&Guards::default(), &Circumstances::default())
            .into_iter()
            .filter(|verdict| verdict.held);
        report.held = held
            .map(|verdict| Verdict {
                kind: verdict.kind.text().to_owned(),
                reason: verdict.reason,
            })
            .collect();
        let (decision, state) = if dry_run {
            (Decision::Show, Outcome::Planned)
        } else if self.plan.is_empty() {
            (Decision::NoChange, Outcome::NoChange)
        } else if report.held.is_empty() || approved == Some(digest.as_str()) {
            (Decision::Publish, Outcome::Published)
        } else {
            (Decision::Hold, Outcome::Held)
        };
        report.state = state;
        report.plan = Some(digest);
        decision
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.plan.is_empty()
    }
}

impl Ingest {
    /// Compares a candidate with what is published.
    pub(crate) async fn plan(
        &self,
        old: Published,
        candidate: Candidate,
        now: Timestamp,
    ) -> Result<Planned, IngestError> {
        let settings = homeroom_change::Settings::new(now);
        let work = move || {
            let plan =
                homeroom_change::compare(&old.snapshot, &old.departed, &candidate, &settings);
            Planned {
                old,
                candidate,
                plan,
                settings,
            }
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| IngestError::Interrupted)
    }

    /// Publishes a plan if that is what was decided; the number now served.
    pub(crate) async fn carry_out(
        &self,
        begun: &Begun,
        planned: Planned,
        decision: Decision,
        file_set: [u8; 32],
    ) -> Result<Option<u64>, IngestError> {
        if decision != Decision::Publish {
            return Ok(None);
        }
        let range = match NonZeroU64::new(planned.plan.ids_needed()) {
            Some(count) => Some(self.reserve(begun, count).await?),
            None => None,
        };
        let spools = Arc::clone(&self.spools);
        let work = move || {
            let Planned {
                old,
                candidate,
                plan,
                settings,
            } = planned;
            let assignment = homeroom_change::assign(
                &plan,
                &old.snapshot,
                &old.departed,
                &candidate,
                range,
                &settings,
            );
            let assignment = assignment
                .map_err(|_| IngestError::Broken("a plan did not fit what it was made from"))?;
            let parts = build(
                &old.snapshot,
                &old.departed,
                &candidate,
                &assignment,
                &*spools,
            )?;
            Ok::<_, IngestError>((old, parts))
        };
        let (old, parts) = tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| IngestError::Interrupted)??;
        let new = NewSnapshot {
            cause: begun.cause,
            district: begun.district,
            run: begun.run,
            fence: begun.fence,
            file_set,
            now: begun.now,
            parts,
        };
        self.publish(&old, new).await.map(Some)
    }

    /// Reserves ids durably. A fence that was drawn before in the same second is drawn again.
    async fn reserve(&self, begun: &Begun, count: NonZeroU64) -> Result<IdRange, IngestError> {
        for _ in 0..8 {
            let fence = self.surroundings.random()?;
            match self
                .store
                .reserve_ids(begun.district, count, begun.now.seconds(), fence)
                .await
            {
                Err(error) if error.refusal() == Some(Conflict::Exists) => {}
                other => return Ok(other?),
            }
        }
        Err(IngestError::NoIds)
    }
}
