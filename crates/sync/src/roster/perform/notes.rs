//! The lists beside the roster: findings, questions, crosswalks.

use homeroom_model::{Kind, ObjectId};
use homeroom_plan::{Finding, Note, Plan, Reason, sis_ids};
use homeroom_roster::{self as app, RosterError};

use super::Performer;
use super::step::Step;
use crate::roster::columns::roster_kind;

impl Performer<'_> {
    /// Brings the lists of findings and questions up to date. None of it is of the roster, and none stands in the audit.
    pub fn note(&mut self, plan: &Plan) -> Result<(), RosterError> {
        for note in plan.notes() {
            match note {
                Note::Find(finding) => self.find(finding)?,
                Note::Close(found) => {
                    let source = found.source.to_hex();
                    self.tell(app::Op::CloseFinding {
                        kind: found.kind.table(),
                        source_id: &source,
                        code: &found.code,
                        field: &found.field,
                    })?;
                }
                Note::Withdraw(number) => self.tell(app::Op::Withdraw {
                    suggestion: *number,
                })?,
                Note::Refuse(number) => self.tell(app::Op::Refuse {
                    suggestion: *number,
                })?,
                Note::Stage(kind, source) => {
                    let (Some(kind), source) = (roster_kind(*kind), source.to_hex()) else {
                        continue;
                    };
                    self.tell(app::Op::Stage(app::NewStaged {
                        kind,
                        source_id: &source,
                        reason: Some(Reason::New.text()),
                    }))?;
                }
                Note::Unstage(source) => {
                    let source_id = &source.to_hex();
                    for kind in [app::Kind::Section, app::Kind::Person] {
                        self.tell(app::Op::Unstage { kind, source_id })?;
                    }
                }
                Note::Dissolve(number) => {
                    self.tell(app::Op::CloseConflict { conflict: *number })?;
                }
            }
        }
        Ok(())
    }

    fn find(&mut self, finding: &Finding) -> Result<(), RosterError> {
        let source = finding.source.to_hex();
        // Somebody who has an account keeps it as it was; somebody who has none gets none.
        let kept = finding.rejected && self.local(&finding.source).is_some();
        let reaction = if kept && finding.reaction == "reject" {
            "quarantine"
        } else {
            finding.reaction
        };
        let other = finding.other.map(ObjectId::to_hex);
        self.tell(app::Op::Find(app::NewFinding {
            kind: finding.kind.table(),
            source_id: &source,
            code: finding.code,
            field: finding.field,
            reaction,
            value: None,
            detail: other.as_deref(),
        }))
    }

    fn tell(&mut self, op: app::Op<'_>) -> Result<(), RosterError> {
        let action = app::Action {
            number: 0,
            reason: "noted",
            evidence: None,
            policy: None,
            op,
        };
        // What is not there any more need not be closed.
        self.applying.apply(&action).map(|_| ())
    }

    /// The rows of crosswalks that a change of id followed did their work.
    pub(super) fn used_crosswalk(
        &mut self,
        step: Step<'_>,
        from: ObjectId,
    ) -> Result<(), RosterError> {
        let action = step.action;
        let (Some(kind), Some(source)) = (roster_kind(action.kind), action.source) else {
            return Ok(());
        };
        if action.reason != Reason::Crosswalk {
            return Ok(());
        }
        if self.crosswalk.is_none() {
            self.crosswalk = Some(self.applying.look().crosswalk(self.district)?);
        }
        let (old, new) = (from.to_hex(), source.to_hex());
        let numbers = self.numbers(action.kind, source);
        let rows = self.crosswalk.iter().flatten();
        let used = rows.filter(|row| {
            row.kind == kind
                && row.used_by.is_none()
                && if row.source_ids {
                    row.old == old && row.new == new
                } else {
                    numbers.contains(&row.new)
                }
        });
        let used: Vec<_> = used.map(|row| (row.source_ids, row.old.clone())).collect();
        for (source_ids, old) in used {
            self.tell(app::Op::UsedCrosswalk {
                kind,
                source_ids,
                old: &old,
            })?;
        }
        Ok(())
    }

    /// The ids of a record in the SIS.
    fn numbers(&self, kind: Kind, source: ObjectId) -> Vec<String> {
        let row = self.mirror.table(kind).find(&source);
        let ids = row.map(|row| sis_ids(self.mirror, kind, row));
        let ids = ids.into_iter().flatten();
        ids.map(|(_, id)| id.to_owned()).collect()
    }
}
