//! How long what runs left is kept, as the district wants it (shipped: reports 90 days, district-side 7.5, uploaded files 7),
//! unless somebody may still need it. Counts stay for ever, in the runs.

use std::collections::BTreeSet;

use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::RunArtifacts;

use crate::Ingest;
use crate::artifacts::is_of_upload;
use crate::district_settings::Retention;
use crate::error::IngestError;

const DAY_MILLIS: i64 = 86_400_000;

impl Ingest {
    /// Lets go of what old runs of every district left; returns how many artifacts.
    pub(crate) async fn drop_artifacts(&self, now: Timestamp) -> Result<u64, IngestError> {
        let mut dropped = 0;
        for record in self.store.all_districts().await? {
            let district = record.document.id;
            let Some(retention) = self.retention(district).await? else {
                continue;
            };
            let needed = self.needed(district).await?;
            for run in self.store.runs_with_artifacts(district).await? {
                let names = dispensable(&run, needed.contains(&run.run), retention, now);
                if !names.is_empty() {
                    dropped += self.store.drop_artifacts(district, run.run, &names).await?;
                }
            }
        }
        Ok(dropped)
    }

    /// Runs whose files somebody may still need: of what is published, of what is held, of rehearsals, and of an upload
    /// that waits for the end of a pause.
    async fn needed(&self, district: ObjectId) -> Result<BTreeSet<ObjectId>, IngestError> {
        let published = self.store.current(district).await?;
        let held = self.store.waiting_hold(district).await?;
        let rehearsed = self.store.rehearsals(district).await?;
        let mut needed: BTreeSet<_> = rehearsed.iter().map(|rehearsal| rehearsal.run).collect();
        needed.extend(published.map(|published| published.run));
        needed.extend(held.map(|held| held.run));
        needed.extend(self.waiting_upload(district).await?);
        Ok(needed)
    }
}

/// What of a run is not kept any longer.
fn dispensable(
    run: &RunArtifacts,
    is_needed: bool,
    retention: Retention,
    now: Timestamp,
) -> Vec<String> {
    let days = now.millis().saturating_sub(run.started.millis()) / DAY_MILLIS;
    // What is needed is so as a whole: the plan of a hold or a rehearsal is what somebody looks at.
    let is_over = |name: &&String| {
        let kept = if is_of_upload(name) {
            retention.upload_days
        } else {
            retention.report_days
        };
        !is_needed && days >= i64::from(kept.get())
    };
    run.names.iter().filter(is_over).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_go_after_a_week_and_reports_after_three_months_unless_they_are_needed() {
        let run = RunArtifacts {
            run: ObjectId::new([1; 12]),
            started: Timestamp::from_millis(0),
            names: ["findings", "plan", "upload", "upload/students"]
                .map(str::to_owned)
                .to_vec(),
        };
        let after = |days: i64, needed| {
            let now = Timestamp::from_millis(days * DAY_MILLIS);
            dispensable(&run, needed, Retention::default(), now).len()
        };
        assert_eq!((after(6, false), after(7, false)), (0, 2));
        assert_eq!((after(89, false), after(90, false)), (2, 4));
        assert_eq!(after(1_000, true), 0);
    }
}
