//! What is known of a mirror beside its records.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_client::{Head, Mark};
use homeroom_model::{Kind, ObjectId, Timestamp};
use homeroom_plan::{Came, Gone, Policy};
use serde::{Deserialize, Serialize};

use super::error::SyncError;
use super::order::Extent;

/// What a mirror row says of its mirror: for what of it absence means something, and for which moment it is true.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct About {
    /// Tables that a complete, quiet walk brought once, and that only first-hand evidence took records from since.
    pub(crate) whole: BTreeSet<String>,
    /// Whether the source told events when it was read.
    pub(crate) events: bool,
    /// The last event that the mirror knows of.
    pub(crate) cursor: Option<String>,
    /// When the source was brought up to date, as it said.
    pub(crate) source_sync: Option<i64>,
    /// When it was last read in any way.
    pub(crate) read: i64,
    /// When it was last read completely.
    pub(crate) read_whole: Option<i64>,
    /// Partial reads in a row.
    pub(crate) partial: u32,
    /// Records per collection at the last complete read of it.
    pub(crate) collected: BTreeMap<String, u64>,
    /// The fields it was trimmed to, as `table.field`.
    pub(crate) uses: BTreeSet<String>,
    /// Since the applied mirror: who is gone by the word of the source itself, and the event that said so.
    pub(crate) gone: BTreeMap<String, Option<String>>,
    /// How what the applied mirror does not have yet came.
    #[serde(default)]
    came: HowCame,
    /// Whether the source said that it is paused.
    #[serde(default)]
    pub(crate) paused: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum HowCame {
    #[default]
    Whole,
    Events,
    /// Schools by their ids.
    Schools(BTreeSet<String>),
}

impl About {
    pub(crate) fn read(text: &str) -> Result<Self, SyncError> {
        serde_json::from_str(text).map_err(|_| SyncError::Unreadable {
            what: "what is known of the mirror",
        })
    }

    pub(crate) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(crate) fn cursor(&self) -> Option<ObjectId> {
        self.cursor.as_deref().and_then(ObjectId::from_hex)
    }

    /// Where the source stood when the mirror was true.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            head: match (self.events, self.cursor()) {
                (false, _) => Head::Unavailable,
                (true, Some(id)) => Head::At(id),
                (true, None) => Head::Empty,
            },
            last_sync: self.source_sync.map(Timestamp::from_millis),
        }
    }

    /// Takes note of where the source stands.
    pub(crate) fn stand_at(&mut self, mark: &Mark) {
        self.events = mark.head != Head::Unavailable;
        if let Some(cursor) = mark.cursor() {
            self.cursor = Some(cursor.to_hex());
        } else if !self.events {
            self.cursor = None;
        }
        self.source_sync = mark.last_sync.map(Timestamp::millis).or(self.source_sync);
    }

    pub(crate) fn whole(&self) -> BTreeSet<Kind> {
        let kinds = Kind::ALL.into_iter();
        kinds
            .filter(|kind| self.whole.contains(kind.table()))
            .collect()
    }

    pub(crate) fn add_whole(&mut self, kinds: &BTreeSet<Kind>) {
        self.whole
            .extend(kinds.iter().map(|kind| kind.table().to_owned()));
    }

    /// First-hand evidence, as planning wants it.
    pub(crate) fn gone(&self) -> BTreeMap<ObjectId, Gone> {
        let gone = self.gone.iter().filter_map(|(id, event)| {
            let gone = match event.as_deref().and_then(ObjectId::from_hex) {
                Some(event) => Gone::Deleted { event },
                None => Gone::NotFound,
            };
            Some((ObjectId::from_hex(id)?, gone))
        });
        gone.collect()
    }

    /// From here on everything that is new is newer than the applied mirror.
    pub(crate) fn was_applied(&mut self) {
        self.gone.clear();
        self.came = HowCame::default();
    }

    /// Takes note that a read begins of what somebody asked for.
    pub(crate) fn reads(&mut self, extent: Extent) {
        let mut schools = match std::mem::take(&mut self.came) {
            HowCame::Schools(schools) => schools,
            HowCame::Whole | HowCame::Events => BTreeSet::new(),
        };
        self.came = match extent {
            // As long as nobody knows better: a list that is cut short says no more than some events.
            Extent::District => HowCame::Events,
            Extent::Section(_) | Extent::Person(_) => HowCame::Schools(schools),
            Extent::School(id) => {
                schools.insert(id.to_hex());
                HowCame::Schools(schools)
            }
        };
    }

    /// Takes note that the whole district was read.
    pub(crate) fn read_all(&mut self, now: i64) {
        self.partial = 0;
        self.read_whole = Some(now);
        self.came = HowCame::Whole;
    }

    /// When all that happened in the district was known last, by a complete read or by events; nothing where it was read in part.
    pub(crate) fn last_complete(&self) -> Option<i64> {
        let in_part = self.partial > 0 || matches!(self.came, HowCame::Schools(_));
        let whole = self.read_whole.filter(|_| !in_part)?;
        Some(whole.max(self.read))
    }

    /// How what is new came, as planning wants it.
    pub(crate) fn came(&self) -> Came {
        match &self.came {
            HowCame::Whole => Came::Whole,
            HowCame::Events => Came::Events,
            HowCame::Schools(ids) => {
                Came::Schools(ids.iter().filter_map(|id| ObjectId::from_hex(id)).collect())
            }
        }
    }

    pub(crate) fn is_gone(&mut self, id: ObjectId, event: Option<ObjectId>) {
        self.gone.insert(id.to_hex(), event.map(ObjectId::to_hex));
    }

    pub(crate) fn is_back(&mut self, id: ObjectId) {
        self.gone.remove(&id.to_hex());
    }

    /// Whether the mirror holds every field that a policy uses.
    pub(crate) fn serves(&self, policy: &Policy) -> bool {
        uses(policy).is_subset(&self.uses)
    }
}

/// The fields that a policy uses, as `table.field`.
pub(crate) fn uses(policy: &Policy) -> BTreeSet<String> {
    let mut uses = BTreeSet::new();
    for kind in Kind::ALL {
        let fields = homeroom_segment::fields_of(kind).iter();
        for field in fields.filter(|field| policy.uses(kind, field.name)) {
            uses.insert(format!("{}.{}", kind.table(), field.name));
        }
        if policy.wants(kind) {
            uses.insert(kind.table().to_owned());
        }
    }
    uses
}
