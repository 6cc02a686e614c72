//! Instants and civil dates. The clock is an argument everywhere, so nothing here asks for the time.

use std::fmt;

use jiff::civil;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// An instant from milliseconds since 1970, UTC.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970, UTC.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, never below zero nor past the year 2106, as ids count them.
    pub fn seconds(self) -> u32 {
        u32::try_from(self.0.div_euclid(1000).max(0)).unwrap_or(u32::MAX)
    }

    /// `YYYY-MM-DDTHH:MM:SS.sssZ`, the only form in which the API shows an instant (clever-api 2.1).
    pub fn to_iso(self) -> String {
        let instant =
            jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        format!("{instant:.3}")
    }

    /// The day this instant falls on in UTC.
    pub fn date(self) -> Date {
        let instant =
            jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        Date(instant.to_zoned(jiff::tz::TimeZone::UTC).date())
    }
}

/// A civil date: a day of the calendar, without zone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

impl Date {
    /// 1970-01-01.
    pub const EPOCH: Self = Self(civil::Date::constant(1970, 1, 1));

    /// The date, `None` unless the calendar has it. Years from -9999 to 9999.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        civil::Date::new(year, month, day).ok().map(Self)
    }

    /// Reads `YYYY-MM-DD` exactly; intake knows the many spellings of real files.
    pub fn parse_iso(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        if (year.len(), month.len(), day.len()) != (4, 2, 2) {
            return None;
        }
        Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The month, 1 to 12.
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// The day of the month, from 1.
    pub fn day(self) -> i8 {
        self.0.day()
    }

    /// Days since 1970-01-01, negative before it; the stored form.
    pub fn days(self) -> i32 {
        Self::EPOCH
            .0
            .until(self.0)
            .map_or(0, |span| span.get_days())
    }

    /// The date from days since 1970-01-01, `None` outside the years -9999 to 9999.
    pub fn from_days(days: i32) -> Option<Self> {
        let span = jiff::Span::new().try_days(days).ok()?;
        Self::EPOCH.0.checked_add(span).ok().map(Self)
    }

    /// `M/D/YYYY` without padding, the form of `dob` in every version (settled).
    pub fn to_us(self) -> String {
        format!("{}/{}/{:04}", self.month(), self.day(), self.year())
    }
}

impl fmt::Display for Date {
    /// `YYYY-MM-DD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse_iso(&text)
            .ok_or_else(|| serde::de::Error::custom("a date is written YYYY-MM-DD"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_with_three_decimals() {
        assert_eq!(
            Timestamp::from_millis(0).to_iso(),
            "1970-01-01T00:00:00.000Z"
        );
        assert_eq!(
            Timestamp::from_millis(1_680_339_600_042).to_iso(),
            "2023-04-01T09:00:00.042Z"
        );
    }

    #[test]
    fn dates_round_trip_through_days_and_text() {
        for text in ["1969-12-31", "1970-01-01", "2012-02-29", "2026-11-22"] {
            let date = Date::parse_iso(text).unwrap();
            assert_eq!(Date::from_days(date.days()), Some(date));
            assert_eq!(date.to_string(), text);
        }
        assert_eq!(Date::parse_iso("2012-03-04").unwrap().to_us(), "3/4/2012");
        for bad in ["2013-02-29", "2013-2-9", "2013-02-09T00:00", ""] {
            assert_eq!(Date::parse_iso(bad), None, "{bad}");
        }
    }
}
