//! What has to be done without anybody asking: runs that were cut short are run again, pauses begin and end, and what is
//! published follows settings and custom records.

use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::{Run, RunState};

use crate::Ingest;
use crate::artifacts::UPLOAD;
use crate::begun::{Cause, Start};
use crate::error::IngestError;
use crate::hold::REST;
use crate::import::IMPORT;
use crate::receive::Files;
use crate::rehearsal::SWITCH;
use crate::report::{Outcome, Report};
use crate::run::{Job, Purpose};

/// What a run is called that goes on with one that was cut short.
const RESUMED: &str = "resumed import";

/// What a run is called over files that waited for the end of a pause.
const OF_A_PAUSE: &str = "upload of a pause";

/// How often a run that is cut short is run again: if it is what makes the process die, it must not for ever.
const ATTEMPTS: usize = 3;

/// How many runs are looked at.
const LOOKED_AT: u32 = 20;

impl Ingest {
    /// Brings every district up to date: pauses that begin or end, imports that were cut short, uploads that waited for the
    /// end of a pause, settings, custom records and people kept by hand that are not published yet, and views that lag
    /// behind. An import or a command may have died between two steps. What cannot be done in one district does not keep
    /// the others; the first such error is returned at the end.
    pub async fn catch_up(&self) -> Result<(), IngestError> {
        let mut first_error = None;
        for record in self.store.all_districts().await? {
            let district = record.document.id;
            if let Err(error) = self.catch_up_with(district).await {
                tracing::warn!(%district, %error, "a district could not be brought up to date");
                first_error.get_or_insert(error);
            }
        }
        first_error.map_or(Ok(()), Err)
    }

    async fn catch_up_with(&self, district: ObjectId) -> Result<(), IngestError> {
        self.show_pause(district).await?;
        self.show_waiting(district).await?;
        match self.tend(district).await {
            // Whoever works there now does it, or whoever looks next.
            Ok(_) | Err(IngestError::Busy { .. }) => {}
            Err(error) => return Err(error),
        }
        self.people_changed(district).await?;
        self.move_views(district).await
    }

    /// Runs what should run in a district: an import that was cut short, else an upload that waited for the end of a pause,
    /// else the published files with settings and custom records of today. `None` if there is nothing to do, or if it was
    /// tried in vain too often: the next upload is a new beginning.
    async fn tend(&self, district: ObjectId) -> Result<Option<Report>, IngestError> {
        let newest = self.newest_runs(district).await?;
        if let Some(of) = self.cut_short(district, &newest).await? {
            let purpose = Purpose::Publish(None);
            return self.again(district, of, RESUMED, purpose).await;
        }
        if let Some(of) = self.waiting_upload(district).await?
            && !self.is_paused(district).await?
            && !self.is_overtaken(&newest, of).await?
            && failures_of(&newest, of) < ATTEMPTS
        {
            let purpose = Purpose::Publish(None);
            return self.again(district, of, OF_A_PAUSE, purpose).await;
        }
        if let Some(of) = self.partly_approved(district).await?
            && failures_of(&newest, of) < ATTEMPTS
        {
            return self.again(district, of, REST, Purpose::HoldRest).await;
        }
        let now = self.surroundings.now();
        let inputs = self.inputs_at(district, now).await?;
        let is_held = self.store.waiting_hold(district).await?.is_some();
        if self.is_tried_with(district, &inputs, is_held).await? {
            return Ok(None);
        }
        // What waits for a person is not published in a pause either.
        if is_held && self.is_paused(district).await? {
            return Ok(None);
        }
        let of = self.to_refresh(district).await?;
        if of.is_none_or(|of| failures_of(&newest, of) >= ATTEMPTS) {
            return Ok(None);
        }
        self.refresh(district, "homeroom").await
    }

    /// Runs an import again that was cut short, over the files that it kept; `None` if there is none. A server does so by
    /// itself ([`Ingest::catch_up`]).
    pub async fn resume(&self, district: ObjectId) -> Result<Option<Report>, IngestError> {
        let newest = self.newest_runs(district).await?;
        let Some(of) = self.cut_short(district, &newest).await? else {
            return Ok(None);
        };
        let purpose = Purpose::Publish(None);
        self.again(district, of, RESUMED, purpose).await
    }

    /// The newest runs of a district, once those are closed that nobody works on any more and an undo is carried through.
    async fn newest_runs(&self, district: ObjectId) -> Result<Vec<Run>, IngestError> {
        let newest = self.store.runs(district, None, LOOKED_AT).await?;
        let open = newest.iter().find(|run| run.state == RunState::Running);
        let is_left = match open {
            Some(open) => self.is_dead(district, open).await?,
            None => self.undo_is_announced(district).await?,
        };
        if !is_left {
            return Ok(newest);
        }
        let leased = self.lease(district).await?;
        let closed = self.close_abandoned(district).await;
        leased.release().await;
        closed?;
        Ok(self.store.runs(district, None, LOOKED_AT).await?)
    }

    /// Makes what is published anew from the files it was made of, or what is held, when settings or custom records changed
    /// since; what is held also when guards or the calendar did. `None` if they did not, if nothing is published, or if the files are not kept any more: then the next upload
    /// brings what changed.
    pub async fn refresh(
        &self,
        district: ObjectId,
        actor: &str,
    ) -> Result<Option<Report>, IngestError> {
        let now = self.surroundings.now();
        let inputs = self.inputs_at(district, now).await?;
        let held = self.store.waiting_hold(district).await?;
        let is_judged = held.is_none() || self.is_tried_with(district, &inputs, true).await?;
        if is_judged && self.is_made_with(district, &inputs).await? {
            return Ok(None);
        }
        let Some(of) = self.to_refresh(district).await? else {
            return Ok(None);
        };
        if self.upload(district, of).await?.is_none() {
            return Ok(None);
        }
        // Somebody decided that the rest of an upload waits, so it does.
        let run = self.store.run(district, of).await?;
        let is_rest = run.is_some_and(|run| run.source == REST) && held.is_some();
        let (source, purpose) = if is_rest {
            (REST, Purpose::HoldRest)
        } else {
            ("settings or custom records changed", Purpose::Refresh)
        };
        let start = Start {
            cause: Cause::Files,
            source: source.to_owned(),
            actor: actor.to_owned(),
            of: Some(of),
        };
        let job = Job {
            files: Files::Kept(of),
            purpose,
            progress: Box::new(|_| ()),
        };
        self.perform_leased(district, start, job).await.map(Some)
    }

    /// The run whose files are made anew: what is held, else what is published.
    async fn to_refresh(&self, district: ObjectId) -> Result<Option<ObjectId>, IngestError> {
        let held = self.store.waiting_hold(district).await?;
        if let Some(held) = held {
            return Ok(Some(held.run));
        }
        let published = self.store.current(district).await?;
        Ok(published.map(|published| published.run))
    }

    /// The import that was cut short and is to be run again, if nothing was imported since and its files are kept.
    async fn cut_short(
        &self,
        district: ObjectId,
        newest: &[Run],
    ) -> Result<Option<ObjectId>, IngestError> {
        let is_import = |run: &&Run| run.source == IMPORT || run.source == RESUMED;
        let Some(run) = newest.iter().find(is_import) else {
            return Ok(None);
        };
        if !self.has_died(run).await? {
            return Ok(None);
        }
        let attempts = newest.iter().filter(|other| other.source == RESUMED);
        let died = [RunState::Abandoned, RunState::Error];
        let attempts = attempts.take_while(|other| died.contains(&other.state));
        if attempts.count() >= ATTEMPTS {
            return Ok(None);
        }
        let left = self.store.artifacts(district, run.id).await?;
        let is_kept = left.iter().any(|artifact| artifact.name == UPLOAD);
        if is_kept {
            return Ok(Some(run.id));
        }
        // Its files could not even be noted: those of the run that it repeats are there.
        Ok(run.of)
    }

    /// Whether a run was cut short. One that goes on with another is tried again after a failure too, since nobody waits for
    /// its answer; not if something is wrong with its files, which its report tells.
    async fn has_died(&self, run: &Run) -> Result<bool, IngestError> {
        if run.state == RunState::Error && run.source == RESUMED {
            let report = self.store.report(run.district, run.id).await?;
            return Ok(report.is_none_or(|report| Report::from_text(&report).is_none()));
        }
        Ok(run.state == RunState::Abandoned)
    }

    /// Whether a newer upload than that of a run was imported: whoever did that may have died before noting that the older
    /// one waits no more.
    async fn is_overtaken(&self, newest: &[Run], of: ObjectId) -> Result<bool, IngestError> {
        let Some(waiting) = newest.iter().find(|run| run.id == of) else {
            return Ok(false);
        };
        let of_files = [IMPORT, RESUMED, OF_A_PAUSE, SWITCH];
        let is_newer =
            |run: &&Run| of_files.contains(&run.source.as_str()) && run.started > waiting.started;
        for run in newest.iter().filter(is_newer) {
            let is_done = match run.state {
                RunState::Published | RunState::Held => true,
                RunState::NoChange => {
                    let report = self.store.report(run.district, run.id).await?;
                    let report = report.and_then(|report| Report::from_text(&report));
                    report.is_some_and(|report| report.state != Outcome::Paused)
                }
                _ => false,
            };
            if is_done {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether nobody works on a run any more that has not ended.
    async fn is_dead(&self, district: ObjectId, run: &Run) -> Result<bool, IngestError> {
        let lease = self.store.lease_of(district).await?;
        let now: Timestamp = self.surroundings.now();
        Ok(lease.is_none_or(|lease| {
            lease.fence != run.fence
                || lease.until <= now
                || (self.surroundings.is_gone)(&lease.holder)
        }))
    }

    async fn again(
        &self,
        district: ObjectId,
        of: ObjectId,
        source: &str,
        purpose: Purpose,
    ) -> Result<Option<Report>, IngestError> {
        let start = Start {
            cause: Cause::Files,
            source: source.to_owned(),
            actor: "homeroom".to_owned(),
            of: Some(of),
        };
        let job = Job {
            files: Files::Kept(of),
            purpose,
            progress: Box::new(|_| ()),
        };
        self.perform_leased(district, start, job).await.map(Some)
    }
}

/// How often a run over the files of another failed.
fn failures_of(newest: &[Run], of: ObjectId) -> usize {
    let died = [RunState::Abandoned, RunState::Error];
    let failed = |run: &&Run| run.of == Some(of) && died.contains(&run.state);
    newest.iter().filter(failed).count()
}
