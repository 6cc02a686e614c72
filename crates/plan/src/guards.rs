//! Holding a plan, or part of it, against the limits of the policy (integration-side B9, B11). What is counted is the net
//! effect: a record that only has another id neither leaves nor comes.

pub(crate) mod dependants;
pub(crate) mod undone;

use std::collections::BTreeMap;

use homeroom_change::{Season, Share};
use homeroom_model::{Kind, ObjectId, Role};
use homeroom_segment::{Relation, Snapshot};

use crate::action::{Action, Op};
use crate::guard::{Guard, Verdict};
use crate::input::Input;
use crate::plan::Plan;
use crate::policy::{Bound, HoldScope, Key, Policy};
use crate::reason::Reason;
use crate::records;

/// Judges a plan: adds verdicts, marks actions that are held alone, and says whether the plan is held.
pub(crate) fn judge(plan: &mut Plan, input: &Input<'_>, policy: &Policy) {
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
            // What was done earlier today counts with what is to be done, but holds nothing by itself.
            let together = |now: u64, earlier: u64| if now == 0 { 0 } else { now + earlier };
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
                    Share::new(coming, before),
                    limits.creations,
                );
            }
            let logins = Share::new(count(changes_login), before);
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
        let kinds = [Kind::Student, Kind::Employee, Kind::Section];
        for kind in kinds {
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
                let share = Share::new(part, whole);
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

    /// Rosters that lose most of their people, or exchange them, outside the rollover window: those sections wait, everything
    /// else goes on (integration-side S14).
    fn rosters(&mut self, plan: &mut Plan) {
        if self.input.season == Season::Rollover {
            return;
        }
        let bound = self.policy.guards.roster_shrink;
        let mut moves: BTreeMap<ObjectId, (u64, u64)> = BTreeMap::new();
        for action in &plan.actions {
            let Some(section) = action.source.filter(|_| action.kind == Kind::Section) else {
                continue;
            };
            let (left, came) = moves.entry(section).or_default();
            match &action.op {
                Op::Unenrol { members } => *left += count(members.iter().map(|seat| seat.role)),
                Op::Enrol { members } => *came += count(members.iter().map(|place| place.role)),
                _ => {}
            }
        }
        let mut held = std::collections::BTreeSet::new();
        for (section, (left, came)) in moves.into_iter().filter(|(_, (left, _))| *left > 0) {
            let size = roster_size(self.input.base, &section);
            if size < bound.floor {
                continue;
            }
            let most = |part: u64| part * 100 > size * u64::from(bound.percent);
            let guard = if most(left.saturating_sub(came)) {
                Guard::RosterShrink
            } else if most(left) && came * 2 >= left {
                Guard::RosterReplaced
            } else {
                continue;
            };
            held.insert(section);
            let allowed = format!("{} %", bound.percent);
            self.trip(
                guard,
                Some(Kind::Section),
                Some(section),
                Share::new(left, size),
                allowed,
            );
        }
        for action in &mut plan.actions {
            let roster = matches!(action.op, Op::Enrol { .. } | Op::Unenrol { .. });
            action.held |= roster && action.source.is_some_and(|section| held.contains(&section));
        }
    }
}

fn count(roles: impl Iterator<Item = Role>) -> u64 {
    roles.filter(|role| *role == Role::Student).count() as u64
}

fn roster_size(base: &Snapshot, section: &ObjectId) -> u64 {
    let row = base.table(Kind::Section).find(section);
    row.map_or(0, |row| {
        base.lists(Relation::SectionStudents).get(row).len() as u64
    })
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

fn changes_login(action: &Action) -> bool {
    let Op::Update { changes } = &action.op else {
        return false;
    };
    let login = |field: &str| field.ends_with("email") || field.ends_with("username");
    matches!(action.kind, Kind::Student | Kind::Employee)
        && changes
            .iter()
            .any(|change| login(change.field) && !change.before.is_empty())
}

fn per_school(
    base: &Snapshot,
    kind: Kind,
    rows: impl Iterator<Item = u32>,
) -> BTreeMap<ObjectId, u64> {
    let mut counts = BTreeMap::new();
    for row in rows {
        for school in records::schools(base, kind, row) {
            *counts.entry(school).or_default() += 1;
        }
    }
    counts
}
