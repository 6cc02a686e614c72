use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use super::{State, refuse};
use crate::{
    Block, CloseHold, Conflict, Hold, HoldMove, HoldState, Holds, MemoryStore, MovedHolds, Run,
    StoreError,
};

#[async_trait]
impl Holds for MemoryStore {
    async fn waiting_hold(&self, district: ObjectId) -> Result<Option<Hold>, StoreError> {
        Ok(self.state().waiting_hold(district))
    }

    async fn hold(&self, district: ObjectId, run: ObjectId) -> Result<Option<Hold>, StoreError> {
        Ok(self.state().holds.get(&(district, run)).cloned())
    }

    async fn holds(
        &self,
        district: ObjectId,
        before: Option<(Timestamp, ObjectId)>,
        limit: u32,
    ) -> Result<Vec<Hold>, StoreError> {
        let state = self.state();
        let mut holds: Vec<_> = state
            .holds
            .values()
            .filter(|hold| hold.district == district)
            .filter(|hold| before.is_none_or(|before| (hold.opened, hold.run) < before))
            .cloned()
            .collect();
        holds.sort_by_key(|hold| std::cmp::Reverse((hold.opened, hold.run)));
        holds.truncate(limit as usize);
        Ok(holds)
    }

    async fn close_hold(&self, close: CloseHold) -> Result<Hold, StoreError> {
        close.check()?;
        let mut state = self.state();
        let key = (close.district, close.run);
        let Some(hold) = state.holds.get(&key) else {
            return Err(refuse(Conflict::Gone, "the run has no hold"));
        };
        let (hold, changed) = close.apply(hold.clone())?;
        if changed {
            state.holds.insert(key, hold.clone());
            if close.block {
                state.block(Block {
                    district: close.district,
                    file_set: hold.file_set,
                    reason: close.state.as_str().to_owned(),
                    run: close.run,
                    actor: close.actor,
                    at: close.now,
                });
            }
        }
        Ok(hold)
    }
}

impl State {
    /// What a move makes of the holds; nothing is changed yet.
    pub(super) fn moved_holds(
        &self,
        hold: HoldMove,
        run: &Run,
        now: Timestamp,
    ) -> Result<MovedHolds, StoreError> {
        let moved = hold.apply(self.waiting_hold(run.district), run, now)?;
        if moved.opened.is_some() && self.holds.contains_key(&(run.district, run.id)) {
            return Err(refuse(Conflict::Exists, "the run has a hold already"));
        }
        Ok(moved)
    }

    /// Makes it so.
    pub(super) fn keep_holds(&mut self, moved: MovedHolds) {
        for hold in moved.closed.into_iter().chain(moved.opened) {
            self.holds.insert((hold.district, hold.run), hold);
        }
    }

    fn waiting_hold(&self, district: ObjectId) -> Option<Hold> {
        let mut holds = self.holds.values();
        holds
            .find(|hold| hold.district == district && hold.state == HoldState::Waiting)
            .cloned()
    }
}
