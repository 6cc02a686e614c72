//! What events are told from: the moves of connections and what they may have changed, each kept for the next reader.

use std::sync::Arc;
use std::time::Duration;

use homeroom_history::HistoryError;
use homeroom_model::ObjectId;
use homeroom_segment::MovedRecords;
use homeroom_store::{Connection, EventMove};
use homeroom_wire::Move;
use moka::future::Cache;

use crate::Api;
use crate::error::ApiError;
use crate::settings::Settings;
use crate::views::Opened;

/// How long the moves of a connection are remembered: what retention drops is told a little longer.
const REMEMBERED: Duration = Duration::from_mins(1);
/// Places that one unit of the budget for what moves changed stands for.
const UNIT: u64 = 1024;

/// Moves, what they may have changed, and how many events they made.
pub(crate) struct Feeds {
    moves: Cache<(ObjectId, u64), Arc<Vec<EventMove>>>,
    records: Cache<Span, Arc<MovedRecords>>,
    counts: Cache<(ObjectId, u64, &'static str), u64>,
}

/// The district, the snapshots before and after, and whether any record may differ.
type Span = (ObjectId, Option<u64>, Option<u64>, bool);

/// A move with both its views opened.
#[derive(Clone)]
pub(crate) struct Opening {
    before: Arc<Opened>,
    after: Arc<Opened>,
    records: Arc<MovedRecords>,
    kept: EventMove,
}

impl Opening {
    /// The move as `wire` reads it.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Move<'_>) -> T) -> T {
        read(&Move {
            before: self.before.view(&self.kept.before),
            after: self.after.view(&self.kept.after),
            records: &self.records,
            ids: self.kept.events.ids,
            moved_at: self.kept.moved_at,
        })
    }
}

impl Feeds {
    pub(crate) fn new(settings: &Settings) -> Self {
        let records = Cache::builder()
            .max_capacity(settings.event_places / UNIT)
            .weigher(|_, records: &Arc<MovedRecords>| {
                u32::try_from(records.places() / UNIT + 1).unwrap_or(u32::MAX)
            });
        let moves = Cache::builder()
            .max_capacity(settings.snapshots_open)
            .time_to_live(REMEMBERED);
        Self {
            moves: moves.build(),
            records: records.build(),
            counts: Cache::new(settings.tokens_remembered),
        }
    }

    /// The moves of a connection that made events, oldest first.
    pub(crate) async fn moves(
        &self,
        api: &Api,
        connection: &Connection,
    ) -> Result<Arc<Vec<EventMove>>, ApiError> {
        let key = (connection.id, connection.view.generation);
        if let Some(moves) = self.moves.get(&key).await {
            return Ok(moves);
        }
        self.moves_anew(api, connection).await
    }

    /// The same, whatever is remembered.
    pub(crate) async fn moves_anew(
        &self,
        api: &Api,
        connection: &Connection,
    ) -> Result<Arc<Vec<EventMove>>, ApiError> {
        let key = (connection.id, connection.view.generation);
        let moves = api.store.event_moves(connection.district, connection.id);
        let moves = Arc::new(api.ask(moves).await?);
        self.moves.insert(key, Arc::clone(&moves)).await;
        Ok(moves)
    }

    /// Opens a move; [`ApiError::Past`] if what it is told from is not kept any more.
    pub(crate) async fn open(
        &self,
        api: &Api,
        district: ObjectId,
        kept: &EventMove,
    ) -> Result<Opening, ApiError> {
        let opening = self.opening(api, district, kept);
        Box::pin(opening).await.map_err(ApiError::past)
    }

    async fn opening(
        &self,
        api: &Api,
        district: ObjectId,
        kept: &EventMove,
    ) -> Result<Opening, HistoryError> {
        let before = api.views.numbered(district, kept.from).await?;
        let after = api.views.numbered(district, kept.to).await?;
        let span = (district, kept.from, kept.to, kept.events.whole);
        let records = match self.records.get(&span).await {
            Some(records) => records,
            None => self.find(api, span, (&before, &after), kept).await?,
        };
        Ok(Opening {
            before,
            after,
            records,
            kept: kept.clone(),
        })
    }

    async fn find(
        &self,
        api: &Api,
        span: Span,
        (before, after): (&Arc<Opened>, &Arc<Opened>),
        kept: &EventMove,
    ) -> Result<Arc<MovedRecords>, HistoryError> {
        let (district, from, to, whole) = span;
        let changes = if from == to && !whole {
            Some(Vec::new())
        } else if whole {
            None
        } else {
            api.history.changes(district, from, to).await?
        };
        let (before, after, kept) = (Arc::clone(before), Arc::clone(after), kept.clone());
        let finding = tokio::task::spawn_blocking(move || {
            let (was, is) = (before.view(&kept.before), after.view(&kept.after));
            Arc::new(MovedRecords::between(was, is, changes.as_deref()))
        });
        let records = finding.await.map_err(|_| HistoryError::Interrupted)?;
        self.records.insert(span, Arc::clone(&records)).await;
        Ok(records)
    }

    /// How many events of any kind a move made for a version, if it was counted before.
    pub(crate) async fn counted(
        &self,
        connection: &Connection,
        kept: &EventMove,
        version: &'static str,
    ) -> Option<u64> {
        let key = (connection.id, kept.generation, version);
        self.counts.get(&key).await
    }

    /// Remembers how many there are.
    pub(crate) async fn count(
        &self,
        connection: &Connection,
        kept: &EventMove,
        version: &'static str,
        number: u64,
    ) {
        let key = (connection.id, kept.generation, version);
        self.counts.insert(key, number).await;
    }
}
