//! Opened snapshots, each with what an app may see of it.

use std::collections::HashMap;
use std::sync::Arc;

use homeroom_depot::{Depot, DepotError};
use homeroom_model::{District, Mask, ObjectId, Scope};
use homeroom_segment::{Manifest, SegmentError, Snapshot, View};
use homeroom_store::{Store, StoreError};
use moka::future::Cache;

use crate::settings::Settings;

/// A snapshot, opened, with the scope and mask of its connections: all the same until districts can share less.
pub(crate) struct Opened {
    snapshot: Snapshot,
    scope: Scope,
    mask: Mask,
}

impl Opened {
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
    depot: Arc<Depot>,
    open: Cache<(ObjectId, u64), Arc<Opened>>,
}

/// Why a snapshot could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("the snapshot is not in the control store any more")]
    Forgotten,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Depot(#[from] DepotError),
    #[error(transparent)]
    Segment(#[from] SegmentError),
    #[error("opening was interrupted")]
    Interrupted,
}

impl Views {
    pub(crate) fn new(store: Arc<dyn Store>, depot: Arc<Depot>, settings: &Settings) -> Self {
        Self {
            store,
            depot,
            open: Cache::new(settings.snapshots_open),
        }
    }

    /// The opened snapshot of a district.
    pub(crate) async fn get(
        &self,
        district: ObjectId,
        number: u64,
    ) -> Result<Arc<Opened>, Arc<OpenError>> {
        if let Some(opened) = self.open.get(&(district, number)).await {
            return Ok(opened);
        }
        self.open
            .try_get_with((district, number), self.open(district, number))
            .await
    }

    async fn open(&self, district: ObjectId, number: u64) -> Result<Arc<Opened>, OpenError> {
        let kept = self
            .store
            .snapshot(district, number)
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
            let (scope, mask) = homeroom_sharing::everything(&snapshot);
            Ok(Arc::new(Opened {
                snapshot,
                scope,
                mask,
            }))
        });
        opening.await.map_err(|_| OpenError::Interrupted)?
    }
}
