//! Districts: independent tenants of one app (integration-side A1.1), and how far each is applied.

use homeroom_model::{Date, Timestamp};

use crate::{Lease, RosterError};

/// A district to begin with.
#[derive(Clone, Copy, Debug)]
pub struct NewDistrict<'a> {
    /// The source's id of the district.
    pub source_id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Now.
    pub at: Timestamp,
}

/// How a district is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Connection {
    /// Its token works.
    Connected,
    /// The source says that it is paused; what was read stays true.
    Paused,
    /// Its token was revoked (integration-side B7): nobody is deactivated by that.
    Disconnected,
}

impl Connection {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Connected, Self::Paused, Self::Disconnected];

    /// Its name.
    pub fn text(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Paused => "paused",
            Self::Disconnected => "disconnected",
        }
    }

    /// The state of that name.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.text() == text)
    }
}

/// A district as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct District {
    /// Its number: ids of its records are this times [`crate::IDS_PER_DISTRICT`] and more.
    pub id: i64,
    /// The source's id.
    pub source_id: String,
    /// Its name.
    pub name: String,
    /// How it is connected.
    pub state: Connection,
    /// Why it is so.
    pub state_reason: Option<String>,
    /// Until when accounts of a disconnected district work.
    pub keep_until: Option<Date>,
    /// Number of the mirror that is applied.
    pub mirror: Option<i64>,
    /// Event cursor, moved only together with the effects.
    pub cursor: Option<String>,
    /// The moment of the event the cursor stands at.
    pub cursor_at: Option<Timestamp>,
    /// When the source itself was last brought up to date.
    pub source_sync: Option<Timestamp>,
    /// Our last complete read.
    pub last_read: Option<Timestamp>,
    /// Our last successful run.
    pub last_apply: Option<Timestamp>,
    /// Digest of the policy that the last plan was made with.
    pub policy: Option<String>,
    /// The newest writer's number.
    pub fence: i64,
    /// What accounts with several roles may do: `highest`, `teacher_only_for_teachers` or `choose_at_login` (integration-side A3.7).
    pub powers: String,
}

/// Districts of the app.
pub trait Districts {
    /// Adds a district, or finds it by the source's id; returns its number.
    fn connect(&self, district: &NewDistrict<'_>) -> Result<i64, RosterError>;

    /// Says how a district is connected, since when and why. Touches no account. `false` if there is no such district.
    fn set_connection(
        &self,
        district: i64,
        state: Connection,
        reason: Option<&str>,
        keep_until: Option<Date>,
        at: Timestamp,
    ) -> Result<bool, RosterError>;

    /// A newer writer of a district announces itself: from now on every older one is refused, as `fenced`, when it begins.
    fn claim(&self, district: i64, fence: i64) -> Result<(), RosterError>;

    /// Asks to be the one who writes a district from now until a moment, or renews that. A lease that is free or has lapsed is
    /// taken under a new number, which overtakes every earlier writer; the caller's own keeps its number, even a lapsed one
    /// that nobody took meanwhile. Holders are told apart by their names: give every process one of its own. Refused as
    /// `gone` if there is no such district.
    fn lease(
        &self,
        district: i64,
        holder: &str,
        at: Timestamp,
        until: Timestamp,
    ) -> Result<Lease, RosterError>;

    /// Gives a lease back. `false` if it is not this holder's.
    fn release(&self, district: i64, holder: &str) -> Result<bool, RosterError>;
}
