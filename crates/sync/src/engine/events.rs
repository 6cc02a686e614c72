//! Following what happened since the mirror was true (integration-side B11).

use std::collections::BTreeSet;

use homeroom_client::{Batch, ClientError, Event, EventFilter, Fault, Gap, Verb};
use homeroom_model::{Kind, ObjectId};
use homeroom_wire::Object;

use super::error::SyncError;
use super::read::{Reader, Taken};
use super::report::Note;
use super::watch::Stage;
use crate::mirror::Gathered;

impl Reader<'_> {
    /// Follows the events since the cursor; reads in full where they cannot be relied upon. `None` if nothing happened.
    pub(crate) async fn events(&mut self) -> Result<Option<Taken>, SyncError> {
        let source = self.tenant.source.clone();
        let since = source.since(&self.about.mark(), self.cancel).await?;
        self.report.effort(&since.effort);
        if since.freshness.is_paused() {
            self.report.note(Note::SourcePaused);
        }
        if since.gap == Some(Gap::Silent) {
            self.report.note(Note::FeedSilent);
        }
        if since.gap.is_some() {
            return self.resync().await.map(Some);
        }
        let earlier = self.about.clone();
        let mut gathered = self.gathered()?;
        if !self.follow(self.about.cursor(), &mut gathered).await? {
            self.about = earlier;
            return self.resync().await.map(Some);
        }
        if self.about.cursor == earlier.cursor {
            return Ok(None);
        }
        self.about.source_sync = since
            .mark
            .last_sync
            .map(homeroom_model::Timestamp::millis)
            .or(earlier.source_sync);
        self.about.paused = since.freshness.is_paused();
        Ok(Some(Taken {
            mode: "events",
            gathered,
            whole: BTreeSet::new(),
        }))
    }

    async fn resync(&mut self) -> Result<Taken, SyncError> {
        self.report.note(Note::GapFullResync);
        self.full().await
    }

    /// Takes every event after a cursor. `false` if some are missing or cannot be read: what they were about is not known.
    pub(crate) async fn follow(
        &mut self,
        after: Option<ObjectId>,
        gathered: &mut Gathered,
    ) -> Result<bool, SyncError> {
        let source = self.tenant.source.clone();
        let mut feed = source.events(after, &EventFilter::default(), self.cancel);
        let mut followed = 0;
        let mut all = true;
        loop {
            let batch = match feed.next().await {
                Ok(Some(batch)) => batch,
                Ok(None) => break,
                // Asking again would be refused again.
                Err(error) if followed == 0 && after.is_some() && is_refused(&error) => {
                    all = false;
                    break;
                }
                Err(error) => return Err(error.into()),
            };
            all &= self.batch(&batch, gathered);
            followed += batch.events.len() as u64;
            self.watch.stage(Stage::Following, followed, None);
            if followed > self.engine.0.settings.most_events {
                all = false;
            }
            if !all {
                break;
            }
        }
        self.report.events += followed;
        self.report.effort(&feed.effort());
        self.report.strange(feed.strange());
        Ok(all)
    }

    fn batch(&mut self, batch: &Batch, gathered: &mut Gathered) -> bool {
        if batch.gap.is_some() || batch.unreadable > 0 {
            return false;
        }
        for event in &batch.events {
            self.event(event, gathered);
        }
        if let Some(cursor) = batch.cursor {
            self.about.cursor = Some(cursor.to_hex());
        }
        true
    }

    fn event(&mut self, event: &Event, gathered: &mut Gathered) {
        let (Some(record), Some(verb), Some(id)) = (&event.record, event.verb, event.about())
        else {
            self.report.unknown_events += 1;
            return;
        };
        match verb {
            Verb::Created | Verb::Updated => {
                self.about.is_back(id);
                let _ = gathered.follow(record.clone(), self.before);
            }
            Verb::Deleted => {
                let Some(kind) = kind_of(record.object) else {
                    return;
                };
                self.about.is_gone(id, Some(event.id));
                self.remove(gathered, kind, id);
            }
        }
    }
}

/// Whether a server wants nothing to do with a cursor: it is unknown to it, or forgotten (integration-side A1.6).
fn is_refused(error: &ClientError) -> bool {
    matches!(error, ClientError::Failed(failure) if matches!(failure.fault, Fault::Status(400 | 404 | 410 | 422)))
}

/// The kind whose records an object's documents are; of people any of theirs.
fn kind_of(object: Object) -> Option<Kind> {
    Some(match object {
        Object::School => Kind::School,
        Object::Section => Kind::Section,
        Object::Course => Kind::Course,
        Object::Term => Kind::Term,
        Object::Resource => Kind::Resource,
        Object::User
        | Object::Student
        | Object::Teacher
        | Object::SchoolAdmin
        | Object::DistrictAdmin
        | Object::Contact
        | Object::StudentContact => Kind::Student,
        Object::District | Object::Status | Object::Event => return None,
    })
}
