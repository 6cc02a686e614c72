//! What came of a reading.

use std::fmt;

use homeroom_model::Timestamp;
use homeroom_wire::Object;

use crate::effort::Effort;
use crate::error::{Failure, Fault};
use crate::known::Strange;
use crate::mark::Mark;
use crate::reading::Scope;

/// Whether everything of a collection was read. Only then is what it lacks gone (integration-side A1.3 and B10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// To an explicit end.
    Complete,
    /// Not all of it, or not for certain (`partial_walk`).
    Partial {
        /// Why.
        why: Why,
    },
}

/// Why a walk is partial.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// An answer could not be had or used.
    #[error(transparent)]
    Failed(Failure),
    /// There were records, and there are none.
    #[error("it held {earlier} records and is empty now")]
    Collapsed {
        /// How many there were.
        earlier: u64,
    },
    /// The server counts more records than it gave.
    #[error("the server counts {counted} records and gave {given}")]
    Short {
        /// How many it counts.
        counted: u64,
        /// How many it gave.
        given: u64,
    },
    /// A record without an id may be any.
    #[error("{number} records have no id")]
    WithoutId {
        /// How many.
        number: u64,
    },
}

/// One collection that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    /// What its records are.
    pub object: Object,
    /// What it can speak of; wider than what was asked for where the version has nothing narrower.
    pub scope: Scope,
    /// Whether it is all.
    pub outcome: Outcome,
    /// Pages read.
    pub pages: u64,
    /// Records handed over, each once.
    pub records: u64,
    /// Records that came again and were not handed over again.
    pub repeated: u64,
    /// Records handed over that could not be read.
    pub unreadable: u64,
    /// Records that do not say of which district they are.
    pub of_no_district: u64,
    /// What it cost.
    pub effort: Effort,
}

impl Collected {
    pub(crate) fn new(object: Object, scope: Scope) -> Self {
        Self {
            object,
            scope,
            outcome: Outcome::Complete,
            pages: 0,
            records: 0,
            repeated: 0,
            unreadable: 0,
            of_no_district: 0,
            effort: Effort::default(),
        }
    }

    pub(crate) fn fail(&mut self, why: Why) {
        if self.is_complete() {
            self.outcome = Outcome::Partial { why };
        }
    }

    /// Whether all of it was read.
    pub fn is_complete(&self) -> bool {
        self.outcome == Outcome::Complete
    }
}

/// Whether the source changed while it was read (integration-side A1.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Movement {
    /// It did not.
    Quiet,
    /// It did (`source_moved`). Replaying the events after `from`, or reading again one by one what looks missing, makes up
    /// for it.
    Moved {
        /// Where it stood before.
        from: Mark,
        /// Where it stands.
        to: Mark,
    },
    /// It cannot be told: there are no events, and the district does not say when it was last synced.
    Unknown,
}

/// What came of a reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Where the source stood before the first record was read. Events after it are new to whoever took the records.
    pub mark: Mark,
    /// Whether it moved.
    pub movement: Movement,
    /// How fresh the source is.
    pub freshness: Freshness,
    /// The district's own documents, and every collection in the order of reading.
    pub collections: Vec<Collected>,
    /// What is not known of what came.
    pub strange: Strange,
    /// What all of it cost, the marks included.
    pub effort: Effort,
}

/// How fresh the source's data are, as it says itself (integration-side A1.11).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Freshness {
    /// When the district's data last came to the server.
    pub last_sync: Option<Timestamp>,
    /// The state of the district's data, as sent.
    pub state: Option<String>,
}

impl Freshness {
    /// Whether the source is frozen (`source_paused`).
    pub fn is_paused(&self) -> bool {
        self.state.as_deref() == Some("paused")
    }
}

impl Report {
    /// A collection.
    pub fn collection(&self, object: Object) -> Option<&Collected> {
        self.collections.iter().find(|found| found.object == object)
    }

    /// Whether all collections were read to their ends.
    pub fn is_complete(&self) -> bool {
        self.collections.iter().all(Collected::is_complete)
    }

    /// Whether a record of the collection that did not come, and lies within its scope, is gone: the walk was complete and
    /// the source stood still (integration-side B10).
    pub fn says_gone(&self, object: Object) -> bool {
        self.movement == Movement::Quiet
            && self.collection(object).is_some_and(Collected::is_complete)
    }
}

/// One line per collection: what a run's summary shows (integration-side A1.2).
impl fmt::Display for Collected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.object.collection();
        write!(
            f,
            "{name}: {} records in {} pages",
            self.records, self.pages
        )?;
        write!(f, ", {} bytes", self.effort.bytes)?;
        write!(f, ", {} requests", self.effort.requests)?;
        let further = [
            (self.repeated, "repeated"),
            (self.unreadable, "unreadable"),
            (self.effort.retries, "retries"),
            (self.effort.waits, "waits"),
        ];
        for (number, what) in further.into_iter().filter(|(number, _)| *number > 0) {
            write!(f, ", {number} {what}")?;
        }
        match &self.outcome {
            Outcome::Complete => f.write_str(", complete"),
            Outcome::Partial { why } => write!(f, ", partial: {why}"),
        }
    }
}

impl From<Failure> for Why {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Why {
    /// The fault of an answer, if that is why.
    pub fn fault(&self) -> Option<Fault> {
        match self {
            Self::Failed(failure) => Some(failure.fault),
            _ => None,
        }
    }
}
