//! Doing what a plan says, action by action, in the one transaction of the plan. Nothing is decided here.

mod ask;
mod decided;
mod filled;
mod locals;
mod login;
mod notes;
pub(super) mod own;
mod places;
mod seats;
mod sorted;
mod step;
mod tie;
mod update;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use homeroom_model::{Kind, ObjectId};
use homeroom_plan::{Action, Adjusted, Consent, Op, Plan, Policy, Reason};
use homeroom_roster::{self as app, Applying, RosterError};
use homeroom_segment::Snapshot;

use super::columns::roster_kind;
use super::ties::{self, OpenTie};
use filled::Filled;
use locals::Locals;
use step::{Done, Step, members_seen, new_link, quarantine, seen, told, touched};

/// Performs plans.
pub struct Performer<'a> {
    applying: Box<dyn Applying + 'a>,
    mirror: &'a Snapshot,
    policy: &'a Policy,
    /// The app's records by source id; people of all kinds together.
    locals: Locals,
    /// Open ties by their ids in the mirror; read if the plan changes any.
    ties: BTreeMap<ObjectId, OpenTie>,
    /// Profiles that go on, where the policy has any.
    profiles: places::Profiles,
    /// Records of which only a part was done: the next plan has to look at them, whatever their digests say.
    torn: BTreeSet<(Kind, ObjectId)>,
    district: i64,
    /// Tables of old and new ids; read when the first change of an id follows one.
    crosswalk: Option<Vec<app::CrosswalkRow>>,
    /// Login names that are given out.
    logins: login::Logins,
    performed: Performed,
}

/// What came of performing a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Performed {
    /// Actions that were done.
    pub done: u64,
    /// Actions that were left out for want of somebody's yes.
    pub held: u64,
    /// Actions that could not be done; the rest went on (integration-side A4.7).
    pub set_aside: Vec<SetAside>,
}

/// An action that could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Its number in the plan.
    pub action: i64,
    /// The record.
    pub source: Option<ObjectId>,
    /// Why: the app holds something else than the plan saw, or the database refused the record.
    pub why: String,
}

impl<'a> Performer<'a> {
    /// Performs into a transaction. `mirror` and `policy` are those of the plan.
    pub fn new(
        applying: Box<dyn Applying + 'a>,
        district: i64,
        mirror: &'a Snapshot,
        policy: &'a Policy,
    ) -> Result<Self, RosterError> {
        let mut performer = Self {
            applying,
            mirror,
            policy,
            locals: Locals::new(district),
            ties: BTreeMap::new(),
            profiles: places::Profiles::new(),
            torn: BTreeSet::new(),
            district,
            crosswalk: None,
            logins: login::Logins::default(),
            performed: Performed::default(),
        };
        performer.read_profiles(district)?;
        Ok(performer)
    }

    /// Does what somebody said yes to, in the plan's order. What is left out or cannot be done is for the next plan.
    pub fn perform(&mut self, plan: &Plan, consent: &Consent) -> Result<(), RosterError> {
        let is_tie = |action: &Action| action.kind == Kind::ContactLink;
        if plan.actions().iter().any(is_tie) {
            self.ties = ties::open(self.applying.look(), self.district)?;
        }
        self.locals.expect(plan);
        let numbered = || (1..).zip(plan.actions());
        let left_out = numbered().filter(|(place, _)| !consent.covers(plan, *place));
        let left_out: HashSet<_> = left_out.filter_map(|(_, action)| in_part(action)).collect();
        for (place, action) in numbered() {
            if !consent.covers(plan, place) {
                self.performed.held += 1;
                continue;
            }
            let number = i64::try_from(place).unwrap_or(i64::MAX);
            let part = in_part(action);
            let answered = action
                .source
                .and_then(|source| plan.answered(action.kind, source));
            let evidence = answered.map(|question| format!("suggestion {question}"));
            let step = Step {
                number,
                action,
                evidence: evidence.as_deref(),
                adjusted: action
                    .source
                    .map_or(&[], |source| plan.adjusted(action.kind, source)),
                goes_on: consent.covers(plan, place + 1)
                    && plan.actions().get(place).is_some_and(|next| {
                        (next.kind, next.source) == (action.kind, action.source)
                            && is_of_members(action)
                            && is_of_members(next)
                    }),
            };
            match self.act(step)? {
                Done::Yes => {
                    self.performed.done += 1;
                    self.torn
                        .extend(part.filter(|record| left_out.contains(record)));
                }
                Done::No(why) => {
                    self.torn.extend(part);
                    self.performed.set_aside.push(SetAside {
                        action: number,
                        source: action.source,
                        why,
                    });
                }
            }
        }
        self.mark_torn()?;
        self.note(plan)?;
        self.locals.failed()
    }

    /// The app's record of a source id.
    fn local(&self, id: &ObjectId) -> Option<i64> {
        self.locals.get(self.applying.look(), id)
    }

    fn mark_torn(&mut self) -> Result<(), RosterError> {
        for (kind, source) in std::mem::take(&mut self.torn) {
            let Some(stored) = roster_kind(kind).filter(|_| self.local(&source).is_some()) else {
                continue;
            };
            let hex = source.to_hex();
            let action = app::Action {
                number: 0,
                reason: "torn",
                evidence: None,
                policy: None,
                op: touched(stored, &hex),
            };
            self.applying.apply(&action)?;
        }
        Ok(())
    }

    /// The transaction, to be committed, and what came of the plan.
    pub fn into_applying(self) -> (Box<dyn Applying + 'a>, Performed) {
        (self.applying, self.performed)
    }

    fn act(&mut self, step: Step<'_>) -> Result<Done, RosterError> {
        let action = step.action;
        if action.kind == Kind::ContactLink {
            return self.tie(step);
        }
        match &action.op {
            Op::Create { row, adjusted, .. } => self.create(step, *row, adjusted),
            Op::Link {
                row,
                rung,
                adjusted,
            } => self.link(step, *row, rung.text(), adjusted),
            Op::Update { changes } => self.updated(step, changes),
            Op::Enrol { members } => self.enrol(step, members),
            Op::Unenrol { members } => self.unenrol(step, members),
            Op::GrantRole { role } => self.grant(step, *role),
            Op::Merge { from, joint } => self.merge(step, *from, *joint),
            Op::Unmerge { from } => self.unmerge(step, *from),
            Op::Split { row, adjusted } => self.split(step, *row, adjusted),
            Op::CarryOver { from } => self.carry_over(step, *from),
            Op::Succeed { from } => self.succeed(step, *from),
            Op::Copy {
                row,
                school,
                adjusted,
            } => self.copy(step, (*row, *school), adjusted),
            Op::MakeClass {
                school,
                name,
                grade,
            } => self.make_class(step, *school, (name, grade)),
            Op::OpenProfile { .. } | Op::ReopenProfile { .. } | Op::CloseProfile { .. } => {
                self.profile(step)
            }
            Op::Islands { changes } => self.islands(step, changes),
            Op::Tell { over } => self.tell_person(step, *over),
            Op::Reseat { members } => self.reseat(step, members),
            Op::Powers { from, to } => self.powers(step, *from, *to),
            Op::Review
            | Op::Suggest { .. }
            | Op::Conflict { .. }
            | Op::ProposeMerge { .. }
            | Op::Offer { .. } => self.ask(step),
            _ => self.simple(step),
        }
    }

    /// Actions that are one call of the roster.
    fn simple(&mut self, step: Step<'_>) -> Result<Done, RosterError> {
        let action = step.action;
        let Some(kind) = roster_kind(action.kind) else {
            return Ok(Done::Yes);
        };
        let source = action.source.map(ObjectId::to_hex).unwrap_or_default();
        let id = action.local.map_or(0, |local| local.0);
        let old;
        let op = match &action.op {
            Op::Rekey { from } => {
                old = from.to_hex();
                app::Op::Rekey {
                    kind,
                    old: &old,
                    new: new_link(action.kind, &source, "rekey", step.applied()),
                }
            }
            Op::Refresh => app::Op::Seen {
                kind,
                source_id: &source,
                seen: seen(action.applied),
            },
            Op::RefreshMembers => app::Op::Seen {
                kind,
                source_id: &source,
                seen: members_seen(action.applied),
            },
            Op::RevokeRole { role } => app::Op::RevokeRole {
                person: id,
                role: *role,
            },
            Op::Deactivate => app::Op::Deactivate {
                person: id,
                disconnected: action.reason == Reason::Disconnected,
            },
            Op::Reactivate => app::Op::Reactivate { person: id },
            Op::Archive => app::Op::Archive { kind, id },
            Op::Restore => app::Op::Restore { kind, id },
            Op::Quarantine => quarantine(kind, &source, Some("invalid")),
            Op::Release => quarantine(kind, &source, None),
            _ => return Ok(Done::Yes),
        };
        let done = self.call(step, op)?;
        if let (Op::Rekey { from }, Some(source), Done::Yes) = (&action.op, action.source, &done) {
            self.locals.rekey(*from, source, id);
            self.used_crosswalk(step, *from)?;
        }
        Ok(done)
    }

    fn create(
        &mut self,
        step: Step<'_>,
        row: u32,
        adjusted: &[Adjusted],
    ) -> Result<Done, RosterError> {
        let action = step.action;
        let (Some(kind), Some(source)) = (roster_kind(action.kind), action.source) else {
            return Ok(Done::Yes);
        };
        let hex = source.to_hex();
        let values = self
            .policy
            .first_values(self.mirror, (action.kind, row), adjusted);
        let (mut record, roles) = self.filled(kind, action.kind, row, &values);
        self.name_login(&mut record)?;
        let roles: Vec<_> = roles.iter().map(Filled::as_new).collect();
        let op = app::Op::Create {
            kind,
            record: &record,
            roles: &roles,
            link: Some(new_link(action.kind, &hex, "created", step.applied())),
        };
        let outcome = self.applying.apply(&step.with(op))?;
        let Some(id) = outcome.id() else {
            return Ok(told(&outcome));
        };
        self.locals.insert(source, id);
        if values
            .iter()
            .any(|(name, text, _)| self.waits(action.kind, name, text))
        {
            self.torn.insert((action.kind, source));
        }
        for adjusted in adjusted {
            self.note_origin(step, id, adjusted)?;
        }
        Ok(Done::Yes)
    }

    fn call(&mut self, step: Step<'_>, op: app::Op<'_>) -> Result<Done, RosterError> {
        let outcome = self.applying.apply(&step.with(op))?;
        Ok(told(&outcome))
    }
}

fn is_of_members(action: &Action) -> bool {
    matches!(action.op, Op::Enrol { .. } | Op::Unenrol { .. })
}

/// The record of an action that is one of several which together make it what the source says: each may note its digest.
fn in_part(action: &Action) -> Option<(Kind, ObjectId)> {
    let part = matches!(
        action.op,
        Op::Create { .. }
            | Op::Link { .. }
            | Op::Update { .. }
            | Op::Refresh
            | Op::Reactivate
            | Op::Restore
            | Op::GrantRole { .. }
            | Op::RevokeRole { .. }
            | Op::Enrol { .. }
            | Op::Unenrol { .. }
    );
    action
        .source
        .filter(|_| part)
        .map(|source| (action.kind, source))
}
