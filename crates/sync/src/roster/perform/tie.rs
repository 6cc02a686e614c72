//! Ties between contacts and students.

use homeroom_model::{ContactLink, Kind, ObjectId};
use homeroom_plan::Op;
use homeroom_roster::{self as app, RosterError};
use homeroom_segment::{Noun as _, Relation};

use super::Performer;
use super::step::{Done, Step};
use crate::roster::ties::OpenTie;

impl Performer<'_> {
    /// Ties of contacts and students. What a tie is about stands in it, so a change closes one and opens another; a change
    /// of id changes nothing between the two accounts.
    pub(super) fn tie(&mut self, step: Step<'_>) -> Result<Done, RosterError> {
        let Some(source) = step.action.source else {
            return Ok(Done::Yes);
        };
        if let Op::Rekey { from } = step.action.op {
            // One of its ends goes by another id; between the two accounts it is what it was.
            if let Some(tie) = self.ties.remove(&from) {
                self.ties.insert(source, tie);
            }
            return Ok(Done::Yes);
        }
        let closes = matches!(step.action.op, Op::Archive | Op::Update { .. });
        let opens = matches!(
            step.action.op,
            Op::Create { .. } | Op::Update { .. } | Op::Restore
        );
        let old = self.ties.get(&source).cloned();
        let new = if opens { self.tie_now(source) } else { None };
        if opens && new.is_none() {
            return Ok(Done::No("one of its ends has no account".to_owned()));
        }
        if old.as_ref().map(OpenTie::as_tie) == new.as_ref().map(OpenTie::as_tie) {
            return Ok(Done::Yes);
        }
        for (tie, open) in [(old.filter(|_| closes), false), (new, true)] {
            let Some(tie) = tie else { continue };
            let op = app::Op::Tie {
                tie: tie.as_tie(),
                open,
            };
            let done = self.call(step, op)?;
            if !matches!(done, Done::Yes) {
                let goes_on = open && self.goes_on(source, &tie);
                return Ok(if goes_on { Done::Yes } else { done });
            }
        }
        Ok(Done::Yes)
    }

    /// Whether a tie is open already under the id it had while one of its ends had another: then it goes on under the new one, and
    /// the plan's word that the earlier one is gone closes nothing.
    fn goes_on(&mut self, source: ObjectId, tie: &OpenTie) -> bool {
        let same = |open: &OpenTie| open.as_tie() == tie.as_tie();
        let found = self.ties.iter().find(|(_, open)| same(open));
        let Some(earlier) = found.map(|(id, _)| *id) else {
            return false;
        };
        let open = self.ties.remove(&earlier);
        self.ties.extend(open.map(|open| (source, open)));
        true
    }

    /// A tie as the mirror has it.
    pub(super) fn tie_now(&self, source: ObjectId) -> Option<OpenTie> {
        let row = self.mirror.table(Kind::ContactLink).find(&source)?;
        let end = |relation: Relation| {
            let target = self.mirror.lists(relation).first(row)?;
            let id = self.mirror.table(relation.to()).id(target);
            Some((self.local(&id)?, id))
        };
        let (contact, student) = (end(Relation::LinkContact)?, end(Relation::LinkStudent)?);
        let link = ContactLink::read(self.mirror.table(Kind::ContactLink).row(row));
        Some(OpenTie::new(
            contact,
            student,
            (link.kind.text(), link.relationship.text()),
        ))
    }
}
