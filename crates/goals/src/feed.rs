//! Whether an app is still sending for a district (integration-side D5: a stale feed never blames a student).
//!
//! What is now goes by hours ([`Feed::stale`]). What is over goes by days ([`Feed::silent`]), for of earlier requests only the
//! days are kept for ever: a school day was silent if nothing came on it and on the days before, as many together as the hours
//! begin (two, of 48 hours). By the end of such a day the feed was stale. The other way round, one that was stale for less than
//! a day (it sent on Monday morning and on Wednesday evening) was silent on none.

use homeroom_model::{Date, Timestamp};

use crate::{SchoolDays, Settings, school_days::before};

/// What an app sent for a district, and when.
#[derive(Clone, Debug)]
pub struct Feed {
    last: Option<Timestamp>,
    stale_millis: i64,
    /// Of each school day of the year, whether nothing came on as many days up to it as make a feed stale.
    silent: Vec<bool>,
    /// Of each school day of the year, whether anything came on it.
    delivered: Vec<bool>,
    /// Of each school day of the year, the number of the last one that was over when the latest came by then.
    told: Vec<usize>,
    /// The number of the last school day up to the latest of all.
    newest: usize,
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
        let latest = |day: &Date| {
            let until = deliveries.partition_point(|delivered| delivered <= day);
            deliveries.get(until.checked_sub(1)?).copied()
        };
        let silent =
            |day: &Date| latest(day).is_none_or(|latest| day.days() - latest.days() >= reach);
        let told = |day: &Date| latest(day).map_or(0, |latest| calendar.through(before(latest)));
        Self {
            last,
            stale_millis: i64::from(settings.stale_hours) * 3_600_000,
            silent: calendar.days().iter().map(silent).collect(),
            delivered: calendar
                .days()
                .iter()
                .map(|day| deliveries.binary_search(day).is_ok())
                .collect(),
            told: calendar.days().iter().map(told).collect(),
            newest: deliveries.last().map_or(0, |day| calendar.through(*day)),
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

    /// Whether the feed was silent on the school day with this number, if that is over.
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

    /// Up to which school day, by number, the app had told everything by the school day with this number: the last one
    /// that was over when it sent. 0 where that is none of the year.
    pub fn told(&self, day: usize) -> usize {
        let place = day.checked_sub(1);
        let told = place.and_then(|place| self.told.get(place));
        told.copied().unwrap_or(0)
    }

    /// The last school day, by number, up to the day on which it sent last, of which it may have told a part only. 0 where
    /// that is none of the year.
    pub fn newest(&self) -> usize {
        self.newest
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
        // What the Tuesday was told of on it is a part; the weekend's delivery tells of the whole Friday.
        let told: Vec<usize> = (0..=10).map(|day| feed.told(day)).collect();
        assert_eq!(told, [0, 0, 1, 1, 1, 4, 5, 5, 5, 5, 5]);
        assert_eq!(feed.newest(), 5);
        let after = |hours: i64| feed.stale(Timestamp::from_millis(1_000 + hours * 3_600_000));
        assert_eq!((after(47), after(48)), (None, Some(Some(48))));
        assert_eq!(after(-5), None, "a clock that was set back is no silence");
        let never = Feed::new(&[], None, &calendar, &Settings::default());
        assert_eq!(never.stale(Timestamp::default()), Some(None));
        assert_eq!((never.told(10), never.newest()), (0, 0));
    }
}
