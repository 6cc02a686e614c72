//! What cannot be done without something that waits for somebody waits with it (integration-side A4.3).

use std::collections::BTreeSet;

use homeroom_model::{Kind, ObjectId};
use homeroom_segment::Snapshot;

use super::undone::does_something;
use crate::action::{Action, Op};
use crate::needs::required;
use crate::plan::Plan;

/// Holds the actions that need a record which would come with an action that is held; counts them.
pub(crate) fn hold(plan: &mut Plan, mirror: &Snapshot) {
    let held = plan.actions.iter().filter(|action| action.held);
    let mut waits: BTreeSet<_> = held.filter_map(made).collect();
    let mut more = !waits.is_empty();
    while more {
        more = false;
        for action in &mut plan.actions {
            if action.held || !does_something(&action.op) {
                continue;
            }
            let mut needed = required(action, mirror).into_iter();
            if !needed.any(|record| waits.contains(&record)) {
                continue;
            }
            action.held = true;
            plan.dependants += 1;
            more |= made(action).is_some_and(|record| waits.insert(record));
        }
    }
}

/// The record that an action makes.
fn made(action: &Action) -> Option<(Kind, ObjectId)> {
    let source = action.source.filter(|_| makes(&action.op))?;
    Some((action.kind, source))
}

/// Whether there is no such record of the source in the app before the action.
pub(super) fn makes(op: &Op) -> bool {
    matches!(
        op,
        Op::Create { .. }
            | Op::Link { .. }
            | Op::Rekey { .. }
            | Op::Split { .. }
            | Op::Copy { .. }
            | Op::MakeClass { .. }
    )
}
