//! A plan as lines for people, in the manner of infrastructure tools: what comes with `+`, what changes with `~`, what goes
//! with `-`, questions with `?`.

use homeroom_model::ObjectId;

use crate::action::{Action, Ground, Op};
use crate::plan::Plan;

impl Plan {
    /// The lines of the plan, in its order. With `values`, fields show what they were and what they will be; without, only
    /// their names: a plan is about children.
    pub fn lines(&self, values: bool) -> impl Iterator<Item = String> {
        let shown = self.actions.iter().filter(|action| !action.op.is_noop());
        shown.map(move |action| line(action, values))
    }
}

impl Op {
    /// How people know it from infrastructure tools: `+` comes, `~` changes, `-` goes, `?` is asked.
    pub fn sign(&self) -> char {
        match self {
            Self::Create { .. }
            | Self::Link { .. }
            | Self::Reactivate
            | Self::Restore
            | Self::Enrol { .. }
            | Self::Copy { .. }
            | Self::MakeClass { .. }
            | Self::OpenProfile { .. }
            | Self::ReopenProfile { .. } => '+',
            Self::Review
            | Self::Suggest { .. }
            | Self::Conflict { .. }
            | Self::ProposeMerge { .. }
            | Self::Offer { .. } => '?',
            op if op.is_destructive() => '-',
            _ => '~',
        }
    }
}

fn line(action: &Action, values: bool) -> String {
    let sign = action.op.sign();
    let id = action.source.map_or_else(String::new, ObjectId::to_hex);
    let held = if action.held { " (held)" } else { "" };
    let detail = detail(&action.op, values);
    let (kind, word, reason) = (action.kind, action.op.text(), action.reason);
    format!("{sign} {kind} {id} {word}{detail} [{reason}]{held}")
}

fn detail(op: &Op, values: bool) -> String {
    match op {
        Op::Update { changes } | Op::Islands { changes } => {
            let change = |change: &crate::action::Change| {
                if values {
                    format!(
                        "{}: {:?} -> {:?}",
                        change.field, change.before, change.after
                    )
                } else {
                    change.field.to_owned()
                }
            };
            let changes: Vec<_> = changes.iter().map(change).collect();
            format!(" {}", changes.join(", "))
        }
        Op::Rekey { from } => format!(" from {}", from.to_hex()),
        Op::GrantRole { role } | Op::RevokeRole { role } => format!(" {}", role.text()),
        Op::Enrol { members } | Op::Reseat { members } => format!(" {}", members.len()),
        Op::Unenrol { members } => format!(" {}", members.len()),
        Op::Suggest {
            to: accounts, rung, ..
        }
        | Op::Conflict {
            between: accounts,
            rung,
            ..
        } => {
            let accounts: Vec<_> = accounts.iter().map(|local| local.0.to_string()).collect();
            format!(" {} with account {}", rung.text(), accounts.join(", "))
        }
        Op::ProposeMerge { into, beside, .. } => match (into, beside) {
            (Some(account), _) => format!(" account {}", account.0),
            (None, Some(source)) => format!(" with {}", source.to_hex()),
            (None, None) => String::new(),
        },
        Op::Merge { from: account, .. } | Op::Unmerge { from: account } => {
            format!(" account {}", account.0)
        }
        Op::Offer { from } | Op::CarryOver { from } | Op::Succeed { from } => {
            format!(" from {}", from.0)
        }
        Op::Copy { school, .. } => format!(" for school {}", school.to_hex()),
        Op::MakeClass { name, .. } => format!(" {name:?}"),
        Op::OpenProfile { ground }
        | Op::ReopenProfile { ground, .. }
        | Op::CloseProfile { ground, .. } => match ground {
            Ground::Section(id) => format!(" for class {}", id.to_hex()),
            Ground::School(id) => format!(" for school {}", id.to_hex()),
            Ground::Role(role) => format!(" as {}", role.text()),
        },
        Op::Tell { over } => if *over { " over" } else { "" }.to_owned(),
        Op::Powers { from, to } => format!(" {} -> {}", from.text(), to.text()),
        _ => String::new(),
    }
}
