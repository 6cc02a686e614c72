//! What a plan asks people.

use homeroom_model::ObjectId;
use homeroom_plan::{Local, Op, Reason};
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
                let staged = app::NewStaged {
                    kind,
                    source_id: &source,
                    reason: Some(action.reason.text()),
                };
                self.call(step, app::Op::Stage(staged))
            }
            Op::Conflict { between, rung } => {
                let accounts: Vec<i64> = between.iter().map(|local| local.0).collect();
                let conflict = app::NewConflict {
                    code: action.reason.text(),
                    kind,
                    source_id: &source,
                    field: "",
                    entities: &accounts,
                    evidence: Some(rung.text()),
                };
                self.call(step, app::Op::Conflict(conflict))
            }
            Op::Suggest { to, rung } => {
                for account in to {
                    let done =
                        self.suggest(step, ("link", kind), &source, (*account, rung.text()))?;
                    if !matches!(done, Done::Yes) {
                        return Ok(done);
                    }
                }
                Ok(Done::Yes)
            }
            Op::ProposeMerge { into } => {
                let joins = action.reason == Reason::SamePerson;
                let about = if joins { "join" } else { "merge" };
                self.suggest(step, (about, kind), &source, (*into, "email"))
            }
            Op::Offer { from } => {
                self.suggest(step, ("carry_over", kind), &source, (*from, "likeness"))
            }
            _ => Ok(Done::Yes),
        }
    }

    fn suggest(
        &mut self,
        step: Step<'_>,
        (about, kind): (&str, app::Kind),
        source: &str,
        (account, rung): (Local, &str),
    ) -> Result<Done, RosterError> {
        let suggestion = app::NewSuggestion {
            about,
            kind,
            source_id: source,
            entity: account.0,
            rung,
            evidence: None,
        };
        self.call(step, app::Op::Suggest(suggestion))
    }
}
