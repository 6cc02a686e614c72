//! Settings of a district: one text, numbered, every number kept, so that a run can be explained by the settings of
//! its day.

use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use crate::limits::invalid;
use crate::{Conflict, StoreError, limits};

/// The settings of a district as of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistrictSettingsText {
    /// Counts the settings of the district, from 1.
    pub number: u64,
    /// The settings as TOML text, opaque here. No personal data.
    pub text: String,
    /// Since when.
    pub set_at: Timestamp,
    /// Who set them.
    pub actor: String,
}

impl DistrictSettingsText {
    /// The settings that follow `kept`, or `kept` itself with `false` if this very change has been made: repeating it
    /// is no conflict. Refused as `Invalid` over the limits and as `Moved` unless `kept` has the number `expected`.
    pub fn after(
        kept: Option<Self>,
        expected: Option<u64>,
        text: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<(Self, bool), StoreError> {
        let last = kept.as_ref().map_or(0, |kept| kept.number);
        let expected = expected.unwrap_or(0);
        if let Some(kept) = kept
            && expected.checked_add(1) == Some(kept.number)
            && (kept.text.as_str(), kept.actor.as_str()) == (text, actor)
        {
            return Ok((kept, false));
        }
        if last != expected {
            return Err(StoreError::conflict(
                Conflict::Moved,
                "somebody has changed the settings meanwhile; read them again",
            ));
        }
        let after = Self {
            number: last + 1,
            text: text.to_owned(),
            set_at: now,
            actor: actor.to_owned(),
        };
        Ok((after, true))
    }

    /// Checks that every adapter makes before it looks at the settings there are.
    pub fn check(expected: Option<u64>, text: &str, actor: &str) -> Result<(), StoreError> {
        if expected.is_some_and(|number| number >= limits::NUMBER) {
            return Err(invalid("the number of the settings", "is too large"));
        }
        limits::district_settings(text)?;
        limits::actor(actor)
    }
}

/// Settings of districts.
#[async_trait]
pub trait DistrictSettings: Send + Sync {
    /// The newest settings of a district, `None` while it has none of its own.
    async fn district_settings(
        &self,
        district: ObjectId,
    ) -> Result<Option<DistrictSettingsText>, StoreError>;

    /// The settings of a district as of a number.
    async fn numbered_district_settings(
        &self,
        district: ObjectId,
        number: u64,
    ) -> Result<Option<DistrictSettingsText>, StoreError>;

    /// Replaces the settings numbered `expected` (`None`: the district has none) and returns the new number.
    /// Idempotent: repeating the newest change returns its number.
    ///
    /// Refused: `Invalid` over the limits, `Gone` if there is no such district, `Moved` unless the newest settings have
    /// the number `expected`.
    async fn set_district_settings(
        &self,
        district: ObjectId,
        expected: Option<u64>,
        text: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<u64, StoreError>;
}
