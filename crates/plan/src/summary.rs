//! How much of what: the first thing anybody looks at.

use std::collections::BTreeMap;
use std::fmt;

use homeroom_model::Kind;

use crate::action::Op;
use crate::plan::Plan;
use crate::rollover::Rollover;

/// How many actions of each sort, by kind and word; what is only counted is left out.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Summary {
    /// Actions, by kind and by the word of the action.
    pub actions: BTreeMap<(Kind, &'static str), u64>,
    /// Enrolments that begin.
    pub enrolled: u64,
    /// Enrolments that end.
    pub unenrolled: u64,
    /// Actions that a guard holds alone.
    pub held: u64,
    /// Records with findings that leave them out.
    pub rejected: u64,
    /// Findings in all.
    pub findings: u64,
    /// What it comes to in the rollover window.
    pub rollover: Option<Rollover>,
}

impl Plan {
    /// How much of what the plan does.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary {
            rejected: self
                .findings
                .iter()
                .filter(|finding| finding.rejected)
                .count() as u64,
            findings: self.findings.len() as u64,
            rollover: self.rollover,
            ..Summary::default()
        };
        for action in self.actions.iter().filter(|action| !action.op.is_noop()) {
            match &action.op {
                Op::Enrol { members } => summary.enrolled += members.len() as u64,
                Op::Unenrol { members } => summary.unenrolled += members.len() as u64,
                op => *summary.actions.entry((action.kind, op.text())).or_default() += 1,
            }
            summary.held += u64::from(action.held);
        }
        summary
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.actions.is_empty() && self.enrolled + self.unenrolled == 0 {
            return f.write_str("nothing to do");
        }
        let rollover = self.rollover.iter().map(ToString::to_string);
        let actions = self
            .actions
            .iter()
            .map(|((kind, word), count)| format!("{kind}: {word} {count}"));
        let mut parts: Vec<String> = rollover.chain(actions).collect();
        if self.enrolled > 0 {
            parts.push(format!("enrolments: begin {}", self.enrolled));
        }
        if self.unenrolled > 0 {
            parts.push(format!("enrolments: end {}", self.unenrolled));
        }
        if self.held > 0 {
            parts.push(format!("held alone: {}", self.held));
        }
        f.write_str(&parts.join(", "))
    }
}
