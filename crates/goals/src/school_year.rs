//! School years: when one begins, and which one a moment belongs to. Sender and receiver ask the same functions, so they
//! cannot disagree.

use std::fmt;

use homeroom_model::{Date, Timestamp};
use jiff::{
    civil,
    tz::{TimeZone, TimeZoneDatabase},
};
use thiserror::Error;

/// What makes a calendar impossible, and how to write one that is not.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CalendarError {
    /// The zone is not one of the database that ships with the program.
    #[error("the time zone {0:?} is not known; write one like \"America/Chicago\", or \"UTC\"")]
    Zone(String),
    /// The start is no day that every year has.
    #[error(
        "a school year cannot begin on {0:?}; write a month and a day that every year has, like \"07-01\""
    )]
    Start(String),
}

/// A school year, named by the calendar year in which it ends: the one from July 2026 to June 2027 is 2027, as
/// graduation years are counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SchoolYear(pub i16);

/// The school years of a district: its time zone and the day on which they begin (issue 6, "Settled": settings on both
/// sides, 1 July by default).
#[derive(Clone, PartialEq, Eq)]
pub struct SchoolYears {
    zone: TimeZone,
    starts: (i8, i8),
}

/// A moment as a district lives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The instant.
    pub at: Timestamp,
    /// The district's day.
    pub day: Date,
    /// The school year of that day.
    pub year: SchoolYear,
    /// The instant at which that school year began.
    pub began: Timestamp,
}

impl SchoolYears {
    /// School years in a zone (a name of the IANA database) that begin on a day (`MM-DD`).
    pub fn new(zone: &str, starts: &str) -> Result<Self, CalendarError> {
        // The zones that ship with the program: equal input gives equal days on every machine.
        let found = if zone == "UTC" {
            Some(TimeZone::UTC)
        } else {
            TimeZoneDatabase::bundled().get(zone).ok()
        };
        let day = Date::parse_iso(&format!("2001-{starts}"));
        Ok(Self {
            zone: found.ok_or_else(|| CalendarError::Zone(zone.to_owned()))?,
            starts: day
                .map(|day| (day.month(), day.day()))
                .ok_or_else(|| CalendarError::Start(starts.to_owned()))?,
        })
    }

    /// The district's day at an instant.
    pub fn day_of(&self, at: Timestamp) -> Date {
        let instant = jiff::Timestamp::from_millisecond(at.millis()).unwrap_or_default();
        let day = self.zone.to_datetime(instant).date();
        Date::new(day.year(), day.month(), day.day()).unwrap_or_else(|| at.date())
    }

    /// The school year of a day.
    pub fn year_of(&self, day: Date) -> SchoolYear {
        let begun = (day.month(), day.day()) >= self.starts;
        SchoolYear(day.year() + i16::from(begun && self.shifts()))
    }

    /// The first day of a school year.
    pub fn first_day(&self, year: SchoolYear) -> Date {
        let (month, day) = self.starts;
        Date::new(year.0 - i16::from(self.shifts()), month, day).unwrap_or(Date::EPOCH)
    }

    /// The last day of a school year.
    pub fn last_day(&self, year: SchoolYear) -> Date {
        let next = self.first_day(SchoolYear(year.0 + 1));
        Date::from_days(next.days() - 1).unwrap_or(next)
    }

    /// The instant at which a school year begins: the first of its first day.
    pub fn begins(&self, year: SchoolYear) -> Timestamp {
        self.starts(self.first_day(year))
    }

    /// The instant at which a day begins in the district.
    pub fn starts(&self, day: Date) -> Timestamp {
        civil::Date::new(day.year(), day.month(), day.day())
            .ok()
            .and_then(|day| day.to_zoned(self.zone.clone()).ok())
            .map_or(Timestamp::default(), |start| {
                Timestamp::from_millis(start.timestamp().as_millisecond())
            })
    }

    /// What a moment is for the district. Asked once per request, not per row.
    pub fn moment(&self, at: Timestamp) -> Moment {
        let day = self.day_of(at);
        let year = self.year_of(day);
        Moment {
            at,
            day,
            year,
            began: self.begins(year),
        }
    }

    /// The zone's name.
    pub fn zone(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// A year that begins on the first of January ends in itself.
    fn shifts(&self) -> bool {
        self.starts != (1, 1)
    }
}

impl Default for SchoolYears {
    /// From 1 July, in UTC.
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            starts: (7, 1),
        }
    }
}

impl fmt::Debug for SchoolYears {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "SchoolYears({}, from {:02}-{:02})",
            self.zone(),
            self.starts.0,
            self.starts.1
        )
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Date {
        Date::parse_iso(text).unwrap()
    }

    #[test]
    fn a_school_year_begins_at_the_districts_own_midnight() {
        let chicago = SchoolYears::new("America/Chicago", "07-01").unwrap();
        let begins = chicago.begins(SchoolYear(2027));
        assert_eq!(begins.to_iso(), "2026-07-01T05:00:00.000Z");
        let last = chicago.moment(Timestamp::from_millis(begins.millis() - 1));
        assert_eq!((last.day, last.year), (day("2026-06-30"), SchoolYear(2026)));
        let first = chicago.moment(begins);
        assert_eq!(
            (first.day, first.year),
            (day("2026-07-01"), SchoolYear(2027))
        );
        assert_eq!(first.began, begins);
        assert_eq!(chicago.last_day(SchoolYear(2027)), day("2027-06-30"));
    }

    #[test]
    fn a_year_of_the_south_ends_in_itself() {
        let south = SchoolYears::new("Pacific/Auckland", "01-01").unwrap();
        assert_eq!(south.year_of(day("2026-12-31")), SchoolYear(2026));
        assert_eq!(south.first_day(SchoolYear(2026)), day("2026-01-01"));
        assert_eq!(south.last_day(SchoolYear(2026)), day("2026-12-31"));
    }

    #[test]
    fn a_midnight_that_a_clock_change_takes_away_is_no_hole() {
        // Midnight of this day does not exist in Cairo: clocks go from 24:00 to 01:00.
        let cairo = SchoolYears::new("Africa/Cairo", "04-28").unwrap();
        let begins = cairo.begins(SchoolYear(2024));
        assert_eq!(cairo.moment(begins).year, SchoolYear(2024));
    }

    #[test]
    fn what_is_no_calendar_is_refused_with_what_to_write() {
        for (zone, starts, says) in [
            ("America/Nowhere", "07-01", "America/Chicago"),
            ("UTC", "02-29", "07-01"),
            ("UTC", "7-1", "07-01"),
        ] {
            let refused = SchoolYears::new(zone, starts).unwrap_err();
            assert!(refused.to_string().contains(says), "{refused}");
        }
    }

    proptest! {
        #[test]
        fn every_moment_lies_in_its_year(
            seconds in 0_i64..4_000_000_000,
            zone in prop::sample::select(vec!["UTC", "America/Chicago", "Pacific/Auckland", "America/St_Johns"]),
            starts in prop::sample::select(vec!["07-01", "08-15", "01-01", "12-31"]),
        ) {
            let years = SchoolYears::new(zone, starts).unwrap();
            let moment = years.moment(Timestamp::from_millis(seconds * 1000));
            prop_assert!(moment.began <= moment.at);
            prop_assert!(moment.at < years.begins(SchoolYear(moment.year.0 + 1)));
            prop_assert!(years.first_day(moment.year) <= moment.day && moment.day <= years.last_day(moment.year));
        }
    }
}
