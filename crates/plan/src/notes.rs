//! What the lists beside the roster have to follow: findings that come and go, questions whose subject is gone.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::{Kind, ObjectId};

use crate::asked::{About, Asked};
use crate::known::{Decision, Fate, Found, Local};
use crate::plan::Finding;
use crate::planner::{PlanError, Planner};

/// A change of the lists beside the roster. None of it touches what the app shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Something is wrong with a record that was not wrong before, or is again.
    Find(Finding),
    /// Something is no longer wrong.
    Close(Found),
    /// What a question was about is gone. Its number.
    Withdraw(i64),
    /// A yes was taken back, so that it is a no. Its number.
    Refuse(i64),
    /// A contradiction is none any more. Its number.
    Dissolve(i64),
    /// A record waits for somebody to pick it.
    Stage(Kind, ObjectId),
    /// A record waits no longer, or is gone.
    Unstage(ObjectId),
}

impl Planner<'_> {
    /// Compares what was found and asked with what is so now.
    pub(crate) fn take_notes(&mut self) -> Result<(), PlanError> {
        let mut notes = self.changed_findings()?;
        let asked: Vec<Asked> = self.answers.questions().into_iter().cloned().collect();
        for asked in asked {
            if self.is_over(&asked)? {
                notes.push(Note::Withdraw(asked.number));
            }
        }
        notes.extend(self.refused.iter().copied().map(Note::Refuse));
        let dissolved = self.answers.dissolved();
        notes.extend(dissolved.into_iter().map(Note::Dissolve));
        notes.extend(self.staged_notes()?);
        self.plan.notes = notes;
        self.plan.waiting = std::mem::take(&mut self.staged);
        Ok(())
    }

    fn changed_findings(&self) -> Result<Vec<Note>, PlanError> {
        let open: BTreeSet<Found> = self.known.findings()?.into_iter().collect();
        let mut now: BTreeMap<Found, Finding> = BTreeMap::new();
        for finding in &self.plan.findings {
            let found = Found {
                kind: finding.kind,
                source: finding.source,
                field: finding.field.to_owned(),
                code: finding.code.to_owned(),
            };
            now.entry(found).or_insert(*finding);
        }
        let closed = open.iter().filter(|found| !now.contains_key(found));
        let closed = closed.cloned().map(Note::Close);
        let new = now.iter().filter(|(found, _)| !open.contains(found));
        let new = new.map(|(_, finding)| Note::Find(*finding));
        Ok(new.chain(closed).collect())
    }

    /// Whether what a question is about is gone, or the answer was taken back.
    fn is_over(&self, asked: &Asked) -> Result<bool, PlanError> {
        if self.refused.contains(&asked.number) {
            return Ok(false);
        }
        // A yes or no to somebody's absence is about that absence.
        if asked.about == About::Review && asked.decision != Decision::Pending {
            return Ok(self.is_there(&asked.source));
        }
        if asked.decision != Decision::Pending || self.answers.stands(asked.number) {
            return Ok(false);
        }
        Ok(match asked.about {
            About::Link | About::Reconnect => {
                let answered = self
                    .answers
                    .accepted_for(About::Link, asked.source)
                    .is_some();
                let two = self.answers.are_two(asked.source, asked.local);
                answered || two || !self.is_open(asked)?
            }
            About::Merge | About::Join => {
                let holder = self.people.get(&asked.source).copied().flatten();
                holder == Some(asked.local)
                    || !self.is_alive(asked.local)?
                    || self.is_there(&asked.source)
            }
            About::Review => self.is_there(&asked.source),
            About::CarryOver => !self.has(Kind::Section, &asked.source),
            About::Successor => !self.has(Kind::Term, &asked.source),
            About::Course => true,
        })
    }

    /// Whether a record that has an account of its own may still be somebody else.
    fn is_open(&self, asked: &Asked) -> Result<bool, PlanError> {
        let taken = self
            .people
            .values()
            .any(|account| *account == Some(asked.local));
        let shared = self.people.contains_key(&asked.source);
        Ok(shared && !taken && self.is_alive(asked.local)?)
    }

    fn is_alive(&self, local: Local) -> Result<bool, PlanError> {
        let fate = self.known.fate(Kind::Employee, local)?;
        Ok(fate == Fate::There && !self.merged.contains_key(&local))
    }

    /// Whether the source shares a person.
    fn is_there(&self, source: &ObjectId) -> bool {
        let kinds = [Kind::Student, Kind::Employee, Kind::Contact];
        kinds.into_iter().any(|kind| self.has(kind, source))
    }

    fn has(&self, kind: Kind, source: &ObjectId) -> bool {
        self.input.mirror.table(kind).find(source).is_some()
    }
}
