//! What lies between two snapshots.

use homeroom_model::ObjectId;
use homeroom_segment::{Changes, Manifest};

use crate::History;
use crate::error::HistoryError;
use crate::published::CHANGES;

impl History {
    /// What every publish between two snapshots changed, whichever is the older, oldest first; `None` if one of the two is
    /// the time before the first publish, of which nothing is kept. Refused as [`HistoryError::NotKept`] when some of it is
    /// past its retention.
    pub async fn changes(
        &self,
        district: ObjectId,
        from: Option<u64>,
        to: Option<u64>,
    ) -> Result<Option<Vec<Changes>>, HistoryError> {
        let Some((from, to)) = from.zip(to) else {
            return Ok(None);
        };
        let mut parts = Vec::new();
        for number in from.min(to) + 1..=from.max(to) {
            let Some(kept) = self.store.snapshot(district, number).await? else {
                return Err(self.not_kept(district, number).await?);
            };
            let manifest = Manifest::from_text(&kept.manifest)?;
            parts.push(self.part(&manifest, CHANGES).await?);
        }
        let opening = tokio::task::spawn_blocking(move || {
            let opened = parts.into_iter().map(Changes::open);
            opened.collect::<Result<Vec<_>, _>>()
        });
        let opened = opening.await.map_err(|_| HistoryError::Interrupted)?;
        Ok(Some(opened?))
    }
}
