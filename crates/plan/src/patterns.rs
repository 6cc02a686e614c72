//! Naming what a plan looks like.

use std::collections::BTreeMap;

use homeroom_change::Season;
use homeroom_model::{Kind, ObjectId};

use crate::action::{Action, Op};
use crate::guard::Guard;
use crate::guards::{comes, is_vanished, leaves};
use crate::input::Input;
use crate::pattern::{Pattern, PatternKind};
use crate::plan::Plan;
use crate::records;

/// Fewer than this are no pattern.
const FEW: u64 = 20;

/// Names the patterns of a plan, in the order of [`PatternKind`].
pub(crate) fn name(plan: &mut Plan, input: &Input<'_>) {
    if input.first_sync {
        return;
    }
    let mut patterns = Vec::new();
    for kind in Kind::ALL {
        let before = plan.counts.get(&kind).map_or(0, |counts| counts.before);
        let count = |is: &dyn Fn(&Action) -> bool| {
            let actions = plan.actions.iter();
            actions
                .filter(|action| action.kind == kind && is(action))
                .count() as u64
        };
        let rekeyed = count(&|action| matches!(action.op, Op::Rekey { .. }));
        if rekeyed >= FEW && rekeyed * 5 >= before {
            patterns.push(of_kind(PatternKind::MassRekey, kind, rekeyed));
        }
        let left = count(&leaves);
        if is_vanished(before, left, count(&comes)) {
            patterns.push(of_kind(PatternKind::TypeVanished, kind, left));
        }
        let came = count(&|action| matches!(action.op, Op::Create { .. }));
        if kind == Kind::Section && left >= FEW && left * 2 >= before && came * 2 >= left {
            let pattern = if input.season == Season::Rollover {
                PatternKind::YearRollover
            } else {
                PatternKind::TermRollover
            };
            patterns.push(of_kind(pattern, kind, left));
        }
        patterns.extend(unshared_fields(plan, input, kind));
    }
    patterns.extend(unshared_schools(plan, input));
    let kept = plan.stopped.iter().filter(|stopped| stopped.kept);
    patterns.extend(kept.map(|stopped| Pattern {
        field: Some(stopped.field),
        ..of_kind(PatternKind::FieldUnshared, stopped.kind, stopped.records)
    }));
    let mut verdicts = plan.verdicts.iter();
    if let Some(grants) = verdicts.find(|verdict| verdict.guard == Guard::RoleGrants) {
        patterns.push(of_kind(
            PatternKind::RoleEscalation,
            Kind::Employee,
            grants.measured.part,
        ));
    }
    patterns.sort_by_key(|pattern| (pattern.pattern, pattern.kind, pattern.school, pattern.field));
    plan.patterns = patterns;
}

fn of_kind(pattern: PatternKind, kind: Kind, records: u64) -> Pattern {
    Pattern {
        pattern,
        kind: Some(kind),
        school: None,
        field: None,
        records,
    }
}

/// Fields that become blank for nearly everybody at once: one notice instead of thousands (integration-side A2.8).
fn unshared_fields(plan: &Plan, input: &Input<'_>, kind: Kind) -> Vec<Pattern> {
    let mut blanked: BTreeMap<&'static str, u64> = BTreeMap::new();
    for action in plan.actions.iter().filter(|action| action.kind == kind) {
        let Op::Update { changes } = &action.op else {
            continue;
        };
        for change in changes.iter().filter(|change| change.after.is_empty()) {
            *blanked.entry(change.field).or_default() += 1;
        }
    }
    let mirror = input.mirror;
    let fields = crate::values::all(kind);
    let blank = |name: &str| {
        let field = fields.iter().find(|field| field.name == name);
        let mut rows = 0..mirror.table(kind).len();
        field.is_some_and(|field| rows.all(|row| field.text(mirror, kind, row).is_empty()))
    };
    let unshared = blanked
        .into_iter()
        .filter(|(name, count)| *count >= FEW && blank(name));
    let unshared = unshared.map(|(field, records)| Pattern {
        field: Some(field),
        ..of_kind(PatternKind::FieldUnshared, kind, records)
    });
    unshared.collect()
}

/// Schools that are no longer shared, with how many students leave with them: whatever told of each, an event or a walk.
fn unshared_schools(plan: &Plan, input: &Input<'_>) -> Vec<Pattern> {
    let (base, mirror) = (input.base, input.mirror);
    let shared = |school: &ObjectId| mirror.table(Kind::School).find(school).is_some();
    let mut people: BTreeMap<ObjectId, u64> = BTreeMap::new();
    for action in plan.actions.iter().filter(|action| leaves(action)) {
        if !matches!(action.kind, Kind::Student | Kind::Employee | Kind::Section) {
            continue;
        }
        let row = action
            .source
            .and_then(|source| base.table(action.kind).find(&source));
        let schools = row
            .map(|row| records::schools(base, action.kind, row))
            .unwrap_or_default();
        if schools.iter().any(shared) {
            continue;
        }
        for school in schools {
            *people.entry(school).or_default() += u64::from(action.kind == Kind::Student);
        }
    }
    let patterns = people.into_iter().map(|(school, records)| Pattern {
        school: Some(school),
        ..of_kind(PatternKind::SchoolUnshared, Kind::Student, records)
    });
    patterns.collect()
}
