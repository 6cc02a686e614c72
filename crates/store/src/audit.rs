//! The audit: who did what and when. Entries are added, never changed.

use std::fmt;

use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use crate::{StoreError, limits};

/// Something that somebody did.
#[derive(Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// The entry's id.
    pub id: ObjectId,
    /// The district it concerns, `None` for the installation.
    pub district: Option<ObjectId>,
    /// When.
    pub at: Timestamp,
    /// Who: `cli:<user of the system>` or `token:<name>`.
    pub actor: String,
    /// What, in a word or two such as `hold approved`.
    pub action: String,
    /// With which particulars, for people: numbers and ids. No personal data should be in it; `Debug` does not show it.
    pub detail: String,
}

impl fmt::Debug for AuditEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditEntry")
            .field("id", &self.id)
            .field("district", &self.district)
            .field("at", &self.at)
            .field("actor", &self.actor)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

impl AuditEntry {
    /// Checks that every adapter makes before it adds an entry.
    pub fn check(&self) -> Result<(), StoreError> {
        limits::actor(&self.actor)?;
        limits::word("the action of an audit entry", &self.action)?;
        limits::audit_detail(&self.detail)
    }
}

/// The audit.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Adds an entry. Idempotent: the same entry again, alike in everything, changes nothing.
    /// Refused: `Invalid` over the limits, `Gone` if there is no such district, `Exists` if the id is another entry's.
    async fn add_audit(&self, entry: AuditEntry) -> Result<(), StoreError>;

    /// At most `limit` entries of a district, or with `None` all entries of the installation and of every district,
    /// newest first (`at`, then id, both descending), older than `before`.
    async fn audit(
        &self,
        district: Option<ObjectId>,
        before: Option<(Timestamp, ObjectId)>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError>;
}
