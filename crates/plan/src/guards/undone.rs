//! What people took back is not done again by itself (integration-side A4.10).

use std::collections::BTreeSet;

use homeroom_change::Share;
use homeroom_model::ObjectId;

use super::dependants::makes;
use crate::action::Op;
use crate::guard::{Guard, Verdict};
use crate::known::{Known, KnownError};
use crate::pattern::{Pattern, PatternKind};
use crate::plan::Plan;

/// Holds the actions that would do again what an undo took back; the rest of the plan goes on. Where it is the record itself that
/// would come, or come back, or its id, nothing else is done to the record either.
pub(crate) fn hold(plan: &mut Plan, known: &dyn Known) -> Result<(), KnownError> {
    let mut again = BTreeSet::new();
    let mut records: BTreeSet<ObjectId> = BTreeSet::new();
    for (place, action) in plan.actions.iter().enumerate() {
        if does_something(&action.op) && known.is_undone(action)? {
            again.insert(place);
            records.extend(action.source.filter(|_| brings(&action.op)));
        }
    }
    if again.is_empty() {
        return Ok(());
    }
    let mut acting = 0;
    let mut held = 0;
    for (place, action) in plan.actions.iter_mut().enumerate() {
        if !does_something(&action.op) {
            continue;
        }
        acting += 1;
        let same = action
            .source
            .is_some_and(|source| records.contains(&source));
        if same || again.contains(&place) {
            action.held = true;
            held += 1;
        }
    }
    plan.verdicts.push(Verdict {
        guard: Guard::Undone,
        kind: None,
        place: None,
        measured: Share::new(held, acting),
        allowed: "none".to_owned(),
    });
    plan.patterns.push(Pattern {
        pattern: PatternKind::Undone,
        kind: None,
        school: None,
        field: None,
        records: held,
    });
    Ok(())
}

/// Whether an action changes something, and does not only ask.
pub(super) fn does_something(op: &Op) -> bool {
    let asks = matches!(
        op,
        Op::Review
            | Op::Suggest { .. }
            | Op::Conflict { .. }
            | Op::ProposeMerge { .. }
            | Op::Offer { .. }
    );
    !asks && !op.is_noop()
}

/// Whether a record, or an id of it, comes with an action, or comes back.
fn brings(op: &Op) -> bool {
    makes(op) || matches!(op, Op::Reactivate | Op::Restore)
}
