//! What a run did, as it is kept with the run.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_client::{Collected, Effort, Outcome, Report, Strange};
use homeroom_model::{Kind, ObjectId};
use homeroom_plan::Recent;
use serde::{Deserialize, Serialize};

use crate::mirror::Misread;
use crate::roster::Performed;

/// Something about a run that people should know (integration-side B13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// Events were missing or silent: everything was read again.
    GapFullResync,
    /// The source was brought up to date and its events said nothing of it.
    FeedSilent,
    /// The source moved while it was read; what happened was replayed or asked for.
    SourceMoved,
    /// A collection could not be read to its end: nothing of it is treated as gone.
    PartialWalk,
    /// Ids were asked for one by one, and there were more of them than the limit allows.
    LookUpsCut,
    /// A plan was approved that is not the plan of now.
    StaleApproval,
    /// The source is paused: what was read is frozen there.
    SourcePaused,
    /// The district's token was replaced and found again.
    TokenReplaced,
    /// The token was revoked.
    TokenRevoked,
    /// The source's rate limit made the run wait.
    RateLimited,
    /// A record of another district came: nothing of the read was used.
    DistrictMismatch,
    /// The policy uses fields that were not kept so far: everything was read again.
    PolicyNeedsRead,
    /// The run went on from what an earlier one had read.
    TookUp,
    /// Values or whole records could not be read and were left out.
    Misread,
}

impl Note {
    /// The code.
    pub fn text(self) -> &'static str {
        match self {
            Self::GapFullResync => "gap_full_resync",
            Self::FeedSilent => "feed_silent",
            Self::SourceMoved => "source_moved",
            Self::PartialWalk => "partial_walk",
            Self::LookUpsCut => "look_ups_cut",
            Self::StaleApproval => "stale_approval",
            Self::SourcePaused => "source_paused",
            Self::TokenReplaced => "token_replaced",
            Self::TokenRevoked => "token_revoked",
            Self::RateLimited => "rate_limited",
            Self::DistrictMismatch => "district_mismatch",
            Self::PolicyNeedsRead => "policy_needs_read",
            Self::TookUp => "took_up",
            Self::Misread => "misread",
        }
    }
}

/// What a run did. Kept as JSON with the run; holds numbers and codes, no personal data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunReport {
    /// How far it came: `reading`, `keeping`, `planning`, `applying`, `done`.
    pub stage: String,
    /// How it read in the end: `full`, `events`, `targeted` or `kept`.
    pub mode: String,
    /// What people should know.
    pub notes: BTreeSet<Note>,
    /// The collections that were read.
    pub collections: Vec<CollectedLine>,
    /// Requests, every try counted.
    pub requests: u64,
    /// Tries after a failure.
    pub retries: u64,
    /// Milliseconds waited for the source.
    pub waited: u64,
    /// Bytes received.
    pub bytes: u64,
    /// Events that were followed.
    pub events: u64,
    /// Events of unknown types.
    pub unknown_events: u64,
    /// Ids that records name and that the source does not share.
    pub ignored: u64,
    /// What was not known of what came, by name.
    pub strange: BTreeMap<String, u64>,
    /// The first hundred records of which something could not be read: `User 4fee…: dob`, and why where it is the whole record.
    /// How many in all, `strange` says.
    pub misread: Vec<String>,
    /// What was dropped on arrival because the app does not use it, by name.
    pub dropped: BTreeMap<String, u64>,
    /// What it did that nobody had approved, by table: guards count it with what is to be done within a day.
    pub acted: BTreeMap<String, Acted>,
    /// Of that, what left each school, as `students:` and the school's id.
    pub schools: BTreeMap<String, u64>,
    /// Of that, how many students left each class, and how many came.
    pub rosters: BTreeMap<String, (u64, u64)>,
    /// Of that, the places in classes that students lost who stay, and those that they got.
    pub seats: (u64, u64),
    /// Actions done.
    pub done: u64,
    /// Actions that guards hold alone.
    pub held: u64,
    /// Actions that could not be done, with why.
    pub set_aside: Vec<String>,
    /// Whether a person had approved any of it.
    pub approved: bool,
    /// Whether nothing was applied before it.
    pub first: bool,
    /// Why it failed.
    pub error: Option<String>,
}

/// How much a run did to one kind of record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Acted {
    /// Created.
    pub created: u64,
    /// Updated.
    pub updated: u64,
    /// Deactivated or archived.
    pub removed: u64,
    /// People who sign in differently since.
    pub logins: u64,
}

/// One collection of a read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectedLine {
    /// Its name.
    pub name: String,
    /// Records.
    pub records: u64,
    /// Pages.
    pub pages: u64,
    /// Bytes.
    pub bytes: u64,
    /// Requests.
    pub requests: u64,
    /// Whether all of it came; otherwise why not.
    pub partial: Option<String>,
}

impl RunReport {
    pub(crate) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what was kept with a run; nothing of what cannot be read.
    pub fn from_text(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    pub(crate) fn note(&mut self, note: Note) {
        self.notes.insert(note);
    }

    pub(crate) fn effort(&mut self, effort: &Effort) {
        self.requests += effort.requests;
        self.retries += effort.retries;
        self.bytes += effort.bytes;
        self.waited += u64::try_from(effort.waited.as_millis()).unwrap_or(u64::MAX);
        if effort.windows > 0 {
            self.note(Note::RateLimited);
        }
    }

    pub(crate) fn read(&mut self, report: &Report) {
        self.effort(&report.effort);
        self.strange(&report.strange);
        self.collections = report.collections.iter().map(CollectedLine::of).collect();
        if !report.is_complete() {
            self.note(Note::PartialWalk);
        }
        if report.freshness.is_paused() {
            self.note(Note::SourcePaused);
        }
    }

    pub(crate) fn strange(&mut self, strange: &Strange) {
        let sorts = [&strange.fields, &strange.roles, &strange.event_types];
        let values = strange.values.iter();
        let values = values.map(|(name, count)| (format!("{name}=?"), count));
        let names = sorts.into_iter().flatten();
        let names = names.map(|(name, count)| (name.clone(), count));
        for (name, count) in names.chain(values) {
            *self.strange.entry(name).or_default() += count;
        }
    }

    /// Names what could not be read: ids and fields, never values.
    pub(crate) fn misread(&mut self, misread: &[Misread]) {
        for one in misread {
            let id = one
                .id
                .map_or_else(|| "without id".to_owned(), ObjectId::to_hex);
            let what = match one.why {
                Some(error) => format!("left out, {error}"),
                None => format!("without {}", one.fields.join(", ")),
            };
            self.misread
                .push(format!("{} {id}: {what}", one.object.name()));
            self.note(Note::Misread);
        }
    }

    /// What it does that nobody approved.
    pub(crate) fn acts(&mut self, does: &Recent) {
        self.acted.clear();
        for kind in Kind::ALL {
            let of = |counts: &BTreeMap<Kind, u64>| counts.get(&kind).copied().unwrap_or(0);
            let acted = Acted {
                created: of(&does.created),
                updated: of(&does.updated),
                removed: of(&does.removed),
                logins: of(&does.logins),
            };
            if acted != Acted::default() {
                self.acted.insert(kind.table().to_owned(), acted);
            }
        }
        let schools = does.schools.iter();
        self.schools = schools
            .map(|((kind, school), count)| (at_school(*kind, school), *count))
            .collect();
        let rosters = does.rosters.iter();
        self.rosters = rosters
            .map(|(section, moves)| (section.to_hex(), (moves.left, moves.came)))
            .collect();
        self.seats = (does.seats.left, does.seats.came);
    }

    pub(crate) fn performed(&mut self, performed: &Performed) {
        self.done = performed.done;
        self.held = performed.held;
        let aside = performed.set_aside.iter();
        self.set_aside = aside
            .map(|aside| {
                let source = aside.source.map(ObjectId::to_hex).unwrap_or_default();
                format!("action {} {source}: {}", aside.action, aside.why)
            })
            .collect();
    }
}

/// How what left a school is called in a report.
pub(crate) fn at_school(kind: Kind, school: &ObjectId) -> String {
    format!("{}:{}", kind.table(), school.to_hex())
}

impl CollectedLine {
    fn of(collected: &Collected) -> Self {
        Self {
            name: collected.object.collection().to_owned(),
            records: collected.records,
            pages: collected.pages,
            bytes: collected.effort.bytes,
            requests: collected.effort.requests,
            partial: match &collected.outcome {
                Outcome::Complete => None,
                Outcome::Partial { why } => Some(why.to_string()),
            },
        }
    }
}
