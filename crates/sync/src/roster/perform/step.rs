//! One action of a plan on its way into the roster.

use homeroom_model::Kind;
use homeroom_plan::{Action, Adjusted};
use homeroom_roster::{self as app, LinkState, NewLink, Outcome, Seen};
use homeroom_segment::Hash;

use crate::roster::columns;

/// Whether an action was done.
pub(super) enum Done {
    Yes,
    No(String),
}

pub(super) fn told(outcome: &Outcome) -> Done {
    match outcome {
        Outcome::Done { .. } => Done::Yes,
        Outcome::Differs(what) => Done::No(format!(
            "the app holds something else than the plan saw: {what:?}"
        )),
        Outcome::SetAside(refusal) => {
            Done::No(format!("the database refused it: {}", refusal.text()))
        }
    }
}

/// An action and its number.
#[derive(Clone, Copy)]
pub(super) struct Step<'p> {
    pub(super) number: i64,
    pub(super) action: &'p Action,
    /// The question whose answer it carries out.
    pub(super) evidence: Option<&'p str>,
    /// Values of its record that are not as the source says.
    pub(super) adjusted: &'p [Adjusted],
    /// Whether the next action that is done is about the people of the same class: it notes their digest.
    pub(super) goes_on: bool,
}

impl<'p> Step<'p> {
    pub(super) fn with<'o>(self, op: app::Op<'o>) -> app::Action<'o>
    where
        'p: 'o,
    {
        app::Action {
            number: self.number,
            reason: self.action.reason.text(),
            evidence: self.evidence,
            policy: Some(self.action.line),
            op,
        }
    }

    pub(super) fn applied(self) -> Option<Hash> {
        Some(self.action.applied).filter(|hash| *hash != Hash::default())
    }
}

pub(super) fn new_link<'l>(
    kind: Kind,
    source: &'l str,
    rung: &'l str,
    hash: Option<Hash>,
) -> NewLink<'l> {
    NewLink {
        source_id: source,
        person: columns::person_kind(kind),
        state: LinkState::Active,
        rung,
        evidence: None,
        hash,
        roster_hash: None,
    }
}

pub(super) fn quarantine<'q>(
    kind: app::Kind,
    source: &'q str,
    why: Option<&'q str>,
) -> app::Op<'q> {
    app::Op::Quarantine {
        kind,
        source_id: source,
        why,
    }
}

pub(super) fn seen(hash: Hash) -> Seen {
    Seen {
        hash: Some(hash),
        roster_hash: None,
        touched: Some(false),
    }
}

pub(super) fn members_seen(hash: Hash) -> Seen {
    Seen {
        hash: None,
        roster_hash: Some(hash),
        touched: None,
    }
}

/// Says that the digests of a record say nothing.
pub(super) fn touched(kind: app::Kind, source_id: &str) -> app::Op<'_> {
    app::Op::Seen {
        kind,
        source_id,
        seen: Seen {
            hash: None,
            roster_hash: None,
            touched: Some(true),
        },
    }
}
