//! Which old snapshots are kept whole, which as changes only, and which not at all (layout, idea 1 and "Scale").

use std::collections::HashSet;

use homeroom_history::CHANGES;
use homeroom_model::{ObjectId, Timestamp};
use homeroom_segment::{Attendance, Manifest};
use homeroom_store::{NewManifest, SnapshotEntry};

use crate::Ingest;
use crate::district_settings::Retention;
use crate::error::IngestError;

const DAY_MILLIS: i64 = 86_400_000;

/// What becomes of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Whole,
    Changes,
    Forgotten,
}

impl Ingest {
    /// Thins and forgets old snapshots of every district; returns how many of each.
    pub(crate) async fn let_go(&self, now: Timestamp) -> Result<(u64, u64), IngestError> {
        let (mut thinned, mut forgotten) = (0, 0);
        for record in self.store.all_districts().await? {
            let district = record.document.id;
            let Some(retention) = self.retention(district).await? else {
                continue;
            };
            self.forget_events(district, now).await?;
            let wanted = self.wanted(district).await?;
            let events = self.store.oldest_event_snapshot(district).await?;
            let kept = self.store.snapshots(district).await?;
            for (entry, fate) in fates(&kept, &wanted, events, retention, now) {
                match fate {
                    Fate::Whole => {}
                    Fate::Changes => thinned += u64::from(self.thin(district, entry.number).await?),
                    Fate::Forgotten => {
                        forgotten +=
                            u64::from(self.store.forget_snapshot(district, entry.number).await?);
                    }
                }
            }
        }
        Ok((thinned, forgotten))
    }

    /// Forgets events past their time.
    async fn forget_events(&self, district: ObjectId, now: Timestamp) -> Result<(), IngestError> {
        let days = i64::from(self.event_days).saturating_mul(DAY_MILLIS);
        let before = Timestamp::from_millis(now.millis().saturating_sub(days));
        self.store.forget_events(district, before).await?;
        Ok(())
    }

    /// Snapshots that a view shows or somebody pinned.
    async fn wanted(&self, district: ObjectId) -> Result<HashSet<u64>, IngestError> {
        let views = self.store.connections_of_district(district).await?;
        let pins = self.store.pins(district).await?;
        let views = views
            .iter()
            .filter_map(|connection| connection.view.snapshot);
        Ok(views.chain(pins.iter().map(|pin| pin.number)).collect())
    }

    /// Keeps the changes of a snapshot and its attendance, of which most months are those of its neighbours, and lets its
    /// tables go; `false` if that happened before.
    async fn thin(&self, district: ObjectId, number: u64) -> Result<bool, IngestError> {
        let Some(kept) = self.store.snapshot(district, number).await? else {
            return Ok(false);
        };
        let mut manifest = Manifest::from_text(&kept.manifest)?;
        let parts = manifest.parts.len();
        manifest
            .parts
            .retain(|name, _| name == CHANGES || Attendance::is_part(name));
        if manifest.parts.len() == parts {
            return Ok(false);
        }
        let objects = manifest
            .objects()
            .iter()
            .map(|object| *object.bytes())
            .collect();
        let manifest = manifest.to_text();
        self.store
            .replace_manifest(NewManifest {
                district,
                number,
                replaces: kept.manifest,
                manifest,
                objects,
            })
            .await?;
        Ok(true)
    }
}

/// What becomes of each snapshot; `entries` newest first.
///
/// Whole stay the newest two, what is wanted, and the last of each month; the others keep their changes for so many days, since
/// any snapshot between two whole ones is rebuilt from them. Changes since the snapshot that the oldest `events` are told
/// from stay for as long as those do.
fn fates(
    entries: &[SnapshotEntry],
    wanted: &HashSet<u64>,
    events: Option<u64>,
    retention: Retention,
    now: Timestamp,
) -> Vec<(SnapshotEntry, Fate)> {
    let age = |entry: &SnapshotEntry| {
        now.millis().saturating_sub(entry.published_at.millis()) / DAY_MILLIS
    };
    let month = |entry: &SnapshotEntry| {
        let day = entry.published_at.date();
        (day.year(), day.month())
    };
    let fate = |(index, entry): (usize, &SnapshotEntry)| {
        let month_end = index > 0
            && entries
                .get(index - 1)
                .is_some_and(|newer| month(newer) != month(entry));
        let kept_month = month_end && age(entry) <= i64::from(retention.snapshot_months) * 31;
        let fate = if index < 2 || wanted.contains(&entry.number) || kept_month {
            Fate::Whole
        } else if age(entry) <= i64::from(retention.snapshot_days)
            || events.is_some_and(|oldest| entry.number >= oldest)
        {
            Fate::Changes
        } else {
            Fate::Forgotten
        };
        (*entry, fate)
    };
    entries.iter().enumerate().map(fate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_wanted_and_month_ends_stay_whole_and_the_rest_goes_in_steps() {
        let day = |number: u64| {
            Timestamp::from_millis(1_700_000_000_000 + i64::try_from(number).unwrap() * DAY_MILLIS)
        };
        let entry = |number| SnapshotEntry {
            number,
            file_set: [0; 32],
            run: ObjectId::default(),
            published_at: day(number),
        };
        let entries: Vec<_> = (1..=100).rev().map(entry).collect();
        let (wanted, shipped) = (HashSet::from([3]), Retention::default());
        let fates: Vec<_> = fates(&entries, &wanted, None, shipped, day(100));
        let of = |number: u64| {
            fates
                .iter()
                .find(|(entry, _)| entry.number == number)
                .unwrap()
                .1
        };
        assert_eq!(
            (of(100), of(99), of(98)),
            (Fate::Whole, Fate::Whole, Fate::Changes)
        );
        assert_eq!(
            (of(3), of(2), of(65), of(64)),
            (Fate::Whole, Fate::Forgotten, Fate::Changes, Fate::Forgotten)
        );
        let whole = fates
            .iter()
            .filter(|(_, fate)| *fate == Fate::Whole)
            .count();
        assert_eq!(whole, 2 + 1 + 3, "two newest, one wanted, three month-ends");
        let told = super::fates(&entries, &wanted, Some(40), shipped, day(100));
        let forgotten = |number: u64| {
            let mut fates = told.iter();
            fates.any(|(entry, fate)| entry.number == number && *fate == Fate::Forgotten)
        };
        assert!(forgotten(39) && !forgotten(40) && !forgotten(64));
    }
}
