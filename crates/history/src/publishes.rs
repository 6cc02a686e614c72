//! When each snapshot was published and by which run, also of those that are no longer kept.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::{ObjectId, Timestamp};

use crate::History;
use crate::error::HistoryError;

/// Runs read at once.
const PAGE: u32 = 500;

/// When snapshots were published, and by which runs.
pub(crate) type Publishes = BTreeMap<u64, (Timestamp, ObjectId)>;

impl History {
    /// When some snapshots were published. The ledger of runs outlives the snapshots: of those that are not kept the run
    /// is looked for, whose beginning is the moment everything it published carries.
    pub(crate) async fn publishes(
        &self,
        district: ObjectId,
        mut wanted: BTreeSet<u64>,
    ) -> Result<Publishes, HistoryError> {
        let mut found = Publishes::new();
        for entry in self.store.snapshots(district).await? {
            if wanted.remove(&entry.number) {
                found.insert(entry.number, (entry.published_at, entry.run));
            }
        }
        let mut before = None;
        while !wanted.is_empty() {
            let runs = self.store.runs(district, before, PAGE).await?;
            let Some(last) = runs.last() else { break };
            before = Some((last.started, last.id));
            for run in &runs {
                if let Some(number) = run.snapshot.filter(|number| wanted.remove(number)) {
                    found.insert(number, (run.started, run.id));
                }
            }
        }
        Ok(found)
    }
}
