use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use super::{RunRow, refuse};
use crate::{Conflict, MemoryStore, NewRun, Run, RunEnd, RunState, Runs, StoreError};

#[async_trait]
impl Runs for MemoryStore {
    async fn start_run(&self, run: NewRun) -> Result<Run, StoreError> {
        run.check()?;
        let mut state = self.state();
        state.district(run.district)?;
        state.check_fence(run.district, run.fence)?;
        let key = (run.district, run.id);
        if state.runs.contains_key(&key) {
            return Err(refuse(Conflict::Exists, "there is a run with this id"));
        }
        let run = run.begin();
        let row = RunRow {
            run: run.clone(),
            report: None,
        };
        state.runs.insert(key, row);
        Ok(run)
    }

    async fn finish_run(&self, end: RunEnd) -> Result<Run, StoreError> {
        end.check()?;
        let mut state = self.state();
        let Some(row) = state.runs.get_mut(&(end.district, end.run)) else {
            return Err(refuse(Conflict::Gone, "there is no such run"));
        };
        if row.run.state != RunState::Running {
            if row.run.state == end.state && row.report.as_ref() == Some(&end.report) {
                return Ok(row.run.clone());
            }
            return Err(refuse(Conflict::Moved, "the run has ended already"));
        }
        end.check_against(&row.run)?;
        row.run.state = end.state;
        row.run.finished = Some(end.finished);
        row.report = Some(end.report);
        Ok(row.run.clone())
    }

    async fn run(&self, district: ObjectId, run: ObjectId) -> Result<Option<Run>, StoreError> {
        let state = self.state();
        Ok(state.runs.get(&(district, run)).map(|row| row.run.clone()))
    }

    async fn report(
        &self,
        district: ObjectId,
        run: ObjectId,
    ) -> Result<Option<String>, StoreError> {
        let state = self.state();
        let row = state.runs.get(&(district, run));
        Ok(row.and_then(|row| row.report.clone()))
    }

    async fn runs(
        &self,
        district: ObjectId,
        before: Option<(Timestamp, ObjectId)>,
        limit: u32,
    ) -> Result<Vec<Run>, StoreError> {
        let state = self.state();
        let runs = state.runs.values().map(|row| &row.run);
        let mut runs: Vec<_> = runs
            .filter(|run| run.district == district)
            .filter(|run| before.is_none_or(|before| (run.started, run.id) < before))
            .cloned()
            .collect();
        runs.sort_by_key(|run| std::cmp::Reverse((run.started, run.id)));
        runs.truncate(limit as usize);
        Ok(runs)
    }

    async fn close_abandoned(
        &self,
        district: ObjectId,
        now: Timestamp,
    ) -> Result<Vec<Run>, StoreError> {
        let mut state = self.state();
        let live = state.leases.get(&district);
        let live = live.and_then(|held| held.lease.as_ref());
        let live = live.filter(|lease| lease.until > now);
        let live = live.map(|lease| lease.fence);
        let mut closed = Vec::new();
        for RunRow { run, .. } in state.runs.values_mut() {
            if run.district == district && run.state == RunState::Running && Some(run.fence) != live
            {
                run.state = run.closing_state();
                run.finished = Some(now);
                closed.push(run.clone());
            }
        }
        closed.sort_by_key(|run| (run.started, run.id));
        Ok(closed)
    }
}
