//! What a plan is made from, besides the roster and the policy.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_change::Season;
use homeroom_model::{Kind, ObjectId};
use homeroom_segment::Snapshot;

use crate::digests::Digests;
use crate::known::Local;
use crate::reason::Reason;
use crate::recent::{Moves, Recent};

/// What a plan is made from. [`Input::new`] says what holds where nobody said anything else.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The mirror that was applied last; empty before the first sync.
    pub base: &'a Snapshot,
    /// The mirror of now.
    pub mirror: &'a Snapshot,
    /// Of what a missing record may be called gone.
    pub reach: &'a Reach,
    /// How what is new in the mirror came.
    pub came: &'a Came,
    /// Records that the source itself said are gone.
    pub gone: &'a BTreeMap<ObjectId, Gone>,
    /// Old source ids and the ids that replace them, as a person uploaded or accepted them (integration-side A3.14).
    pub crosswalk: &'a BTreeMap<ObjectId, ObjectId>,
    /// The season of the district's day.
    pub season: Season,
    /// The year in which the district's school year ends ([`crate::Policy::school_year`]); nothing is worked out from it where it
    /// is not given.
    pub school_year: Option<i16>,
    /// Whether nothing was ever applied.
    pub first_sync: bool,
    /// What the last 24 hours already did: guards look at that too, so that a mass removal cannot slip through in small
    /// batches (integration-side B11).
    pub recent: &'a Recent,
    /// Records that people picked, or dropped (integration-side A5.4, A5.6). Whoever picked is not asked again.
    pub picks: &'a Picks,
    /// Fields that nobody shares any more and whose values the app keeps, by table and name.
    pub unshared: &'a BTreeSet<(Kind, String)>,
    /// What people ordered directly (integration-side A3.6).
    pub orders: &'a [Order],
    /// Whether every record is compared with what the app shows, whatever its digest says (integration-side A4.12).
    pub deep: bool,
    /// Digests of the mirror, if they were made beforehand for it and the same policy.
    pub digests: Option<&'a Digests>,
}

/// Records that people picked (`true`) or dropped (`false`), by kind and source id.
pub type Picks = BTreeMap<(Kind, ObjectId), bool>;

/// What somebody ordered about accounts: it is part of the next plan, like everything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    /// A merge is taken apart: the account that was given up stands for itself again, with the ids it brought in.
    Unmerge {
        /// The kind of record it has.
        kind: Kind,
        /// The account that was given up.
        from: Local,
    },
    /// An id leaves its account and gets one of its own, without history.
    Split {
        /// The kind of record.
        kind: Kind,
        /// The id.
        source: ObjectId,
    },
    /// Two accounts become one.
    Merge {
        /// The kind of record they have.
        kind: Kind,
        /// The account that is given up.
        from: Local,
        /// The account that goes on.
        into: Local,
    },
}

static NOBODY_GONE: BTreeMap<ObjectId, Gone> = BTreeMap::new();
static NO_CROSSWALK: BTreeMap<ObjectId, ObjectId> = BTreeMap::new();
static NOTHING_RECENT: Recent = Recent {
    removed: BTreeMap::new(),
    updated: BTreeMap::new(),
    created: BTreeMap::new(),
    logins: BTreeMap::new(),
    schools: BTreeMap::new(),
    rosters: BTreeMap::new(),
    seats: Moves { left: 0, came: 0 },
};
static NO_PICKS: Picks = BTreeMap::new();
static ALL_SHARED: BTreeSet<(Kind, String)> = BTreeSet::new();
static NO_REACH: Reach = Reach {
    kinds: BTreeSet::new(),
    schools: None,
};

impl<'a> Input<'a> {
    /// Two mirrors on an ordinary day, of which nothing is known that would let anybody be called gone.
    pub fn new(base: &'a Snapshot, mirror: &'a Snapshot) -> Self {
        Self {
            base,
            mirror,
            reach: &NO_REACH,
            came: &Came::Whole,
            gone: &NOBODY_GONE,
            crosswalk: &NO_CROSSWALK,
            season: Season::SchoolYear,
            school_year: None,
            first_sync: false,
            recent: &NOTHING_RECENT,
            picks: &NO_PICKS,
            unshared: &ALL_SHARED,
            orders: &[],
            deep: false,
            digests: None,
        }
    }
}

/// How what is new in a mirror came. Whether nobody shares a field any more cannot be told from less than the district.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Came {
    /// The whole district was read.
    #[default]
    Whole,
    /// As events.
    Events,
    /// Some schools were read by themselves; none of them, where it was only people or sections.
    Schools(BTreeSet<ObjectId>),
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
