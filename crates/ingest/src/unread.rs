//! Uploads that are received and not read: while a district is paused, when their files were discarded, and when they are
//! those that are published.

use homeroom_model::{ObjectId, Problem};
use homeroom_segment::Digest;
use homeroom_store::{HoldMove, HoldState, Snapshot};

use crate::Ingest;
use crate::attendance;
use crate::begun::{Begun, Cause};
use crate::district_settings::Inputs;
use crate::error::IngestError;
use crate::report::{Earlier, Outcome, Report};
use crate::run::{Done, Purpose, report_carried_over};
use crate::upload::Upload;

impl Ingest {
    /// How a run ends whose files need not or must not be read; `None` if they are to be read.
    pub(crate) async fn not_read(
        &self,
        begun: &Begun,
        purpose: &Purpose,
        inputs: &Inputs,
        upload: &Upload,
        current: Option<&Snapshot>,
    ) -> Result<Option<Done>, IngestError> {
        let number = current.map(|current| current.number);
        let report = |state| Report::new(begun.run.to_hex(), state, number, upload);
        if purpose.is_upload()
            && let Some(note) = self.paused(begun, inputs).await?
        {
            let mut report = report(Outcome::Paused);
            report.note = note;
            return Ok(Some(Done::keeping_the_hold(report)));
        }
        let earlier = match current {
            Some(current) => {
                self.unchanged(begun.district, inputs, upload, current)
                    .await?
            }
            None => None,
        };
        let Some(earlier) = earlier else {
            return self
                .blocked(begun, purpose, upload, report(Outcome::Blocked))
                .await;
        };
        let is_look = begun.cause == Cause::Look;
        let mut report = report(if is_look {
            Outcome::Planned
        } else {
            Outcome::NoChange
        });
        report.shown = self.problems_of_the_list(begun, inputs, upload).await?;
        for problem in &report.shown {
            let code = problem.code.text().to_owned();
            *report.problems.entry(code).or_default() += 1;
        }
        earlier.complete(&mut report);
        let attendance_read = attendance::is_read(upload, &report);
        Ok(Some(Done {
            report,
            hold: if is_look {
                HoldMove::Keep
            } else {
                superseded(&begun.actor)
            },
            is_told: !is_look,
            is_made: false,
            attendance_read,
        }))
    }

    /// How a run ends whose files were discarded or undone; `None` if they were not.
    async fn blocked(
        &self,
        begun: &Begun,
        purpose: &Purpose,
        upload: &Upload,
        mut report: Report,
    ) -> Result<Option<Done>, IngestError> {
        if matches!(purpose, Purpose::Look | Purpose::HoldRest) {
            return Ok(None);
        }
        let block = self
            .store
            .blocked(begun.district, &upload.file_set())
            .await?;
        Ok(block.map(|block| {
            report.note = format!(
                "these files were {} on {} (run {}) and are not imported again until they change",
                block.reason,
                block.at.date(),
                block.run
            );
            Done::keeping_the_hold(report)
        }))
    }

    /// Until when the district is paused, in a sentence; `None` if it is not.
    async fn paused(&self, begun: &Begun, inputs: &Inputs) -> Result<Option<String>, IngestError> {
        let pause = self
            .pause_on(begun.district, &inputs.settings, inputs.today)
            .await?;
        let pause = pause.filter(|pause| pause.holds_on(inputs.today));
        Ok(pause.map(|pause| {
            format!(
                "the district is paused until {}; the files are kept and imported after that",
                pause.end
            )
        }))
    }

    /// What was said of the files when they were published, if they are published, just so, and everything that was made of
    /// them is whole: a damaged snapshot must not be told to be up to date.
    async fn unchanged(
        &self,
        district: ObjectId,
        inputs: &Inputs,
        upload: &Upload,
        current: &Snapshot,
    ) -> Result<Option<Earlier>, IngestError> {
        let same = current.file_set == upload.file_set();
        if !same || !self.is_made_with(district, inputs).await? {
            return Ok(None);
        }
        // Without the report of what is published the same files are read again, because theirs is wanted too.
        let report = self.store.report(district, current.run).await?;
        let Some(earlier) = report.and_then(|text| serde_json::from_str(&text).ok()) else {
            return Ok(None);
        };
        for object in &current.objects {
            self.depot.verify(&Digest::new(*object)).await?;
        }
        Ok(Some(earlier))
    }

    /// What is wrong with the list of the files; the files themselves are not read.
    async fn problems_of_the_list(
        &self,
        begun: &Begun,
        inputs: &Inputs,
        upload: &Upload,
    ) -> Result<Vec<Problem>, IngestError> {
        let mut found = Vec::new();
        if let Some(kept) = self.kept_files(begun, begun.run).await? {
            let limits = &inputs.settings.reading.limits;
            homeroom_intake::FileSet::find(&kept, limits, &mut found)
                .map_err(IngestError::io("reading the district's files"))?;
        }
        report_carried_over(upload, &mut found);
        Ok(found)
    }

    /// The run whose files wait for the end of a pause.
    pub(crate) async fn waiting_upload(
        &self,
        district: ObjectId,
    ) -> Result<Option<ObjectId>, IngestError> {
        let kept = self.store.setting(&waiting_key(district)).await?;
        Ok(kept.and_then(|run| ObjectId::from_hex(&run)))
    }

    pub(crate) async fn set_waiting_upload(
        &self,
        district: ObjectId,
        run: Option<ObjectId>,
    ) -> Result<(), IngestError> {
        if self.waiting_upload(district).await? == run {
            return Ok(());
        }
        let run = run.map_or_else(String::new, ObjectId::to_hex);
        Ok(self.store.set_setting(&waiting_key(district), &run).await?)
    }

    /// Whether what is published was made with the same settings and custom records.
    pub(crate) async fn is_made_with(
        &self,
        district: ObjectId,
        inputs: &Inputs,
    ) -> Result<bool, IngestError> {
        let made = self.store.setting(&inputs_key(district)).await?;
        Ok(made.is_none_or(|made| made == inputs.digest()))
    }

    /// Whether files were run with the same settings and custom records, whatever came of it. What is held was also judged,
    /// which is not asked of what is published.
    pub(crate) async fn is_tried_with(
        &self,
        district: ObjectId,
        inputs: &Inputs,
        is_held: bool,
    ) -> Result<bool, IngestError> {
        let tried = self.store.setting(&tried_key(district)).await?;
        let Some(tried) = tried else {
            return Ok(true);
        };
        Ok(match tried.split_once(' ') {
            Some((made, judged)) => {
                made == inputs.digest() && (!is_held || judged == inputs.judging_digest())
            }
            None => tried == inputs.digest(),
        })
    }

    /// Remembers what files were run with, so that they are not run again until that changes. What was set while they ran
    /// is not among it.
    pub(crate) async fn tried_with(
        &self,
        district: ObjectId,
        inputs: &Inputs,
    ) -> Result<(), IngestError> {
        let key = tried_key(district);
        let tried = format!("{} {}", inputs.digest(), inputs.judging_digest());
        Ok(self.store.set_setting(&key, &tried).await?)
    }

    /// Remembers what the published snapshot was made with, beside its files.
    pub(crate) async fn made_with(
        &self,
        district: ObjectId,
        inputs: &Inputs,
    ) -> Result<(), IngestError> {
        let key = inputs_key(district);
        self.store.set_setting(&key, &inputs.digest()).await?;
        self.people_published(district, &inputs.people_digest())
            .await
    }
}

/// What becomes of a waiting hold when a newer upload needs none.
pub(crate) fn superseded(actor: &str) -> HoldMove {
    HoldMove::Close {
        run: None,
        as_state: HoldState::Superseded,
        actor: actor.to_owned(),
    }
}

fn waiting_key(district: ObjectId) -> String {
    format!("waiting_upload/{district}")
}

fn inputs_key(district: ObjectId) -> String {
    format!("inputs_published/{district}")
}

fn tried_key(district: ObjectId) -> String {
    format!("inputs_tried/{district}")
}
