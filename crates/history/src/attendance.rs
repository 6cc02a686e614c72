//! The attendance of a snapshot, which is opened apart from it: few requests ask for it.

use std::sync::Arc;

use homeroom_model::ObjectId;
use homeroom_segment::{Attendance, Manifest};
use moka::future::Cache;

use crate::History;
use crate::error::HistoryError;
use crate::published::missing;

/// Snapshots whose attendance stays open for the next reader. An open one is a handful of mapped files.
const OPEN: u64 = 64;

/// Attendance kept open.
pub(crate) type Opened = Cache<(ObjectId, u64), Arc<Attendance>>;

pub(crate) fn opened() -> Opened {
    Cache::new(OPEN)
}

impl History {
    /// The attendance of a district's snapshot, as it was published with it; empty where there is none. It is kept for as
    /// long as anything of the snapshot is, and shown by whoever has found out that the snapshot may still be read.
    ///
    /// Refused as [`HistoryError::NotKept`] when the snapshot is past its retention or was never published.
    pub async fn attendance(
        &self,
        district: ObjectId,
        number: u64,
    ) -> Result<Arc<Attendance>, HistoryError> {
        let opening = Box::pin(async {
            let manifest = self.manifest_of(district, number, number).await?;
            Ok(Arc::new(self.attendance_of(&manifest).await?))
        });
        let opened = self.attendance.try_get_with((district, number), opening);
        let opened: Result<_, Arc<HistoryError>> = opened.await;
        opened.map_err(Arc::unwrap_or_clone)
    }

    /// The attendance that a manifest names.
    pub async fn attendance_of(&self, manifest: &Manifest) -> Result<Attendance, HistoryError> {
        let mut parts = std::collections::HashMap::new();
        for name in manifest
            .parts
            .keys()
            .filter(|name| Attendance::is_part(name))
        {
            parts.insert(name.clone(), self.part(manifest, name).await?);
        }
        let opened = Attendance::open(manifest, |name, _| {
            let part = parts.get(name).cloned();
            part.ok_or_else(|| missing(name, "the manifest lacks it".to_owned()))
        });
        Ok(opened?)
    }

    /// The parts of a snapshot's manifest that hold attendance, under the snapshot's number. Refused as
    /// [`HistoryError::NotKept`].
    pub async fn attendance_parts(
        &self,
        district: ObjectId,
        number: u64,
    ) -> Result<Manifest, HistoryError> {
        let mut manifest = self.manifest_of(district, number, number).await?;
        manifest.parts.retain(|name, _| Attendance::is_part(name));
        Ok(manifest)
    }
}
