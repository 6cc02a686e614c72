use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use crate::{EventMove, Events, MemoryStore, StoreError};

#[async_trait]
impl Events for MemoryStore {
    async fn switch_events(
        &self,
        district: ObjectId,
        connection: ObjectId,
        on: bool,
    ) -> Result<bool, StoreError> {
        let mut state = self.state();
        let found = state.connections.get_mut(&(district, connection));
        Ok(found.map(|found| found.events = on).is_some())
    }

    async fn event_moves(
        &self,
        district: ObjectId,
        connection: ObjectId,
    ) -> Result<Vec<EventMove>, StoreError> {
        let state = self.state();
        let of = (district, connection);
        let moves = state.event_moves.range((of, 0)..=(of, u64::MAX));
        Ok(moves.map(|(_, kept)| kept.clone()).collect())
    }

    async fn oldest_event_snapshot(&self, district: ObjectId) -> Result<Option<u64>, StoreError> {
        let state = self.state();
        let moves = state.event_moves.iter();
        let of_district = moves.filter(|(((of, _), _), _)| *of == district);
        let ends = of_district.flat_map(|(_, kept)| [kept.from, kept.to]);
        Ok(ends.map(Option::unwrap_or_default).min())
    }

    async fn forget_events(
        &self,
        district: ObjectId,
        before: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut state = self.state();
        let kept = state.event_moves.len();
        let state = &mut *state;
        let connections = &state.connections;
        state.event_moves.retain(|(of, generation), kept| {
            let stands = connections
                .get(of)
                .is_some_and(|connection| connection.view.generation == *generation);
            of.0 != district || kept.moved_at >= before || stands
        });
        Ok((kept - state.event_moves.len()) as u64)
    }
}
