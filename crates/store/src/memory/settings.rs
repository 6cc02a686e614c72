use async_trait::async_trait;

use crate::{Counts, MemoryStore, RunState, Settings, StoreError, limits};

#[async_trait]
impl Settings for MemoryStore {
    async fn format(&self) -> Result<u32, StoreError> {
        Ok(1)
    }

    async fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        Ok(self.state().settings.get(key).cloned())
    }

    async fn setting_or(&self, key: &str, value: &str) -> Result<String, StoreError> {
        limits::setting(key, value)?;
        let mut state = self.state();
        let kept = state.settings.entry(key.to_owned());
        Ok(kept.or_insert_with(|| value.to_owned()).clone())
    }

    async fn set_setting(&self, key: &str, value: &str) -> Result<(), StoreError> {
        limits::setting(key, value)?;
        self.state()
            .settings
            .insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        let state = self.state();
        let open = state
            .runs
            .values()
            .filter(|row| row.run.state == RunState::Running);
        Ok(Counts {
            districts: state.districts.len() as u64,
            apps: state.apps.len() as u64,
            connections: state.connections.len() as u64,
            snapshots: state.snapshots.len() as u64,
            open_runs: open.count() as u64,
            condemned: state.condemned.len() as u64,
        })
    }
}
