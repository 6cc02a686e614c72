//! The days of a school year on which there is school.

use homeroom_model::Date;
use serde::Deserialize;

/// When there is school: weekdays, less holidays and breaks (integration-side D4, D5: pace and "stuck" count school days).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timetable {
    /// Days of the week with school, Monday first. Monday to Friday by default.
    pub weekdays: [bool; 7],
    /// First day of instruction; without one, the first day of the school year. The same day of other years is taken too, so
    /// that a calendar of last year still helps.
    pub first_day: Option<Date>,
    /// Last day of instruction, likewise; without one, the last day of the school year.
    pub last_day: Option<Date>,
    /// Holidays and breaks: first and last day of each.
    pub closed: Vec<(Date, Date)>,
    /// Days with school all the same, on whatever weekday.
    pub open: Vec<Date>,
}

impl Default for Timetable {
    fn default() -> Self {
        Self {
            weekdays: [true, true, true, true, true, false, false],
            first_day: None,
            last_day: None,
            closed: Vec::new(),
            open: Vec::new(),
        }
    }
}

/// The school days of one school year, numbered from 1 in their order.
///
/// Everything that counts school days does so by these numbers. A day without school has the number of the last school day
/// before it, so what is done on a weekend counts with the Friday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchoolDays {
    from: i32,
    /// Of each day of the year, how many school days there were up to and with it.
    through: Vec<u16>,
    days: Vec<Date>,
    week: u8,
}

impl SchoolDays {
    /// The school days from one day to another, both included. Over three years the rest is cut off.
    pub fn new(from: Date, to: Date, table: &Timetable) -> Self {
        let first = table
            .first_day
            .map_or(from, |day| same_day(day, from, to).unwrap_or(day).max(from));
        let last = table
            .last_day
            .map_or(to, |day| same_day(day, from, to).unwrap_or(day).min(to));
        let span = usize::try_from(to.days() - from.days() + 1).unwrap_or(0);
        let mut days = Vec::new();
        let mut through = Vec::with_capacity(span.min(1100));
        for day in (from.days()..=to.days()).take(1100) {
            let Some(day) = Date::from_days(day) else {
                break;
            };
            let taught = table.weekdays.get(weekday(day)) == Some(&true)
                && (first..=last).contains(&day)
                && !table
                    .closed
                    .iter()
                    .any(|(from, to)| (*from..=*to).contains(&day));
            if taught || table.open.contains(&day) {
                days.push(day);
            }
            through.push(u16::try_from(days.len()).unwrap_or(u16::MAX));
        }
        let week = table.weekdays.iter().filter(|open| **open).count();
        Self {
            from: from.days(),
            through,
            days,
            week: u8::try_from(week.max(1)).unwrap_or(7),
        }
    }

    /// How many school days there were up to and with this day: the number of the last one.
    pub fn through(&self, day: Date) -> usize {
        let Ok(offset) = usize::try_from(day.days() - self.from) else {
            return 0;
        };
        let found = self.through.get(offset).or(self.through.last());
        found.copied().map_or(0, usize::from)
    }

    /// How many school days there are from one day to another, both included.
    pub fn count(&self, from: Date, to: Date) -> usize {
        self.through(to).saturating_sub(self.through(before(from)))
    }

    /// Whether there is school.
    pub fn is_open(&self, day: Date) -> bool {
        self.date(self.through(day)) == Some(day)
    }

    /// The school day with a number.
    pub fn date(&self, number: usize) -> Option<Date> {
        self.days.get(number.checked_sub(1)?).copied()
    }

    /// All of them, in their order.
    pub fn days(&self) -> &[Date] {
        &self.days
    }

    /// How many school days an ordinary week has: what the target of a week is for.
    pub fn per_week(&self) -> u8 {
        self.week
    }
}

/// The Monday of a day's week: what a week is named by.
pub fn monday(day: Date) -> Date {
    let back = i32::try_from(weekday(day)).unwrap_or(0);
    Date::from_days(day.days() - back).unwrap_or(day)
}

/// The day, or the same day of another year, that lies between two days.
fn same_day(day: Date, from: Date, to: Date) -> Option<Date> {
    let between = |day: &Date| (from..=to).contains(day);
    let mut others = (from.year()..=to.year()).filter_map(|year| {
        let same = Date::new(year, day.month(), day.day());
        same.or_else(|| Date::new(year, day.month(), day.day() - 1))
    });
    Some(day).filter(between).or_else(|| others.find(between))
}

pub(crate) fn before(day: Date) -> Date {
    Date::from_days(day.days() - 1).unwrap_or(day)
}

/// Monday is 0. The first of January 1970 was a Thursday.
fn weekday(day: Date) -> usize {
    usize::try_from((day.days() + 3).rem_euclid(7)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse_iso(text).unwrap()
    }

    fn autumn() -> SchoolDays {
        let table = Timetable {
            first_day: Some(day("2026-08-17")),
            last_day: Some(day("2027-05-28")),
            closed: vec![
                (day("2026-11-23"), day("2026-11-27")),
                (day("2026-09-07"), day("2026-09-07")),
            ],
            open: vec![day("2026-09-12")],
            ..Timetable::default()
        };
        SchoolDays::new(day("2026-07-01"), day("2027-06-30"), &table)
    }

    #[test]
    fn school_days_are_weekdays_less_holidays_and_breaks() {
        let days = autumn();
        for (text, open) in [
            ("2026-08-14", false),
            ("2026-08-17", true),
            ("2026-08-22", false),
            ("2026-09-07", false),
            ("2026-09-12", true),
            ("2026-11-25", false),
            ("2026-11-30", true),
            ("2027-05-28", true),
            ("2027-05-31", false),
            ("2030-01-01", false),
        ] {
            assert_eq!(days.is_open(day(text)), open, "{text}");
        }
        assert_eq!(days.count(day("2026-08-17"), day("2026-08-21")), 5);
        assert_eq!(days.count(day("2026-11-21"), day("2026-11-29")), 0);
        assert_eq!(days.count(day("2026-09-07"), day("2026-09-13")), 5);
        assert_eq!(days.date(1), Some(day("2026-08-17")));
        assert_eq!(days.date(0), None);
        assert_eq!(days.through(day("2026-08-23")), 5);
        assert_eq!(days.through(day("2026-01-01")), 0);
        assert_eq!(days.through(day("2040-01-01")), days.days().len());
    }

    #[test]
    fn the_first_and_last_day_of_another_year_are_taken_too() {
        let days = |first: &str, last: &str| {
            let table = Timetable {
                first_day: Some(day(first)),
                last_day: Some(day(last)),
                ..Timetable::default()
            };
            let days = SchoolDays::new(day("2026-07-01"), day("2027-06-30"), &table);
            let days = days.days();
            (days.first().copied(), days.last().copied())
        };
        let expected = (Some(day("2026-08-17")), Some(day("2027-05-28")));
        assert_eq!(days("2026-08-17", "2027-05-28"), expected);
        assert_eq!(days("2025-08-17", "2026-05-28"), expected);
        assert_eq!(days("2028-02-29", "2028-05-28").0, Some(day("2027-03-01")));
    }

    #[test]
    fn weeks_are_named_by_their_monday() {
        for (text, named) in [
            ("2026-11-22", "2026-11-16"),
            ("2026-11-23", "2026-11-23"),
            ("1969-12-31", "1969-12-29"),
        ] {
            assert_eq!(monday(day(text)), day(named), "{text}");
        }
    }

    #[test]
    fn a_week_of_four_days_is_a_week() {
        let table = Timetable {
            weekdays: [true, true, true, true, false, false, false],
            ..Timetable::default()
        };
        let days = SchoolDays::new(day("2026-07-01"), day("2027-06-30"), &table);
        assert_eq!(days.per_week(), 4);
        assert_eq!(days.count(day("2026-11-16"), day("2026-11-22")), 4);
    }
}
