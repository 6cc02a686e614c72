use async_trait::async_trait;
use homeroom_model::ObjectId;

use super::refuse;
use crate::{
    Conflict, Connection, Connections, Digest, EventMove, MemoryStore, NewConnection, StoreError,
    ViewMove, ViewPointer,
};

#[async_trait]
impl Connections for MemoryStore {
    async fn connect(&self, connection: NewConnection) -> Result<Connection, StoreError> {
        connection.check()?;
        let mut state = self.state();
        let document = state.district(connection.district)?.document.clone();
        if !state.apps.contains_key(&connection.app) {
            return Err(refuse(Conflict::Gone, "there is no such app"));
        }
        let taken = |other: &Connection| {
            other.token == connection.token
                || other.district == connection.district
                    && (other.id == connection.id || other.app == connection.app)
        };
        if state.connections.values().any(taken) {
            return Err(refuse(Conflict::Exists, "they are connected already"));
        }
        let connection = connection.begin(document);
        let key = (connection.district, connection.id);
        state.connections.insert(key, connection.clone());
        Ok(connection)
    }

    async fn connection(
        &self,
        district: ObjectId,
        connection: ObjectId,
    ) -> Result<Option<Connection>, StoreError> {
        Ok(self
            .state()
            .connections
            .get(&(district, connection))
            .cloned())
    }

    async fn connection_by_token(&self, token: &Digest) -> Result<Option<Connection>, StoreError> {
        let state = self.state();
        let mut connections = state.connections.values();
        Ok(connections.find(|kept| kept.token == *token).cloned())
    }

    async fn connections_of_app(&self, app: ObjectId) -> Result<Vec<Connection>, StoreError> {
        let state = self.state();
        let connections = state.connections.values();
        Ok(connections
            .filter(|kept| kept.app == app)
            .cloned()
            .collect())
    }

    async fn connections_of_district(
        &self,
        district: ObjectId,
    ) -> Result<Vec<Connection>, StoreError> {
        let state = self.state();
        let connections = state.connections.values();
        let mut connections: Vec<_> = connections
            .filter(|kept| kept.district == district)
            .cloned()
            .collect();
        connections.sort_by_key(|kept| kept.app);
        Ok(connections)
    }

    async fn move_view(
        &self,
        district: ObjectId,
        connection: ObjectId,
        expected_generation: u64,
        to: ViewMove,
    ) -> Result<ViewPointer, StoreError> {
        to.check(district, expected_generation)?;
        let mut state = self.state();
        let kept = to
            .snapshot
            .is_none_or(|number| state.snapshots.contains_key(&(district, number)));
        let Some(connection) = state.connections.get_mut(&(district, connection)) else {
            return Err(refuse(Conflict::Gone, "there is no such connection"));
        };
        if to.led_to(&connection.view, expected_generation) {
            return Ok(connection.view.clone());
        }
        if connection.view.generation != expected_generation {
            return Err(refuse(Conflict::Moved, "the view has moved meanwhile"));
        }
        if !kept {
            return Err(refuse(Conflict::Gone, "the snapshot is not kept"));
        }
        let events = to.events.clone();
        let before = std::mem::replace(&mut connection.view, to.pointer(expected_generation));
        let after = connection.view.clone();
        if let Some(events) = events {
            let kept = EventMove {
                generation: after.generation,
                from: before.snapshot,
                to: after.snapshot,
                before: before.document,
                after: after.document.clone(),
                moved_at: after.moved_at,
                events,
            };
            let key = ((district, connection.id), after.generation);
            state.event_moves.insert(key, kept);
        }
        Ok(after)
    }

    async fn revoke(&self, district: ObjectId, connection: ObjectId) -> Result<bool, StoreError> {
        let mut state = self.state();
        let of = (district, connection);
        state.event_moves.retain(|(kept, _), _| *kept != of);
        Ok(state.connections.remove(&of).is_some())
    }
}
