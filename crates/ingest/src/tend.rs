//! What has to be done without anybody asking: runs that were cut short are run again, pauses begin and end, and what is
//! published follows settings and custom records.

use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::{Run, RunState};

use crate::Ingest;
use crate::artifacts::UPLOAD;
use crate::begun::{Cause, Start};
use crate::error::IngestError;
use crate::import::IMPORT;
use crate::receive::Files;
use crate::report::Report;
use crate::run::{Job, Purpose};

/// What a run is called that goes on with one that was cut short.
const RESUMED: &str = "resumed import";

/// How often a run that is cut short is run again: if it is what makes the process die, it must not for ever.
const ATTEMPTS: usize = 3;

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
        match self.tend(district).await {
            // Whoever works there now does it, or whoever looks next.
            Ok(_) | Err(IngestError::Busy { .. }) => {}
            Err(error) => return Err(error),
        }
        self.people_changed(district).await?;
        self.move_views(district).await
    }

    /// Runs what should run in a district: an import that was cut short, else an upload that waited for the end of a pause,
    /// else the published files with settings and custom records of today. `None` if there is nothing to do.
    async fn tend(&self, district: ObjectId) -> Result<Option<Report>, IngestError> {
        if let Some(report) = self.resume(district).await? {
            return Ok(Some(report));
        }
        if let Some(of) = self.waiting_upload(district).await?
            && !self.is_paused(district).await?
        {
            let source = "upload of a pause".to_owned();
            return self
                .again(district, of, source, Purpose::Publish(None))
                .await;
        }
        let inputs = self
            .inputs_on(district, self.surroundings.now().date())
            .await?;
        if self.is_tried_with(district, &inputs).await? {
            return Ok(None);
        }
        self.refresh(district, "homeroom").await
    }

    /// Makes what is published anew from the files it was made of, or what is held, when settings or custom records changed
    /// since. `None` if they did not, if nothing is published, or if the files are not kept any more: then the next upload
    /// brings what changed.
    pub async fn refresh(
        &self,
        district: ObjectId,
        actor: &str,
    ) -> Result<Option<Report>, IngestError> {
        let inputs = self
            .inputs_on(district, self.surroundings.now().date())
            .await?;
        if self.is_made_with(district, &inputs).await? {
            return Ok(None);
        }
        let held = self
            .store
            .waiting_hold(district)
            .await?
            .map(|hold| hold.run);
        let published = self.store.current(district).await?;
        let Some(of) = held.or(published.map(|current| current.run)) else {
            return Ok(None);
        };
        if self.upload(district, of).await?.is_none() {
            return Ok(None);
        }
        let start = Start {
            cause: Cause::Files,
            source: "settings or custom records changed".to_owned(),
            actor: actor.to_owned(),
            of: Some(of),
        };
        let job = Job {
            files: Files::Kept(of),
            purpose: Purpose::Refresh,
            progress: Box::new(|_| ()),
        };
        self.perform_leased(district, start, job).await.map(Some)
    }

    /// The import that was cut short, if nothing was imported since.
    async fn cut_short(&self, district: ObjectId) -> Result<Option<Run>, IngestError> {
        let newest = self.store.runs(district, None, 20).await?;
        let is_import = |run: &&Run| run.source == IMPORT || run.source == RESUMED;
        let Some(run) = newest.iter().find(is_import).cloned() else {
            return Ok(None);
        };
        let is_over = match run.state {
            RunState::Abandoned => true,
            RunState::Running => self.is_dead(district, &run).await?,
            _ => false,
        };
        let attempts = newest.iter().filter(|other| other.source == RESUMED);
        let died = [RunState::Abandoned, RunState::Running];
        let attempts = attempts.take_while(|other| died.contains(&other.state));
        if !is_over || attempts.count() >= ATTEMPTS {
            return Ok(None);
        }
        let left = self.store.artifacts(district, run.id).await?;
        let is_kept = left.iter().any(|artifact| artifact.name == UPLOAD);
        Ok(is_kept.then_some(run))
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

    /// Goes on with the import of a district that was cut short, from the files it kept. `None` if none was, if it kept
    /// none, or if it was tried too often.
    pub async fn resume(&self, district: ObjectId) -> Result<Option<Report>, IngestError> {
        let Some(run) = self.cut_short(district).await? else {
            return Ok(None);
        };
        let source = RESUMED.to_owned();
        self.again(district, run.id, source, Purpose::Publish(None))
            .await
    }

    async fn again(
        &self,
        district: ObjectId,
        of: ObjectId,
        source: String,
        purpose: Purpose,
    ) -> Result<Option<Report>, IngestError> {
        let start = Start {
            cause: Cause::Files,
            source,
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
