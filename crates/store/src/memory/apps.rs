use async_trait::async_trait;
use homeroom_model::ObjectId;

use super::refuse;
use crate::{App, Apps, Conflict, MemoryStore, StoreError};

#[async_trait]
impl Apps for MemoryStore {
    async fn add_app(&self, app: App) -> Result<(), StoreError> {
        app.check()?;
        let mut state = self.state();
        let taken = |other: &App| other.id == app.id || other.client_id == app.client_id;
        if state.apps.values().any(taken) {
            return Err(refuse(Conflict::Exists, "the id or client id is taken"));
        }
        state.apps.insert(app.id, app);
        Ok(())
    }

    async fn app(&self, app: ObjectId) -> Result<Option<App>, StoreError> {
        Ok(self.state().apps.get(&app).cloned())
    }

    async fn app_by_client(&self, client_id: &str) -> Result<Option<App>, StoreError> {
        let state = self.state();
        let mut apps = state.apps.values();
        Ok(apps.find(|app| app.client_id == client_id).cloned())
    }

    async fn apps(&self) -> Result<Vec<App>, StoreError> {
        Ok(self.state().apps.values().cloned().collect())
    }

    async fn remove_app(&self, app: ObjectId) -> Result<bool, StoreError> {
        let mut state = self.state();
        if state.connections.values().any(|kept| kept.app == app) {
            return Err(refuse(Conflict::InUse, "a district is connected with it"));
        }
        if state.goals.keys().any(|key| key.app == app) {
            return Err(refuse(Conflict::InUse, "a district keeps its totals"));
        }
        Ok(state.apps.remove(&app).is_some())
    }
}
