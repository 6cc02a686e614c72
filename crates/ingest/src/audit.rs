//! Who decided what, and when: beside the runs, for whoever asks later.

use homeroom_model::ObjectId;
use homeroom_store::AuditEntry;

use crate::Ingest;
use crate::error::IngestError;

/// Something that a person decided.
pub(crate) struct Act<'a> {
    pub(crate) district: ObjectId,
    /// Who, without personal data.
    pub(crate) actor: &'a str,
    pub(crate) action: &'a str,
    /// Numbers and ids, without personal data.
    pub(crate) detail: String,
}

impl Ingest {
    /// Notes what was decided.
    pub(crate) async fn audit(&self, act: Act<'_>) -> Result<(), IngestError> {
        let entry = AuditEntry {
            id: self.surroundings.run_id()?,
            district: Some(act.district),
            at: self.surroundings.now(),
            actor: act.actor.to_owned(),
            action: act.action.to_owned(),
            detail: act.detail,
        };
        Ok(self.store.add_audit(entry).await?)
    }
}
