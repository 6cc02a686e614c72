//! What is left of a plan, for whoever looks at a hold or asks later what a night did: the plan in numbers, samples and
//! sentences, and every changed field.

use std::io;
use std::sync::Arc;

use crate::Ingest;
use crate::artifacts::{CHANGES, NewArtifact, PLAN};
use crate::changed_fields;
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
            serde_json::to_writer(&mut packing, &planned.summary)?;
            let mut artifacts = vec![NewArtifact::new(PLAN, packing.seal()?)];
            // Of a first import everything is new: the snapshot itself says it.
            if planned.plan.base() > 0 && !planned.plan.is_empty() {
                let mut packing = Packing::new(&*spools)?;
                changed_fields::write(&planned, &mut packing)?;
                artifacts.push(NewArtifact::new(CHANGES, packing.seal()?));
            }
            Ok((planned, artifacts))
        };
        let done: io::Result<_> = tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| IngestError::Interrupted)?;
        done.map_err(IngestError::io("keeping the plan"))
    }
}
