//! Links: which source id means which record of the app (integration-side B2).

use homeroom_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Kind;

/// Hash of a row of the mirror.
pub type Hash = [u8; 16];

/// What a source id is to its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// The id by which the source knows the record now. A record has at most one.
    Active,
    /// A second id that lives in the source too and was joined to the account by a decision (integration-side A3.8, B16.2).
    Joint,
    /// An id it had before: after a re-key or a merge.
    Alias,
    /// An id of an older version of the API, never the one to call with.
    Legacy,
}

impl LinkState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Active, Self::Joint, Self::Alias, Self::Legacy];

    /// Its name.
    pub fn text(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Joint => "joint",
            Self::Alias => "alias",
            Self::Legacy => "legacy",
        }
    }

    /// The state of that name.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.text() == text)
    }
}

/// What a person's record is in the source. Students, employees and contacts are never merged there, and never matched with each
/// other here (integration-side 0, B8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonKind {
    /// A student.
    Student,
    /// A teacher, staff or district admin, or several of these.
    Employee,
    /// A contact.
    Contact,
}

impl PersonKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Student, Self::Employee, Self::Contact];

    /// Its name.
    pub fn text(self) -> &'static str {
        match self {
            Self::Student => "student",
            Self::Employee => "employee",
            Self::Contact => "contact",
        }
    }

    /// The kind of that name.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.text() == text)
    }
}

/// A link to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewLink<'a> {
    /// The source's id.
    pub source_id: &'a str,
    /// Of people, and only of them: what the record is in the source.
    pub person: Option<PersonKind>,
    /// What the id is to the record.
    pub state: LinkState,
    /// The rung of the matching ladder, or how else it came about: `created`, `sis_id`, `email`, `rekey` …
    pub rung: &'a str,
    /// What the match rests on; required of a joint id.
    pub evidence: Option<&'a str>,
    /// Hash of the mirror's row that is applied with it.
    pub hash: Option<Hash>,
    /// Of sections: hash of the roster that is applied with it.
    pub roster_hash: Option<Hash>,
}

/// What a link says, as it is kept in the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkValue {
    /// The record.
    pub entity: i64,
    /// Of people: what the record is in the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonKind>,
    /// What the id is to it.
    pub state: LinkState,
    /// Rung.
    pub rung: String,
    /// Evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// Since when.
    pub since: Timestamp,
}

/// A link as a scan shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkRow<'a> {
    /// Kind of the record.
    pub kind: Kind,
    /// The source's id.
    pub source_id: &'a str,
    /// Of people: what the record is in the source.
    pub person: Option<PersonKind>,
    /// The record.
    pub entity: i64,
    /// Whether the record is there as far as the source goes: present, or active.
    pub present: bool,
    /// What the id is to it.
    pub state: LinkState,
    /// Hash of the mirror's row last applied.
    pub hash: Option<Hash>,
    /// Of sections: hash of the roster last applied.
    pub roster_hash: Option<Hash>,
    /// Why the record as the source sends it now is not taken (integration-side A2.4).
    pub quarantine: Option<&'a str>,
    /// Whether somebody changed the record here, so that equal hashes do not mean "nothing to do".
    pub touched: bool,
}
