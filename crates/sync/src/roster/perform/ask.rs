//! What a plan asks people.

use homeroom_model::ObjectId;
use homeroom_plan::{About, Local, Op, Reason};
use homeroom_roster::{self as app, RosterError};

use super::Performer;
use super::step::{Done, Step};
use crate::roster::columns::roster_kind;

impl Performer<'_> {
    /// Keeps a question for people; asked again it is the same question.
    pub(super) fn ask(&mut self, step: Step<'_>) -> Result<Done, RosterError> {
        let action = step.action;
        let (Some(kind), Some(source)) = (
            roster_kind(action.kind),
            action.source.map(ObjectId::to_hex),
        ) else {
            return Ok(Done::Yes);
        };
        match &action.op {
            Op::Review => {
                let account = action.local.unwrap_or(Local(0));
                self.suggest(
                    step,
                    (About::Review, kind),
                    &source,
                    (account, "absence", ""),
                )
            }
            Op::Conflict {
                between,
                rung,
                field,
            } => {
                let accounts: Vec<i64> = between.iter().map(|local| local.0).collect();
                let conflict = app::NewConflict {
                    code: action.reason.text(),
                    kind,
                    source_id: &source,
                    field,
                    entities: &accounts,
                    evidence: Some(rung.text()),
                };
                self.call(step, app::Op::Conflict(conflict))
            }
            Op::Suggest {
                about,
                to,
                rung,
                evidence,
            } => {
                for account in to {
                    let on = (*account, rung.text(), &**evidence);
                    let done = self.suggest(step, (*about, kind), &source, on)?;
                    if !matches!(done, Done::Yes) {
                        return Ok(done);
                    }
                }
                Ok(Done::Yes)
            }
            Op::ProposeMerge { .. } => self.propose(step, kind, &source),
            Op::Offer { from } => {
                let about = match action.reason {
                    Reason::Successor => About::Successor,
                    Reason::CourseOffered => About::Course,
                    _ => About::CarryOver,
                };
                self.suggest(step, (about, kind), &source, (*from, "likeness", ""))
            }
            _ => Ok(Done::Yes),
        }
    }

    /// Asks whether two accounts are one person's.
    fn propose(
        &mut self,
        step: Step<'_>,
        kind: app::Kind,
        source: &str,
    ) -> Result<Done, RosterError> {
        let Op::ProposeMerge {
            into,
            beside,
            joint,
            evidence,
        } = &step.action.op
        else {
            return Ok(Done::Yes);
        };
        let beside = beside.and_then(|source| self.local(&source));
        let Some(into) = (*into).or(beside.map(Local)) else {
            return Ok(Done::No("the other account was not made".to_owned()));
        };
        let about = if *joint { About::Join } else { About::Merge };
        let rung = evidence.split(':').next().unwrap_or_default();
        self.suggest(step, (about, kind), source, (into, rung, evidence))
    }

    fn suggest(
        &mut self,
        step: Step<'_>,
        (about, kind): (About, app::Kind),
        source: &str,
        (account, rung, evidence): (Local, &str, &str),
    ) -> Result<Done, RosterError> {
        let suggestion = app::NewSuggestion {
            about: about.text(),
            kind,
            source_id: source,
            entity: account.0,
            rung,
            evidence: Some(evidence).filter(|evidence| !evidence.is_empty()),
        };
        self.call(step, app::Op::Suggest(suggestion))
    }
}
