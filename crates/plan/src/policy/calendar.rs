//! The district's days: its time zone, its seasons, and when a school year begins.

use std::fmt;

use homeroom_change::Calendar;
use homeroom_model::{Date, Timestamp};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::Deserialize;

use super::PolicyError;

/// What time it is for a district.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Days {
    zone: TimeZone,
    pub(crate) seasons: Calendar,
    /// Month and day on which a school year begins (integration-side B14).
    year_starts: (u8, u8),
}

impl Days {
    /// The district's day at a moment.
    pub(crate) fn day_of(&self, moment: Timestamp) -> Date {
        let at = jiff::Timestamp::from_millisecond(moment.millis()).unwrap_or_default();
        let day = self.zone.to_datetime(at).date();
        Date::new(day.year(), day.month(), day.day()).unwrap_or_else(|| moment.date())
    }

    /// The year in which the school year of a day ends: a school year is named by it.
    pub(crate) fn school_year(&self, day: Date) -> i16 {
        let start = i8::try_from(self.year_starts.0).and_then(|month| {
            let of_month = i8::try_from(self.year_starts.1)?;
            Ok((month, of_month))
        });
        let begun = start.is_ok_and(|start| (day.month(), day.day()) >= start);
        // A year that begins on the first of January ends in itself.
        let shifts = self.year_starts != (1, 1);
        day.year() + i16::from(begun && shifts)
    }

    /// Month and day on which a school year begins.
    pub(crate) fn year_starts(&self) -> (u8, u8) {
        self.year_starts
    }

    /// The zone's name.
    pub(crate) fn zone(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }
}

impl fmt::Debug for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Days")
            .field("zone", &self.zone())
            .field("seasons", &self.seasons)
            .field("year_starts", &self.year_starts)
            .finish()
    }
}

/// The calendar as it is written; days as "YYYY-MM-DD".
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Sent {
    time_zone: String,
    school_year_starts: String,
    first_day: Option<Date>,
    last_day: Option<Date>,
    boundaries: Vec<Date>,
    use_published_terms: bool,
    rollover_days_before: u16,
    rollover_days_after: u16,
    boundary_days: u16,
}

impl Default for Sent {
    fn default() -> Self {
        let seasons = Calendar::default();
        Self {
            time_zone: "UTC".to_owned(),
            school_year_starts: "07-01".to_owned(),
            first_day: seasons.first_day,
            last_day: seasons.last_day,
            boundaries: seasons.boundaries,
            use_published_terms: seasons.use_published_terms,
            rollover_days_before: seasons.rollover_days_before,
            rollover_days_after: seasons.rollover_days_after,
            boundary_days: seasons.boundary_days,
        }
    }
}

pub(super) fn resolve(sent: Sent) -> Result<Days, PolicyError> {
    let senseless = |what: String| Err(PolicyError::Senseless(format!("in calendar: {what}")));
    // The zones that ship with the program: equal input gives equal days on every machine.
    let zone = if sent.time_zone == "UTC" {
        Some(TimeZone::UTC)
    } else {
        TimeZoneDatabase::bundled().get(&sent.time_zone).ok()
    };
    let Some(zone) = zone else {
        return senseless(format!(
            "time_zone {:?}, which is not known; one is written like \"America/Chicago\"",
            sent.time_zone
        ));
    };
    let Some(year_starts) = month_and_day(&sent.school_year_starts) else {
        return senseless(format!(
            "school_year_starts {:?}; it is a month and a day, like \"07-01\"",
            sent.school_year_starts
        ));
    };
    Ok(Days {
        zone,
        seasons: Calendar {
            first_day: sent.first_day,
            last_day: sent.last_day,
            boundaries: sent.boundaries,
            use_published_terms: sent.use_published_terms,
            rollover_days_before: sent.rollover_days_before,
            rollover_days_after: sent.rollover_days_after,
            boundary_days: sent.boundary_days,
        },
        year_starts,
    })
}

/// A day of any year but the leap day.
fn month_and_day(text: &str) -> Option<(u8, u8)> {
    let day = Date::parse_iso(&format!("2001-{text}"))?;
    Some((
        u8::try_from(day.month()).ok()?,
        u8::try_from(day.day()).ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(text: &str) -> Days {
        resolve(toml::from_str(text).unwrap()).unwrap()
    }

    fn day(text: &str) -> Date {
        Date::parse_iso(text).unwrap()
    }

    #[test]
    fn a_day_is_the_districts_own() {
        let late = Timestamp::from_millis(1_790_812_800_000);
        for (zone, expected) in [
            ("UTC", "2026-10-01"),
            ("America/Chicago", "2026-09-30"),
            ("Pacific/Auckland", "2026-10-01"),
        ] {
            let days = days(&format!("time_zone = \"{zone}\""));
            assert_eq!(days.day_of(late), day(expected), "{zone}");
            assert_eq!(days.zone(), zone);
        }
    }

    #[test]
    fn a_school_year_is_named_by_its_end() {
        let usual = days("");
        assert_eq!(usual.school_year(day("2026-06-30")), 2026);
        assert_eq!(usual.school_year(day("2026-07-01")), 2027);
        let southern = days("school_year_starts = \"01-01\"");
        assert_eq!(southern.school_year(day("2026-02-01")), 2026);
        assert_eq!(southern.school_year(day("2026-12-31")), 2026);
    }

    #[test]
    fn what_is_no_calendar_is_refused_with_what_to_write() {
        for (text, says) in [
            ("time_zone = \"America/Nowhere\"", "America/Chicago"),
            ("school_year_starts = \"13-01\"", "07-01"),
            ("school_year_starts = \"02-29\"", "07-01"),
        ] {
            let refused = resolve(toml::from_str(text).unwrap()).unwrap_err();
            assert!(refused.to_string().contains(says), "{refused}");
        }
        assert!(toml::from_str::<Sent>("first_dya = \"2026-08-17\"").is_err());
    }
}
