//! Which snapshot stood at a moment of the past.

use homeroom_model::{Date, ObjectId, Timestamp};
use homeroom_store::SnapshotEntry;

use crate::error::HistoryError;
use crate::kept::kept;
use crate::{History, Zone};

/// Runs looked at at once when it has to be found out when a forgotten snapshot was published.
const PAGE: u32 = 200;

/// A point of a district's past, as people name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// The snapshot of this number, from 1.
    Snapshot(u64),
    /// The end of a day.
    Day(Date),
    /// A moment; a snapshot published in that very millisecond counts.
    Moment(Timestamp),
}

impl AsOf {
    /// Reads a number, `YYYY-MM-DD`, or a moment as RFC 3339 writes it (with `Z` or an offset); `None` if it is none of
    /// these. White space around it does not matter.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            let number = text.parse().ok().filter(|number| *number > 0)?;
            return Some(Self::Snapshot(number));
        }
        if let Some(day) = Date::parse_iso(text) {
            return Some(Self::Day(day));
        }
        // What jiff reads beyond RFC 3339 (other separators, zone names in brackets) is not promised to anyone.
        let bytes = text.as_bytes();
        let usual = bytes.len() <= 35
            && bytes
                .get(10)
                .is_some_and(|byte| matches!(byte, b'T' | b't'))
            && bytes.get(16) == Some(&b':')
            && !text.contains(['[', ' ']);
        let moment: jiff::Timestamp = usual.then(|| text.parse().ok())??;
        Some(Self::Moment(Timestamp::from_millis(
            moment.as_millisecond(),
        )))
    }

    /// The moment up to which publishes count, exclusive; `None` for a snapshot's number.
    fn end(self, zone: &Zone) -> Option<Timestamp> {
        match self {
            Self::Snapshot(_) => None,
            // A day at the end of the calendar ends after everything that can be asked for.
            Self::Day(day) => Some(zone.end_of(day).unwrap_or(Timestamp::from_millis(i64::MAX))),
            Self::Moment(at) => Some(Timestamp::from_millis(at.millis().saturating_add(1))),
        }
    }

    /// Whether it has not begun yet.
    fn is_future(self, zone: &Zone, now: Timestamp) -> bool {
        match self {
            Self::Snapshot(_) => false,
            Self::Day(day) => zone.start_of(day).is_none_or(|start| start > now),
            Self::Moment(at) => at > now,
        }
    }
}

impl History {
    /// The snapshot of a district that stood at a point of the past; days end in `zone`. Snapshots after `newest`, where
    /// it is given, are as if they had not been published: an app whose view lags behind sees none of them.
    ///
    /// Refused: [`HistoryError::Future`] for what has not come yet, [`HistoryError::BeforeFirst`] before the first
    /// publish, [`HistoryError::NotKept`] and [`HistoryError::NotKeptThen`] for what retention has let go. All of them
    /// say what is kept.
    pub async fn at(
        &self,
        district: ObjectId,
        as_of: AsOf,
        newest: Option<u64>,
        zone: &Zone,
        now: Timestamp,
    ) -> Result<SnapshotEntry, HistoryError> {
        let mut entries = self.store.snapshots(district).await?;
        entries.retain(|entry| newest.is_none_or(|newest| entry.number <= newest));
        let newest = entries.first().map_or(0, |newest| newest.number);
        let kept = || kept(&entries);
        match as_of {
            AsOf::Snapshot(number) if number > newest => Err(HistoryError::Future { kept: kept() }),
            AsOf::Snapshot(number) => {
                let found = entries.iter().find(|entry| entry.number == number);
                found.copied().ok_or_else(|| HistoryError::NotKept {
                    number,
                    kept: kept(),
                })
            }
            _ if as_of.is_future(zone, now) => Err(HistoryError::Future { kept: kept() }),
            AsOf::Day(_) | AsOf::Moment(_) => {
                let end = as_of.end(zone).unwrap_or(now);
                self.before(district, &entries, end).await
            }
        }
    }

    /// The last of a district's snapshots that was published before a moment.
    async fn before(
        &self,
        district: ObjectId,
        entries: &[SnapshotEntry],
        end: Timestamp,
    ) -> Result<SnapshotEntry, HistoryError> {
        let place = entries.iter().position(|entry| entry.published_at < end);
        let place = place.unwrap_or(entries.len());
        let found = entries.get(place).copied();
        // Whatever lies between two snapshots that are kept may have been published before that moment, too.
        let newer = place.checked_sub(1).and_then(|place| entries.get(place));
        let follows = found.map_or(0, |found| found.number) + 1;
        let number = match newer {
            Some(newer) if newer.number != follows => self.number_before(district, end).await?,
            _ => found.map(|found| found.number),
        };
        match found {
            _ if number.is_none() => Err(HistoryError::BeforeFirst {
                kept: kept(entries),
            }),
            Some(found) if number == Some(found.number) => Ok(found),
            _ => Err(HistoryError::NotKeptThen {
                kept: kept(entries),
            }),
        }
    }

    /// The number of the last snapshot published before a moment, kept or not: a run publishes as of the moment it began.
    async fn number_before(
        &self,
        district: ObjectId,
        end: Timestamp,
    ) -> Result<Option<u64>, HistoryError> {
        let mut before = (end, ObjectId::default());
        loop {
            let runs = self.store.runs(district, Some(before), PAGE).await?;
            let Some(last) = runs.last() else {
                return Ok(None);
            };
            before = (last.started, last.id);
            if let Some(number) = runs.iter().find_map(|run| run.snapshot) {
                return Ok(Some(number));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_days_and_moments_are_read_and_nothing_else() {
        let day = Date::parse_iso("2026-03-01").unwrap();
        let moment = |millis| Some(AsOf::Moment(Timestamp::from_millis(millis)));
        for (text, read) in [
            ("7", Some(AsOf::Snapshot(7))),
            (" 0012 ", Some(AsOf::Snapshot(12))),
            ("2026-03-01", Some(AsOf::Day(day))),
            ("1970-01-01T00:00:01Z", moment(1000)),
            ("1970-01-01t01:00:01.250+01:00", moment(1250)),
            ("1969-12-31T23:59:59Z", moment(-1000)),
            ("0", None),
            ("-1", None),
            ("1.5", None),
            ("99999999999999999999999", None),
            ("", None),
            ("yesterday", None),
            ("2026-02-30", None),
            ("2026-3-1", None),
            ("2026-03-01T10:00:00", None),
            ("2026-03-01 10:00:00Z", None),
            ("2026-03-01T10:00:00Z[UTC]", None),
            ("20260301T100000Z", None),
        ] {
            assert_eq!(AsOf::parse(text), read, "{text:?}");
        }
    }
}
