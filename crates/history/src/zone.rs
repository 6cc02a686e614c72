//! When a day ends: in the time zone of the district.

use std::fmt;

use homeroom_model::{Date, ObjectId, Timestamp};
use jiff::civil;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::History;
use crate::error::HistoryError;

/// Name of universal time.
const UTC: &str = "UTC";

/// A time zone. Days of a district are days of its own clock; UTC where it has not said which that is.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Universal time.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// A zone by its name in the IANA database, such as `America/Chicago`; `None` if it has no such zone.
    pub fn named(name: &str) -> Option<Self> {
        if name == UTC {
            return Some(Self::UTC);
        }
        TimeZone::get(name).ok().map(Self)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or(UTC)
    }

    /// The day a moment falls on.
    pub fn day_of(&self, moment: Timestamp) -> Date {
        let at = jiff::Timestamp::from_millisecond(moment.millis()).unwrap_or_default();
        let day = self.0.to_datetime(at).date();
        Date::new(day.year(), day.month(), day.day()).unwrap_or_else(|| moment.date())
    }

    /// The first moment after a day; `None` at the end of the calendar.
    pub fn end_of(&self, day: Date) -> Option<Timestamp> {
        self.start_of(Date::from_days(day.days().checked_add(1)?)?)
    }

    /// The first moment of a day; `None` at the end of the calendar.
    pub fn start_of(&self, day: Date) -> Option<Timestamp> {
        let day = civil::Date::new(day.year(), day.month(), day.day()).ok()?;
        let start = day.to_zoned(self.0.clone()).ok()?.timestamp();
        Some(Timestamp::from_millis(start.as_millisecond()))
    }
}

/// What is read here of a district's settings; the rest is nobody's business in this room.
#[derive(Default, Deserialize)]
struct Said {
    time_zone: Option<String>,
}

impl History {
    /// The zone a district's days end in: `time_zone` of its settings, UTC by default.
    pub async fn zone(&self, district: ObjectId) -> Result<Zone, HistoryError> {
        let Some(settings) = self.store.district_settings(district).await? else {
            return Ok(Zone::UTC);
        };
        let said: Said = toml::from_str(&settings.text).unwrap_or_default();
        match said.time_zone {
            None => Ok(Zone::UTC),
            Some(name) => Zone::named(&name).ok_or(HistoryError::NoSuchZone { name }),
        }
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self::UTC
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::named(&name).ok_or_else(|| {
            serde::de::Error::custom(
                "a time zone is written like America/Chicago; this one is not known",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_end_by_the_clock_of_the_zone_also_when_it_is_put_forward() {
        for (zone, day, end) in [
            ("UTC", "2026-03-08", "2026-03-09T00:00:00.000Z"),
            ("America/Chicago", "2026-03-07", "2026-03-08T06:00:00.000Z"),
            ("America/Chicago", "2026-03-08", "2026-03-09T05:00:00.000Z"),
            // Midnight itself was skipped there on this day.
            ("America/Santiago", "2024-09-07", "2024-09-08T04:00:00.000Z"),
        ] {
            let zone = Zone::named(zone).unwrap();
            let found = zone.end_of(Date::parse_iso(day).unwrap()).unwrap();
            assert_eq!(found.to_iso(), end, "{zone:?}");
        }
        assert_eq!(Zone::named("America/Nowhere"), None);
        assert_eq!(Zone::UTC.end_of(Date::new(9999, 12, 31).unwrap()), None);
    }

    #[test]
    fn a_moment_falls_on_the_day_of_the_zone_s_clock() {
        let late = Timestamp::from_millis(1_790_812_800_000);
        let days = ["UTC", "America/Chicago", "Pacific/Auckland"].map(|name| {
            let zone = Zone::named(name).unwrap();
            let day = zone.day_of(late);
            assert!(zone.start_of(day).unwrap() <= late && late < zone.end_of(day).unwrap());
            day.to_string()
        });
        assert_eq!(days, ["2026-10-01", "2026-09-30", "2026-10-01"]);
    }
}
