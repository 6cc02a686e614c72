use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use super::{State, refuse};
use crate::{Audit, AuditEntry, Conflict, MemoryStore, StoreError};

#[async_trait]
impl Audit for MemoryStore {
    async fn add_audit(&self, entry: AuditEntry) -> Result<(), StoreError> {
        entry.check()?;
        let mut state = self.state();
        state.admits(&entry)?;
        state.audit.insert(entry.id, entry);
        Ok(())
    }

    async fn audit(
        &self,
        district: Option<ObjectId>,
        before: Option<(Timestamp, ObjectId)>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let state = self.state();
        let mut entries: Vec<_> = state
            .audit
            .values()
            .filter(|entry| district.is_none() || entry.district == district)
            .filter(|entry| before.is_none_or(|before| (entry.at, entry.id) < before))
            .cloned()
            .collect();
        entries.sort_by_key(|entry| std::cmp::Reverse((entry.at, entry.id)));
        entries.truncate(limit as usize);
        Ok(entries)
    }
}

impl State {
    /// Whether the audit can take an entry: it is new, or there already, alike in everything.
    pub(super) fn admits(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        if let Some(district) = entry.district {
            self.district(district)?;
        }
        match self.audit.get(&entry.id) {
            Some(kept) if kept != entry => {
                Err(refuse(Conflict::Exists, "the id is another entry's"))
            }
            _ => Ok(()),
        }
    }
}
