//! The mirrors of a district: the latest, which runs read into, and the one that is applied.

use std::sync::Arc;

use homeroom_roster::{District, MirrorRow};
use homeroom_segment::Manifest;

use super::about::About;
use super::error::SyncError;
use super::{Engine, Tenant};
use crate::mirror::Mirror;

/// A mirror that is kept, and what is known of it.
pub(crate) struct Kept {
    pub(crate) manifest: Manifest,
    pub(crate) about: About,
}

impl Kept {
    /// The mirror of a district that was never read.
    pub(crate) fn nothing() -> Self {
        Self {
            manifest: Mirror::empty().manifest,
            about: About::default(),
        }
    }

    pub(crate) fn of(row: &MirrorRow) -> Result<Self, SyncError> {
        let manifest = Manifest::from_text(&row.manifest);
        Ok(Self {
            manifest: manifest.map_err(|_| SyncError::Unreadable {
                what: "the list of the mirror's parts",
            })?,
            about: About::read(&row.about)?,
        })
    }

    pub(crate) fn number(&self) -> i64 {
        i64::try_from(self.manifest.number).unwrap_or(i64::MAX)
    }

    pub(crate) fn is_nothing(&self) -> bool {
        self.manifest.number == 0
    }
}

/// Where a district stands.
pub(crate) struct Standing {
    pub(crate) district: District,
    pub(crate) latest: Kept,
    pub(crate) applied: Kept,
}

impl Standing {
    /// Whether nothing was read since the last apply.
    pub(crate) fn is_applied(&self) -> bool {
        self.latest.number() == self.applied.number()
    }
}

impl Engine {
    /// Where a district stands.
    pub(crate) async fn standing(&self, tenant: &Tenant) -> Result<Standing, SyncError> {
        let number = tenant.district;
        let (district, latest, applied) = self
            .with_roster(move |roster| {
                let reading = roster.read()?;
                let district = reading.district(number)?;
                let latest = reading.mirrors(number)?.into_iter().next();
                let applied = match district.as_ref().and_then(|district| district.mirror) {
                    Some(mirror) => reading.mirror(number, mirror)?,
                    None => None,
                };
                Ok((district, latest, applied))
            })
            .await?;
        let kept =
            |row: Option<MirrorRow>| row.map_or_else(|| Ok(Kept::nothing()), |row| Kept::of(&row));
        Ok(Standing {
            district: district.ok_or(SyncError::NoDistrict(number))?,
            latest: kept(latest)?,
            applied: kept(applied)?,
        })
    }

    /// Opens a kept mirror, without the documents: nothing of a run looks at them but reading in full, which opens them itself.
    pub(crate) async fn open(&self, kept: &Kept) -> Result<Arc<Mirror>, SyncError> {
        if kept.is_nothing() {
            return Ok(Arc::new(Mirror::empty()));
        }
        let opened = self.0.keep.open_records(kept.manifest.clone()).await?;
        Ok(Arc::new(opened))
    }
}
