use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use crate::{DistrictSettings, DistrictSettingsText, MemoryStore, StoreError};

#[async_trait]
impl DistrictSettings for MemoryStore {
    async fn district_settings(
        &self,
        district: ObjectId,
    ) -> Result<Option<DistrictSettingsText>, StoreError> {
        let state = self.state();
        let mut newest_first = state.district_settings.iter().rev();
        Ok(newest_first
            .find(|((owner, _), _)| *owner == district)
            .map(|(_, kept)| kept.clone()))
    }

    async fn numbered_district_settings(
        &self,
        district: ObjectId,
        number: u64,
    ) -> Result<Option<DistrictSettingsText>, StoreError> {
        let state = self.state();
        Ok(state.district_settings.get(&(district, number)).cloned())
    }

    async fn set_district_settings(
        &self,
        district: ObjectId,
        expected: Option<u64>,
        text: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        DistrictSettingsText::check(expected, text, actor)?;
        let mut state = self.state();
        state.district(district)?;
        let mut newest_first = state.district_settings.iter().rev();
        let kept = newest_first
            .find(|((owner, _), _)| *owner == district)
            .map(|(_, kept)| kept.clone());
        let (after, _) = DistrictSettingsText::after(kept, expected, text, actor, now)?;
        let number = after.number;
        state.district_settings.insert((district, number), after);
        Ok(number)
    }
}
