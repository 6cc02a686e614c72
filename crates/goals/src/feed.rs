//! Whether an app is still sending for a district (integration-side D5: a stale feed never blames a student).

use homeroom_model::{Date, Timestamp};

use crate::{SchoolDays, Settings};

/// What an app sent for a district, and when.
#[derive(Clone, Debug)]
pub struct Feed {
    last: Option<Timestamp>,
    stale_millis: i64,
    /// Of each school day of the year, whether nothing had come for as long as makes a feed stale.
    silent: Vec<bool>,
    /// Of each school day of the year, whether anything came on it.
    delivered: Vec<bool>,
}

impl Feed {
    /// From the days on which anything arrived (ascending) and the last moment at which it did.
    pub fn new(
        deliveries: &[Date],
        last: Option<Timestamp>,
        calendar: &SchoolDays,
        settings: &Settings,
    ) -> Self {
        let reach = i32::from(settings.stale_hours.div_ceil(24));
        let silent = |day: &Date| {
            let before = deliveries.partition_point(|delivered| delivered <= day);
            let latest = before
                .checked_sub(1)
                .and_then(|place| deliveries.get(place));
            latest.is_none_or(|latest| day.days() - latest.days() >= reach)
        };
        Self {
            last,
            stale_millis: i64::from(settings.stale_hours) * 3_600_000,
            silent: calendar.days().iter().map(silent).collect(),
            delivered: calendar
                .days()
                .iter()
                .map(|day| deliveries.binary_search(day).is_ok())
                .collect(),
        }
    }

    /// When the app last sent anything for the district.
    pub fn last(&self) -> Option<Timestamp> {
        self.last
    }

    /// Hours since the app last sent anything, if that is too long; `Some(None)` where it never did.
    pub fn stale(&self, now: Timestamp) -> Option<Option<u32>> {
        let Some(last) = self.last else {
            return Some(None);
        };
        let silence = now.millis() - last.millis();
        let hours = || u32::try_from(silence / 3_600_000).unwrap_or(u32::MAX);
        (silence >= self.stale_millis).then(|| Some(hours()))
    }

    /// Whether the feed was stale on the school day with this number.
    pub fn silent(&self, day: usize) -> bool {
        let place = day.checked_sub(1);
        place
            .and_then(|place| self.silent.get(place))
            .copied()
            .unwrap_or(false)
    }

    /// Whether anything came on the school day with this number.
    pub fn delivered(&self, day: usize) -> bool {
        let place = day.checked_sub(1);
        place
            .and_then(|place| self.delivered.get(place))
            .copied()
            .unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timetable;

    fn day(text: &str) -> Date {
        Date::parse_iso(text).unwrap()
    }

    #[test]
    fn a_feed_is_stale_after_two_days_without_anything() {
        let calendar = SchoolDays::new(day("2026-08-31"), day("2026-09-11"), &Timetable::default());
        let deliveries = [day("2026-09-01"), day("2026-09-04"), day("2026-09-06")];
        let last = Some(Timestamp::from_millis(1_000));
        let feed = Feed::new(&deliveries, last, &calendar, &Settings::default());
        let silent: Vec<bool> = (1..=10).map(|day| feed.silent(day)).collect();
        // 31 Aug never; 1, 2 sent; 3 silent; 4 sent; 7 (Monday) one day after the Sunday's; from 8 on silent.
        assert_eq!(
            silent,
            [
                true, false, false, true, false, false, true, true, true, true
            ]
        );
        let after = |hours: i64| feed.stale(Timestamp::from_millis(1_000 + hours * 3_600_000));
        assert_eq!((after(47), after(48)), (None, Some(Some(48))));
        assert_eq!(after(-5), None, "a clock that was set back is no silence");
        let never = Feed::new(&[], None, &calendar, &Settings::default());
        assert_eq!(never.stale(Timestamp::default()), Some(None));
    }
}
