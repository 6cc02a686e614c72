//! What people were asked, and what they said.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};

use homeroom_model::ObjectId;

use crate::known::{Decision, Known, KnownError, Local};
use crate::policy::Key;
use crate::reason::Reason;

/// What a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// A record may belong to an account that the source never named.
    Link,
    /// A record may be somebody who was gone (integration-side A3.10).
    Reconnect,
    /// Two accounts may be one person.
    Merge,
    /// Two records that are both there may be one person (integration-side A3.8).
    Join,
    /// A new class may go on with what the app keeps of an archived one (integration-side A5.14).
    CarryOver,
    /// A new term may be the one that went (integration-side A6.6).
    Successor,
    /// The source names a course where people of the app had given one of their own (S20).
    Course,
    /// Somebody is gone, and the policy asks what that means (integration-side A6.4b).
    Review,
}

impl About {
    /// Everything a question can be about.
    pub const ALL: [Self; 8] = [
        Self::Link,
        Self::Reconnect,
        Self::Merge,
        Self::Join,
        Self::CarryOver,
        Self::Successor,
        Self::Course,
        Self::Review,
    ];

    /// The word for it in reports and in the app's database.
    pub fn text(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Reconnect => "reconnect",
            Self::Merge => "merge",
            Self::Join => "join",
            Self::CarryOver => "carry_over",
            Self::Successor => "successor",
            Self::Course => "course",
            Self::Review => "review",
        }
    }

    /// The one of that word.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|about| about.text() == text)
    }

    /// Whether it is one question with another: who a record is.
    fn same(self) -> Self {
        match self {
            Self::Reconnect => Self::Link,
            other => other,
        }
    }
}

/// A question that people were asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its number.
    pub number: i64,
    /// What it is about.
    pub about: About,
    /// The record.
    pub source: ObjectId,
    /// The account, or whatever else of the app it is about.
    pub local: Local,
    /// What it rested on ([`evidence`]): if that changes, the question is another.
    pub evidence: String,
    /// What was said.
    pub decision: Decision,
}

/// Accounts that contradicted each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// Its number.
    pub number: i64,
    /// What sort of contradiction: [`Reason::Ambiguous`] or [`Reason::SplitIdentity`].
    pub reason: Reason,
    /// The record.
    pub source: ObjectId,
    /// The field, or blank.
    pub field: String,
    /// The accounts, ascending.
    pub between: Vec<Local>,
    /// Whether somebody settled it.
    pub settled: bool,
}

/// What a question rests on: the rung, and a fingerprint of the value that is the same on both sides. No value can be read
/// from it.
pub(crate) fn evidence(key: Key, value: &str) -> String {
    let hash = blake3::hash(value.as_bytes());
    let short: String = hash.to_hex().chars().take(16).collect();
    format!("{}:{short}", key.text())
}

/// The rung of an evidence.
pub(crate) fn rung(evidence: &str) -> Option<Key> {
    let name = evidence.split(':').next()?;
    Key::ALL.into_iter().find(|key| key.text() == name)
}

/// All questions and disputes of a roster, and which of them still stand.
#[derive(Default)]
pub(crate) struct Answers {
    asked: HashMap<(About, ObjectId, Local), Asked>,
    accepted: HashMap<(About, ObjectId), Asked>,
    disputes: HashMap<(Reason, ObjectId, String), Dispute>,
    settled: HashSet<(ObjectId, Local)>,
    standing: RefCell<BTreeSet<i64>>,
    disputed: RefCell<BTreeSet<i64>>,
}

impl Answers {
    pub(crate) fn read(known: &dyn Known) -> Result<Self, KnownError> {
        let mut answers = Self::default();
        for asked in known.asked()? {
            let key = (asked.about.same(), asked.source, asked.local);
            // Of two that are one question, the one that was answered counts.
            let answered =
                |asked: &Asked| matches!(asked.decision, Decision::Accepted | Decision::Rejected);
            match answers.asked.get(&key) {
                Some(before) if answered(before) => {}
                _ => {
                    answers.asked.insert(key, asked);
                }
            }
        }
        for asked in answers.accepted() {
            let key = (asked.about.same(), asked.source);
            answers.accepted.entry(key).or_insert(asked);
        }
        let disputes = known.disputes()?;
        for dispute in disputes.iter().filter(|dispute| dispute.settled) {
            let pairs = dispute.between.iter().map(|local| (dispute.source, *local));
            answers.settled.extend(pairs);
        }
        let disputes = disputes.into_iter();
        answers.disputes = disputes
            .map(|dispute| {
                let key = (dispute.reason, dispute.source, dispute.field.clone());
                (key, dispute)
            })
            .collect();
        Ok(answers)
    }

    /// What was said to a question. Whoever asks it says with it that it still stands.
    pub(crate) fn said(
        &self,
        about: About,
        (source, local): (ObjectId, Local),
        rests_on: &str,
    ) -> Decision {
        let Some(asked) = self.asked.get(&(about.same(), source, local)) else {
            return Decision::Unasked;
        };
        self.standing.borrow_mut().insert(asked.number);
        // A no to one rung is a no to weaker ones; another value of the same rung, or a stronger one, is another question.
        let (now, then) = (rung(rests_on), rung(&asked.evidence));
        let another = asked.evidence != rests_on && now.is_some() && now <= then;
        if asked.decision == Decision::Rejected && another {
            Decision::Unasked
        } else {
            asked.decision
        }
    }

    /// A contradiction that people know of.
    pub(crate) fn dispute(
        &self,
        reason: Reason,
        source: ObjectId,
        field: &'static str,
    ) -> Option<&Dispute> {
        let dispute = self.disputes.get(&(reason, source, field.to_owned()))?;
        self.disputed.borrow_mut().insert(dispute.number);
        Some(dispute)
    }

    /// Whether somebody said that a record and an account are two: by a no, or by settling a contradiction between them.
    pub(crate) fn are_two(&self, source: ObjectId, local: Local) -> bool {
        let refused = |about: About| {
            let asked = self.asked.get(&(about, source, local));
            asked.is_some_and(|asked| asked.decision == Decision::Rejected)
        };
        self.settled.contains(&(source, local)) || refused(About::Merge)
    }

    /// Everything somebody said yes to, in the order of the questions.
    pub(crate) fn accepted(&self) -> Vec<Asked> {
        let accepted = self.asked.values();
        let mut accepted: Vec<_> = accepted
            .filter(|asked| asked.decision == Decision::Accepted)
            .cloned()
            .collect();
        accepted.sort_by_key(|asked| asked.number);
        accepted
    }

    /// What somebody said yes to about a record, the first of it.
    pub(crate) fn accepted_for(&self, about: About, source: ObjectId) -> Option<&Asked> {
        self.accepted.get(&(about.same(), source))
    }

    /// Every question, in their order.
    pub(crate) fn questions(&self) -> Vec<&Asked> {
        let mut asked: Vec<_> = self.asked.values().collect();
        asked.sort_by_key(|asked| asked.number);
        asked
    }

    /// Whether a question was asked again in this plan.
    pub(crate) fn stands(&self, number: i64) -> bool {
        self.standing.borrow().contains(&number)
    }

    /// Contradictions that people have not settled and that this plan did not find again, in their order.
    pub(crate) fn dissolved(&self) -> Vec<i64> {
        let found = self.disputed.borrow();
        let open = self.disputes.values().filter(|dispute| !dispute.settled);
        let mut over: Vec<_> = open
            .map(|dispute| dispute.number)
            .filter(|number| !found.contains(number))
            .collect();
        over.sort_unstable();
        over
    }
}
