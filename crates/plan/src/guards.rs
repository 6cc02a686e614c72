//! Holding a plan, or part of it, against the limits of the policy (integration-side B9, B11). What is counted is the net
//! effect: a record that only has another id neither leaves nor comes.

pub(crate) mod dependants;
mod rosters;
pub(crate) mod undone;

use std::collections::BTreeMap;

use homeroom_change::{Season, Share};
use homeroom_model::{Kind, ObjectId};
use roaring::RoaringBitmap;

use crate::action::{Action, Op};
use crate::guard::{Guard, Verdict};
use crate::input::Input;
use crate::plan::Plan;
use crate::policy::{Bound, HoldScope, Key, Policy};
use crate::reason::Reason;
use crate::recent::{JUDGED_PER_SCHOOL, changes_login, per_school};
use crate::records;

/// Judges a plan: adds verdicts, marks actions that are held alone, and says whether the plan is held. `taken` are the rows of
/// the sections that the app takes.
pub(crate) fn judge(plan: &mut Plan, input: &Input<'_>, policy: &Policy, taken: &RoaringBitmap) {
    let mut judge = Judge {
        input,
        policy,
        verdicts: Vec::new(),
    };
    if input.first_sync {
        judge.trip(
            Guard::FirstSync,
            None,
            None,
            Share::default(),
            String::new(),
        );
    } else {
        judge.kinds(plan);
        judge.schools(plan);
        judge.enrolments(plan, taken);
        judge.role_grants(plan);
        judge.rosters(plan);
    }
    let verdicts = judge.verdicts;
    let whole = verdicts
        .iter()
        .any(|verdict| !verdict.guard.holds_actions());
    match policy.guards.hold {
        HoldScope::All => plan.held = whole,
        // What nobody loses anything by goes on, but not the very changes that are too many; a first sync waits as a whole.
        HoldScope::DestructiveOnly => {
            plan.held = input.first_sync;
            for action in &mut plan.actions {
                let many = verdicts.iter().any(|verdict| is_too_many(verdict, action));
                action.held |= whole && (action.op.is_destructive() || many);
            }
        }
    }
    plan.verdicts = verdicts;
}

/// Whether an action is one of the changes that a guard found too many.
fn is_too_many(verdict: &Verdict, action: &Action) -> bool {
    verdict.kind == Some(action.kind)
        && match verdict.guard {
            Guard::Updates => matches!(action.op, Op::Update { .. }),
            Guard::Logins => changes_login(action),
            _ => false,
        }
}

struct Judge<'a> {
    input: &'a Input<'a>,
    policy: &'a Policy,
    verdicts: Vec<Verdict>,
}

impl Judge<'_> {
    fn trip(
        &mut self,
        guard: Guard,
        kind: Option<Kind>,
        place: Option<ObjectId>,
        measured: Share,
        allowed: String,
    ) {
        self.verdicts.push(Verdict {
            guard,
            kind,
            place,
            measured,
            allowed,
        });
    }

    fn bound(
        &mut self,
        guard: Guard,
        kind: Kind,
        place: Option<ObjectId>,
        share: Share,
        bound: Bound,
    ) {
        if bound.is_passed(share.part, share.whole) {
            let allowed = format!("{} %, and always fewer than {}", bound.percent, bound.floor);
            self.trip(guard, Some(kind), place, share, allowed);
        }
    }

    fn kinds(&mut self, plan: &Plan) {
        let limits = self.policy.guards;
        let recent = self.input.recent;
        for kind in Kind::ALL {
            let before = plan.counts.get(&kind).map_or(0, |counts| counts.before);
            let count = |is: fn(&Action) -> bool| {
                let actions = plan.actions.iter();
                actions
                    .filter(|action| action.kind == kind && !action.is_made() && is(action))
                    .count() as u64
            };
            let earlier = |counts: &BTreeMap<Kind, u64>| counts.get(&kind).copied().unwrap_or(0);
            let whole = before + earlier(&recent.removed);
            if is_vanished(before, count(leaves), count(comes)) {
                let all = Share::new(before, before);
                self.trip(
                    Guard::TypeVanished,
                    Some(kind),
                    None,
                    all,
                    "none".to_owned(),
                );
                continue;
            }
            let mut removals = limits.removals;
            if self.season_widens(kind) {
                removals.percent = limits.rollover_sections;
            }
            let leaving = together(count(leaves), earlier(&recent.removed));
            self.bound(
                Guard::Removals,
                kind,
                None,
                Share::new(leaving, whole),
                removals,
            );
            let updates = plan.actions.iter();
            let updates = updates.filter(|action| action.kind == kind && plan.is_update(action));
            let changing = together(updates.count() as u64, earlier(&recent.updated));
            self.bound(
                Guard::Updates,
                kind,
                None,
                Share::new(changing, before),
                limits.updates,
            );
            let coming = count(|action| matches!(action.op, Op::Create { .. }));
            let coming = together(coming, earlier(&recent.created));
            if before > 0 && !self.season_widens(kind) {
                self.bound(
                    Guard::Creations,
                    kind,
                    None,
                    Share::new(coming, before.saturating_sub(earlier(&recent.created))),
                    limits.creations,
                );
            }
            let logins = together(count(changes_login), earlier(&recent.logins));
            let logins = Share::new(logins, before);
            self.bound(Guard::Logins, kind, None, logins, limits.logins);
        }
    }

    /// In the rollover window classes come and go (integration-side A4.6); people do not.
    fn season_widens(&self, kind: Kind) -> bool {
        let timetable = matches!(
            kind,
            Kind::Section | Kind::Term | Kind::Course | Kind::ContactLink
        );
        self.input.season == Season::Rollover && timetable
    }

    fn schools(&mut self, plan: &Plan) {
        let base = self.input.base;
        for kind in JUDGED_PER_SCHOOL {
            if self.season_widens(kind) {
                continue;
            }
            let leaving = plan
                .actions
                .iter()
                .filter(|action| action.kind == kind && leaves(action));
            let rows = leaving.filter_map(|action| base.table(kind).find(&action.source?));
            let gone = per_school(base, kind, rows);
            if gone.is_empty() {
                continue;
            }
            let there = per_school(base, kind, 0..base.table(kind).len());
            for (school, part) in gone {
                let whole = there.get(&school).copied().unwrap_or(part);
                let earlier = self.input.recent.schools.get(&(kind, school));
                let earlier = earlier.copied().unwrap_or(0);
                let share = Share::new(together(part, earlier), whole + earlier);
                self.bound(
                    Guard::SchoolRemovals,
                    kind,
                    Some(school),
                    share,
                    self.policy.guards.school_removals,
                );
            }
        }
    }

    fn role_grants(&mut self, plan: &mut Plan) {
        let mirror = self.input.mirror;
        let has_power = |row: u32| {
            let roles = records::roles(mirror, Kind::Employee, row);
            roles.into_iter().any(records::is_privileged)
        };
        let grants = |action: &Action| match &action.op {
            Op::GrantRole { role } => records::is_privileged(*role),
            Op::Create { row, .. } | Op::Link { row, .. } if action.kind == Kind::Employee => {
                has_power(*row)
            }
            _ => false,
        };
        // Whoever was found by less than a number gets power over others only if somebody says so, be it one person.
        let is_weak = |action: &Action| {
            let weak = [Key::Username, Key::Email, Key::NameBirthdaySchool];
            let by = matches!(&action.op, Op::Link { rung, .. } if weak.contains(rung));
            by && action.reason != Reason::Accepted
        };
        let allowed = self.policy.guards.role_grants;
        let granted = plan.actions.iter().filter(|action| grants(action)).count() as u64;
        let all = granted > allowed;
        let mut held = 0;
        for action in &mut plan.actions {
            if grants(action) && (all || is_weak(action)) {
                action.held = true;
                held += 1;
            }
        }
        if held == 0 {
            return;
        }
        let share = Share::new(held, granted);
        self.trip(
            Guard::RoleGrants,
            Some(Kind::Employee),
            None,
            share,
            allowed.to_string(),
        );
    }
}

/// Whether an action makes somebody or something leave. What the app's own filter leaves out counts too.
pub(crate) fn leaves(action: &Action) -> bool {
    !action.is_made() && matches!(action.op, Op::Deactivate | Op::Archive | Op::Review)
}

/// Whether an action makes somebody or something come, or come back.
pub(crate) fn comes(action: &Action) -> bool {
    matches!(
        action.op,
        Op::Create { .. } | Op::Link { .. } | Op::Reactivate | Op::Restore
    )
}

/// Whether nothing is left of a kind. Where all are exchanged for others, as classes are when a year begins, there is something.
pub(crate) fn is_vanished(before: u64, leaving: u64, coming: u64) -> bool {
    before > 0 && leaving == before && coming == 0
}

/// What was done earlier today counts with what is to be done, but holds nothing by itself.
fn together(now: u64, earlier: u64) -> u64 {
    if now == 0 { 0 } else { now + earlier }
}
