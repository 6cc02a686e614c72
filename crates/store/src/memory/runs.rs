use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use super::{RunRow, refuse};
use crate::{
    CancelRequest, Conflict, MemoryStore, NewRun, Run, RunEnd, RunState, Runs, StoreError, limits,
};

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

    async fn set_run_stage(
        &self,
        district: ObjectId,
        run: ObjectId,
        fence: u64,
        word: &str,
    ) -> Result<Run, StoreError> {
        limits::word("the stage of a run", word)?;
        let mut state = self.state();
        state.check_fence(district, fence)?;
        let mut run = state.running(district, run, fence)?;
        word.clone_into(&mut run.stage);
        if let Some(row) = state.runs.get_mut(&(district, run.id)) {
            row.run = run.clone();
        }
        Ok(run)
    }

    async fn request_cancel(
        &self,
        district: ObjectId,
        run: ObjectId,
        now: Timestamp,
        actor: &str,
    ) -> Result<bool, StoreError> {
        limits::actor(actor)?;
        let mut state = self.state();
        let row = state.runs.get_mut(&(district, run));
        let Some(row) = row.filter(|row| row.run.state == RunState::Running) else {
            return Ok(false);
        };
        row.run.cancel_requested.get_or_insert(CancelRequest {
            at: now,
            actor: actor.to_owned(),
        });
        Ok(true)
    }

    async fn finish_run(&self, end: RunEnd) -> Result<Run, StoreError> {
        end.check()?;
        let mut state = self.state();
        let Some(row) = state.runs.get(&(end.district, end.run)) else {
            return Err(refuse(Conflict::Gone, "there is no such run"));
        };
        if row.run.state != RunState::Running {
            if row.run.state == end.state && row.report.as_ref() == Some(&end.report) {
                return Ok(row.run.clone());
            }
            return Err(refuse(Conflict::Moved, "the run has ended already"));
        }
        end.check_against(&row.run)?;
        let mut run = row.run.clone();
        if end.needs_fence() {
            state.check_fence(end.district, run.fence)?;
        }
        let moved = state.moved_holds(end.hold, &run, end.finished)?;
        let mut record = state.district(end.district)?.clone();
        record.change(end.change.unwrap_or_default())?;

        run.state = end.state;
        run.finished = Some(end.finished);
        state.districts.insert(end.district, record);
        state.keep_holds(moved);
        let row = RunRow {
            run: run.clone(),
            report: Some(end.report),
        };
        state.runs.insert((end.district, end.run), row);
        Ok(run)
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
