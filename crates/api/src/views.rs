//! Opened snapshots, each with what an app may see of it.

use std::sync::Arc;
use std::time::Duration;

use homeroom_history::{AsOf, History, HistoryError, open};
use homeroom_model::{District, Kind, Mask, ObjectId, Scope, Timestamp};
use homeroom_progress::feed::FeedSettings;
use homeroom_progress::receive::{Known, knows};
use homeroom_segment::{Attendance, Manifest, SegmentError, Snapshot, View};
use homeroom_store::{Connection, Store, StoreError};
use moka::future::Cache;

use crate::patience::patiently;
use crate::settings::Settings;

/// A snapshot, opened, with the scope and mask of its connections: all the same until districts can share less.
pub(crate) struct Opened {
    snapshot: Arc<Snapshot>,
    seen: Arc<Seen>,
}

/// What an app may see of a snapshot.
struct Seen {
    scope: Scope,
    mask: Mask,
}

impl Seen {
    fn of(snapshot: &Snapshot) -> Arc<Self> {
        let (scope, mask) = homeroom_sharing::everything(snapshot);
        Arc::new(Self { scope, mask })
    }
}

impl Opened {
    fn new(snapshot: Snapshot) -> Arc<Self> {
        Arc::new(Self {
            seen: Seen::of(&snapshot),
            snapshot: Arc::new(snapshot),
        })
    }

    /// The snapshot's number; 0 before the first publish.
    pub(crate) fn number(&self) -> u64 {
        self.snapshot.number()
    }

    /// The view of a connection whose pointer names this snapshot.
    pub(crate) fn view<'a>(&'a self, district: &'a District) -> View<'a> {
        View {
            snapshot: &self.snapshot,
            scope: &self.seen.scope,
            mask: &self.seen.mask,
            district,
        }
    }
}

impl Opened {
    /// Whether a record is shared.
    pub(crate) fn shares(&self, kind: Kind, id: &ObjectId) -> bool {
        let row = self.snapshot.table(kind).find(id);
        row.is_some_and(|row| self.seen.scope.contains(kind, row))
    }
}

impl Known for Opened {
    fn knows(&self, student: &ObjectId, feed: &FeedSettings) -> bool {
        knows(&self.snapshot, &self.seen.scope, student, feed)
    }
}

/// Opens snapshots and keeps a bounded number of them open.
pub(crate) struct Views {
    store: Arc<dyn Store>,
    patience: Duration,
    empty: Arc<Opened>,
    history: History,
    open: Cache<(ObjectId, u64), Arc<Opened>>,
    /// What may be seen of older snapshots; `history` keeps those, within its budget.
    seen: Cache<(ObjectId, u64), Arc<Seen>>,
}

/// A snapshot that a pointer names could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("snapshot {number} of district {district} cannot be opened")]
pub(crate) struct CannotOpen {
    district: ObjectId,
    number: u64,
    #[source]
    cause: Arc<OpenError>,
}

/// Why.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("it is not in the control store any more")]
    Forgotten,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error(transparent)]
    Segment(#[from] SegmentError),
    #[error("opening it was interrupted")]
    Interrupted,
}

impl Views {
    pub(crate) fn new(store: Arc<dyn Store>, history: History, settings: &Settings) -> Self {
        Self {
            store,
            patience: settings.store_patience,
            empty: Opened::new(Snapshot::empty()),
            history,
            open: Cache::new(settings.snapshots_open),
            seen: Cache::new(settings.snapshots_open),
        }
    }

    /// The opened snapshot that a connection's pointer names; before the first publish, one without any record.
    pub(crate) async fn of(&self, connection: &Connection) -> Result<Arc<Opened>, CannotOpen> {
        let district = connection.district;
        let Some(number) = connection.view.snapshot else {
            return Ok(Arc::clone(&self.empty));
        };
        if let Some(opened) = self.open.get(&(district, number)).await {
            return Ok(opened);
        }
        // Boxed, because it is rare and large, and every request's future would have room for it.
        let opening = Box::pin(self.open(district, number));
        let opened = Box::pin(self.open.try_get_with((district, number), opening)).await;
        opened.map_err(|cause| CannotOpen {
            district,
            number,
            cause,
        })
    }

    async fn open(&self, district: ObjectId, number: u64) -> Result<Arc<Opened>, OpenError> {
        let kept = patiently(self.patience, self.store.snapshot(district, number))
            .await?
            .ok_or(OpenError::Forgotten)?;
        let manifest = Manifest::from_text(&kept.manifest)?;
        let parts = self.history.fetch(&manifest).await?;
        let opening = tokio::task::spawn_blocking(move || {
            let (snapshot, _) = open(&manifest, &parts)?;
            Ok(Opened::new(snapshot))
        });
        opening.await.map_err(|_| OpenError::Interrupted)?
    }

    /// The snapshot of a district that stood at a point of its past, under what may be seen today. Nothing that the
    /// connection's pointer has not come to is there for it.
    pub(crate) async fn as_of(
        &self,
        connection: &Connection,
        as_of: AsOf,
        now: Timestamp,
    ) -> Result<Arc<Opened>, HistoryError> {
        let (district, newest) = (connection.district, connection.view.snapshot.unwrap_or(0));
        let finding = async {
            let zone = self.history.zone(district).await?;
            self.history
                .at(district, as_of, Some(newest), &zone, now)
                .await
        };
        let found = tokio::time::timeout(self.patience, finding).await;
        let number = found.map_err(|_| HistoryError::Interrupted)??.number;
        self.numbered(district, Some(number)).await
    }

    /// A snapshot of a district by its number, under what may be seen today; `None` is the time before the first.
    pub(crate) async fn numbered(
        &self,
        district: ObjectId,
        number: Option<u64>,
    ) -> Result<Arc<Opened>, HistoryError> {
        let Some(number) = number else {
            return Ok(Arc::clone(&self.empty));
        };
        if let Some(opened) = self.open.get(&(district, number)).await {
            return Ok(opened);
        }
        let snapshot = Arc::clone(&self.history.snapshot(district, number).await?.snapshot);
        let seen = match self.seen.get(&(district, number)).await {
            Some(seen) => seen,
            None => self.see(district, &snapshot).await?,
        };
        Ok(Arc::new(Opened { snapshot, seen }))
    }

    /// The attendance of a snapshot; none before the first publish.
    pub(crate) async fn attendance(
        &self,
        district: ObjectId,
        number: u64,
    ) -> Result<Arc<Attendance>, HistoryError> {
        if number == 0 {
            return Ok(Arc::default());
        }
        let opening = Box::pin(self.history.attendance(district, number));
        let opened = tokio::time::timeout(self.patience, opening).await;
        opened.map_err(|_| HistoryError::Interrupted)?
    }

    async fn see(
        &self,
        district: ObjectId,
        snapshot: &Arc<Snapshot>,
    ) -> Result<Arc<Seen>, HistoryError> {
        let (number, snapshot) = (snapshot.number(), Arc::clone(snapshot));
        let seeing = tokio::task::spawn_blocking(move || Seen::of(&snapshot));
        let seen = seeing.await.map_err(|_| HistoryError::Interrupted)?;
        self.seen
            .insert((district, number), Arc::clone(&seen))
            .await;
        Ok(seen)
    }
}
