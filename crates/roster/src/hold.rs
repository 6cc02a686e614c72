//! Holds and approvals (integration-side B9, A4.5).

use homeroom_model::Timestamp;

use crate::RosterError;

/// A hold to open, or to renew with a newer plan.
#[derive(Clone, Copy, Debug)]
pub struct NewHold<'a> {
    /// The district.
    pub district: i64,
    /// What is held: empty for the whole plan, otherwise for instance one section.
    pub subject: &'a str,
    /// Digest of the plan.
    pub plan: &'a str,
    /// Name of the pattern (integration-side A4.4).
    pub pattern: &'a str,
    /// Numbers against limits, samples and schools, as JSON.
    pub verdicts: &'a str,
    /// Now.
    pub at: Timestamp,
}

/// How a hold ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HoldOutcome {
    /// Somebody approved its plan.
    Approved,
    /// Somebody discarded it.
    Discarded,
    /// A newer plan no longer trips a guard.
    NoLongerNeeded,
}

impl HoldOutcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Approved, Self::Discarded, Self::NoLongerNeeded];

    /// Its name.
    pub fn text(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Discarded => "discarded",
            Self::NoLongerNeeded => "no_longer_needed",
        }
    }

    /// The outcome of that name.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.text() == text)
    }
}

/// A hold as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Its number.
    pub id: i64,
    /// What is held.
    pub subject: String,
    /// Digest of the newest plan it is about.
    pub plan: String,
    /// Name of the pattern.
    pub pattern: String,
    /// Numbers against limits, as JSON.
    pub verdicts: String,
    /// What people said about it, a JSON list; kept when the plan is renewed.
    pub discussion: String,
    /// Since when.
    pub opened: Timestamp,
    /// When its plan was last renewed.
    pub renewed: Timestamp,
    /// How it ended.
    pub outcome: Option<HoldOutcome>,
}

/// Somebody's yes to a plan or to a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Digest of the plan that was seen.
    pub digest: String,
    /// The part, empty for all of it.
    pub part: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What they said.
    pub note: Option<String>,
    /// The run that used it.
    pub used_by: Option<i64>,
}

/// Holds and approvals.
pub trait Holds {
    /// Opens a hold, or renews the open one of the same subject; the discussion stays. Returns its number.
    fn hold(&self, hold: &NewHold<'_>) -> Result<i64, RosterError>;

    /// Adds what somebody said to an open hold. `false` if it is not open.
    fn discuss(
        &self,
        district: i64,
        hold: i64,
        by: &str,
        words: &str,
        at: Timestamp,
    ) -> Result<bool, RosterError>;

    /// Closes an open hold. `false` if it is not open.
    fn close_hold(
        &self,
        district: i64,
        hold: i64,
        outcome: HoldOutcome,
        by: &str,
        at: Timestamp,
    ) -> Result<bool, RosterError>;

    /// Approves a plan by its digest, once more where an approval was used already: what an undo took back can be planned and
    /// approved again. Refused as `moved` if the plan no longer waits: it is stale, applied or discarded. An approval that
    /// nothing used is withdrawn when the plan is discarded or stale, and when a run is undone.
    fn approve(&self, district: i64, approval: &Approval) -> Result<(), RosterError>;
}
