//! What students did in the app, and what of it their districts were told (integration-side D2).
//!
//! The ledger is the app's and only grows. Totals are added up whenever they are asked for; what is kept beside it is only what
//! a district acknowledged, who waits, and the log of deliveries. Quantities are whole millionths.

use homeroom_model::Timestamp;

use crate::delivery::{GoalDelivery, GoalDeliveryEnd, NewGoalDelivery};
use crate::{Refusal, RosterError};

/// The most minutes, or units of progress, that one activity may bring: a million. Enough for any activity, and so many of the
/// largest are needed before a sum overflows that no student has them.
pub const MOST_OF_AN_ACTIVITY: i64 = 1_000_000_000_000;

/// The most characters of an activity's id.
pub const LONGEST_ACTIVITY: usize = 200;

/// What one activity brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GoalActivity<'a> {
    /// The app's own id of it. The same id again is the same activity, under whatever account.
    pub activity: &'a str,
    /// The account that did it.
    pub person: i64,
    /// When it began.
    pub at: Timestamp,
    /// Active minutes, in millionths; at most [`MOST_OF_AN_ACTIVITY`].
    pub minutes: i64,
    /// Units of progress, in millionths; at most as many.
    pub progress: i64,
}

/// An entry of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoalEntry<'a> {
    /// Something was done.
    Done(GoalActivity<'a>),
    /// An activity counts no more, whether it is in the ledger already or comes later.
    Undone {
        /// The activity.
        activity: &'a str,
        /// Why, in the app's words.
        reason: Option<&'a str>,
    },
}

/// What came of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GoalTaken {
    /// It counts.
    Counted,
    /// It is in the ledger already.
    Repeated,
    /// The activity is in the ledger with other content: what came first stays, and somebody should look.
    Conflicting,
    /// The activity is undone: by this entry, or by one before it.
    Undone,
    /// It cannot be kept: no such account in the district (`gone`), or values that no activity has (`invalid`).
    Refused(Refusal),
}

/// What an account did in some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GoalSum {
    /// The account.
    pub person: i64,
    /// Minutes, in millionths.
    pub minutes: i64,
    /// Units of progress, in millionths.
    pub progress: i64,
}

/// An activity that counts no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalUndone {
    /// It.
    pub activity: String,
    /// Who had done it.
    pub person: i64,
    /// When it began.
    pub at: Timestamp,
    /// What it had brought: minutes, in millionths.
    pub minutes: i64,
    /// Units of progress, in millionths.
    pub progress: i64,
    /// When it was undone.
    pub undone: Timestamp,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: Option<String>,
}

/// An account as sending sees it: everybody who is a student, and everybody who was merged into somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GoalProfile<'a> {
    /// The account.
    pub person: i64,
    /// The id by which the source knows it now, if it does.
    pub source_id: Option<&'a str>,
    /// The account it went into.
    pub merged_into: Option<i64>,
    /// A student whose account works.
    pub active: bool,
}

/// What a district acknowledged of an account in a school year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalAcknowledged {
    /// The account.
    pub person: i64,
    /// The key of the progress metric.
    pub metric: String,
    /// Minutes, in millionths.
    pub minutes: i64,
    /// Units of progress, in millionths.
    pub progress: i64,
    /// When that last changed.
    pub at: Timestamp,
    /// The minutes acknowledged first in the year.
    pub first_minutes: i64,
    /// When that was.
    pub first_at: Timestamp,
}

/// What was last sent of a student in a school year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalSent {
    /// The id at the source.
    pub source_id: String,
    /// Minutes, in millionths.
    pub minutes: i64,
    /// Whether the district said that it took them; of what it did not, it may have them all the same.
    pub taken: bool,
    /// When the delivery that sent them ended: if they arrived, then no later. Nothing as long as it goes on.
    pub until: Option<Timestamp>,
}

/// Somebody who waits: not told, or not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalWaiting {
    /// The account.
    pub person: i64,
    /// Why, in a word.
    pub reason: String,
    /// The id it was, or would be, sent under.
    pub source_id: Option<String>,
    /// A sentence. No personal data.
    pub detail: Option<String>,
    /// Since when. Whoever waits on keeps the first moment; it is not read when rows are handed in.
    pub since: Timestamp,
}

/// A total that may fall, because somebody said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalCorrection {
    /// Its number; 0 when it is handed in.
    pub id: i64,
    /// The school year.
    pub year: i16,
    /// The account.
    pub person: i64,
    /// What the total may fall to: minutes, in millionths.
    pub minutes: i64,
    /// Units of progress.
    pub progress: i64,
    /// What was acknowledged before.
    pub from_minutes: i64,
    /// The same of progress.
    pub from_progress: i64,
    /// Who said so.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What they said.
    pub note: Option<String>,
    /// The delivery that told the district; nothing as long as it was not told.
    pub delivery: Option<i64>,
}

/// How a district's metrics stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalFeedRow {
    /// Since when this app sends for it.
    pub since: Timestamp,
    /// Who sends now, and until when if that is not renewed.
    pub sending: Option<(String, Timestamp)>,
    /// When anything was last tried.
    pub last_try: Option<Timestamp>,
    /// When everything was last acknowledged.
    pub last_good: Option<Timestamp>,
    /// When it is tried next.
    pub next_try: Option<Timestamp>,
}

/// What became of a wish to send for a district.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GoalPush {
    /// It is the caller's until the moment that was named.
    Yours,
    /// Somebody else sends.
    Taken {
        /// Who.
        holder: String,
        /// Until when, if it is not renewed.
        until: Timestamp,
    },
}

/// How a push ended.
#[derive(Clone, Debug)]
pub struct GoalPushEnd<'a> {
    /// Who had it.
    pub holder: &'a str,
    /// Now.
    pub at: Timestamp,
    /// Whether every part was acknowledged.
    pub good: bool,
    /// When it is tried next.
    pub next_try: Option<Timestamp>,
    /// Who waits now; nobody else does. `None` leaves that as it was.
    pub waiting: Option<&'a [GoalWaiting]>,
}

/// Writing the ledger and the log.
pub trait Goals {
    /// Adds entries, all of them in one durable step, and says what came of each, in their order. An app may as well write
    /// `goal_activity` and `goal_undone` itself: the result is the same.
    fn record_activities(
        &self,
        district: i64,
        entries: &[GoalEntry<'_>],
        by: &str,
        at: Timestamp,
    ) -> Result<Vec<GoalTaken>, RosterError>;

    /// Asks to be the one who sends for a district until a moment, or renews that. Whoever takes it from somebody who is gone
    /// finds that one's deliveries `cut_off`. Refused as `gone` if there is no such district.
    fn begin_push(
        &self,
        district: i64,
        holder: &str,
        at: Timestamp,
        until: Timestamp,
    ) -> Result<GoalPush, RosterError>;

    /// Notes a request before it is made; returns its number.
    fn begin_delivery(&self, delivery: &NewGoalDelivery<'_>) -> Result<i64, RosterError>;

    /// Notes how a request ended, with the totals that were acknowledged by it, in one durable step. Corrections that were
    /// open for these accounts are told with it, if their number is among `told`.
    fn end_delivery(
        &self,
        district: i64,
        delivery: i64,
        end: &GoalDeliveryEnd<'_>,
        acknowledged: &[GoalAcknowledged],
        told: &[i64],
    ) -> Result<(), RosterError>;

    /// Gives a push back, with how it ended. `false`, and nothing is changed, if it is not this holder's any more.
    fn end_push(&self, district: i64, end: &GoalPushEnd<'_>) -> Result<bool, RosterError>;

    /// Lets a total fall to what somebody saw; returns the correction's number. One that was open for the account in the same
    /// year is replaced by it.
    fn allow_correction(
        &self,
        district: i64,
        correction: &GoalCorrection,
    ) -> Result<i64, RosterError>;
}

/// Reading the ledger and the log.
pub trait GoalsReading {
    /// What every account of a district did from one moment to another, the second not included; by account. Accounts whose
    /// activities are all undone are among them, with nothing.
    fn goal_sums(
        &self,
        district: i64,
        from: Timestamp,
        to: Timestamp,
        visit: &mut dyn FnMut(GoalSum) -> Result<(), RosterError>,
    ) -> Result<(), RosterError>;

    /// Activities of an account that began in that time and were undone, by id.
    fn goal_undone(
        &self,
        person: i64,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<GoalUndone>, RosterError>;

    /// Students and those who were merged into somebody, by account.
    fn goal_profiles(
        &self,
        district: i64,
        visit: &mut dyn FnMut(GoalProfile<'_>) -> Result<(), RosterError>,
    ) -> Result<(), RosterError>;

    /// What was acknowledged in a school year, by account.
    fn goal_acknowledged(
        &self,
        district: i64,
        year: i16,
    ) -> Result<Vec<GoalAcknowledged>, RosterError>;

    /// What was last sent in a school year, taken or not, by id.
    fn goal_sent(&self, district: i64, year: i16) -> Result<Vec<GoalSent>, RosterError>;

    /// Corrections of a school year, told ones too, by number.
    fn goal_corrections(
        &self,
        district: i64,
        year: i16,
    ) -> Result<Vec<GoalCorrection>, RosterError>;

    /// The log, newest first: deliveries that began at a moment or later, at most so many.
    fn goal_deliveries(
        &self,
        district: i64,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<GoalDelivery>, RosterError>;

    /// Who waits, by account and reason.
    fn goal_waiting(&self, district: i64) -> Result<Vec<GoalWaiting>, RosterError>;

    /// How a district's metrics stand; nothing if nothing was ever sent or recorded.
    fn goal_feed(&self, district: i64) -> Result<Option<GoalFeedRow>, RosterError>;
}
