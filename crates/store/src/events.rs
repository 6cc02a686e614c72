//! Events of connections: whether they are made, and one row for each move of a view that made some (layout, ideas 2 and 3).
//!
//! The row says what the events are told from and which ids were reserved for them; the events themselves are written when
//! they are read.

use async_trait::async_trait;
use homeroom_model::{District, IdRange, ObjectId, Timestamp};

use crate::limits::invalid;
use crate::{StoreError, limits};

/// What a move of a view stores about its events, in the step that moves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvents {
    /// The ids reserved for the move: one per place of its events.
    pub ids: IdRange,
    /// Number of the layout of places (`MovedRecords::LAYOUT`).
    pub layout: u32,
    /// Whether any record may differ; otherwise only those that the publishes between the two snapshots changed.
    pub whole: bool,
}

impl NewEvents {
    /// Checks that every adapter makes before it moves a view.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.ids.count == 0 {
            return Err(invalid("the range of ids", "is empty"));
        }
        limits::number("the range of ids", self.ids.count)
    }
}

/// A move of a view with its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventMove {
    /// The view's generation after the move.
    pub generation: u64,
    /// Number of the snapshot before; `None` showed no records.
    pub from: Option<u64>,
    /// Number of the snapshot after.
    pub to: Option<u64>,
    /// The district document before.
    pub before: District,
    /// The district document after.
    pub after: District,
    /// When the view moved.
    pub moved_at: Timestamp,
    /// What was stored about the events.
    pub events: NewEvents,
}

/// Events of connections.
#[async_trait]
pub trait Events: Send + Sync {
    /// Switches the events of a connection on or off. What was made before stays. `false` if there is no such connection.
    async fn switch_events(
        &self,
        district: ObjectId,
        connection: ObjectId,
        on: bool,
    ) -> Result<bool, StoreError>;

    /// The moves of a connection's view that made events, oldest first.
    async fn event_moves(
        &self,
        district: ObjectId,
        connection: ObjectId,
    ) -> Result<Vec<EventMove>, StoreError>;

    /// The smallest number of a snapshot that the events of a district are told from, if there are any; 0 stands for the
    /// time before the first publish.
    async fn oldest_event_snapshot(&self, district: ObjectId) -> Result<Option<u64>, StoreError>;

    /// Forgets what the moves of a district before a moment made, but for the move that led to where a connection's view is, which
    /// says where its feed stands; returns how many moves.
    async fn forget_events(&self, district: ObjectId, before: Timestamp)
    -> Result<u64, StoreError>;
}
