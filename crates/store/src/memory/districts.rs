use async_trait::async_trait;
use homeroom_model::{District, ObjectId, Timestamp};

use super::refuse;
use crate::{Conflict, DistrictChange, DistrictRecord, Districts, MemoryStore, StoreError};

#[async_trait]
impl Districts for MemoryStore {
    async fn add_district(
        &self,
        document: District,
        created: Timestamp,
    ) -> Result<DistrictRecord, StoreError> {
        let record = DistrictRecord::new(document, created)?;
        let mut state = self.state();
        if state.districts.contains_key(&record.document.id) {
            return Err(refuse(Conflict::Exists, "there is a district with this id"));
        }
        state.districts.insert(record.document.id, record.clone());
        Ok(record)
    }

    async fn district(&self, district: ObjectId) -> Result<Option<DistrictRecord>, StoreError> {
        Ok(self.state().districts.get(&district).cloned())
    }

    async fn districts(
        &self,
        after: Option<ObjectId>,
        limit: u32,
    ) -> Result<Vec<DistrictRecord>, StoreError> {
        let state = self.state();
        let later = state.districts.values();
        let later = later.filter(|record| Some(record.document.id) > after);
        Ok(later.take(limit as usize).cloned().collect())
    }

    async fn change_district(
        &self,
        district: ObjectId,
        change: DistrictChange,
    ) -> Result<Option<DistrictRecord>, StoreError> {
        let mut state = self.state();
        let Some(record) = state.districts.get_mut(&district) else {
            return Ok(None);
        };
        record.change(change)?;
        Ok(Some(record.clone()))
    }
}
