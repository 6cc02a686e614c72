//! How a run ends: its state and report, what becomes of a waiting hold, and what the district's document says, in one step
//! and under the run's fence. A publish did the last two together with the pointer.

use homeroom_model::Timestamp;
use homeroom_store::{DistrictChange, Edit, HoldMove, RunState};

use crate::Ingest;
use crate::begun::{Begun, Cause, End};
use crate::error::IngestError;
use crate::hold::{SUCCESS, WAITING};
use crate::pause::PAUSED;
use crate::report::Outcome;
use crate::run::Done;

/// What apps are told of a district whose files could not be imported.
const ERROR: &str = "The last upload has errors and was not processed.";

impl Ingest {
    /// Notes how a run over files ended. `last_sync` moves with every run that finished, whether or not it published; one
    /// that was put off by a pause has not.
    pub(crate) async fn end(&self, begun: &Begun, done: &Done) -> Result<(), IngestError> {
        let report = &done.report;
        let published = report.state == Outcome::Published;
        let change = if published || !done.is_told {
            None
        } else {
            let read = done.attendance_read;
            self.told(begun, report.state, &done.hold, read).await?
        };
        let hold = if published {
            HoldMove::Keep
        } else {
            done.hold.clone()
        };
        let end = End {
            state: state(report.state),
            report: report.to_text(),
            change,
            hold,
        };
        match self.finish(begun, end).await {
            // Overtaken after its publish, or worse: that stands, only the report is not kept, and the next run closes this
            // one as published.
            Err(error) if published => {
                tracing::warn!(district = %begun.district, %error, "the report of a run that published is not kept");
                Ok(())
            }
            other => other,
        }
    }

    /// What the district's document says after a run that published nothing.
    async fn told(
        &self,
        begun: &Begun,
        outcome: Outcome,
        hold: &HoldMove,
        attendance_read: bool,
    ) -> Result<Option<DistrictChange>, IngestError> {
        let (word, error) = match outcome {
            Outcome::Published | Outcome::Planned | Outcome::Paused => return Ok(None),
            Outcome::NoChange | Outcome::Blocked => (SUCCESS, ""),
            Outcome::Held => (WAITING, ""),
            Outcome::Error => ("error", ERROR),
        };
        let word = self.word(begun, word, hold).await?;
        let read = attendance_read && matches!(outcome, Outcome::NoChange);
        Ok(Some(DistrictChange {
            last_attendance_sync: synced(read, begun.now),
            ..finished(word, error, begun.now)
        }))
    }

    /// What the document says after a run that publishes.
    pub(crate) async fn told_of_a_publish(
        &self,
        begun: &Begun,
        hold: &HoldMove,
    ) -> Result<DistrictChange, IngestError> {
        Ok(match begun.cause {
            // The state is that of the district's files, and stays.
            Cause::People | Cause::Look => DistrictChange::default(),
            Cause::Files | Cause::Undo => {
                finished(self.word(begun, SUCCESS, hold).await?, "", begun.now)
            }
        })
    }

    /// A pause shows, whatever is published in it, and so does a hold that still waits.
    async fn word(
        &self,
        begun: &Begun,
        word: &'static str,
        hold: &HoldMove,
    ) -> Result<&'static str, IngestError> {
        let record = self.store.district(begun.district).await?;
        if record.is_some_and(|record| record.document.state == PAUSED) {
            return Ok(PAUSED);
        }
        let may_wait = word == SUCCESS && *hold == HoldMove::Keep;
        if may_wait && self.store.waiting_hold(begun.district).await?.is_some() {
            return Ok(WAITING);
        }
        Ok(word)
    }
}

/// What becomes of `last_attendance_sync`, by whether attendance was read.
pub(crate) fn synced(read: bool, now: Timestamp) -> Edit<Option<Timestamp>> {
    read.then_some(Some(now)).into()
}

fn finished(word: &str, error: &str, now: Timestamp) -> DistrictChange {
    DistrictChange {
        state: Edit::To(word.to_owned()),
        error: Edit::To(error.to_owned()),
        last_sync: Edit::To(Some(now)),
        ..DistrictChange::default()
    }
}

fn state(outcome: Outcome) -> RunState {
    match outcome {
        Outcome::Published => RunState::Published,
        Outcome::NoChange | Outcome::Paused | Outcome::Blocked => RunState::NoChange,
        Outcome::Held => RunState::Held,
        Outcome::Error => RunState::Error,
        Outcome::Planned => RunState::Planned,
    }
}
