//! What the engine found, asks, or sets aside: things to tell and to decide, beside the roster itself.

use crate::Kind;

/// A finding: one per record, code and field, however often it is met (integration-side A2.5).
#[derive(Clone, Copy, Debug)]
pub struct NewFinding<'a> {
    /// Kind of the source's record.
    pub kind: &'a str,
    /// The source's id.
    pub source_id: &'a str,
    /// Its code (integration-side B13).
    pub code: &'a str,
    /// The field, empty for the whole record.
    pub field: &'a str,
    /// What was done about it: `reject`, `quarantine`, `fill`, `truncate`, `drop`, `warn` or `skip`.
    pub reaction: &'a str,
    /// The value, masked if it is sensitive.
    pub value: Option<&'a str>,
    /// What a person needs to repair it.
    pub detail: Option<&'a str>,
}

/// A question with one proposed answer.
#[derive(Clone, Copy, Debug)]
pub struct NewSuggestion<'a> {
    /// What it is about: `link`, `rekey`, `merge`, `join`, `reconnect`, `carry_over`, `successor`, `course` or `review`.
    pub about: &'a str,
    /// Kind of the record.
    pub kind: Kind,
    /// The source's id it is about.
    pub source_id: &'a str,
    /// The record here that it may belong to.
    pub entity: i64,
    /// The rung that proposes it.
    pub rung: &'a str,
    /// What it rests on.
    pub evidence: Option<&'a str>,
}

/// Two answers that exclude each other; nothing is written to either side (integration-side A3.3).
#[derive(Clone, Copy, Debug)]
pub struct NewConflict<'a> {
    /// Its code: `ambiguous`, `split_identity` …
    pub code: &'a str,
    /// Kind of the record.
    pub kind: Kind,
    /// The source's id it is about.
    pub source_id: &'a str,
    /// The field, if it is about one; otherwise empty.
    pub field: &'a str,
    /// The records here that are concerned.
    pub entities: &'a [i64],
    /// What it rests on.
    pub evidence: Option<&'a str>,
}

/// A record that waits for a pick.
#[derive(Clone, Copy, Debug)]
pub struct NewStaged<'a> {
    /// Kind of the source's record.
    pub kind: Kind,
    /// The source's id.
    pub source_id: &'a str,
    /// Why it waits.
    pub reason: Option<&'a str>,
}

/// A finding as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Kind of the source's record.
    pub kind: String,
    /// The source's id.
    pub source_id: String,
    /// Its code.
    pub code: String,
    /// The field.
    pub field: String,
    /// What was done about it.
    pub reaction: String,
    /// First and last time it was met, milliseconds since 1970.
    pub seen: (i64, i64),
    /// When it was found to be gone.
    pub closed: Option<i64>,
}

/// What became of a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nobody has decided.
    Open,
    /// Yes; the next plan does it.
    Accepted,
    /// No, and not to be asked again.
    Rejected,
    /// What it was about is gone.
    Gone,
}

impl Decision {
    /// Every decision.
    pub const ALL: [Self; 4] = [Self::Open, Self::Accepted, Self::Rejected, Self::Gone];

    /// Its name.
    pub fn text(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Gone => "gone",
        }
    }

    /// The decision of that name.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.text() == text)
    }
}

/// A suggestion as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Its number.
    pub id: i64,
    /// What it is about.
    pub about: String,
    /// Kind of the record.
    pub kind: Kind,
    /// The source's id.
    pub source_id: String,
    /// The record here.
    pub entity: i64,
    /// The rung.
    pub rung: String,
    /// What it rests on.
    pub evidence: Option<String>,
    /// What became of it.
    pub decision: Decision,
}

/// A conflict as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Its number.
    pub id: i64,
    /// Its code.
    pub code: String,
    /// Kind of the record.
    pub kind: Kind,
    /// The source's id.
    pub source_id: String,
    /// The field, or empty.
    pub field: String,
    /// The records here.
    pub entities: Vec<i64>,
    /// What it rests on.
    pub evidence: Option<String>,
    /// Whether it still stands.
    pub open: bool,
}

/// A row of a crosswalk: an old id or SIS id and the new one (integration-side A3.14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrosswalkRow {
    /// Kind of the record.
    pub kind: Kind,
    /// Whether `old` and `new` are source ids; otherwise they are SIS ids.
    pub source_ids: bool,
    /// The old one.
    pub old: String,
    /// The new one.
    pub new: String,
    /// The run that used it.
    pub used_by: Option<i64>,
}

/// A value that the source cannot give, by the id that somebody has (integration-side A6.14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SideRow<'a> {
    /// Whether the key is a source id; otherwise it is a SIS id.
    pub source_id: bool,
    /// The id.
    pub key: &'a str,
    /// Name of the value.
    pub name: &'a str,
    /// The value; `None` takes it back.
    pub value: Option<&'a str>,
}

/// Whom an id means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fits {
    /// One account.
    Person(i64),
    /// Nobody has it; the row waits for who comes with it.
    Nobody,
    /// Several accounts have it; the row means none of them.
    Several,
}

/// A staged record as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    /// Kind of the source's record.
    pub kind: Kind,
    /// The source's id.
    pub source_id: String,
    /// Picked, dropped, or neither yet.
    pub picked: Option<bool>,
    /// Why it waits.
    pub reason: Option<String>,
}
