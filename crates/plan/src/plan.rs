//! A plan: what would be done, what was noticed, what holds it back.

mod bytes;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use homeroom_model::{Kind, ObjectId};

use crate::action::{Action, Adjusted, Op};
use crate::guard::Verdict;
use crate::notes::Note;
use crate::pattern::Pattern;
use crate::policy::Policy;
use crate::rollover::Rollover;
use crate::unshared::Stopped;

/// What the app's roster has to change, in the order in which it is done (integration-side B3): schools, terms, courses,
/// people, sections, members, ties; then what goes, the other way round; then what somebody is asked.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub(crate) actions: Vec<Action>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) counts: BTreeMap<Kind, Counts>,
    pub(crate) verdicts: Vec<Verdict>,
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) stopped: Vec<Stopped>,
    pub(crate) shared_again: Vec<(Kind, &'static str)>,
    pub(crate) notes: Vec<Note>,
    /// Questions whose answers actions carry out, by the record of the action.
    pub(crate) answered: BTreeMap<(Kind, ObjectId), i64>,
    /// Values of changed records that are not as the source says.
    pub(crate) adjusted: BTreeMap<(Kind, ObjectId), Vec<Adjusted>>,
    /// Records that wait for a pick.
    pub(crate) waiting: BTreeSet<(Kind, ObjectId)>,
    pub(crate) held: bool,
    /// How many students the app has in each class that somebody leaves, of those that the source put there.
    pub(crate) rosters: BTreeMap<ObjectId, u64>,
    pub(crate) dependants: u64,
    pub(crate) rollover: Option<Rollover>,
    pub(crate) digest: [u8; 32],
}

/// What of a kind needs no action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Counts {
    /// Entities whose records were present when the district was last applied.
    pub before: u64,
    /// Records that are as they were.
    pub unchanged: u64,
    /// People who wait for a class.
    pub skipped: u64,
    /// Entities that are missing from a read which cannot say that they are gone.
    pub unjudged: u64,
    /// People who left and whom the policy keeps.
    pub kept: u64,
}

/// Something wrong with a record (integration-side A2.5). Names the field, never the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The kind of record.
    pub kind: Kind,
    /// The record.
    pub source: ObjectId,
    /// The field.
    pub field: &'static str,
    /// What is wrong: a quality code of integration-side B13.
    pub code: &'static str,
    /// The record that has the value already, if that is what is wrong.
    pub other: Option<ObjectId>,
    /// Whether the record is left out for it.
    pub rejected: bool,
    /// What was done about it: `reject`, `fill`, `truncate`, `drop`, `warn` or `skip`.
    pub reaction: &'static str,
}

impl Plan {
    /// What would be done, in order.
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }

    /// What is wrong with records, in the order of the policy's requirements, kinds as they are planned.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What needs no action, per kind.
    pub fn counts(&self) -> &BTreeMap<Kind, Counts> {
        &self.counts
    }

    /// The guards that tripped.
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    /// Fields that stopped coming for the whole district.
    pub fn stopped(&self) -> &[Stopped] {
        &self.stopped
    }

    /// Fields that nobody shared and that came again, kinds as they are ordered.
    pub fn shared_again(&self) -> &[(Kind, &'static str)] {
        &self.shared_again
    }

    /// What the plan looks like.
    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// What the app's lists of findings and questions have to follow, whatever becomes of the actions: none of it changes the
    /// roster, and a plan of notes alone is empty.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Records that wait until somebody picks them.
    pub fn waiting(&self) -> &BTreeSet<(Kind, ObjectId)> {
        &self.waiting
    }

    /// The number of the question whose answer is carried out on a record.
    pub fn answered(&self, kind: Kind, source: ObjectId) -> Option<i64> {
        self.answered.get(&(kind, source)).copied()
    }

    /// What it comes to if the district is in its rollover window (integration-side A4.6): the first thing to look at.
    pub fn rollover(&self) -> Option<&Rollover> {
        self.rollover.as_ref()
    }

    /// The values of a changed record that are not as the source says.
    pub fn adjusted(&self, kind: Kind, source: ObjectId) -> &[Adjusted] {
        self.adjusted
            .get(&(kind, source))
            .map_or(&[], Vec::as_slice)
    }

    /// Whether nothing of it may be applied before somebody approved it.
    pub fn is_held(&self) -> bool {
        self.held
    }

    /// How many actions wait for nothing but others that a guard holds: they cannot be done without those.
    pub fn dependants(&self) -> u64 {
        self.dependants
    }

    /// Whether there is nothing to do: what is only counted does not matter.
    pub fn is_empty(&self) -> bool {
        self.actions.iter().all(|action| action.op.is_noop())
    }

    /// What people approve: equal for equal actions under an equal policy, and for nothing else.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The digest in hexadecimal digits: how people and the app's database name the plan.
    pub fn digest_text(&self) -> String {
        blake3::Hash::from_bytes(self.digest).to_hex().to_string()
    }

    /// Puts actions into their order and computes the digest.
    pub(crate) fn seal(&mut self, policy: &Policy) {
        self.actions
            .sort_by_key(|action| (stage(action), action.source, action.local));
        let mut hasher = blake3::Hasher::new();
        hasher.update(&policy.text_digest);
        let mut text = Vec::new();
        for action in &self.actions {
            text.clear();
            bytes::write(action, &mut text);
            hasher.update(&text);
        }
        self.digest = *hasher.finalize().as_bytes();
    }
}

/// When an action is done: the place of its stage.
fn stage(action: &Action) -> (u8, u8) {
    let comes = |kind: Kind| match kind {
        Kind::School => 0,
        Kind::Term => 1,
        Kind::Course => 2,
        Kind::Student => 3,
        Kind::Employee => 4,
        Kind::Contact => 5,
        Kind::Section => 6,
        Kind::ContactLink => 8,
        Kind::Resource => 9,
    };
    match &action.op {
        // Who is whom, then the ids, before anything is done to who has them.
        Op::Unmerge { .. } | Op::Merge { .. } => (0, comes(action.kind)),
        Op::Rekey { .. } => (0, 20 + comes(action.kind)),
        Op::Create { .. }
        | Op::Link { .. }
        | Op::Split { .. }
        | Op::Reactivate
        | Op::Restore
        | Op::Release => (1, comes(action.kind)),
        // After the course and the school, before sections that belong to it.
        Op::Copy { .. } => (1, 5),
        Op::MakeClass { .. } => (1, 6),
        // After the class, before its people.
        Op::OpenProfile { .. } | Op::ReopenProfile { .. } => (1, 7),
        Op::Reseat { .. } => (3, 8),
        Op::Islands { .. } => (2, 10),
        Op::Tell { .. } => (3, 9),
        Op::CloseProfile { .. } => (5, 20 - 7),
        Op::Update { .. }
        | Op::Refresh
        | Op::GrantRole { .. }
        | Op::Quarantine
        | Op::Succeed { .. }
        | Op::Powers { .. } => (2, comes(action.kind)),
        // What a class keeps of another one is about those who are in it.
        Op::CarryOver { .. } => (4, 20),
        Op::Enrol { .. } | Op::RefreshMembers => (3, 7),
        Op::Unenrol { .. } => (4, 20 - 7),
        // Copies before the courses they stand for.
        Op::Archive if action.is_made() && action.kind == Kind::Course => (5, 20 - 4),
        Op::RevokeRole { .. } | Op::Deactivate | Op::Archive => (5, 20 - comes(action.kind)),
        Op::Review
        | Op::Suggest { .. }
        | Op::Conflict { .. }
        | Op::ProposeMerge { .. }
        | Op::Offer { .. } => (6, comes(action.kind)),
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = self.source.to_hex();
        write!(f, "{} {source}: {} in {}", self.kind, self.code, self.field)?;
        if let Some(other) = self.other {
            write!(f, ", which {} has", other.to_hex())?;
        }
        Ok(())
    }
}
