//! A run from its first note in the store to its last: one at a time in a district, under the district's lease.

use std::sync::Arc;
use std::time::Duration;

use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::{
    Conflict, DistrictChange, HoldMove, NewRun, Run, RunEnd, RunState, Store, StoreError,
};
use tokio::task::JoinHandle;

use crate::Ingest;
use crate::cancel::Cancel;
use crate::error::IngestError;

/// How often a run that works looks whether somebody wants it to stop.
const LOOK: Duration = Duration::from_secs(1);

/// What a run is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The district's files.
    Files,
    /// Files that are looked at: nothing is published, and the district's document stays as it is.
    Look,
    /// People kept by hand. The state of the district is that of its files and stays as it is.
    People,
    /// An older snapshot, published again.
    Undo,
}

/// How a run begins.
pub(crate) struct Start {
    pub(crate) cause: Cause,
    /// Where its records come from, for people.
    pub(crate) source: String,
    /// Who wanted it.
    pub(crate) actor: String,
    /// The run that it repeats.
    pub(crate) of: Option<ObjectId>,
}

/// A run that has begun.
pub(crate) struct Begun {
    /// What it is about.
    pub(crate) cause: Cause,
    /// The district.
    pub(crate) district: ObjectId,
    /// The run's id.
    pub(crate) run: ObjectId,
    /// What its publish carries.
    pub(crate) fence: u64,
    /// When it began, and not before the snapshot it follows: the time that everything it publishes carries.
    pub(crate) now: Timestamp,
    /// Who wanted it.
    pub(crate) actor: String,
    /// Set when somebody wants it to stop.
    pub(crate) cancel: Cancel,
    looking: JoinHandle<()>,
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.looking.abort();
    }
}

/// How a run ends.
pub(crate) struct End {
    pub(crate) state: RunState,
    pub(crate) report: String,
    pub(crate) change: Option<DistrictChange>,
    pub(crate) hold: HoldMove,
}

impl Ingest {
    /// Closes the runs of a district that were cut short and returns them, and carries an undo through that was; whoever
    /// holds its lease may.
    pub(crate) async fn close_abandoned(
        &self,
        district: ObjectId,
    ) -> Result<Vec<Run>, IngestError> {
        let now = self.surroundings.now();
        let closed = self.store.close_abandoned(district, now).await?;
        self.carry_undo_through(district).await?;
        Ok(closed)
    }

    /// Notes that a run has begun.
    pub(crate) async fn begin(
        &self,
        district: ObjectId,
        fence: u64,
        start: Start,
    ) -> Result<Begun, IngestError> {
        let run = self.surroundings.run_id()?;
        let published = self.store.current(district).await?;
        // A clock that stepped back must not make a record older than it was.
        let now = published.map_or(self.surroundings.now(), |published| {
            published.published_at.max(self.surroundings.now())
        });
        let new = NewRun {
            id: run,
            district,
            fence,
            started: now,
            source: start.source,
            actor: start.actor.clone(),
            of: start.of,
        };
        self.store.start_run(new).await.map_err(taken_over)?;
        let cancel = Cancel::default();
        let looking = tokio::spawn(look(Arc::clone(&self.store), district, run, cancel.clone()));
        Ok(Begun {
            cause: start.cause,
            district,
            run,
            fence,
            now,
            actor: start.actor,
            cancel,
            looking,
        })
    }

    /// Notes which step a run is at, and stops it if somebody wants that.
    pub(crate) async fn stage(&self, begun: &Begun, stage: &str) -> Result<(), IngestError> {
        let (district, run, fence) = (begun.district, begun.run, begun.fence);
        let noted = self.store.set_run_stage(district, run, fence, stage).await;
        let noted = noted.map_err(taken_over)?;
        if noted.cancel_requested.is_some() {
            begun.cancel.set();
        }
        begun.cancel.check()
    }

    /// Ends a run.
    pub(crate) async fn finish(&self, begun: &Begun, end: End) -> Result<(), IngestError> {
        let end = RunEnd {
            district: begun.district,
            run: begun.run,
            state: end.state,
            report: end.report,
            finished: self.surroundings.now(),
            change: end.change,
            hold: end.hold,
        };
        self.store.finish_run(end).await.map_err(taken_over)?;
        Ok(())
    }

    /// Ends a run in which a step failed, or that was cancelled. That may fail too, or be refused because the run
    /// published before or was overtaken; why the step failed matters more, and a run that is left open is closed by the
    /// next one.
    pub(crate) async fn fail(&self, begun: &Begun, error: &IngestError) {
        let state = match error {
            IngestError::Cancelled => RunState::Cancelled,
            _ => RunState::Error,
        };
        let end = End {
            state,
            report: "{}".to_owned(),
            change: None,
            hold: HoldMove::Keep,
        };
        if let Err(error) = self.finish(begun, end).await {
            tracing::warn!(district = %begun.district, %error, "a run that failed could not be closed");
        }
    }

    /// Asks a run to stop; `false` if it does not run. It stops before its next step, or within the file it reads, and
    /// publishes nothing; once it publishes, it is carried through.
    pub async fn cancel(
        &self,
        district: ObjectId,
        run: ObjectId,
        actor: &str,
    ) -> Result<bool, IngestError> {
        let now = self.surroundings.now();
        Ok(self.store.request_cancel(district, run, now, actor).await?)
    }
}

/// Looks now and then whether somebody wants a run to stop.
async fn look(store: Arc<dyn Store>, district: ObjectId, run: ObjectId, cancel: Cancel) {
    loop {
        tokio::time::sleep(LOOK).await;
        // A store that does not answer is asked again.
        if let Ok(Some(run)) = store.run(district, run).await
            && run.cancel_requested.is_some()
        {
            cancel.set();
            return;
        }
    }
}

/// Says of refusals that another run caused that it did.
pub(crate) fn taken_over(error: StoreError) -> IngestError {
    match error.refusal() {
        Some(Conflict::Fenced | Conflict::Moved) => IngestError::TakenOver,
        _ => error.into(),
    }
}
