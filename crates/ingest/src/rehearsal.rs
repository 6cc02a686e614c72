//! Rehearsals: next year's export beside the live roster. Its files are kept and planned against what is published, and
//! nothing is published until somebody switches (peers 6, item 15).

use homeroom_intake::Source;
use homeroom_model::ObjectId;
use homeroom_store::Rehearsal;

use crate::Ingest;
use crate::audit::Act;
use crate::begun::{Cause, Start};
use crate::error::IngestError;
use crate::import::Progress;
use crate::receive::Files;
use crate::report::{Outcome, Report};
use crate::run::{Job, Purpose};

/// What a run is called that switches to a rehearsal.
pub(crate) const SWITCH: &str = "switch to a rehearsal";

/// Longest name of a rehearsal, in bytes.
const NAME: usize = 100;

impl Ingest {
    /// Keeps an export under a name and plans what publishing it would do. The findings and the plan stay with the run that
    /// the report names; an earlier rehearsal of the name is replaced. Apps see nothing of it.
    pub async fn rehearse(
        &self,
        district: ObjectId,
        name: &str,
        source: Box<dyn Source + Send + Sync>,
        actor: &str,
        progress: Progress,
    ) -> Result<Report, IngestError> {
        let files = Files::Sent(source);
        self.rehearse_files(district, name, files, None, actor, progress)
            .await
    }

    /// Plans a rehearsal again, against the roster of today.
    pub async fn rehearse_again(
        &self,
        district: ObjectId,
        name: &str,
        actor: &str,
        progress: Progress,
    ) -> Result<Report, IngestError> {
        let of = self.rehearsal(district, name).await?.run;
        let files = Files::Kept(of);
        self.rehearse_files(district, name, files, Some(of), actor, progress)
            .await
    }

    /// The rehearsals of a district, by name.
    pub async fn rehearsals(&self, district: ObjectId) -> Result<Vec<Rehearsal>, IngestError> {
        Ok(self.store.rehearsals(district).await?)
    }

    /// Lets go of a rehearsal; `false` if there is none of that name.
    pub async fn drop_rehearsal(
        &self,
        district: ObjectId,
        name: &str,
        actor: &str,
    ) -> Result<bool, IngestError> {
        let dropped = self.store.drop_rehearsal(district, name).await?;
        if dropped {
            self.audit(Act {
                district,
                actor,
                action: "rehearsal dropped",
                detail: String::new(),
            })
            .await?;
        }
        Ok(dropped)
    }

    /// Imports the files of a rehearsal, as if they were uploaded now: guards may hold them. Once they are published the
    /// rehearsal is over.
    pub async fn switch(
        &self,
        district: ObjectId,
        name: &str,
        actor: &str,
        progress: Progress,
    ) -> Result<Report, IngestError> {
        let of = self.rehearsal(district, name).await?.run;
        let job = Job {
            files: Files::Kept(of),
            purpose: Purpose::Publish(None),
            progress,
        };
        let start = Start {
            cause: Cause::Files,
            source: SWITCH.to_owned(),
            actor: actor.to_owned(),
            of: Some(of),
        };
        let report = self.perform_leased(district, start, job).await?;
        if matches!(report.state, Outcome::Published | Outcome::NoChange) {
            self.drop_rehearsal(district, name, actor).await?;
        }
        Ok(report)
    }

    async fn rehearse_files(
        &self,
        district: ObjectId,
        name: &str,
        files: Files,
        of: Option<ObjectId>,
        actor: &str,
        progress: Progress,
    ) -> Result<Report, IngestError> {
        if name.is_empty() || name.len() > NAME || name.chars().any(char::is_control) {
            return Err(IngestError::RehearsalName);
        }
        let job = Job {
            files,
            purpose: Purpose::Look,
            progress,
        };
        let start = Start {
            cause: Cause::Look,
            source: "rehearsal".to_owned(),
            actor: actor.to_owned(),
            of,
        };
        let report = self.perform_leased(district, start, job).await?;
        if report.state == Outcome::Planned {
            let run = ObjectId::from_hex(&report.run).unwrap_or_default();
            let now = self.surroundings.now();
            self.store.set_rehearsal(district, name, run, now).await?;
        }
        Ok(report)
    }

    async fn rehearsal(&self, district: ObjectId, name: &str) -> Result<Rehearsal, IngestError> {
        let rehearsals = self.store.rehearsals(district).await?;
        let mut rehearsals = rehearsals.into_iter();
        let found = rehearsals.find(|rehearsal| rehearsal.name == name);
        found.ok_or(IngestError::NoRehearsal)
    }
}
