//! Which undos are in force, and how that ends.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::Timestamp;
use homeroom_plan::{Consent, Guard, Plan};
use homeroom_roster::{Roster, RosterError, Run};

use crate::engine::about::About;
use crate::roster::UNDONE;

/// Runs that were undone and are not done again, with the run that undid each.
pub(crate) fn undone_by(runs: &[Run]) -> BTreeMap<i64, i64> {
    let mut undone = BTreeMap::new();
    let mut newest_first: Vec<_> = runs.iter().filter(|run| run.changes.is_some()).collect();
    newest_first.sort_unstable_by_key(|run| std::cmp::Reverse(run.id));
    for run in newest_first {
        if let Some(undoes) = run.undoes.filter(|_| !undone.contains_key(&run.id)) {
            undone.entry(undoes).or_insert(run.id);
        }
    }
    undone
}

/// How many undos lie between a run and one that the source made.
pub(super) fn depth(runs: &[Run], run: &Run) -> usize {
    let mut seen = BTreeSet::from([run.id]);
    let mut next = run.undoes;
    while let Some(id) = next.filter(|id| seen.insert(*id)) {
        next = runs
            .iter()
            .find(|run| run.id == id)
            .and_then(|run| run.undoes);
    }
    seen.len() - 1
}

/// Ends what undos hold back where a plan that was just applied shows that it is over: somebody approved all that was held, or the
/// source was read completely since and asks for none of it.
pub(crate) fn release(
    roster: &dyn Roster,
    district: i64,
    (plan, consent): (&Plan, &Consent),
    about: &About,
    at: Timestamp,
) -> Result<(), RosterError> {
    let notices = roster.read()?.notices(district, false)?;
    let open: Vec<_> = notices
        .iter()
        .filter(|notice| notice.code == UNDONE)
        .collect();
    if open.is_empty() {
        return Ok(());
    }
    let asked = plan
        .verdicts()
        .iter()
        .any(|verdict| verdict.guard == Guard::Undone);
    let mut held = (1..).zip(plan.actions()).filter(|(_, action)| action.held);
    let approved = asked && held.all(|(number, _)| consent.covers(plan, number));
    for notice in open {
        let read_since = |read: i64| read >= notice.raised.millis();
        let corrected = !asked && about.read_whole.is_some_and(read_since);
        if approved || corrected {
            roster.settle_notice(district, UNDONE, &notice.subject, at)?;
        }
    }
    Ok(())
}
