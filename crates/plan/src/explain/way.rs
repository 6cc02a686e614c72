//! What every station knows of a record.

use homeroom_model::Kind;

use super::Verdict;
use super::words::{because, done, noun};
use crate::action::{Action, Op};
use crate::asked::{About, Asked, Dispute};
use crate::known::{Link, LinkState, Standing};
use crate::plan::{Finding, Plan};

pub(super) struct Way<'a> {
    pub(super) kind: Kind,
    pub(super) row: Option<u32>,
    /// Whether the mirror that was applied last had it.
    pub(super) before: bool,
    /// Whether somebody picked it, or dropped it.
    pub(super) pick: Option<bool>,
    /// Whether it waits for a pick.
    pub(super) waits: bool,
    pub(super) filtered: bool,
    pub(super) findings: Vec<&'a Finding>,
    pub(super) link: Option<Link>,
    /// What people were asked about it and have not answered.
    pub(super) asked: Vec<Asked>,
    pub(super) disputes: Vec<Dispute>,
    pub(super) actions: Vec<&'a Action>,
    pub(super) plan: &'a Plan,
}

impl Way<'_> {
    pub(super) fn steps(&self) -> Vec<Verdict> {
        let mut steps = Vec::new();
        let mut say = |station: &'static str, said: String| steps.push(Verdict { station, said });
        let read = match (self.row, self.before) {
            (Some(_), _) => "the source shares it",
            (None, true) => "the source shared it before and does not now",
            (None, false) => "the source does not share it",
        };
        say("read", read.to_owned());
        if let Some(filter) = self.filter() {
            say("filter", filter.to_owned());
        }
        for finding in &self.findings {
            let effect = if finding.rejected {
                "is left out"
            } else {
                "goes on"
            };
            let field = in_field(finding);
            say(
                "validate",
                format!("{}{field}: the record {effect}", finding.code),
            );
        }
        let matched = match self.link {
            Some(link) if link.state == LinkState::Alias => "an id that its account had before",
            Some(link) if link.state == LinkState::Joint => {
                "known by its id, a second one of an account"
            }
            Some(link) if link.standing == Standing::Quarantined => {
                "known by its id, with its last good values"
            }
            Some(link) if link.is_present() => "known by its id",
            Some(_) => "known by its id, and gone when the district was last applied",
            None => "nobody has this id",
        };
        say("match", matched.to_owned());
        for asked in &self.asked {
            let (number, about) = (asked.number, asked.about.text());
            say("match", format!("question {number} waits: {about}"));
        }
        for dispute in &self.disputes {
            let (number, reason) = (dispute.number, dispute.reason);
            say("match", format!("conflict {number} stands: {reason}"));
        }
        for action in &self.actions {
            say(
                "plan",
                format!("{} because {}", action.op.text(), action.reason),
            );
        }
        if self.is_held() {
            let reasons: Vec<_> = self.plan.verdicts.iter().map(ToString::to_string).collect();
            say(
                "hold",
                format!("waits for approval: {}", reasons.join("; ")),
            );
        }
        steps
    }

    /// What the filter and picks say of it, if anything.
    fn filter(&self) -> Option<&'static str> {
        self.row?;
        Some(match self.pick {
            Some(true) => "somebody picked it",
            Some(false) => "somebody dropped it",
            None if self.waits => "it waits for a pick",
            None if self.kind != Kind::Section => return None,
            None if self.filtered => "the app's filter leaves it out",
            None => "the app's filter takes it",
        })
    }

    /// Whether the record is one that the app wants.
    pub(super) fn is_taken(&self) -> bool {
        let dropped = self.pick == Some(false);
        let filtered = self.filtered && self.pick != Some(true);
        self.row.is_some() && !dropped && !filtered && !self.waits && self.rejecting().is_none()
    }

    pub(super) fn is_held(&self) -> bool {
        let alone = self.actions.iter().any(|action| action.held);
        alone || (self.plan.held && !self.actions.is_empty())
    }

    /// Whether people come or go.
    pub(super) fn changes_roster(&self) -> bool {
        let mut actions = self.actions.iter();
        actions.any(|action| matches!(action.op, Op::Enrol { .. } | Op::Unenrol { .. }))
    }

    fn rejecting(&self) -> Option<&Finding> {
        let mut findings = self.findings.iter();
        findings.find(|finding| finding.rejected).copied()
    }

    pub(super) fn sentence(&self) -> String {
        if let Some(sentence) = self.left_out().or_else(|| self.open()) {
            return sentence;
        }
        let present = self.link.is_some_and(|link| link.is_present());
        // What takes something away says more than what merely changes.
        let loud = |action: &&&Action| action.op.is_destructive();
        let silent = |action: &&&Action| !action.op.is_noop();
        let actions = self.actions.iter();
        let action = actions
            .clone()
            .find(loud)
            .or_else(|| actions.clone().find(silent));
        if let Some(action) = action {
            let when = if self.is_held() {
                ", once the plan is approved"
            } else {
                " with this plan"
            };
            let (done, why) = (done(&action.op), because(action.reason));
            format!("It {done}{when}, because {why}.")
        } else if self.row.is_none() && present {
            "It stays as it is: this read cannot say that it is gone.".to_owned()
        } else if self.row.is_none() && self.link.is_some() {
            "The district does not share it any more; what the app has of it is kept.".to_owned()
        } else if self.row.is_none() {
            "The district does not share it.".to_owned()
        } else if self.link.is_none() {
            format!("The app takes no such {}.", noun(self.kind))
        } else {
            "It is in the app as the district says.".to_owned()
        }
    }

    /// Why it is not taken as it is.
    fn left_out(&self) -> Option<String> {
        self.row?;
        if self.pick == Some(false) {
            let sentence = "Somebody dropped it: it is left out by choice, not by the district.";
            return Some(sentence.to_owned());
        }
        if let Some(finding) = self.rejecting() {
            let field = in_field(finding);
            let account = self.link.is_some_and(|link| link.is_present());
            return Some(if finding.code == "without_class" {
                "It waits for a class, as the policy says.".to_owned()
            } else if account {
                format!(
                    "Its account keeps the last good values: {}{field} breaks a rule of the app.",
                    finding.code
                )
            } else {
                format!("It is left out because of {}{field}.", finding.code)
            });
        }
        if self.filtered && self.pick != Some(true) {
            let sentence = "It is left out by the app's own filter, not by the district.";
            return Some(sentence.to_owned());
        }
        let waits = "It waits until somebody picks it, or a class that it belongs to.";
        self.waits.then(|| waits.to_owned())
    }

    /// What somebody has to say first.
    fn open(&self) -> Option<String> {
        if let Some(dispute) = self.disputes.first() {
            let accounts = dispute.between.len();
            let number = dispute.number;
            return Some(if dispute.field.is_empty() {
                format!(
                    "It waits until somebody settles conflict {number}: {} with {accounts} account{}.",
                    dispute.reason,
                    if accounts == 1 { "" } else { "s" }
                )
            } else {
                let field = &dispute.field;
                format!(
                    "It is as the district says but for {field}, which another account has too: conflict {number} waits."
                )
            });
        }
        if let Some(action) = self.actions.iter().find(|action| is_question(&action.op)) {
            let (word, reason) = (action.op.text(), action.reason);
            return Some(format!(
                "It waits for somebody's answer: {word} because {reason}."
            ));
        }
        let asked = self.asked.first()?;
        let (number, about) = (asked.number, asked.about);
        let question = match about {
            About::Link | About::Reconnect => "whether an account that is there is theirs",
            About::Merge | About::Join => "whether two accounts are one person",
            About::CarryOver => "whether it goes on with what an archived class had",
            About::Successor => "whether it takes the place of a term that is gone",
            About::Course => "whether it takes the district's course",
            About::Review => "what its absence means",
        };
        let meanwhile = match self.link {
            Some(link) if link.is_present() => "It is in the app",
            Some(_) => "It is kept",
            None => "It waits",
        };
        Some(format!(
            "{meanwhile}; question {number} is open: {question}."
        ))
    }
}

fn in_field(finding: &Finding) -> String {
    if finding.field.is_empty() {
        String::new()
    } else {
        format!(" in {}", finding.field)
    }
}

fn is_question(op: &Op) -> bool {
    matches!(
        op,
        Op::Suggest { .. } | Op::Conflict { .. } | Op::Review | Op::ProposeMerge { .. }
    )
}
