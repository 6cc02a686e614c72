//! Custom records: rows kept by hand beside what the SIS sends (district-side 9.6).

use std::fmt;

use async_trait::async_trait;
use homeroom_model::{Date, ObjectId, Timestamp};

use crate::{StoreError, limits};

/// A row kept by hand. No upload removes it. Personal data: `Debug` shows neither key nor cells.
#[derive(Clone, PartialEq, Eq)]
pub struct CustomRecord {
    /// The district.
    pub district: ObjectId,
    /// Which file it would stand in, without ending: `students`, `sections` …
    pub stem: String,
    /// Its SIS id there; unique with the stem.
    pub key: String,
    /// Its cells as JSON text, column to text; opaque here.
    pub cells: String,
    /// The first day on which it is not read any more, `None` for never.
    pub expires: Option<Date>,
    /// When it was put there, or replaced.
    pub created: Timestamp,
    /// Who did.
    pub actor: String,
}

impl fmt::Debug for CustomRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomRecord")
            .field("district", &self.district)
            .field("stem", &self.stem)
            .field("expires", &self.expires)
            .field("created", &self.created)
            .field("actor", &self.actor)
            .finish_non_exhaustive()
    }
}

impl CustomRecord {
    /// Checks that every adapter makes before it writes a record.
    pub fn check(&self) -> Result<(), StoreError> {
        limits::word("the file of a custom record", &self.stem)?;
        limits::text("the key of a custom record", &self.key)?;
        limits::cells(&self.cells)?;
        limits::actor(&self.actor)
    }
}

/// Custom records.
#[async_trait]
pub trait CustomRecords: Send + Sync {
    /// Puts a record, in place of the one with its stem and key if there is one.
    ///
    /// Refused: `Invalid` over the limits, `Gone` if there is no such district, `Invalid` if the district would have
    /// more than [`limits::CUSTOM_RECORDS`].
    async fn put_custom_record(&self, record: CustomRecord) -> Result<(), StoreError>;

    /// The records of a district, ascending by stem and key, also those that have expired.
    async fn custom_records(&self, district: ObjectId) -> Result<Vec<CustomRecord>, StoreError>;

    /// Removes a record; `false` if there was none.
    async fn remove_custom_record(
        &self,
        district: ObjectId,
        stem: &str,
        key: &str,
    ) -> Result<bool, StoreError>;
}
