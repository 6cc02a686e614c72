//! What a plan is made from, besides the roster and the policy.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_change::Season;
use homeroom_model::{Kind, ObjectId};
use homeroom_segment::Snapshot;

use crate::reason::Reason;

/// What a plan is made from.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The mirror that was applied last; empty before the first sync.
    pub base: &'a Snapshot,
    /// The mirror of now.
    pub mirror: &'a Snapshot,
    /// Of what a missing record may be called gone.
    pub reach: &'a Reach,
    /// Records that the source itself said are gone.
    pub gone: &'a BTreeMap<ObjectId, Gone>,
    /// Old source ids and the ids that replace them, as a person uploaded or accepted them (integration-side A3.14).
    pub crosswalk: &'a BTreeMap<ObjectId, ObjectId>,
    /// The season of the district's day.
    pub season: Season,
    /// Whether nothing was ever applied.
    pub first_sync: bool,
    /// What the last 24 hours already did: guards look at that too, so that a mass removal cannot slip through in small
    /// batches (integration-side B11).
    pub recent: &'a Recent,
}

/// First-hand evidence that a record is gone (integration-side B10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// An event said so.
    Deleted {
        /// The event.
        event: ObjectId,
    },
    /// The source answered a direct request with 404.
    NotFound,
}

impl Gone {
    pub(crate) fn reason(self) -> Reason {
        match self {
            Self::Deleted { .. } => Reason::DeletedEvent,
            Self::NotFound => Reason::NotFound,
        }
    }
}

/// Of what a missing record may be called gone: what was read to its end, with nothing moving meanwhile (integration-side
/// B10). The rest may only come and change.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Reach {
    kinds: BTreeSet<Kind>,
    schools: Option<BTreeSet<ObjectId>>,
}

impl Reach {
    /// Nothing: a read that was cut off, or one that follows events only.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// The whole district.
    pub fn everything() -> Self {
        Self {
            kinds: Kind::ALL.into(),
            schools: None,
        }
    }

    /// The kinds whose lists were read to their ends.
    pub fn kinds(kinds: impl IntoIterator<Item = Kind>) -> Self {
        Self {
            kinds: kinds.into_iter().collect(),
            schools: None,
        }
    }

    /// Narrows it to some schools: records of others, and records of no school, are not judged (integration-side A1.10).
    #[must_use]
    pub fn within(self, schools: impl IntoIterator<Item = ObjectId>) -> Self {
        Self {
            schools: Some(schools.into_iter().collect()),
            ..self
        }
    }

    /// Whether a record of a kind may be called gone, given the schools it belonged to.
    pub(crate) fn contains(&self, kind: Kind, schools: &[ObjectId]) -> bool {
        let within = |read: &BTreeSet<ObjectId>| {
            !schools.is_empty() && schools.iter().all(|school| read.contains(school))
        };
        self.kinds.contains(&kind) && self.schools.as_ref().is_none_or(within)
    }
}

/// How much the last 24 hours did to each kind.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Recent {
    /// Removals.
    pub removed: BTreeMap<Kind, u64>,
    /// Updates.
    pub updated: BTreeMap<Kind, u64>,
    /// Creations.
    pub created: BTreeMap<Kind, u64>,
}
