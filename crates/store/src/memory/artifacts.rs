use std::collections::BTreeMap;

use async_trait::async_trait;
use homeroom_model::ObjectId;

use super::refuse;
use crate::limits::invalid;
use crate::{Artifact, Artifacts, Conflict, Digest, MemoryStore, RunArtifacts, StoreError, limits};

#[async_trait]
impl Artifacts for MemoryStore {
    async fn add_artifacts(
        &self,
        district: ObjectId,
        run: ObjectId,
        fence: u64,
        artifacts: Vec<Artifact>,
    ) -> Result<(), StoreError> {
        Artifact::check_all(&artifacts)?;
        let mut state = self.state();
        state.check_fence(district, fence)?;
        state.running(district, run, fence)?;
        let mut after: BTreeMap<_, _> = state
            .artifacts
            .get(&(district, run))
            .cloned()
            .unwrap_or_default();
        for artifact in &artifacts {
            let kept = after
                .entry(artifact.name.clone())
                .or_insert_with(|| artifact.clone());
            if kept != artifact {
                return Err(refuse(Conflict::Exists, "the run has such an artifact"));
            }
        }
        if after.len() > limits::ARTIFACTS {
            return Err(invalid("the list of artifacts", "is too long"));
        }
        let objects: Vec<Digest> = artifacts.iter().map(|artifact| artifact.object).collect();
        state.check_not_condemned(&objects)?;
        if !after.is_empty() {
            state.artifacts.insert((district, run), after);
        }
        Ok(())
    }

    async fn artifacts(
        &self,
        district: ObjectId,
        run: ObjectId,
    ) -> Result<Vec<Artifact>, StoreError> {
        let state = self.state();
        let kept = state.artifacts.get(&(district, run));
        Ok(kept.map_or_else(Vec::new, |kept| kept.values().cloned().collect()))
    }

    async fn drop_artifacts(
        &self,
        district: ObjectId,
        run: ObjectId,
        names: &[String],
    ) -> Result<u64, StoreError> {
        let mut state = self.state();
        let Some(kept) = state.artifacts.get_mut(&(district, run)) else {
            return Ok(0);
        };
        let before = kept.len();
        kept.retain(|name, _| !names.contains(name));
        let dropped = before - kept.len();
        if kept.is_empty() {
            state.artifacts.remove(&(district, run));
        }
        Ok(dropped as u64)
    }

    async fn runs_with_artifacts(
        &self,
        district: ObjectId,
    ) -> Result<Vec<RunArtifacts>, StoreError> {
        let state = self.state();
        let mut runs = Vec::new();
        for ((owner, run), kept) in &state.artifacts {
            if *owner == district
                && let Some(row) = state.runs.get(&(district, *run))
            {
                runs.push(RunArtifacts {
                    run: *run,
                    started: row.run.started,
                    names: kept.keys().cloned().collect(),
                });
            }
        }
        runs.sort_by_key(|run| (run.started, run.run));
        Ok(runs)
    }
}
