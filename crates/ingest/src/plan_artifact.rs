//! What is left of a plan, for whoever looks at a hold or asks later what a night did.

use std::io::{self, Write as _};
use std::sync::Arc;

use homeroom_change::Verdict;
use serde::Serialize;

use crate::Ingest;
use crate::artifacts::{NewArtifact, PLAN};
use crate::copying::Packing;
use crate::error::IngestError;
use crate::plan::Planned;

impl Ingest {
    /// Writes down a plan.
    pub(crate) async fn plan_artifacts(
        &self,
        planned: Planned,
    ) -> Result<(Planned, Vec<NewArtifact>), IngestError> {
        let spools = Arc::clone(&self.spools);
        let work = move || {
            let mut packing = Packing::new(&*spools)?;
            serde_json::to_writer(&mut packing, &PlanText::of(&planned))?;
            packing.flush()?;
            let plan = NewArtifact::new(PLAN, packing.seal()?);
            Ok((planned, vec![plan]))
        };
        let done: io::Result<_> = tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| IngestError::Interrupted)?;
        done.map_err(IngestError::io("keeping the plan"))
    }
}

/// A plan as it is kept.
#[derive(Serialize)]
struct PlanText<'a> {
    base: u64,
    digest: String,
    season: &'static str,
    guards: &'a [Verdict],
}

impl<'a> PlanText<'a> {
    fn of(planned: &'a Planned) -> Self {
        Self {
            base: planned.plan.base(),
            digest: planned.plan.digest().to_string(),
            season: planned.season.text(),
            guards: &planned.verdicts,
        }
    }
}
