use async_trait::async_trait;
use homeroom_model::ObjectId;

use crate::limits::invalid;
use crate::{CustomRecord, CustomRecords, MemoryStore, StoreError, limits};

#[async_trait]
impl CustomRecords for MemoryStore {
    async fn put_custom_record(&self, record: CustomRecord) -> Result<(), StoreError> {
        record.check()?;
        let mut state = self.state();
        state.district(record.district)?;
        let key = (record.district, record.stem.clone(), record.key.clone());
        let kept = state.custom_records.keys();
        let others = kept.filter(|other| other.0 == record.district && **other != key);
        if others.count() >= limits::CUSTOM_RECORDS {
            return Err(invalid("the list of custom records", "is full"));
        }
        state.custom_records.insert(key, record);
        Ok(())
    }

    async fn custom_records(&self, district: ObjectId) -> Result<Vec<CustomRecord>, StoreError> {
        let state = self.state();
        let kept = state.custom_records.values();
        let kept = kept.filter(|record| record.district == district);
        Ok(kept.cloned().collect())
    }

    async fn remove_custom_record(
        &self,
        district: ObjectId,
        stem: &str,
        key: &str,
    ) -> Result<bool, StoreError> {
        let key = (district, stem.to_owned(), key.to_owned());
        Ok(self.state().custom_records.remove(&key).is_some())
    }
}
