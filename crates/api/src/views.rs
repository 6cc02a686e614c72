//! Opened snapshots, each with what an app may see of it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use homeroom_depot::{Depot, DepotError};
use homeroom_model::{District, Mask, ObjectId, Scope};
use homeroom_segment::{Manifest, SegmentError, Snapshot, View};
use homeroom_store::{Connection, Store, StoreError};
use moka::future::Cache;

use crate::patience::patiently;
use crate::settings::Settings;

/// A snapshot, opened, with the scope and mask of its connections: all the same until districts can share less.
pub(crate) struct Opened {
    snapshot: Snapshot,
    scope: Scope,
    mask: Mask,
}

impl Opened {
    fn new(snapshot: Snapshot) -> Arc<Self> {
        let (scope, mask) = homeroom_sharing::everything(&snapshot);
        Arc::new(Self {
            snapshot,
            scope,
            mask,
        })
    }

    /// The view of a connection whose pointer names this snapshot.
    pub(crate) fn view<'a>(&'a self, district: &'a District) -> View<'a> {
        View {
            snapshot: &self.snapshot,
            scope: &self.scope,
            mask: &self.mask,
            district,
        }
    }
}

/// Opens snapshots and keeps a bounded number of them open.
pub(crate) struct Views {
    store: Arc<dyn Store>,
    patience: Duration,
    empty: Arc<Opened>,
    depot: Arc<Depot>,
    open: Cache<(ObjectId, u64), Arc<Opened>>,
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
    Depot(#[from] DepotError),
    #[error(transparent)]
    Segment(#[from] SegmentError),
    #[error("opening it was interrupted")]
    Interrupted,
}

impl Views {
    pub(crate) fn new(store: Arc<dyn Store>, depot: Arc<Depot>, settings: &Settings) -> Self {
        Self {
            store,
            patience: settings.store_patience,
            empty: Opened::new(Snapshot::empty()),
            depot,
            open: Cache::new(settings.snapshots_open),
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
        let mut parts = HashMap::new();
        for (name, located) in &manifest.parts {
            parts.insert(name.clone(), self.depot.get(located).await?);
        }
        let opening = tokio::task::spawn_blocking(move || {
            let snapshot = Snapshot::open(&manifest, |name, _| {
                parts
                    .get(name)
                    .cloned()
                    .ok_or_else(|| SegmentError::Missing {
                        what: name.to_owned(),
                        why: "the manifest does not name it".to_owned(),
                    })
            })?;
            Ok(Opened::new(snapshot))
        });
        opening.await.map_err(|_| OpenError::Interrupted)?
    }
}
