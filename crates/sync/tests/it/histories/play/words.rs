//! Orders and runs in words, for the story.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use homeroom_sync::{Extent, Order, Ran, ReadHow, Until};

use crate::histories::village::short;

pub(super) fn told(order: &Order) -> String {
    let what = match (order.until, order.read) {
        (Until::Plan, _) => "a dry run",
        (_, ReadHow::Full) if order.deep => "a full run that compares every value",
        (_, ReadHow::Full) => "a full run",
        (_, ReadHow::Kept) => "a run from what was read last",
        (_, ReadHow::Auto) => "a run",
    };
    match order.extent {
        Extent::District => what.to_owned(),
        Extent::School(id) | Extent::Section(id) | Extent::Person(id) => {
            format!("{what} of {}", short(id))
        }
    }
}

pub(super) fn ended(ran: &Ran) -> String {
    let notes: Vec<_> = ran.report.notes.iter().map(|note| note.text()).collect();
    let holds = if ran.holds.is_empty() {
        String::new()
    } else {
        format!(", holds {:?}", ran.holds)
    };
    let mut words: BTreeMap<String, u32> = BTreeMap::new();
    for action in ran
        .plan
        .actions()
        .iter()
        .filter(|action| !action.op.is_noop())
    {
        *words
            .entry(format!("{} {}", action.kind.table(), action.reason))
            .or_default() += 1;
    }
    let words: Vec<_> = words
        .iter()
        .map(|(word, often)| format!("{often} {word}"))
        .collect();
    let held = ran
        .plan
        .actions()
        .iter()
        .filter(|action| action.held)
        .count();
    let mut verdicts = String::new();
    for verdict in ran.plan.verdicts() {
        let _ = write!(verdicts, "; {verdict}");
    }
    let partial = ran
        .report
        .collections
        .iter()
        .filter_map(|line| Some(format!("; {}: {}", line.name, line.partial.as_ref()?)));
    let partial: String = partial.collect();
    let apart = if ran.difference.is_empty() {
        String::new()
    } else {
        format!(", {} lines differ", ran.difference.len())
    };
    format!(
        "run {} {} by {}{}{holds}{apart}{partial}; done {}, held {held}{verdicts}; planned [{}]",
        ran.run,
        ran.state.text(),
        ran.mode,
        if notes.is_empty() {
            String::new()
        } else {
            format!(" ({})", notes.join(", "))
        },
        ran.performed.done,
        words.join(", "),
    )
}
