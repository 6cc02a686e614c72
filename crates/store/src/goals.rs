//! Goals: what apps report about students of a district, and what is made of it (clever-api 8, integration-side D).
//!
//! A *feed* is one app in one district. Of every student it keeps one *student year* per school year. What is in settings,
//! student years, reports and standings is packed by the room `progress` and opaque here.

mod change;
mod target;

use std::fmt;

use async_trait::async_trait;
use homeroom_model::{Date, ObjectId, Timestamp};

use crate::limits::invalid;
use crate::{AuditEntry, Conflict, Digest, StoreError, limits};

pub use change::GoalsMove;
pub use target::GoalsTarget;

/// Whose feed: an app in a district.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeedKey {
    /// The district.
    pub district: ObjectId,
    /// The app.
    pub app: ObjectId,
}

/// A feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalsFeed {
    /// Whose.
    pub key: FeedKey,
    /// Whether totals are taken.
    pub on: bool,
    /// Counts the changes of `on` and `text`, from 1.
    pub revision: u64,
    /// Its settings, opaque here. No personal data.
    pub text: String,
    /// When it was switched or its settings changed last.
    pub set_at: Timestamp,
    /// By whom.
    pub actor: String,
    /// Counts what changed its student years: deliveries that brought anything new, and corrections. 0 before the first.
    pub generation: u64,
    /// The newest school year that anything was kept of.
    pub year: Option<i16>,
    /// When the last delivery that reported about any student came ([`GoalsDelivery::reports`]), as the clock said then.
    pub last: Option<Timestamp>,
}

/// A wish to make a feed, to switch it or to change its settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetGoalsFeed {
    /// Whose.
    pub key: FeedKey,
    /// The revision that the wish knows; 0 where there is no feed yet.
    pub expected: u64,
    /// Whether totals are to be taken.
    pub on: bool,
    /// The settings.
    pub text: String,
    /// Who wishes it.
    pub actor: String,
    /// When.
    pub now: Timestamp,
    /// What the audit says of it, added in the same step: a change never stands without its entry.
    pub audit: Option<AuditEntry>,
}

/// What a feed keeps of one student and one school year.
#[derive(Clone, PartialEq, Eq)]
pub struct StudentYear {
    /// The student.
    pub student: ObjectId,
    /// Something waits to be confirmed or dismissed.
    pub open: bool,
    /// The total and the newest days: small, because hourly deliveries change it. Never empty.
    pub recent: Vec<u8>,
    /// The days before those. Empty when it was not asked for; kept empty, it leaves what is there as it is.
    pub earlier: Vec<u8>,
}

impl fmt::Debug for StudentYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (recent, earlier) = (self.recent.len(), self.earlier.len());
        write!(f, "StudentYear({recent} and {earlier} bytes)")
    }
}

/// Which students of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which<'a> {
    /// All of them.
    All,
    /// These, in any order.
    These(&'a [ObjectId]),
    /// Those of whom something is open.
    Open,
    /// The first so many of those, behind a student if one is named.
    NextOpen(Option<ObjectId>, u32),
}

/// One request of an app, as the log keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct GoalsDelivery {
    /// Counts the requests of the feed, from 1. Given by the store, whatever stands here before.
    pub number: u64,
    /// When it arrived.
    pub at: Timestamp,
    /// The district's day.
    pub day: Date,
    /// Digest of the body.
    pub body: Digest,
    /// Bytes of the body.
    pub bytes: u64,
    /// The status it was answered with.
    pub status: u16,
    /// Whether it was taken, if only in part.
    pub accepted: bool,
    /// Its rows.
    pub rows: DeliveryRows,
    /// What was rejected and noticed, as far as the log keeps it; opaque here. Holds ids of students.
    pub report: String,
}

/// How many rows a request had, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryRows {
    /// All of them.
    pub received: u32,
    /// Those that changed a figure.
    pub updated: u32,
    /// Those that were taken and changed none.
    pub unchanged: u32,
    /// Those that were not taken.
    pub rejected: u32,
    /// Warnings about those that were taken.
    pub warnings: u32,
}

impl fmt::Debug for GoalsDelivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GoalsDelivery")
            .field("number", &self.number)
            .field("at", &self.at)
            .field("status", &self.status)
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

impl GoalsDelivery {
    /// Whether it was accepted and reports about any student. Only such a one says that the app is still sending: empty
    /// bodies for weeks must not make students look idle (integration-side D5).
    pub fn reports(&self) -> bool {
        self.accepted && self.rows.updated.saturating_add(self.rows.unchanged) > 0
    }

    fn check(&self) -> Result<(), StoreError> {
        limits::number("the bytes of a body", self.bytes)?;
        limits::delivery_report(&self.report)
    }

    /// Checks that every adapter makes before it logs a refusal: the limits, and that nothing of it was taken.
    pub fn check_refusal(&self) -> Result<(), StoreError> {
        if self.accepted {
            return Err(invalid("a refused delivery", "is marked as accepted"));
        }
        self.check()
    }
}

impl GoalsFeed {
    /// The feed that follows `kept`, or `kept` itself with `false` if this very change has been made: repeating it is no
    /// conflict. Refused as `Moved` unless `kept` has the revision the wish knows.
    pub fn after(kept: Option<Self>, wish: &SetGoalsFeed) -> Result<(Self, bool), StoreError> {
        let revision = kept.as_ref().map_or(0, |kept| kept.revision);
        if let Some(kept) = &kept
            && wish.expected.checked_add(1) == Some(revision)
            && (kept.on, kept.text.as_str()) == (wish.on, wish.text.as_str())
            && kept.actor == wish.actor
        {
            return Ok((kept.clone(), false));
        }
        if revision != wish.expected {
            return Err(StoreError::conflict(
                Conflict::Moved,
                "somebody has changed the feed meanwhile; read it again",
            ));
        }
        let (generation, year, last) = kept.map_or((0, None, None), |kept| {
            (kept.generation, kept.year, kept.last)
        });
        let after = Self {
            key: wish.key,
            on: wish.on,
            revision: revision + 1,
            text: wish.text.clone(),
            set_at: wish.now,
            actor: wish.actor.clone(),
            generation,
            year,
            last,
        };
        Ok((after, true))
    }
}

impl SetGoalsFeed {
    /// Checks that every adapter makes before it looks at the feed.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.expected >= limits::NUMBER {
            return Err(invalid("the revision of a feed", "is too large"));
        }
        limits::feed_settings(&self.text)?;
        limits::actor(&self.actor)?;
        self.audit.as_ref().map_or(Ok(()), AuditEntry::check)
    }
}

pub(crate) fn no_feed() -> StoreError {
    StoreError::conflict(
        Conflict::Gone,
        "there is no such feed: Goals were never switched on for this app and district",
    )
}

/// The verdicts on all students of a feed in a school year, as of what they were made of. They can be made anew at any
/// time.
#[derive(Clone, PartialEq, Eq)]
pub struct GoalsStandings {
    /// What they were made of; opaque here, compared as text.
    pub made_of: String,
    /// The verdicts.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for GoalsStandings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "GoalsStandings({}, {} bytes)",
            self.made_of,
            self.bytes.len()
        )
    }
}

/// Goals.
#[async_trait]
pub trait Goals: Send + Sync {
    /// A feed.
    async fn goals_feed(&self, key: FeedKey) -> Result<Option<GoalsFeed>, StoreError>;

    /// The feeds of a district, ascending by app.
    async fn goals_feeds(&self, district: ObjectId) -> Result<Vec<GoalsFeed>, StoreError>;

    /// Makes a feed, switches it or changes its settings, and in the same step adds what the audit says of it; returns the
    /// new revision. What was reported stays. Idempotent: repeating the newest change returns its revision, and is not
    /// audited again.
    ///
    /// Refused: `Invalid` over the limits, `Gone` if there is no such district or app, `Moved` unless the feed has the
    /// revision that the wish knows, `Exists` if the id of the entry is another entry's.
    async fn set_goals_feed(&self, wish: SetGoalsFeed) -> Result<u64, StoreError>;

    /// Forgets a feed with all that was ever kept of it, and in the same step adds what the audit says of it; `false` if
    /// there was none, which is not audited.
    ///
    /// Refused: `Invalid` if the entry is over the limits, `Exists` if its id is another entry's.
    async fn forget_goals_feed(
        &self,
        key: FeedKey,
        audit: Option<AuditEntry>,
    ) -> Result<bool, StoreError>;

    /// What a feed keeps of a school year, ascending by student; `earlier` days only where they are wanted. Students of
    /// whom nothing was kept are left out.
    async fn student_years(
        &self,
        key: FeedKey,
        year: i16,
        which: Which<'_>,
        earlier: bool,
    ) -> Result<Vec<StudentYear>, StoreError>;

    /// Keeps what a delivery or a correction changes, and returns the generation after it: the next one, or the same if no
    /// student year changed. Not idempotent but conditional: who did not get an answer reads the feed again and finds
    /// whether it was kept; what changes no student year can be repeated, and is logged once more.
    ///
    /// Of the deliveries that were accepted the newest [`limits::GOALS_DELIVERIES`] stay in the log.
    ///
    /// Refused: `Invalid` over the limits or if the student years do not ascend, `Gone` if there is no such feed, `Moved`
    /// unless generation and revision are what the move was worked out from, `Exists` if the id of its entry for the audit
    /// is another entry's.
    async fn keep_goals(&self, key: FeedKey, change: GoalsMove) -> Result<u64, StoreError>;

    /// Adds a delivery that was refused to the log; `false` if there is no such feed. Of those the newest
    /// [`limits::GOALS_REFUSALS`] stay. Refused as `Invalid` over the limits.
    async fn log_goals_refusal(
        &self,
        key: FeedKey,
        delivery: GoalsDelivery,
    ) -> Result<bool, StoreError>;

    /// At most `limit` deliveries of a feed with numbers below `before`, newest first.
    async fn goals_deliveries(
        &self,
        key: FeedKey,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<GoalsDelivery>, StoreError>;

    /// The days from one to another, both included, on which a delivery reported about any student, ascending. They are
    /// kept when the log is thinned.
    async fn goals_delivery_days(
        &self,
        key: FeedKey,
        from: Date,
        to: Date,
    ) -> Result<Vec<Date>, StoreError>;

    /// Adds targets behind the newest, whose number is `expected` (0 where there is none), and in the same step what the
    /// audit says of it; returns the newest number. Idempotent: the same targets behind the same number again change
    /// nothing, and are not audited again.
    ///
    /// Refused: `Invalid` over the limits, `Gone` if there is no such feed, `Moved` unless the newest target has the number
    /// `expected`, `Exists` if the id of the entry is another entry's.
    async fn add_goals_targets(
        &self,
        key: FeedKey,
        expected: u64,
        targets: Vec<GoalsTarget>,
        audit: Option<AuditEntry>,
    ) -> Result<u64, StoreError>;

    /// The targets of a feed, ascending by number.
    async fn goals_targets(&self, key: FeedKey) -> Result<Vec<GoalsTarget>, StoreError>;

    /// The standings of a feed in a school year.
    async fn goals_standings(
        &self,
        key: FeedKey,
        year: i16,
    ) -> Result<Option<GoalsStandings>, StoreError>;

    /// Keeps the standings of a feed in a school year in place of those before; `false` if there is no such feed. Refused
    /// as `Invalid` over the limits.
    async fn keep_goals_standings(
        &self,
        key: FeedKey,
        year: i16,
        standings: GoalsStandings,
    ) -> Result<bool, StoreError>;
}
