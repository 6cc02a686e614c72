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
        let district = Some(act.district);
        self.decided(district, act.actor, act.action, act.detail)
            .await
    }

    /// Notes what somebody decided beside any run: a custom record, a person kept by hand, a token. `district` is `None`
    /// for the installation. Neither actor nor detail may hold personal data.
    pub async fn decided(
        &self,
        district: Option<ObjectId>,
        actor: &str,
        action: &str,
        detail: String,
    ) -> Result<(), IngestError> {
        let entry = AuditEntry {
            id: self.surroundings.run_id()?,
            district,
            at: self.surroundings.now(),
            actor: actor.to_owned(),
            action: action.to_owned(),
            detail,
        };
        Ok(self.store.add_audit(entry).await?)
    }
}
