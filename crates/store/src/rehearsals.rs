//! Rehearsals: an export kept beside the live roster under a name, as the run that read it.

use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use crate::StoreError;

/// A rehearsal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsal {
    /// Its name, unique in the district.
    pub name: String,
    /// The newest run that read its files; its artifacts hold them.
    pub run: ObjectId,
    /// Since when it is that run.
    pub set_at: Timestamp,
}

/// Rehearsals of a district.
#[async_trait]
pub trait Rehearsals: Send + Sync {
    /// Makes a rehearsal, or has the one of that name point to another run. Idempotent: pointing it to the run it has
    /// keeps its moment. Refused: `Invalid` over the limits, `Gone` if there is no such run.
    async fn set_rehearsal(
        &self,
        district: ObjectId,
        name: &str,
        run: ObjectId,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The rehearsals of a district, ascending by name.
    async fn rehearsals(&self, district: ObjectId) -> Result<Vec<Rehearsal>, StoreError>;

    /// Forgets a rehearsal, not its run; `false` if there was none.
    async fn drop_rehearsal(&self, district: ObjectId, name: &str) -> Result<bool, StoreError>;
}
