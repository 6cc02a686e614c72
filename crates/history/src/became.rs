//! What became of an id, as people and scripts are told.

use std::fmt::Write as _;

use homeroom_model::{Kind, ObjectId, Timestamp};
use homeroom_segment::{Evidence, LedgerEvent};
use serde::{Serialize, Serializer};

/// Everything that is known of an id that a district gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Became {
    /// The id.
    pub id: ObjectId,
    /// What it stands, or stood, for: `student`, `section` …; for the id of a person's role the role.
    pub what: &'static str,
    /// The natural key, where it is still known and may be shown: the id in the SIS, a course's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What it is now.
    pub now: Now,
    /// The id that stands for the same thing now: itself while it is published, else the one its successors lead to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub present: Option<ObjectId>,
    /// Everything that happened to it, oldest first; empty for what was given before there was a ledger.
    pub history: Vec<Happened>,
    /// The ids it has to do with, directly or through others, nearest first, with what those are now.
    pub others: Vec<Other>,
    /// The same in one sentence.
    pub says: String,
}

/// What an id is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Now {
    /// It is published.
    Published,
    /// Its record is gone, and gets the id back if it returns in time.
    Left,
    /// Its record is gone for good: should it return it gets another id.
    Gone,
    /// Its roles are another person's now.
    Merged,
    /// It left when another id was given to what is probably the same record, under another key.
    Rekeyed,
    /// The publish that gave it was undone.
    Withdrawn,
}

impl Now {
    /// The word for it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Left => "left",
            Self::Gone => "gone",
            Self::Merged => "merged",
            Self::Rekeyed => "rekeyed",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Something that happened to an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Happened {
    /// Number of the snapshot that was published.
    pub snapshot: u64,
    /// When; `None` if neither the snapshot nor its run is kept.
    #[serde(serialize_with = "moment")]
    pub at: Option<Timestamp>,
    /// The run that published.
    pub run: Option<ObjectId>,
    /// What.
    pub event: LedgerEvent,
    /// On what evidence.
    pub evidence: Evidence,
    /// The other id it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<ObjectId>,
}

/// An id that another one has to do with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Other {
    /// The id.
    pub id: ObjectId,
    /// What it stands, or stood, for.
    pub what: &'static str,
    /// What led from an id nearer to the one asked for to this one.
    pub through: LedgerEvent,
    /// Its natural key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What it is now.
    pub now: Now,
}

/// The word for a record of a kind, or for one of its roles.
pub(crate) fn what(kind: Kind, role: Option<u8>) -> &'static str {
    match (kind, role) {
        (Kind::School, _) => "school",
        (Kind::Student, _) => "student",
        (Kind::Employee, None) => "person",
        (Kind::Employee, Some(0)) => "teacher",
        (Kind::Employee, Some(1)) => "staff",
        (Kind::Employee, Some(_)) => "district_admin",
        (Kind::Contact, _) => "contact",
        (Kind::ContactLink, _) => "contact_link",
        (Kind::Section, _) => "section",
        (Kind::Course, _) => "course",
        (Kind::Term, _) => "term",
        (Kind::Resource, _) => "resource",
    }
}

#[expect(clippy::ref_option, reason = "the form that serde calls")]
fn moment<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    at.map(Timestamp::to_iso).serialize(serializer)
}

impl Became {
    /// The sentence for what is known.
    pub(crate) fn sentence(&self) -> String {
        let mut text = format!("{} is the id of a {}", self.id, self.what.replace('_', " "));
        if let Some(key) = &self.key {
            let _ = write!(text, " ({key})");
        }
        if let Some(given) = self.last(&[LedgerEvent::Given]) {
            let _ = write!(text, ", given {}{}", when(given), by(given.evidence));
        }
        let (departing, how) = match self.now {
            Now::Published => {
                let back = [LedgerEvent::Returned, LedgerEvent::RestoredByUndo];
                if let Some(back) = self.last(&back) {
                    let _ = write!(text, ", back {}", when(back));
                }
                text.push_str("; it is published now.");
                return text;
            }
            Now::Left => (LedgerEvent::Left, "; it left"),
            Now::Gone => (LedgerEvent::Left, "; it left for good"),
            Now::Merged => (LedgerEvent::MergedInto, "; it was merged"),
            Now::Rekeyed => (LedgerEvent::RekeyedTo, "; it left"),
            Now::Withdrawn => (
                LedgerEvent::WithdrawnByUndo,
                "; it was withdrawn by an undo",
            ),
        };
        text.push_str(how);
        let departed = self.last(&[departing]);
        if let Some(departed) = departed {
            let _ = write!(text, " {}", when(departed));
        }
        let other = departed.and_then(|departed| departed.other);
        match (self.now, other) {
            (Now::Left, _) => text.push_str(" and gets this id back if it returns in time"),
            (Now::Merged, Some(other)) => {
                let _ = write!(text, " into {other}");
            }
            (Now::Rekeyed, Some(other)) => {
                let evidence = departed.map_or(Evidence::None, |departed| departed.evidence);
                let known = by(evidence);
                let _ = write!(text, " and is probably {other} since then{known}");
            }
            _ => {}
        }
        match self.present {
            Some(present) if Some(present) == other => text.push_str(", which is published now"),
            Some(present) => {
                let _ = write!(text, "; {present} stands for it now");
            }
            None => {}
        }
        text.push('.');
        text
    }

    /// The last of some events.
    fn last(&self, events: &[LedgerEvent]) -> Option<&Happened> {
        let mut history = self.history.iter().rev();
        history.find(|happened| events.contains(&happened.event))
    }
}

/// `on 2026-08-20 (snapshot 3)`.
fn when(happened: &Happened) -> String {
    match happened.at {
        Some(at) => format!("on {} (snapshot {})", at.date(), happened.snapshot),
        None => format!("with snapshot {}", happened.snapshot),
    }
}

/// ` by its id in the SIS`.
fn by(evidence: Evidence) -> String {
    match evidence {
        Evidence::None => String::new(),
        Evidence::SisId => " by its id in the SIS".to_owned(),
        Evidence::ByHand => " by hand".to_owned(),
        other => format!(" by {}", other.text().replace('_', " ")),
    }
}
