//! What time of the school year it is: limits that make sense in October hold back every rollover (district-side 7.3).

use std::fmt;

use homeroom_model::{Date, Kind};
use homeroom_segment::{Snapshot, fields};
use serde::{Deserialize, Serialize};

/// A time of the school year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Season {
    /// An ordinary day.
    SchoolYear,
    /// Around the change of the school year.
    Rollover,
    /// Around the beginning or end of a term.
    TermBoundary,
}

impl Season {
    /// The season's name in reports and settings.
    pub fn text(self) -> &'static str {
        match self {
            Self::SchoolYear => "school_year",
            Self::Rollover => "rollover",
            Self::TermBoundary => "term_boundary",
        }
    }

    /// The season of a day: the rollover window if it lies in it, else the boundary of a term if one is near, else the
    /// school year. Boundaries are the calendar's and, unless it says otherwise, the beginnings and ends of the terms
    /// that are published (a candidate's terms may be what is wrong with it).
    pub fn of(calendar: &Calendar, published: &Snapshot, today: Date) -> Self {
        if calendar.is_rollover(today) {
            return Self::Rollover;
        }
        let near = |day: Date| {
            i64::from(today.days().abs_diff(day.days())) <= i64::from(calendar.boundary_days)
        };
        let table = published.table(Kind::Term);
        let terms = (0..table.len()).filter(|_| calendar.use_published_terms);
        let mut ends = terms.flat_map(|row| {
            let row = table.row(row);
            [row.date(fields::term::START), row.date(fields::term::END)]
        });
        if calendar.boundaries.iter().copied().any(near) || ends.any(|day| day.is_some_and(near)) {
            return Self::TermBoundary;
        }
        Self::SchoolYear
    }
}

impl fmt::Display for Season {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SchoolYear => "the school year",
            Self::Rollover => "the rollover window",
            Self::TermBoundary => "the boundary of a term",
        })
    }
}

/// A district's school year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Calendar {
    /// The first day of school. The same day of other years is taken too, so that a calendar of last year still helps.
    pub first_day: Option<Date>,
    /// The last day of school, likewise.
    pub last_day: Option<Date>,
    /// Days on which a term begins or ends, beside those of the published terms.
    pub boundaries: Vec<Date>,
    /// Whether the dates of the published terms are boundaries.
    pub use_published_terms: bool,
    /// How many days before the last day the rollover window begins.
    pub rollover_days_before: u16,
    /// How many days after the first day the rollover window ends.
    pub rollover_days_after: u16,
    /// How many days before and after a term's boundary its limits hold.
    pub boundary_days: u16,
}

impl Default for Calendar {
    /// No days known; windows as in district-side 7.3.
    fn default() -> Self {
        Self {
            first_day: None,
            last_day: None,
            boundaries: Vec::new(),
            use_published_terms: true,
            rollover_days_before: 14,
            rollover_days_after: 30,
            boundary_days: 7,
        }
    }
}

/// How long summer is when only one end of it is known.
const SUMMER_DAYS: i32 = 77;

impl Calendar {
    /// Whether a day lies in the rollover window: from some days before a last day of school until some days after the
    /// first day that follows it. If only one of the two is known, eleven weeks lie between them; if neither is, there is
    /// no window, and a rollover is held until somebody has looked.
    pub fn is_rollover(&self, today: Date) -> bool {
        let (Some(first), Some(last)) = (self.first(), self.last()) else {
            return false;
        };
        let years = i32::from(today.year()) - i32::from(last.year());
        (years - 1..=years + 1).any(|years| {
            let last = shifted(last, years).days();
            let begins = last - i32::from(self.rollover_days_before);
            let firsts = (-2..=2).map(|more| shifted(first, years + more).days());
            let Some(first) = firsts.filter(|first| *first > last).min() else {
                return false;
            };
            (begins..=first + i32::from(self.rollover_days_after)).contains(&today.days())
        })
    }

    fn first(&self) -> Option<Date> {
        let from_last = || Date::from_days(self.last_day?.days().checked_add(SUMMER_DAYS)?);
        self.first_day.or_else(from_last)
    }

    fn last(&self) -> Option<Date> {
        let from_first = || Date::from_days(self.first_day?.days().checked_sub(SUMMER_DAYS)?);
        self.last_day.or_else(from_first)
    }
}

/// The same day of another year; 28 February for the 29th where there is none.
fn shifted(day: Date, years: i32) -> Date {
    let year = i16::try_from(i32::from(day.year()) + years).unwrap_or(day.year());
    Date::new(year, day.month(), day.day())
        .or_else(|| Date::new(year, day.month(), day.day() - 1))
        .unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse_iso(text).unwrap()
    }

    fn calendar(first: Option<&str>, last: Option<&str>) -> Calendar {
        Calendar {
            first_day: first.map(day),
            last_day: last.map(day),
            ..Calendar::default()
        }
    }

    #[test]
    fn the_rollover_window_lies_around_the_summer_whichever_years_are_stored() {
        let window = [
            ("2026-05-15", false),
            ("2026-05-16", true),
            ("2026-07-01", true),
            ("2026-09-16", true),
            ("2026-09-17", false),
            ("2026-11-22", false),
            ("2027-01-02", false),
        ];
        for (first, last) in [
            ("2026-08-17", "2026-05-30"),
            ("2025-08-17", "2026-05-30"),
            ("2026-08-17", "2027-05-30"),
            ("2022-08-17", "2023-05-30"),
        ] {
            for (today, expected) in window {
                let calendar = calendar(Some(first), Some(last));
                assert_eq!(
                    calendar.is_rollover(day(today)),
                    expected,
                    "{first} {last} {today}"
                );
            }
        }
    }

    #[test]
    fn one_day_is_enough_and_none_is_no_window() {
        let from_last = calendar(None, Some("2026-05-30"));
        assert!(from_last.is_rollover(day("2026-08-10")));
        assert!(!from_last.is_rollover(day("2026-10-10")));
        let from_first = calendar(Some("2026-08-17"), None);
        assert!(from_first.is_rollover(day("2026-06-01")));
        assert!(!from_first.is_rollover(day("2026-02-01")));
        assert!(!Calendar::default().is_rollover(day("2026-07-01")));
    }

    #[test]
    fn a_leap_day_has_a_place_in_every_year() {
        let southern = calendar(Some("2024-02-29"), Some("2023-12-15"));
        assert!(southern.is_rollover(day("2026-01-10")));
        assert!(!southern.is_rollover(day("2026-05-01")));
    }

    #[test]
    fn boundaries_are_near_for_a_week_before_and_after() {
        let calendar = Calendar {
            boundaries: vec![day("2026-01-20")],
            ..Calendar::default()
        };
        let season = |today| Season::of(&calendar, &Snapshot::empty(), day(today));
        assert_eq!(season("2026-01-12"), Season::SchoolYear);
        assert_eq!(season("2026-01-13"), Season::TermBoundary);
        assert_eq!(season("2026-01-27"), Season::TermBoundary);
        assert_eq!(season("2026-01-28"), Season::SchoolYear);
    }

    #[test]
    fn settings_are_read_and_unknown_words_refused() {
        let calendar: Calendar =
            serde_json::from_str(r#"{"first_day":"2026-08-17","boundary_days":3}"#).unwrap();
        assert_eq!(calendar.first_day, Some(day("2026-08-17")));
        assert_eq!(
            (calendar.boundary_days, calendar.rollover_days_after),
            (3, 30)
        );
        assert!(serde_json::from_str::<Calendar>(r#"{"last_dya":"2026-05-30"}"#).is_err());
    }
}
