//! The log of what districts were told: one delivery per body that was sent (integration-side D2.9).

use homeroom_model::{Date, Timestamp};

/// Why something is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GoalTrigger {
    /// It is time.
    Schedule,
    /// Somebody asked.
    Demand,
    /// The same bytes a second time, to see that it changes nothing.
    Resend,
}

impl GoalTrigger {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Schedule, Self::Demand, Self::Resend];

    /// Its name.
    pub fn text(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Demand => "demand",
            Self::Resend => "resend",
        }
    }

    /// The one of that name.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.text() == text)
    }
}

/// How a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GoalDeliveryState {
    /// It is on its way.
    Sending,
    /// The district has it.
    Acknowledged,
    /// The server will not have it.
    Refused,
    /// It was too large; its halves follow.
    TooLarge,
    /// Nothing of use came back in all tries.
    Failed,
    /// Whoever sent it is gone. The server may have it.
    CutOff,
}

impl GoalDeliveryState {
    /// Every one.
    pub const ALL: [Self; 6] = [
        Self::Sending,
        Self::Acknowledged,
        Self::Refused,
        Self::TooLarge,
        Self::Failed,
        Self::CutOff,
    ];

    /// Its name.
    pub fn text(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Acknowledged => "acknowledged",
            Self::Refused => "refused",
            Self::TooLarge => "too_large",
            Self::Failed => "failed",
            Self::CutOff => "cut_off",
        }
    }

    /// The one of that name.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.text() == text)
    }
}

/// A request that is about to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewGoalDelivery<'a> {
    /// The district.
    pub district: i64,
    /// Why.
    pub trigger: GoalTrigger,
    /// Now.
    pub at: Timestamp,
    /// The school year it is about.
    pub year: i16,
    /// The district's day.
    pub day: Date,
    /// Its number among those of one push, from 1.
    pub part: u32,
    /// The key of the progress metric.
    pub metric: &'a str,
    /// Students in it.
    pub students: u32,
    /// Bytes of its body.
    pub bytes: u64,
    /// Digest of its body.
    pub digest: &'a str,
    /// Students, by their ids, whose minutes (in millionths) are not known to be with the district: what was last sent of them is
    /// in this request from now on.
    pub sent: &'a [(String, i64)],
}

/// How a request ended.
#[derive(Clone, Debug)]
pub struct GoalDeliveryEnd<'a> {
    /// How.
    pub state: GoalDeliveryState,
    /// Now.
    pub at: Timestamp,
    /// How often it was sent.
    pub tries: u32,
    /// The last status that came back.
    pub status: Option<u16>,
    /// What the receipt counts; nothing without one.
    pub counts: Option<GoalCounts>,
    /// A sentence about what went wrong. No personal data.
    pub detail: Option<&'a str>,
    /// The first of the rows that were rejected or warned about, as JSON.
    pub report: Option<&'a str>,
    /// When the same students are tried again.
    pub next_try: Option<Timestamp>,
    /// Ids of students whose row was taken, of those that the request had as [`sent`](NewGoalDelivery::sent).
    pub taken: &'a [String],
}

/// What a receipt counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GoalCounts {
    /// Rows that changed a figure.
    pub updated: u32,
    /// Rows that did not.
    pub unchanged: u32,
    /// Rows that were not taken.
    pub rejected: u32,
    /// Rows that were taken with a warning, or set aside.
    pub warned: u32,
    /// Of those, rows that are lower than what the district knows.
    pub regressed: u32,
}

/// A delivery as it stands in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalDelivery {
    /// Its number.
    pub id: i64,
    /// Why it was made.
    pub trigger: GoalTrigger,
    /// When it began.
    pub begun: Timestamp,
    /// When it ended.
    pub finished: Option<Timestamp>,
    /// The school year it is about.
    pub year: i16,
    /// The district's day on which it began.
    pub day: Date,
    /// Its number among those of one push.
    pub part: u32,
    /// The key of the progress metric.
    pub metric: String,
    /// Students in it.
    pub students: u32,
    /// Bytes of its body.
    pub bytes: u64,
    /// Digest of its body.
    pub digest: String,
    /// How it stands.
    pub state: GoalDeliveryState,
    /// How often it was sent.
    pub tries: u32,
    /// The last status that came back.
    pub status: Option<u16>,
    /// What the receipt counts.
    pub counts: Option<GoalCounts>,
    /// What went wrong.
    pub detail: Option<String>,
    /// The first of the rows that were rejected or warned about, as JSON; of the newest thousand deliveries only.
    pub report: Option<String>,
    /// When the same students are tried again.
    pub next_try: Option<Timestamp>,
}
