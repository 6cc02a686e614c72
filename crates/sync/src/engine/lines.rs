//! Plans as lines that people read, kept in the depot: never read back by the engine but to show how plans differ.

use std::collections::BTreeSet;

use homeroom_plan::Plan;
use homeroom_roster::Plan as PlanRow;
use homeroom_segment::{Digest, Located};

use super::Engine;
use super::apply::{Decided, Ending};
use super::error::SyncError;
use crate::mirror::KeepError;

/// So many lines of a plan are kept for people: nobody reads more, and a first sync of a large district has millions.
const MOST_LINES: usize = 100_000;

impl Ending {
    /// Keeps the plan for people, as lines; nothing for a plan that does nothing.
    pub(crate) async fn keep_lines(&self, plan: &Plan) -> Result<String, SyncError> {
        if plan.is_empty() {
            return Ok(String::new());
        }
        let mut text = String::new();
        for line in plan.lines(true).take(MOST_LINES) {
            text.push_str(&line);
            text.push('\n');
        }
        let length = text.len();
        let put = self.engine.0.depot.put(text.into()).await;
        let object = put.map_err(KeepError::from)?;
        Ok(format!("{object}:{length}"))
    }

    /// How the plan differs from the one that was approved, if it does.
    pub(crate) async fn stale(&self, decided: &Decided) -> Result<Vec<String>, SyncError> {
        let Some(approved) = &self.approved else {
            return Ok(Vec::new());
        };
        if approved.digest == decided.digest {
            return Ok(Vec::new());
        }
        let (district, digest) = (self.made.district, approved.digest.clone());
        let known = self
            .engine
            .with_roster(move |roster| roster.read()?.plan(district, &digest))
            .await?;
        let seen = match known {
            Some(plan) => self.engine.lines_of(&plan).await?,
            None => Vec::new(),
        };
        let now: BTreeSet<String> = decided.plan.lines(true).collect();
        let before: BTreeSet<String> = seen.into_iter().collect();
        let gone = before.difference(&now).map(|line| format!("- {line}"));
        let new = now.difference(&before).map(|line| format!("+ {line}"));
        Ok(gone.chain(new).collect())
    }
}

impl Engine {
    /// The lines of a plan that was kept.
    pub async fn lines_of(&self, plan: &PlanRow) -> Result<Vec<String>, SyncError> {
        let Some(all) = located(&plan.object) else {
            return Ok(Vec::new());
        };
        let bytes = self.0.depot.get(&all).await.map_err(KeepError::from)?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(text.lines().map(ToOwned::to_owned).collect())
    }
}

/// Where the lines of a plan lie: an object and their length.
pub(crate) fn located(object: &str) -> Option<Located> {
    let (object, length) = object.split_once(':')?;
    Some(Located {
        object: Digest::from_hex(object)?,
        offset: 0,
        length: length.parse().ok()?,
    })
}
